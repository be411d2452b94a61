package postgis

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/geo/cql2"
	"puy/internal/pgtest"
	"puy/store"
)

// TestFilterPlans looks that spatial functions ask the index.
func TestFilterPlans(t *testing.T) {
	st, err := Open(t.Context(), pgtest.Database(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	l, err := st.Begin(t.Context(), "d", store.LoadSpec{Schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "a", Type: geo.TypeText}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	for i := range 20_000 {
		g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{float64(i % 150), float64(i % 85)}))
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Write(t.Context(), &geo.Feature{FID: int64(i + 1), Geometry: g, Values: []geo.Value{geo.Text(fmt.Sprint(i))}}); err != nil {
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
	for _, text := range []string{"S_INTERSECTS(geom, POLYGON((1 1, 3 1, 3 3, 1 1)))", "a > '5' AND S_WITHIN(geom, BBOX(1, 1, 3, 3))", "S_EQUALS(POINT(5 5), geom)"} {
		e, err := cql2.ParseText(text)
		if err != nil {
			t.Fatal(err)
		}
		b, _, err := table.selectFeatures(&store.Query{Filter: e})
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
		if plan := strings.Join(lines, "\n"); !strings.Contains(plan, "v_1_1_geom_idx") || strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s does not use the index:\n%s", text, plan)
		}
	}
}
