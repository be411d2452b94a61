package postgis

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMaskPlan(t *testing.T) {
	for plan, want := range map[string]string{
		"Limit  (cost=0.28..8.30 rows=1 width=4)\n  ->  Seq Scan on v_1_2  (cost=0.00..1.01 rows=5 width=8)\n": "",
		"        Filter: (nom = 'it''s me'::text)\n":                                                           "        Filter: (nom = ?::text)\n",
		"  Filter: (n > 12.5e3 AND v_1 = $1 AND \"rue 12\" = 7)\n":                                             "  Filter: (n > ? AND v_1 = $1 AND \"rue 12\" = ?)\n",
		"  Filter: (a = '\"' AND b = 9)\n  ->  Scan x  (rows=5)\n":                                             "  Filter: (a = ? AND b = ?)\n  ->  Scan x  (rows=5)\n",
		"  Index Cond: (geom && '0103A'::geometry)\n  Order By: 5":                                             "  Index Cond: (geom && ?::geometry)\n  Order By: ?",
		"  Filter: (a = 'two\nlines 7' AND b = 8)":                                                             "  Filter: (a = ? AND b = ?)",
		"  Filter: (a = E'back\\\\slash')":                                                                     "  Filter: (a = E?)",
		"  Filter: (a = 'cut off":                                                                              "  Filter: (a = ?",
	} {
		if want == "" {
			want = plan
		}
		if diff := cmp.Diff(want, maskPlan(plan)); diff != "" {
			t.Error(diff)
		}
	}
}
