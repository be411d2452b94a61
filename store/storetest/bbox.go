package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"puy/geo"
	"puy/store"
)

func testBounds(t *testing.T, s *suite) {
	t.Run("Kinds", func(t *testing.T) {
		shapes := []string{"POINT (3.1 45.7)", "LINESTRING (0 0, 10 10)", "POLYGON ((-5 -5, 5 -5, 5 5, -5 5, -5 -5))", "MULTIPOINT ((170 10), (175 12))",
			"POINT (-179.5 10)", "POINT (180 0)", "POINT (-180 0)", "POINT (179.9 -89.9)", "", "LINESTRING (100 -90, 100 90)", "POINT Z (3.1 45.7 1000)",
			"GEOMETRYCOLLECTION (POINT (20 20), POINT (30 30))", "", "POINT (0 0)"}
		tb := &table{schema: geo.Schema{Geometry: geo.GeometryAny, HasZ: true}}
		for i, text := range shapes {
			tb.rows = append(tb.rows, row(fmt.Sprint(i), text))
		}
		rows := loaded(t, s.st, "kinds", tb)
		boxes := []geo.Bounds{
			{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90},
			{MinX: 3, MinY: 45, MaxX: 4, MaxY: 46},
			{MinX: 3.1, MinY: 45.7, MaxX: 3.1, MaxY: 45.7},                      // a point, on a point
			{MinX: 3.1000001, MinY: 45.7, MaxX: 3.1000001, MaxY: 45.7},          // a centimetre beside it
			{MinX: 3.1, MinY: 45.6, MaxX: 3.2, MaxY: 45.6999999},                // a centimetre below it
			{MinX: 9, MinY: 1, MaxX: 9, MaxY: 1},                                // in a line's box, off the line
			{MinX: 10, MinY: 10, MaxX: 11, MaxY: 11},                            // touches a corner
			{MinX: math.Nextafter(10, 11), MinY: 10, MaxX: 11, MaxY: 11},        // does not touch it
			{MinX: 170, MinY: -20, MaxX: -170, MaxY: 20},                        // over the antimeridian
			{MinX: 179.5, MinY: 5, MaxX: -179.5, MaxY: 15},                      // its western end on a point
			{MinX: 180, MinY: 0, MaxX: -180, MaxY: 0},                           // the antimeridian itself
			{MinX: 180, MinY: 0, MaxX: 180, MaxY: 0},                            //
			{MinX: -180, MinY: -1, MaxX: -180, MaxY: 1},                         //
			{MinX: 25, MinY: 25, MaxX: 25, MaxY: 25},                            // between the parts of a collection
			{MinX: 50, MinY: 50, MaxX: 60, MaxY: 60},                            // nothing
			{MinX: 100, MinY: 90, MaxX: 100, MaxY: 90},                          // a pole
			{MinX: 50, MinY: -90, MaxX: 40, MaxY: 90},                           // all but a strip
			{MinX: 1, MinY: 5, MaxX: 2, MaxY: 4},                                // contains nothing: south above north
			{MinX: -1e300, MinY: -1e300, MaxX: 1e300, MaxY: 1e300},              // wider than the world
			{MinX: -math.MaxFloat64, MinY: 45, MaxX: math.MaxFloat64, MaxY: 46}, //
		}
		for _, box := range boxes {
			for _, spatialOnly := range []bool{false, true} {
				check(t, s.st, "kinds", tb.schema, rows, store.Query{Bounds: &box, SpatialOnly: spatialOnly})
			}
		}
		check(t, s.st, "kinds", tb.schema, rows, store.Query{SpatialOnly: true})
		check(t, s.st, "kinds", tb.schema, rows, store.Query{Bounds: &boxes[1], NoGeometry: true})
	})
	t.Run("Empty geometry", func(t *testing.T) {
		// An empty geometry is one, and its box meets nothing.
		tb := &table{schema: geo.Schema{Geometry: geo.GeometryPoint}, rows: []geo.Feature{row("1", "POINT EMPTY"), row("2", ""), row("3", "POINT (1 1)")}}
		rows := loaded(t, s.st, "empties", tb)
		world := geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}
		for _, q := range []store.Query{{Bounds: &world}, {Bounds: &world, SpatialOnly: true}, {SpatialOnly: true}} {
			check(t, s.st, "empties", tb.schema, rows, q)
		}
	})
	t.Run("No geometry at all", func(t *testing.T) {
		tb := &table{schema: geo.Schema{Fields: fields("a", geo.TypeText)}, rows: []geo.Feature{row("1", "", geo.Text("x"))}}
		rows := loaded(t, s.st, "plain", tb)
		box := geo.Bounds{MaxX: 1, MaxY: 1}
		for _, q := range []store.Query{{Bounds: &box}, {Bounds: &box, SpatialOnly: true}, {SpatialOnly: true}, {NoGeometry: true}} {
			check(t, s.st, "plain", tb.schema, rows, q)
		}
	})
	t.Run("Random", func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(3, 4))
		tb := &table{schema: geo.Schema{Geometry: geo.GeometryLineString}}
		for i := range 2000 {
			f := row(fmt.Sprint(i), "LINESTRING (0 0, 0 0)")
			flat := f.Geometry.T().FlatCoords()
			flat[0], flat[1] = rnd.Float64()*360-180, rnd.Float64()*180-90
			flat[2], flat[3] = min(180, flat[0]+rnd.Float64()), max(-90, flat[1]-rnd.Float64())
			tb.rows = append(tb.rows, f)
		}
		rows := loaded(t, s.st, "random", tb)
		for range 60 {
			a, b := rows[rnd.IntN(len(rows))].Geometry.T().FlatCoords(), rows[rnd.IntN(len(rows))].Geometry.T().FlatCoords()
			// Edges on the very coordinates of features; half of the boxes cross the antimeridian.
			box := geo.Bounds{MinX: a[2], MinY: min(a[1], b[1]), MaxX: b[0], MaxY: max(a[1], b[1])}
			check(t, s.st, "random", tb.schema, rows, store.Query{Bounds: &box})
		}
	})
}
