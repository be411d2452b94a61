package reportpage

import "puy/geo"

func say(fr, en string) geo.Localized { return geo.Localized{FR: fr, EN: en} }

// ruleName gives the name of a rule for people; one of a schema that is not known
// here has its own.
func ruleName(r geo.Rule) geo.Localized {
	if l, ok := ruleNames[r]; ok {
		return l
	}
	return say("règle du schéma", "rule of the schema")
}
