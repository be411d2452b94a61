package schema

import (
	"slices"
	"testing"

	"puy/geo"
)

// TestFurtherHolders checks amounts that stand in the first row of a contract alone.
func TestFurtherHolders(t *testing.T) {
	for _, test := range []struct{ reference, amount, columns string }{
		{"public-contracts", "montant", "id|montant|montantContrat"},
		{"public-concessions", "valeurGlobale", "id|valeurGlobale|valeurGlobaleContrat"},
	} {
		s, _, ok := Lookup(test.reference)
		if !ok {
			t.Fatal(test.reference)
		}
		told := checkWith(t, s, geo.GeometryNone, test.columns, "1|40000|40000", "1||40000", "2||", "3|0|0")
		for line, want := range map[string]bool{"1 " + test.amount + " required": false, "2 " + test.amount + " required": false, "3 " + test.amount + " required": true,
			"4 " + test.amount + " minimum": true} {
			if slices.Contains(told, line) != want {
				t.Errorf("%s: %q is %v in %q", test.reference, line, !want, told)
			}
		}
	}
}
