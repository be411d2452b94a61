package snapshot_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/internal/pgtest"
	"puy/tiles/mvt"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// parcels covers a square of about 40 by 40 km with n × n polygons that share
// their wiggling borders, as communes do. Every seventh has a hole, which every
// fourteenth fills with a second part; windings are mixed.
func parcels(n int) iter.Seq2[*geo.Feature, error] {
	rng := rand.New(rand.NewPCG(3, 4))
	step := 0.5 / float64(n)
	node := make([][2]float64, (n+1)*(n+1))
	for i := range node {
		node[i] = [2]float64{2.8 + step*(float64(i%(n+1))+0.3*rng.Float64()), 45.5 + step*(float64(i/(n+1))+0.3*rng.Float64())}
	}
	edges := map[[2]int][][2]float64{}
	var wiggle func(a, b [2]float64, depth int) [][2]float64
	wiggle = func(a, b [2]float64, depth int) [][2]float64 {
		if depth == 0 {
			return [][2]float64{b}
		}
		dx, dy := b[0]-a[0], b[1]-a[1]
		r := 0.15 * (rng.Float64() - 0.5)
		mid := [2]float64{(a[0]+b[0])/2 - r*dy, (a[1]+b[1])/2 + r*dx}
		return append(wiggle(a, mid, depth-1), wiggle(mid, b, depth-1)...)
	}
	edge := func(i, j int) [][2]float64 { // the points after node i up to node j
		if pts, ok := edges[[2]int{i, j}]; ok {
			return pts
		}
		pts := wiggle(node[i], node[j], 5)
		back := [][2]float64{}
		for k := len(pts) - 2; k >= 0; k-- {
			back = append(back, pts[k])
		}
		edges[[2]int{i, j}], edges[[2]int{j, i}] = pts, append(back, node[i])
		return pts
	}
	return func(yield func(*geo.Feature, error) bool) {
		for i := range n * n {
			a := i/n*(n+1) + i%n
			corners := [...]int{a, a + 1, a + n + 2, a + n + 1, a}
			if i%2 == 1 {
				corners = [...]int{a, a + n + 1, a + n + 2, a + 1, a}
			}
			flat := []float64{node[a][0], node[a][1]}
			for k := range 4 {
				for _, p := range edge(corners[k], corners[k+1]) {
					flat = append(flat, p[0], p[1])
				}
			}
			endss := [][]int{{len(flat)}}
			if i%7 == 0 {
				x, y, d := node[a][0]+0.45*step, node[a][1]+0.45*step, 0.1*step
				hole := []float64{x - d, y - d, x + d, y - d, x + d, y + d, x - d, y + d, x - d, y - d}
				flat = append(flat, hole...)
				endss[0] = append(endss[0], len(flat))
				if i%14 == 0 {
					d /= 2
					flat = append(flat, x-d, y-d, x+d, y-d, x+d, y+d, x-d, y+d, x-d, y-d)
					endss = append(endss, []int{len(flat)})
				}
			}
			g, err := geo.NewGeometry(geom.NewMultiPolygonFlat(geom.XY, flat, endss))
			f := geo.Feature{FID: int64(i + 1), Geometry: g, Values: []geo.Value{geo.Text(fmt.Sprint("n", i)), geo.Integer(int64(i%5) - 2), geo.Number(float64(i) / 4)}}
			if !yield(&f, err) {
				return
			}
		}
	}
}

func asPoints(lines iter.Seq2[*geo.Feature, error]) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		for f, err := range lines {
			flat := f.Geometry.T().FlatCoords()
			g, _ := geo.NewGeometry(geom.NewMultiPointFlat(geom.XY, flat[:2*(1+f.FID%2)]))
			p := f.Clone()
			p.Geometry = g
			if !yield(p, err) {
				return
			}
		}
	}
}

