package storetest

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"puy/geo"
)

// same compares features exactly, but for two freedoms: a store may give the
// multi-part kind that the schema states for a single part, and may write JSON
// otherwise if it means the same.
func same(t testing.TB, what string, schema geo.Schema, got, want []geo.Feature) {
	t.Helper()
	opts := cmp.Options{
		cmpopts.EquateEmpty(),
		cmp.Comparer(sameValue),
		cmp.Comparer(func(a, b geo.Geometry) bool {
			return bytes.Equal(a.Promote(schema.Geometry).AppendWKB(nil), b.Promote(schema.Geometry).AppendWKB(nil))
		}),
	}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		if len(diff) > 4000 {
			diff = diff[:4000] + "…"
		}
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func sameValue(a, b geo.Value) bool {
	if a.Type() != geo.TypeJSON || b.Type() != geo.TypeJSON {
		return a == b
	}
	return sameJSON(a.Text(), b.Text())
}

// sameJSON compares JSON by meaning, with numbers of any precision.
func sameJSON(a, b string) bool {
	decode := func(text string) (v any) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if d.Decode(&v) != nil {
			return nil
		}
		return v
	}
	return cmp.Equal(decode(a), decode(b), cmp.Comparer(func(a, b json.Number) bool {
		x, okX := new(big.Rat).SetString(a.String())
		y, okY := new(big.Rat).SetString(b.String())
		return okX && okY && x.Cmp(y) == 0
	}))
}

// diffRecords compares catalogue records, where absent and empty are one.
func diffRecords(want, got any) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}
