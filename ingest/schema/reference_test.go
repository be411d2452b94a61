package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferencesTellNothingInternal(t *testing.T) {
	lanes := Reference{Name: "etalab/schema-amenagements-cyclables", Version: "0.3.5", URL: "https://schema.data.gouv.fr/etalab/schema-amenagements-cyclables/"}
	for reference, want := range map[string]Reference{
		"cycle-lanes": lanes,
		"etalab/schema-amenagements-cyclables@0.3.5": lanes,
		"org/other@v1.2":                              {Name: "org/other", Version: "1.2"},
		"/srv/secret/arbres.json":                     {Name: "arbres.json"},
		"https://example.org/s/arbres.json#sha256=00": {Name: "arbres.json", URL: "https://example.org/s/arbres.json"},
		"https://example.org/s/arbres.json?token=abc": {Name: "arbres.json"},
		"https://me:password@example.org/arbres.json": {Name: "arbres.json"},
	} {
		if diff := cmp.Diff(want, Refer(reference)); diff != "" {
			t.Errorf("Refer(%q): %s", reference, diff)
		}
	}
}