// The same rows cut by ST_AsMVTGeom and by AppendMVT give the same features, at
// the same places to a unit or two.
func TestTilesOfPostGIS(t *testing.T) {
	ctx := t.Context()
	db, err := pgx.Connect(ctx, pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.WithoutCancel(ctx))
	polygons := geo.Schema{Geometry: geo.GeometryMultiPolygon, Fields: []geo.Field{
		{Name: "a", Type: geo.TypeText}, {Name: "b", Type: geo.TypeInteger}, {Name: "c", Type: geo.TypeNumber}}}
	for _, tc := range []struct {
		name     string
		schema   geo.Schema
		types    string
		features iter.Seq2[*geo.Feature, error]
		zooms    []int
	}{
		{"points", lineSchema, "id text, kind text, lanes bigint, length float8", asPoints(lines(4000)), []int{5, 7, 9}},
		{"lines", lineSchema, "id text, kind text, lanes bigint, length float8", lines(4000), []int{7, 9, 12}},
		{"polygons", polygons, "a text, b bigint, c float8", parcels(24), []int{8, 10, 12, 14, 17}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := build(t, tc.schema, tc.features)
			load(t, db, tc.name, tc.types, tc.features)
			compared, only := 0, 0
			for _, z := range tc.zooms {
				fx, fy := tilePosition(3.05, 45.75, z, 0, 0)
				cx, cy := int(fx/4096), int(fy/4096)
				for x := cx - 1; x <= cx+1; x++ {
					for y := cy - 1; y <= cy+1; y++ {
						n, o := compareTile(t, s.AppendMVT, db, tc.name, columns(tc.schema), z, x, y)
						compared, only = compared+n, only+o
					}
				}
			}
			t.Logf("%d features compared, %d of less than a unit in one of the two only", compared, only)
			if compared < 1000 {
				t.Errorf("only %d features were compared", compared)
			}
		})
	}
}

func columns(s geo.Schema) string {
	list := "fid"
	for _, f := range s.Fields {
		list += ", " + f.Name
	}
	return list
}

func load(t *testing.T, db *pgx.Conn, table, types string, features iter.Seq2[*geo.Feature, error]) {
	t.Helper()
	ctx := t.Context()
	if _, err := db.Exec(ctx, fmt.Sprintf("CREATE TABLE %s (fid bigint, wkb bytea, %s)", table, types)); err != nil {
		t.Fatal(err)
	}
	var rows [][]any
	for f, err := range features {
		if err != nil {
			t.Fatal(err)
		}
		row := []any{f.FID, f.Geometry.AppendWKB(nil)}
		for _, v := range f.Values {
			switch v.Type() {
			case geo.TypeText:
				row = append(row, v.Text())
			case geo.TypeInteger:
				row = append(row, v.Integer())
			default:
				row = append(row, v.Number())
			}
		}
		rows = append(rows, row)
	}
	var names []string
	r, err := db.Query(ctx, "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.FieldDescriptions() {
		names = append(names, d.Name)
	}
	r.Close()
	if _, err := db.CopyFrom(ctx, pgx.Identifier{table}, names, pgx.CopyFromRows(rows)); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"ALTER TABLE %s ADD geom geometry", "UPDATE %s SET geom = ST_Transform(ST_SetSRID(ST_GeomFromWKB(wkb), 4326), 3857)",
		"ALTER TABLE %s DROP wkb",
	} {
		if _, err := db.Exec(ctx, fmt.Sprintf(sql, table)); err != nil {
			t.Fatal(err)
		}
	}
	var invalid int
	if err := db.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE NOT ST_IsValid(geom)").Scan(&invalid); err != nil || invalid > 0 {
		t.Fatalf("%d of the geometries are not valid, %v", invalid, err)
	}
}

// measure gives the area of a polygon feature, the length of its rings or lines,
// and the larger side of its box, in tile units.
func measure(f mvt.Feature) (area, length, extent float64) {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, part := range f.Parts {
		if f.Type == mvt.Polygon {
			area += float64(mvt.Area2(part)) / 2
		}
		for i, p := range part {
			lo[0], lo[1] = min(lo[0], float64(p.X)), min(lo[1], float64(p.Y))
			hi[0], hi[1] = max(hi[0], float64(p.X)), max(hi[1], float64(p.Y))
			if q := part[(i+len(part)-1)%len(part)]; f.Type == mvt.Polygon || i > 0 {
				length += math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y))
			}
		}
	}
	return area, length, max(hi[0]-lo[0], hi[1]-lo[1])
}

// farthest gives the greatest distance of a vertex of a from b, leaving out the
// vertices that the cut made: where a line meets the border at a small angle,
// half a unit of rounding moves them by several.
func farthest(a, b mvt.Feature) float64 {
	worst := 0.0
	for _, part := range a.Parts {
		for _, p := range part {
			if a.Type != mvt.Points && (min(p.X, p.Y) <= -80 || max(p.X, p.Y) >= 4096+80) {
				continue
			}
			nearest := math.Inf(1)
			for _, other := range b.Parts {
				for i, q := range other {
					o := q
					switch {
					case i > 0 && b.Type != mvt.Points:
						o = other[i-1]
					case b.Type == mvt.Polygon:
						o = other[len(other)-1]
					}
					dx, dy := float64(q.X-o.X), float64(q.Y-o.Y)
					px, py := float64(p.X-o.X), float64(p.Y-o.Y)
					s := max(0, min(1, (px*dx+py*dy)/max(1, dx*dx+dy*dy)))
					nearest = min(nearest, math.Hypot(px-s*dx, py-s*dy))
				}
			}
			worst = max(worst, nearest)
		}
	}
	return worst
}
