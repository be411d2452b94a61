package postgis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// TestPlans looks that the queries of a map, a page and an item read no more
// than they need, in a table where some rows have no geometry.
func TestPlans(t *testing.T) {
	st, err := Open(t.Context(), pgtest.Database(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	l, err := st.Begin(t.Context(), "d", store.LoadSpec{Keyed: true, Schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "a", Type: geo.TypeText}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	for i := range 20_000 {
		f := geo.Feature{FID: int64(i + 1), ID: fmt.Sprint(i), Values: []geo.Value{geo.Text(strings.Repeat("x", 50))}}
		if i%1000 > 0 {
			if f.Geometry, err = geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{float64(i % 150), float64(i % 85)})); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Write(t.Context(), &f); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context(), store.Outcome{}); err != nil {
		t.Fatal(err)
	}
	table, err := readTable(t.Context(), st.pool, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	small := &geo.Bounds{MinX: 3, MinY: 3, MaxX: 5, MaxY: 5}
	tests := []struct {
		name    string
		q       store.Query
		indexes []string
	}{
		{"box", store.Query{Bounds: small}, []string{"v_1_1_geom_idx", "v_1_1_fid_idx"}},
		{"box over the antimeridian", store.Query{Bounds: &geo.Bounds{MinX: 149.5, MinY: 3, MaxX: 0.5, MaxY: 5}}, []string{"v_1_1_geom_idx", "v_1_1_fid_idx"}},
		{"box without nulls", store.Query{Bounds: small, SpatialOnly: true}, []string{"v_1_1_geom_idx"}},
		{"page", store.Query{After: 10_000, Limit: 10}, []string{"v_1_1_pkey"}},
		{"fids", store.Query{FIDs: []int64{5, 9}}, []string{"v_1_1_pkey"}},
	}
	for _, tt := range tests {
		b, _, err := table.selectFeatures(&tt.q)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := st.pool.Query(t.Context(), "EXPLAIN "+b.String(), b.args...)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		plan := strings.Join(lines, "\n")
		for _, index := range tt.indexes {
			if !strings.Contains(plan, index) {
				t.Errorf("%s does not use %s:\n%s", tt.name, index, plan)
			}
		}
		if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Index Cond: (geom IS NULL)") {
			t.Errorf("%s reads too much:\n%s", tt.name, plan)
		}
	}
}
