package schema

import (
	"fmt"

	"puy/geo"
)

// Fault is one thing wrong in a row, a column or a file.
type Fault struct {
	geo.Problem
	Message geo.Localized
	// Fix is the value that should stand there, where that is certain.
	Fix string
	// Warning tells that the row may stay as it is.
	Warning bool
}

// The rules of schemas, beside geo.RuleType, geo.RuleMissingColumn and the names
// of the custom checks.
const (
	RuleRequired    geo.Rule = "required"     // a value is missing
	RuleUnique      geo.Rule = "unique"       // an earlier row has the value
	RulePrimaryKey  geo.Rule = "primary-key"  // an earlier row has the values
	RuleForeignKey  geo.Rule = "foreign-key"  // no row has the value that is referred to
	RulePattern     geo.Rule = "pattern"      // a value does not have the form asked for
	RuleFormat      geo.Rule = "format"       // a text is no address, no e-mail …
	RuleEnum        geo.Rule = "enum"         // a value is not in the list
	RuleMinimum     geo.Rule = "minimum"      //
	RuleMaximum     geo.Rule = "maximum"      //
	RuleMinLength   geo.Rule = "min-length"   //
	RuleMaxLength   geo.Rule = "max-length"   //
	RuleOldSpelling geo.Rule = "old-spelling" // a name or a value of an older version was replaced (a warning)
	RuleExtraColumn geo.Rule = "extra-column" // a column that the schema does not have (a warning)
	RuleUnchecked   geo.Rule = "unchecked"    // a part of the schema cannot be checked (a warning)
)

// unchecked says in both languages what of a schema is not checked.
func unchecked(fr, en string, args ...any) geo.Localized {
	return say(fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...))
}

func say(fr, en string) geo.Localized { return geo.Localized{FR: fr, EN: en} }

// IsRule tells whether r is a rule that a schema sets.
func IsRule(r geo.Rule) bool {
	switch r {
	case RuleRequired, RuleUnique, RulePrimaryKey, RuleForeignKey, RulePattern, RuleFormat, RuleEnum, RuleMinimum, RuleMaximum,
		RuleMinLength, RuleMaxLength, RuleOldSpelling, RuleExtraColumn, RuleUnchecked,
		CheckSIRET, CheckSIREN, CheckCompare, CheckCohesive, CheckOpeningHours, CheckPhone, CheckYears, CheckSum, CheckActes, CheckOneOf, CheckFrance:
		return true
	}
	return false
}
