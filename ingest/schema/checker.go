package schema

import (
	"fmt"
	"hash/maphash"
	"regexp"
	"strings"

	"puy/geo"
)

// Checker checks the rows of one table, in their order.
type Checker struct {
	schema  *Schema
	columns []*Field // of each value of a row; nil where the schema has no such field
	at      map[string]int
	absent  []*Field // fields that are the geometry of the rows
	missing map[string]bool
	sets    []*keySet
	refs    []*reference
	checks  []rowCheck
	seed    maphash.Seed
	buf     []byte
}

// placeName is the form of names of columns that hold coordinates, which readers
// take for the geometry.
var placeName = regexp.MustCompile(`(?i)(^|_)[xy]?(lat|lon|long|lng|latitude|longitude)([_0-9]|$)`)

// NewChecker matches the schema with the columns of a table and tells what is
// wrong with these. Rename gives the official name of columns that are spelled
// otherwise.
func NewChecker(s *Schema, table *geo.Schema) (c *Checker, faults []Fault, rename map[string]string) {
	c = &Checker{schema: s, at: map[string]int{}, columns: make([]*Field, len(table.Fields)), seed: maphash.MakeSeed(), missing: map[string]bool{}}
	for _, m := range s.Missing {
		if m != "" {
			c.missing[m] = true
		}
	}
	names := make([]string, len(table.Fields))
	for i := range table.Fields {
		names[i] = table.Fields[i].Name
	}
	rename = map[string]string{}
	found := make([]bool, len(s.Fields))
	for i, j := range s.match(names) {
		if j < 0 && table.Spatial() && placeName.MatchString(names[i]) {
			continue // where the geometry comes from
		}
		if j < 0 {
			faults = append(faults, Fault{Problem: geo.Problem{Column: names[i], Rule: RuleExtraColumn}, Warning: true, Message: say(
				fmt.Sprintf("La colonne « %s » n’est pas dans le schéma ; elle est gardée.", names[i]),
				fmt.Sprintf("Column “%s” is not in the schema; it is kept.", names[i]))})
			continue
		}
		f := &s.Fields[j]
		found[j], c.columns[i], c.at[f.Name] = true, f, i
		if flat := strings.ReplaceAll(f.Name, ".", "_"); names[i] != f.Name && names[i] != flat {
			rename[names[i]] = f.Name
			faults = append(faults, Fault{Problem: geo.Problem{Column: names[i], Value: f.Name, Rule: RuleOldSpelling}, Fix: f.Name, Warning: true, Message: say(
				fmt.Sprintf("La colonne « %s » est lue comme « %s », son nom dans le schéma.", names[i], f.Name),
				fmt.Sprintf("Column “%s” is read as “%s”, its name in the schema.", names[i], f.Name))})
		}
	}
	for j := range s.Fields {
		f := &s.Fields[j]
		switch {
		case found[j]:
		case table.Spatial() && (f.Kind == Geopoint || f.Kind == GeoJSON || f.Kind == Number && placeName.MatchString(f.Name)):
			c.absent = append(c.absent, f)
		case f.Required:
			faults = append(faults, Fault{Problem: geo.Problem{Column: f.Name, Rule: geo.RuleMissingColumn}, Message: say(
				fmt.Sprintf("La colonne obligatoire « %s » manque.", f.Name), fmt.Sprintf("The required column “%s” is missing.", f.Name))})
		}
	}
	for _, what := range s.Unchecked {
		faults = append(faults, Fault{Problem: geo.Problem{Rule: RuleUnchecked, Detail: what.EN}, Warning: true, Message: say(
			fmt.Sprintf("Une règle du schéma n’est pas vérifiée (%s).", what.FR), fmt.Sprintf("A rule of the schema is not checked (%s).", what.EN))})
	}
	c.prepareKeys()
	c.prepareChecks()
	return c, faults, rename
}

// Row checks f and adds what is wrong to faults. Values of older versions are
// replaced in f by their present spelling, which is a warning.
func (c *Checker) Row(f *geo.Feature, faults []Fault) []Fault {
	first := len(faults)
	for i, field := range c.columns {
		if field == nil || i >= len(f.Values) {
			continue
		}
		v := f.Values[i]
		if c.blank(v) {
			if field.Required && !c.instead(field, f) {
				faults = append(faults, required(field))
			}
			continue
		}
		if now, old := field.Old[v.Text()]; old && v.Type() == geo.TypeText {
			f.Values[i] = geo.Text(now)
			faults = append(faults, Fault{Problem: geo.Problem{Column: field.Name, Value: v.Text(), Rule: RuleOldSpelling}, Fix: now, Warning: true, Message: say(
				fmt.Sprintf("« %s » (colonne « %s ») est une ancienne écriture, lue comme « %s ».", v.Text(), field.Name, now),
				fmt.Sprintf("“%s” (column “%s”) is an old spelling, read as “%s”.", v.Text(), field.Name, now))})
			continue
		}
		faults = field.value(v, faults)
	}
	for _, field := range c.absent {
		if field.Required && f.Geometry.IsEmpty() {
			faults = append(faults, required(field))
		}
	}
	faults = c.rowChecks(f, faults)
	faults = c.keys(f, faults)
	for i := first; i < len(faults); i++ {
		if faults[i].Row == 0 {
			faults[i].Row = f.FID
		}
	}
	return faults
}

// Propose gives the value that is certainly meant by a text that does not fit the
// type of a column, or nothing.
func (c *Checker) Propose(column, text string) (fix string) {
	for i := range c.schema.Fields {
		f := &c.schema.Fields[i]
		if f.Name != column {
			continue
		}
		for _, fault := range f.value(geo.Text(text), nil) {
			if fault.Rule == geo.RuleType {
				return fault.Fix
			}
		}
	}
	return ""
}

func required(f *Field) Fault {
	return Fault{Problem: geo.Problem{Column: f.Name, Rule: RuleRequired}, Message: say(
		fmt.Sprintf("La colonne « %s » est obligatoire, et vide ici.", f.Name), fmt.Sprintf("Column “%s” is required, and blank here.", f.Name))}
}

// blank tells whether v stands for no value.
func (c *Checker) blank(v geo.Value) bool {
	switch v.Type() {
	case geo.TypeNull:
		return true
	case geo.TypeText:
		return v.Text() == "" || len(c.missing) > 0 && c.missing[v.Text()] || strings.TrimSpace(v.Text()) == ""
	}
	return len(c.missing) > 0 && c.missing[v.String()]
}

// cell gives the text of a column of f; ok is false where it is blank or absent.
func (c *Checker) cell(f *geo.Feature, column string) (text string, ok bool) {
	i, known := c.at[column]
	if !known || i >= len(f.Values) || c.blank(f.Values[i]) {
		return "", false
	}
	return f.Values[i].String(), true
}

// instead tells whether another field tells the value of one that is blank.
func (c *Checker) instead(field *Field, f *geo.Feature) bool {
	i, known := c.at[field.Instead]
	return known && i < len(f.Values) && !c.blank(f.Values[i])
}
