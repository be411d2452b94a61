package schema

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold gives what stays of a text when case, accents, spaces and punctuation do
// not matter; + and digits do.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.IsLetter(r):
			b.WriteRune(unicode.ToLower(r))
		case unicode.IsDigit(r), r == '+':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// spellings gives the names under which files have the field: its name, its
// older ones, those in upper and lower case and as nested fields are flattened,
// and as Shapefile cuts them.
func (f *Field) spellings() []string {
	var all []string
	for _, name := range append([]string{f.Name}, f.Aliases...) {
		flat := strings.ReplaceAll(name, ".", "_")
		all = append(all, name, strings.ToLower(name), strings.ToUpper(name), flat)
		if len(name) > shapeName {
			all = append(all, name[:shapeName], strings.ToUpper(name[:shapeName]), strings.ToLower(name[:shapeName]))
		}
	}
	return all
}

// shapeName is the length at which Shapefile cuts the names of columns.
const shapeName = 10

// match finds which field each column is: by its name, by an older one, or by a
// spelling that differs in case, accents or punctuation alone. -1 is none.
func (s *Schema) match(columns []string) []int {
	found, taken := make([]int, len(columns)), make([]bool, len(s.Fields))
	for i := range found {
		found[i] = -1
	}
	pass := func(same func(f *Field, column string) bool) {
		for i, column := range columns {
			for j := range s.Fields {
				if found[i] < 0 && !taken[j] && same(&s.Fields[j], column) {
					found[i], taken[j] = j, true
				}
			}
		}
	}
	pass(func(f *Field, column string) bool { return f.Name == column })
	pass(func(f *Field, column string) bool {
		for _, a := range f.Aliases {
			if strings.EqualFold(a, column) {
				return true
			}
		}
		return false
	})
	folded := make([]string, len(s.Fields))
	for j := range s.Fields {
		folded[j] = Fold(s.Fields[j].Name)
	}
	for i, column := range columns {
		if found[i] >= 0 {
			continue
		}
		name := Fold(column)
		for j := range s.Fields {
			if !taken[j] && name != "" && folded[j] == name {
				found[i], taken[j] = j, true
				break
			}
		}
	}
	pass(func(f *Field, column string) bool {
		return len(column) == shapeName && len(f.Name) > shapeName && strings.EqualFold(f.Name[:shapeName], column)
	})
	return found
}
