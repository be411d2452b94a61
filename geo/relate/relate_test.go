package relate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/relate"
	"puy/internal/pgtest"
)

var relations = [...]struct {
	relation relate.Relation
	sql      string
}{
	{relate.Intersects, "ST_Intersects"}, {relate.Disjoint, "ST_Disjoint"}, {relate.Equals, "ST_Equals"}, {relate.Touches, "ST_Touches"},
	{relate.Within, "ST_Within"}, {relate.Contains, "ST_Contains"}, {relate.Overlaps, "ST_Overlaps"}, {relate.Crosses, "ST_Crosses"},
}

func shape(t testing.TB, text string) geo.Geometry {
	t.Helper()
	parsed, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	g, err := geo.NewGeometry(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRelations(t *testing.T) {
	const (
		square = "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"
		beside = "POLYGON ((4 0, 8 0, 8 4, 4 4, 4 0))"
		mixed  = "GEOMETRYCOLLECTION (POINT (20 20), POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0)))"
	)
	tests := []struct {
		a, b string
		want string // the relations that hold, by their place in relations
	}{
		{"POINT (1 1)", square, "04"},
		{"POINT (0 1)", square, "03"},
		{"POINT (9 9)", square, "1"},
		{square, "POINT (1 1)", "05"},
		{square, square, "0245"},
		{square, beside, "03"},
		{square, "POLYGON ((2 2, 6 2, 6 6, 2 6, 2 2))", "06"},
		{"LINESTRING (-1 1, 9 1)", square, "07"},
		{"LINESTRING (0 0, 4 4)", "LINESTRING (0 4, 4 0)", "07"},
		{"LINESTRING (0 0, 4 0)", "LINESTRING (2 0, 6 0)", "06"},
		{"LINESTRING (0 0, 4 0)", square, "03"},
		{"MULTIPOINT ((1 1), (9 9))", square, "07"},
		{"POINT (20 20)", mixed, "0"}, // the point does not count but to meet it
		{"POINT (1 1)", mixed, "04"},
		{mixed, square, "0245"},
		{"POINT EMPTY", square, "1"},
		{"POINT EMPTY", "LINESTRING EMPTY", "12"},
		{"POINT Z (1 1 7)", square, "04"},
	}
	for _, tt := range tests {
		p, err := relate.Prepare(shape(t, tt.b))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, r := range relations {
			yes, err := p.Test(r.relation, shape(t, tt.a))
			if err != nil {
				t.Errorf("%s %s %s: %v", tt.a, r.sql, tt.b, err)
			}
			if yes {
				got += fmt.Sprint(i)
			}
		}
		if got != tt.want {
			t.Errorf("%s to %s: %s, want %s", tt.a, tt.b, got, tt.want)
		}
	}
}

// randomShape makes valid shapes on a coarse grid, so that they touch, share
// edges and coincide often.
func randomShape(r *rand.Rand) string {
	x, y, w, h := r.IntN(5), r.IntN(5), 1+r.IntN(3), 1+r.IntN(3)
	point := func() string { return fmt.Sprintf("%d %d", r.IntN(6), r.IntN(6)) }
	line := func() string {
		points := []string{point()}
		for len(points) < 2+r.IntN(3) {
			if p := point(); p != points[len(points)-1] {
				points = append(points, p)
			}
		}
		return "(" + strings.Join(points, ", ") + ")"
	}
	box := func(x, y int) string {
		return fmt.Sprintf("((%d %d, %d %d, %d %d, %d %d, %d %d))", x, y, x+w, y, x+w, y+h, x, y+h, x, y)
	}
	switch r.IntN(8) {
	case 0:
		return "POINT (" + point() + ")"
	case 1:
		return "MULTIPOINT ((" + point() + "), (" + point() + "))"
	case 2:
		return "LINESTRING " + line()
	case 3:
		return "MULTILINESTRING (" + line() + ", " + line() + ")"
	case 4:
		return "POLYGON " + box(x, y)
	case 5:
		return fmt.Sprintf("POLYGON ((%d %d, %d %d, %d %d, %d %d))", x, y, x+w, y, x, y+h, x, y)
	case 6:
		return fmt.Sprintf("POLYGON ((0 0, 6 0, 6 6, 0 6, 0 0), (%d %d, %d %d, %d %d, %d %d))", 1+x%3, 1+y%3, 2+x%3, 1+y%3, 2+x%3, 3+y%3, 1+x%3, 1+y%3)
	}
	return "MULTIPOLYGON (" + box(x, y) + ", " + box(x+w+r.IntN(2), y+h) + ")"
}

// TestPostGIS compares with PostGIS, pair by pair.
func TestPostGIS(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "CREATE EXTENSION IF NOT EXISTS postgis"); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, 9))
	var as, bs []string
	for range 3000 {
		as, bs = append(as, randomShape(r)), append(bs, randomShape(r))
	}
	columns := ""
	for _, x := range relations {
		columns += ", " + x.sql + "(a::geometry, b::geometry)"
	}
	rows, err := conn.Query(t.Context(), "SELECT a, b"+columns+" FROM unnest($1::text[], $2::text[]) AS p(a, b) WHERE ST_IsValid(a::geometry) AND ST_IsValid(b::geometry)", as, bs)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	pairs, held := 0, 0
	for rows.Next() {
		var a, b string
		var want [len(relations)]bool
		targets := []any{&a, &b}
		for i := range want {
			targets = append(targets, &want[i])
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		p, err := relate.Prepare(shape(t, b))
		if err != nil {
			t.Fatal(err)
		}
		pairs++
		for i, x := range relations {
			got, err := p.Test(x.relation, shape(t, a))
			if err != nil || got != want[i] {
				t.Errorf("%s(%s, %s) is %v in PostGIS; got %v, %v", x.sql, a, b, want[i], got, err)
			}
			if want[i] && x.relation > relate.Disjoint {
				held++
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if pairs < 2000 || held < 1000 {
		t.Errorf("%d pairs with %d relations say too little", pairs, held)
	}
}
