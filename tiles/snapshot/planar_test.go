package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/internal/pgtest"
	"puy/tiles/fidset"
	"puy/tiles/mvt"
	"puy/tiles/snapshot"
	"puy/tiles/tms"
)

func set(t *testing.T, id string) *tms.Set {
	t.Helper()
	sets, err := tms.Known()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sets {
		if s.ID == id {
			return s
		}
	}
	t.Fatal("no set", id)
	return nil
}

func planar(s *tms.Set, z, x, y int) snapshot.Frame {
	m := &s.Matrices[z]
	west, north := m.Corner(x, y)
	return snapshot.Planar(s.Transform(), west, north, m.Span())
}

// The same rows cut by ST_AsMVTGeom in the CRS of a set give the same features,
// at the same places to a unit or two.
func TestPlanarTilesOfPostGIS(t *testing.T) {
	ctx := t.Context()
	db, err := pgx.Connect(ctx, pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.WithoutCancel(ctx))
	schema := geo.Schema{Geometry: geo.GeometryAny, Fields: []geo.Field{{Name: "a", Type: geo.TypeText}}}
	name := func(features iter.Seq2[*geo.Feature, error]) iter.Seq2[*geo.Feature, error] {
		return func(yield func(*geo.Feature, error) bool) {
			for f, err := range features {
				named := *f
				named.Values = []geo.Value{geo.Text(fmt.Sprint(f.FID))}
				if !yield(&named, err) {
					return
				}
			}
		}
	}
	for _, tc := range []struct {
		table    string
		features iter.Seq2[*geo.Feature, error]
		first    int // zoom, where features are not yet lost to rounding
		least    int
	}{{"points", name(asPoints(lines(3000))), 1, 3000}, {"lines", name(lines(3000)), 3, 1000}, {"parcels", name(parcels(20)), 6, 100}} {
		table, features := tc.table, tc.features
		if _, err := db.Exec(ctx, "CREATE TABLE "+table+" (fid bigint, a text, geom geometry)"); err != nil {
			t.Fatal(err)
		}
		batch := &pgx.Batch{}
		for f := range features {
			batch.Queue("INSERT INTO "+table+" VALUES ($1, $2, ST_GeomFromEWKB($3))", f.FID, f.Values[0].Text(), f.Geometry.AppendEWKB(nil, 4326))
		}
		if err := db.SendBatch(ctx, batch).Close(); err != nil {
			t.Fatal(err)
		}
		s := build(t, schema, features)
		for _, id := range []string{"Lambert93Quad", "WorldCRS84Quad"} {
			tms := set(t, id)
			both, only := 0, 0
			for _, l := range tms.Limits(geo.Bounds{MinX: 2.85, MinY: 45.55, MaxX: 3.25, MaxY: 45.95})[tc.first:9] {
				z := tms.Find(l.Matrix)
				m := &tms.Matrices[z]
				x, y := (l.MinCol+l.MaxCol)/2, (l.MinRow+l.MaxRow)/2
				got, _, err := s.AppendTile(ctx, nil, table, planar(tms, z, x, y), snapshot.Selection{}, new(snapshot.Scratch))
				if err != nil {
					t.Fatal(err)
				}
				west, north := m.Corner(x, y)
				srid := int(tms.CRS)
				if tms.CRS == 84 {
					srid = 4326
				}
				var want []byte
				err = db.QueryRow(ctx, fmt.Sprintf(`SELECT ST_AsMVT(tile, '%s', 4096, 'g', 'fid') FROM (
					SELECT fid, a, ST_AsMVTGeom(ST_Transform(geom, $1::int), ST_MakeEnvelope($2, $3, $4, $5, $1::int), 4096, 80, true) AS g
					FROM %s) AS tile WHERE g IS NOT NULL`, table, table), srid, west, north-m.Span(), west+m.Span(), north).Scan(&want)
				if err != nil {
					t.Fatal(err)
				}
				b, o := compareBytes(t, fmt.Sprintf("%s %s/%d/%d", id, l.Matrix, x, y), got, want)
				both, only = both+b, only+o
			}
			t.Logf("%s in %s: %d features in both, %d in one", table, id, both, only)
			if both < tc.least || only > both/10 {
				t.Errorf("%s in %s: %d features in both, %d in one", table, id, both, only)
			}
		}
	}
}

