package schema

import (
	"fmt"
	"hash/maphash"
	"strings"

	"puy/geo"
)

// maxKeys bounds the rows of which keys are remembered; of those beyond it,
// doubles are not found.
const maxKeys = 1 << 20

// keySet finds values that stand twice in a column or in several together.
type keySet struct {
	rule    geo.Rule
	columns []string
	seen    map[uint64]int64 // hash to row
	full    bool
}

// reference finds values that refer to no row of the file.
type reference struct {
	columns, target []string
	there           map[uint64]bool
	pending         map[uint64]Fault // the first that refers to a value not seen yet
	full            bool
}

func (c *Checker) prepareKeys() {
	add := func(rule geo.Rule, columns []string) {
		for _, name := range columns {
			if _, ok := c.at[name]; !ok {
				return
			}
		}
		c.sets = append(c.sets, &keySet{rule: rule, columns: columns, seen: map[uint64]int64{}})
	}
	if len(c.schema.PrimaryKey) > 0 {
		add(RulePrimaryKey, c.schema.PrimaryKey)
	}
	for i := range c.schema.Fields {
		f := &c.schema.Fields[i]
		if f.Unique && !(len(c.schema.PrimaryKey) == 1 && c.schema.PrimaryKey[0] == f.Name) {
			add(RuleUnique, []string{f.Name})
		}
	}
	for _, k := range c.schema.ForeignKeys {
		c.refs = append(c.refs, &reference{columns: k.Fields, target: k.Reference, there: map[uint64]bool{}, pending: map[uint64]Fault{}})
	}
}

// hash gives a number for the values of columns; ok is false where all are blank.
func (c *Checker) hash(f *geo.Feature, columns []string) (sum uint64, ok bool) {
	c.buf = c.buf[:0]
	for _, name := range columns {
		if i, known := c.at[name]; known && i < len(f.Values) && !c.blank(f.Values[i]) {
			c.buf, ok = f.Values[i].Append(c.buf), true
		}
		c.buf = append(c.buf, 0)
	}
	return maphash.Bytes(c.seed, c.buf), ok
}

// values spells the values of columns for people.
func (c *Checker) values(f *geo.Feature, columns []string) string {
	var all []string
	for _, name := range columns {
		text, _ := c.cell(f, name)
		all = append(all, text)
	}
	return clip(strings.Join(all, ", "))
}

func (c *Checker) keys(f *geo.Feature, faults []Fault) []Fault {
	for _, s := range c.sets {
		sum, ok := c.hash(f, s.columns)
		if !ok {
			continue
		}
		earlier, twice := s.seen[sum]
		if !twice {
			if len(s.seen) < maxKeys {
				s.seen[sum] = f.FID
			} else {
				s.full = true
			}
			continue
		}
		column, value := strings.Join(s.columns, ", "), c.values(f, s.columns)
		faults = append(faults, Fault{Problem: geo.Problem{Column: column, Value: value, Rule: s.rule, Detail: fmt.Sprintf("row %d", earlier)}, Message: say(
			fmt.Sprintf("La valeur « %s » de « %s » doit être unique ; la ligne %d l’a déjà.", value, column, earlier),
			fmt.Sprintf("The value “%s” of “%s” must be unique; row %d has it already.", value, column, earlier))})
	}
	for _, r := range c.refs {
		if sum, ok := c.hash(f, r.target); ok && !r.full {
			r.there[sum] = true
			delete(r.pending, sum)
			r.full = len(r.there) >= maxKeys
		}
		sum, ok := c.hash(f, r.columns)
		if _, known := r.pending[sum]; !ok || known || r.there[sum] || r.full {
			continue
		}
		if len(r.pending) >= maxKeys/4 {
			r.full = true
			continue
		}
		column, value := strings.Join(r.columns, ", "), c.values(f, r.columns)
		r.pending[sum] = Fault{Problem: geo.Problem{Row: f.FID, Column: column, Value: value, Rule: RuleForeignKey}, Message: say(
			fmt.Sprintf("La valeur « %s » de « %s » ne figure pas dans « %s ».", value, column, strings.Join(r.target, ", ")),
			fmt.Sprintf("The value “%s” of “%s” does not stand in “%s”.", value, column, strings.Join(r.target, ", ")))}
	}
	return faults
}

// End gives what only the whole file tells: references that lead nowhere, in no
// order, each value once; and keys that were too many to remember.
func (c *Checker) End() []Fault {
	var faults []Fault
	partly := func(columns []string) {
		faults = append(faults, Fault{Problem: geo.Problem{Column: strings.Join(columns, ", "), Rule: RuleUnchecked, Detail: "too many rows"}, Warning: true, Message: say(
			fmt.Sprintf("Le fichier a trop de lignes : « %s » n’est vérifié qu’en partie.", strings.Join(columns, ", ")),
			fmt.Sprintf("The file has too many rows: “%s” is checked in part only.", strings.Join(columns, ", ")))})
	}
	for _, s := range c.sets {
		if s.full {
			partly(s.columns)
		}
	}
	for _, r := range c.refs {
		if r.full {
			partly(r.columns)
			continue
		}
		for _, f := range r.pending {
			faults = append(faults, f)
		}
	}
	return faults
}
