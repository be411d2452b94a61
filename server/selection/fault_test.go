package selection

import (
	"errors"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/geo/cql2/predicate"
	"puy/server/answer"
)

// TestFaultsInBothLanguages tells faults of filters, in text and JSON and against a
// schema, in English and French.
func TestFaultsInBothLanguages(t *testing.T) {
	schema := catalog.Version{Schema: geo.Schema{Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "tags", Type: geo.TypeTextArray}}}}.Schema
	for _, tt := range []struct{ language, filter, en, fr string }{
		{"cql2-text", "nom =", "is wrong at column 6: expected a property, a value or a function, found the end of the filter",
			"est erroné à la colonne 6 : attendu : une propriété, une valeur ou une fonction ; trouvé : la fin du filtre"},
		{"cql2-text", "nom = 'a' nom", `is wrong at column 11: expected AND, OR or the end of the filter, found "nom"`,
			`est erroné à la colonne 11 : attendu : AND, OR ou la fin du filtre ; trouvé : "nom"`},
		{"cql2-json", `{"op":"=","args":[{"property":"nom"}]}`, `is wrong at column 18: the operator "=" has 2 arguments, found 1`,
			`est erroné à la colonne 18 : l’opérateur "=" a 2 arguments ; trouvé : 1`},
		{"cql2-text", "nom = 5", "is wrong at column 7: an integer (5) cannot be compared with a text property",
			"est erroné à la colonne 7 : un nombre entier (5) ne se compare pas avec une propriété (un texte)"},
		{"cql2-text", "tags = 'a'", `is wrong at column 1: the property "tags" is of type text-array, which cannot be compared; use an array function as A_CONTAINS`,
			`est erroné à la colonne 1 : la propriété "tags" est de type liste de textes, qui ne se compare pas ; utilisez une fonction de tableau comme A_CONTAINS`},
		{"cql2-text", "", "is wrong: the filter is empty", "est erroné : le filtre est vide"},
	} {
		e, err := parse(tt.language, tt.filter, nil)
		if err == nil {
			_, err = predicate.Check(e, &schema)
		}
		reason, ok := errors.AsType[*answer.Reason](because(err, ""))
		if !ok {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		if en, fr := reason.In("en"), reason.In("fr"); en != tt.en || fr != tt.fr {
			t.Errorf("%s:\n%s\n%s", tt.filter, en, fr)
		}
	}
}