// A long edge, straight on the map of the world, is bent as the CRS bends it:
// in Lambert-93 a parallel sags by 20 km over 10 degrees.
func TestLongEdgesBend(t *testing.T) {
	line, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, []float64{-5, 46, 11, 46}))
	if err != nil {
		t.Fatal(err)
	}
	s := build(t, geo.Schema{Geometry: geo.GeometryLineString}, func(yield func(*geo.Feature, error) bool) {
		yield(&geo.Feature{FID: 1, Geometry: line}, nil)
	})
	lambert := set(t, "Lambert93Quad")
	for _, z := range []int{0, 3, 9, 14, 18} {
		m := &lambert.Matrices[z]
		for _, lon := range []float64{-4, 3, 3.1, 8} {
			at := []float64{lon, 46}
			lambert.Transform().FromLonLat(at, 2)
			x, y := int((at[0]-m.Origin[0])/m.Span()), int((m.Origin[1]-at[1])/m.Span())
			b, n, err := s.AppendTile(t.Context(), nil, "l", planar(lambert, z, x, y), snapshot.Selection{}, new(snapshot.Scratch))
			if err != nil || n != 1 {
				t.Fatalf("zoom %d, longitude %g: %d features, %v", z, lon, n, err)
			}
			west, north := m.Corner(x, y)
			want := mvt.Point{X: int32(math.Round((at[0] - west) / m.Span() * 4096)), Y: int32(math.Round((north - at[1]) / m.Span() * 4096))}
			layers, err := mvt.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			best := math.Inf(1)
			for _, part := range layers[0].Features[0].Parts {
				for i := 1; i < len(part); i++ {
					best = min(best, toSegment(want, part[i-1], part[i]))
				}
			}
			// The grid of snapshots is 9 mm fine, the units of zoom 18 are 2 mm.
			if best > 1.5+5*math.Exp2(float64(z-18)) {
				t.Errorf("zoom %d, longitude %g: the line is %.1f units off", z, lon, best)
			}
		}
	}
}

func toSegment(p, a, b mvt.Point) float64 {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	px, py := float64(p.X-a.X), float64(p.Y-a.Y)
	f := max(0, min((px*dx+py*dy)/(dx*dx+dy*dy), 1))
	return math.Hypot(px-f*dx, py-f*dy)
}

// A polygon around everything fills every tile, wherever its vertices come to lie.
func TestTheWorldFillsPlanarTiles(t *testing.T) {
	world, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, []float64{-180, -89, 180, -89, 180, 89, -180, 89, -180, -89}, []int{10}))
	if err != nil {
		t.Fatal(err)
	}
	s := build(t, geo.Schema{Geometry: geo.GeometryPolygon}, func(yield func(*geo.Feature, error) bool) {
		yield(&geo.Feature{FID: 1, Geometry: world}, nil)
	})
	for _, tc := range []struct {
		id      string
		z, x, y int
	}{{"Lambert93Quad", 0, 0, 0}, {"Lambert93Quad", 1, 1, 1}, {"Lambert93Quad", 7, 64, 64}, {"Lambert93Quad", 18, 140000, 130000}, {"WorldCRS84Quad", 3, 5, 3}, {"WorldCRS84Quad", 20, 1050000, 250000}} {
		b, _, err := s.AppendTile(t.Context(), nil, "l", planar(set(t, tc.id), tc.z, tc.x, tc.y), snapshot.Selection{}, new(snapshot.Scratch))
		if err != nil {
			t.Fatal(err)
		}
		f := byID(t, b)[1]
		if area, _, _ := measure(f); math.Abs(area-4256*4256) > 4256*4 {
			t.Errorf("%+v: the area is %.0f of %d: %v", tc, area, 4256*4256, f.Parts)
		}
	}
}

func TestSelection(t *testing.T) {
	s := build(t, lineSchema, lines(500))
	all, n, err := s.AppendMVT(nil, "l", 0, 0, 0, new(snapshot.Scratch))
	if err != nil {
		t.Fatal(err)
	}
	frame, err := snapshot.Mercator(0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var keep fidset.Builder
	kept := map[uint64]mvt.Feature{}
	for id, f := range byID(t, all) {
		if id%3 == 0 {
			kept[id] = f
		}
	}
	for id := int64(3); id <= 510; id += 3 {
		if err := keep.Add(id); err != nil {
			t.Fatal(err)
		}
	}
	some, m, err := s.AppendTile(t.Context(), nil, "l", frame, snapshot.Selection{Fields: []string{lineSchema.Fields[1].Name, "absent"}, Keep: keep.Set()}, new(snapshot.Scratch))
	if err != nil || m != len(kept) || m == 0 || m >= n {
		t.Fatalf("%d of %d features, want %d: %v", m, n, len(kept), err)
	}
	for id, f := range byID(t, some) {
		want := kept[id]
		if fmt.Sprint(f.Parts) != fmt.Sprint(want.Parts) || len(f.Properties) > 1 || f.Properties[lineSchema.Fields[1].Name] != want.Properties[lineSchema.Fields[1].Name] {
			t.Errorf("feature %d is %+v, was %+v", id, f, want)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.AppendTile(canceled, nil, "l", frame, snapshot.Selection{}, new(snapshot.Scratch)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cut for nobody: %v", err)
	}
}
