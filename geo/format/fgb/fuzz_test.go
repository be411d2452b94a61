package fgb_test

import (
	"testing"

	"puy/geo"
	"puy/geo/format"
)

func FuzzRead(f *testing.F) {
	for _, name := range []string{"every.fgb", "mixed.fgb", "grid.fgb"} {
		f.Add(fixture(f, name))
	}
	f.Add(table(f))
	f.Add(write(f, format.Layer{Schema: geo.Schema{Fields: everyField, Geometry: geo.GeometryAny, HasZ: true}}, []geo.Feature{
		{Geometry: geometry(f, "GEOMETRYCOLLECTION Z (POINT Z (1 2 3), POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1)))"), Values: everyValue()}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		src := source(t, b)
		_, first, err := rows(src, format.Options{})
		_, second, again := rows(src, format.Options{})
		if (err == nil) != (again == nil) || len(first) != len(second) {
			t.Fatalf("two readings differ: %d rows %v, %d rows %v", len(first), err, len(second), again)
		}
	})
}
