package fgb_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/fgb"
)

func geometry(t testing.TB, text string) geo.Geometry {
	t.Helper()
	if text == "" {
		return geo.Geometry{}
	}
	g, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := geo.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func write(t testing.TB, layer format.Layer, features []geo.Feature) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := fgb.Format().NewWriter(&out, layer)
	if err != nil {
		t.Fatal(err)
	}
	for i := range features {
		if err := w.Write(&features[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// table gives a file of two rows without geometry.
func table(t testing.TB) []byte {
	return write(t, format.Layer{Schema: geo.Schema{Fields: []geo.Field{{Name: "name", Type: geo.TypeText}}}},
		[]geo.Feature{{Values: []geo.Value{geo.Text("a")}}, {Values: []geo.Value{geo.Text("b")}}})
}

var everyField = []geo.Field{
	{Name: "code", Type: geo.TypeText, Title: geo.Localized{FR: "Code INSEE"}}, {Name: "n", Type: geo.TypeInteger}, {Name: "x", Type: geo.TypeNumber},
	{Name: "b", Type: geo.TypeBoolean}, {Name: "d", Type: geo.TypeDate}, {Name: "dt", Type: geo.TypeDateTime},
	{Name: "a", Type: geo.TypeTextArray}, {Name: "j", Type: geo.TypeJSON},
}

func everyValue() []geo.Value {
	at := time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC)
	return []geo.Value{geo.Text("01000 é"), geo.Integer(math.MinInt64), geo.Number(0.1), geo.Boolean(true), geo.Date(19782),
		geo.DateTime(at), geo.TextArray([]string{"A", "é\"", ""}), geo.JSON(`{"a":[1]}`)}
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	tests := []struct {
		kind  geo.GeometryType
		hasZ  bool
		texts []string
	}{
		{geo.GeometryPoint, false, []string{"POINT (3.087 45.777)", "", "POINT EMPTY", "POINT (-61.5 16.2)"}},
		{geo.GeometryPoint, true, []string{"POINT Z (3.087 45.777 410)", "POINT (1 2)", ""}},
		{geo.GeometryMultiLineString, true, []string{"MULTILINESTRING Z ((0 0 1, 1 1 2), (2 2 3, 3 3 4, 4 4 5))", "MULTILINESTRING ((0 0, 1 1))", "MULTILINESTRING EMPTY"}},
		{geo.GeometryMultiPolygon, false, []string{"MULTIPOLYGON EMPTY",
			"MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 1 1)), ((5 5, 6 5, 6 6, 5 5)))"}},
		{geo.GeometryMultiPolygon, true, []string{"MULTIPOLYGON Z (((0 0 1, 4 0 2, 4 4 3, 0 0 1)), ((5 5 5, 6 5 6, 6 6 7, 5 5 5)))"}},
		{geo.GeometryAny, false, []string{"POINT (1 2)", "LINESTRING (0 0, 1 1, 2 0)", "LINESTRING EMPTY", "POLYGON EMPTY",
			"POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 1 2, 2 2, 1 1))", "MULTIPOINT (1 2, 3 4)", "GEOMETRYCOLLECTION EMPTY",
			"GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1), MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))))"}},
		{geo.GeometryNone, false, []string{"", ""}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.kind, test.hasZ), func(t *testing.T) {
			layer := format.Layer{Name: "éssai", CRS: crs.Lamb93, Schema: geo.Schema{Fields: everyField, Key: "code", Geometry: test.kind, HasZ: test.hasZ}}
			var features []geo.Feature
			var want []string
			for i, text := range test.texts {
				f := geo.Feature{Geometry: geometry(t, text), Values: everyValue()}
				if i%2 == 1 {
					clear(f.Values[1:])
				}
				features = append(features, f)
				want = append(want, line(&f))
			}
			got, lines, err := rows(source(t, write(t, layer, features)), format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range lines { // without the row number: the order is that of the Hilbert curve
				lines[i] = lines[i][2:]
			}
			slices.Sort(lines)
			slices.Sort(want)
			if diff := cmp.Diff(want, lines); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(layer.Schema, got.Schema); diff != "" || got.Name != layer.Name || got.CRS != layer.CRS || got.Count != int64(len(features)) {
				t.Errorf("layer %q %v %d %s", got.Name, got.CRS, got.Count, diff)
			}
		})
	}
}

func TestWriterPromotesToTheLayersKind(t *testing.T) {
	layer := format.Layer{CRS: crs.CRS84, Schema: geo.Schema{Geometry: geo.GeometryMultiPolygon}}
	got, lines, err := rows(source(t, write(t, layer, []geo.Feature{{Geometry: geometry(t, "POLYGON ((0 0, 1 0, 1 1, 0 0))")}})), format.Options{})
	if err != nil || got.CRS != crs.WGS84 || len(lines) != 1 || lines[0] != "1  MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))" {
		t.Errorf("%q %v %v", lines, got.CRS, err)
	}
}

func TestWriterRefuses(t *testing.T) {
	layer := format.Layer{Schema: geo.Schema{Fields: []geo.Field{{Name: "n", Type: geo.TypeInteger}}, Geometry: geo.GeometryPoint}}
	one := []geo.Value{geo.Integer(1)}
	for name, f := range map[string]geo.Feature{
		"another kind":  {Geometry: geometry(t, "LINESTRING (0 0, 1 1)"), Values: one},
		"heights":       {Geometry: geometry(t, "POINT Z (0 0 1)"), Values: one},
		"another type":  {Values: []geo.Value{geo.Text("1")}},
		"too few cells": {},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w, err := fgb.Format().NewWriter(&out, layer)
			if err != nil {
				t.Fatal(err)
			}
			if w.Write(&f) == nil {
				t.Error("was written")
			}
			if w.Close() == nil || out.Len() > 0 {
				t.Error("half a file was written")
			}
		})
	}
}

// TestIndexFindsWhatALinearSearchFinds walks the tree as a client does, with the
// layout of the FlatGeobuf specification.
func TestIndexFindsWhatALinearSearchFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 16, 17, 256, 257, 3000} {
		layer := format.Layer{Schema: geo.Schema{Fields: []geo.Field{{Name: "i", Type: geo.TypeInteger}}, Geometry: geo.GeometryLineString}}
		boxes := make([]geo.Bounds, n)
		features := make([]geo.Feature, n)
		for i := range features {
			x, y, d := random.Float64()*10, random.Float64()*5, random.Float64()*0.2
			g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, []float64{x, y, x + d, y + d}))
			if err != nil {
				t.Fatal(err)
			}
			features[i] = geo.Feature{Geometry: g, Values: []geo.Value{geo.Integer(int64(i))}}
			boxes[i] = g.Bounds()
		}
		b := write(t, layer, features)
		tree := b[12+binary.LittleEndian.Uint32(b[8:]):]
		visited := 0
		for _, query := range []geo.Bounds{{MinX: 2, MinY: 1, MaxX: 3, MaxY: 2}, {MinX: 0, MinY: 0, MaxX: 20, MaxY: 20}, {MinX: 5, MinY: 2, MaxX: 5, MaxY: 2}, {MinX: 50, MinY: 50, MaxX: 51, MaxY: 51}} {
			want := 0
			for _, box := range boxes {
				if box.Intersects(query) {
					want++
				}
			}
			offsets, nodes := search(tree, n, query)
			for _, offset := range offsets {
				if offset+4 > uint64(len(b)) {
					t.Fatalf("offset %d outside the file", offset)
				}
			}
			if len(offsets) != want {
				t.Errorf("%d features, %v: the index gives %d, a linear search %d", n, query, len(offsets), want)
			}
			if query.MinX == 2 {
				visited = nodes
			}
		}
		if n == 3000 && visited > n/4 {
			t.Errorf("a query of a fiftieth of the area looks at %d of %d boxes: the order is not spatial", visited, n)
		}
	}
}

// search gives the offsets of the leaves that meet query, and the number of boxes looked at.
func search(tree []byte, n int, query geo.Bounds) (offsets []uint64, looked int) {
	le := binary.LittleEndian
	counts := []int{n} // from the leaves to the root
	for counts[len(counts)-1] > 1 || len(counts) == 1 {
		counts = append(counts, (counts[len(counts)-1]+15)/16)
	}
	ends, end := make([]int, len(counts)), 0 // of each level in the run of nodes
	for level := len(counts) - 1; level >= 0; level-- {
		end += counts[level]
		ends[level] = end
	}
	var visit func(node, level int)
	visit = func(node, level int) {
		looked++
		at := tree[40*node:]
		c := func(i int) float64 { return math.Float64frombits(le.Uint64(at[8*i:])) }
		if c(0) > query.MaxX || c(2) < query.MinX || c(1) > query.MaxY || c(3) < query.MinY {
			return
		}
		offset := le.Uint64(at[32:])
		if level == 0 {
			offsets = append(offsets, offset)
			return
		}
		for child := int(offset); child < min(int(offset)+16, ends[level-1]); child++ {
			visit(child, level-1)
		}
	}
	visit(0, len(counts)-1)
	return offsets, looked
}
