package portal

import (
	"slices"
	"strings"

	"puy/geo"
)

// titleField gives the field whose value names a feature: a text called like a
// name, else the first text, else the key. It is -1 where there is none.
func titleField(schema *geo.Schema) int {
	names := []string{"nom", "name", "libelle", "label", "titre", "title", "intitule", "objet"}
	for _, name := range names {
		if i := schema.Index(name); i >= 0 && schema.Fields[i].Type == geo.TypeText {
			return i
		}
	}
	for _, name := range names { // as in stop_name
		named := func(f geo.Field) bool {
			return f.Type == geo.TypeText && slices.Contains(strings.FieldsFunc(strings.ToLower(f.Name), isSeparator), name)
		}
		if i := slices.IndexFunc(schema.Fields, named); i >= 0 {
			return i
		}
	}
	first := slices.IndexFunc(schema.Fields, func(f geo.Field) bool { return f.Type == geo.TypeText && f.Name != schema.Key })
	if first >= 0 {
		return first
	}
	return schema.Index(schema.Key)
}

func isSeparator(r rune) bool { return r == '_' || r == '-' || r == ' ' || r == '.' }
