package cql2

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"puy/geo"
)

// roundTrip checks that both encodings of e give e again.
func roundTrip(t interface{ Fatalf(string, ...any) }, e Expr) {
	text := Text(e)
	if len(text) <= MaxText {
		again, err := ParseText(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(e, again, ignorePlaces); diff != "" {
			t.Fatalf("%s means something else (-want +got):\n%s", text, diff)
		}
	}
	if json := JSON(e); len(json) <= MaxJSON {
		again, err := ParseJSON(json)
		if err != nil {
			t.Fatalf("%s: %v", json, err)
		}
		if diff := cmp.Diff(e, again, ignorePlaces); diff != "" {
			t.Fatalf("%s means something else (-want +got):\n%s", json, diff)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"a=1", "NOT (a AND b OR c) IS NULL", "x IN (1,'a''b\\n', DATE('2020-01-01'))", "S_INTERSECTS(geom,POLYGON((0 0,1 0,1 1,0 0)))",
		"T_DURING(INTERVAL(a,'..'),INTERVAL('2020-01-01','2021-01-01T00:00:00Z'))", "A_EQUALS(a,('x',[1],()))", "-a^2^b div 3 % .5e-3 <> \"x y\"", "BBOX(1,2,3,4)=POINT EMPTY",
		"S_EQUALS(GEOMETRYCOLLECTION(POINT Z (1 2 3)),MULTIPOINT(1 2,3 4))", "casei(accenti(a)) not like '_%'", "f(((((a)))))", "Z() = div(a)", "isNull(a)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseText(s)
		if err != nil {
			if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
				t.Fatalf("%v: kind %v", err, k)
			}
			return
		}
		checkRoundTrip(t, e)
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`true`, `{"op":"and","args":[true,{"op":"=","args":[{"property":"a"},1.50]}]}`, `{"op":"in","args":[{"property":"a"},["x",{"date":"2020-01-01"}]]}`,
		`{"op":"s_intersects","args":[{"property":"g"},{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}]}`, `{"op":"t_after","args":[{"interval":["..",{"property":"x"}]},{"timestamp":"2020-01-01T00:00:00Z"}]}`,
		`{"op":"a_contains","args":[[],[["a"],1]]}`, `{"op":"like","args":[{"op":"casei","args":["a"]},"\\%\u00e9"]}`, `{"type":"GeometryCollection","geometries":[]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseJSON(s)
		if err != nil {
			if k := geo.KindOf(err); k != geo.KindInvalid && k != geo.KindLimit {
				t.Fatalf("%v: kind %v", err, k)
			}
			return
		}
		checkRoundTrip(t, e)
	})
}

// checkRoundTrip is roundTrip of what a fuzzer found: what is written with more
// brackets and in more nodes than it was read may pass a limit.
func checkRoundTrip(t *testing.T, e Expr) {
	for _, parse := range []func() (Expr, error){func() (Expr, error) { return ParseText(Text(e)) }, func() (Expr, error) { return ParseJSON(JSON(e)) }} {
		again, err := parse()
		if err != nil {
			if geo.KindOf(err) == geo.KindLimit {
				continue
			}
			t.Fatalf("%s: %v", Text(e), err)
		}
		if diff := cmp.Diff(e, again, ignorePlaces); diff != "" {
			t.Fatalf("%s\n%s\nmeans something else (-want +got):\n%s", Text(e), JSON(e), diff)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { roundTrip(t, anyExpr(3).Draw(t, "filter")) })
}

// anyExpr draws any tree that has both encodings.
func anyExpr(depth int) *rapid.Generator[Expr] {
	return rapid.Custom(func(t *rapid.T) Expr {
		if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
			return leaf(t)
		}
		sub := func() Expr { return anyExpr(depth-1).Draw(t, "arg") }
		list := func(least int) []Expr { return rapid.SliceOfN(anyExpr(depth-1), least, 4).Draw(t, "args") }
		switch rapid.IntRange(0, 13).Draw(t, "node") {
		case 0:
			return &And{Args: list(2)}
		case 1:
			return &Or{Args: list(2)}
		case 2:
			return &Not{Arg: sub()}
		case 3:
			return &Compare{Op: rapid.SampledFrom(compareOps[:]).Draw(t, "op"), A: sub(), B: sub()}
		case 4:
			return &Like{Arg: sub(), Pattern: sub()}
		case 5:
			return &Between{Arg: sub(), Low: sub(), High: sub()}
		case 6:
			return &In{Arg: sub(), List: list(1)}
		case 7:
			return &IsNull{Arg: sub()}
		case 8:
			r := &Relate{Relation: rapid.SampledFrom(relations[:]).Draw(t, "relation"), A: sub(), B: sub()}
			if r.Relation[0] == 'a' { // an operator cannot stand there
				r.A, r.B = &Array{Items: []Expr{r.A}}, leaf(t)
			}
			return r
		case 9:
			return &Call{Name: rapid.SampledFrom([]string{"f", "é.x:y", "Buffer"}).Draw(t, "function"), Args: list(0)}
		case 10:
			return &CaseI{Arg: sub()}
		case 11:
			return &AccentI{Arg: sub()}
		case 12:
			return &Array{Items: list(0)}
		}
		op := rapid.SampledFrom(arithmeticOps[:]).Draw(t, "op")
		return &Arithmetic{Op: op, A: sub(), B: sub()}
	})
}

func leaf(t *rapid.T) Expr {
	literal := func(v geo.Value) Expr { return &Literal{Value: v} }
	switch rapid.IntRange(0, 10).Draw(t, "leaf kind") {
	case 0:
		name := rapid.StringMatching(`[a-zA-Zé_:"' .()0-9日-]{1,12}`).Draw(t, "name")
		return &Property{Name: name}
	case 1:
		return &Property{Name: rapid.SampledFrom([]string{"a", "date", "AND", "div", "Point", "z", "casei", "s_within", "end"}).Draw(t, "keyword")}
	case 2:
		s := rapid.StringOf(rapid.RuneFrom([]rune("aé'\\\"%_\n\t\v日\U0001F30B<"))).Draw(t, "text")
		return literal(geo.Text(s))
	case 3:
		return literal(geo.Integer(rapid.Int64().Draw(t, "integer")))
	case 4:
		return literal(geo.Number(rapid.Float64().Draw(t, "number")))
	case 5:
		return literal(geo.Boolean(rapid.Bool().Draw(t, "boolean")))
	case 6:
		return literal(geo.Date(rapid.Int64Range(-719528, 2932896).Draw(t, "day")))
	case 7:
		d := geo.Date(rapid.Int64Range(-719528, 2932896).Draw(t, "day"))
		return literal(geo.DateTime(d.Time().Add(1000 * 1234567)))
	case 8:
		return &Interval{Start: rapid.SampledFrom([]Expr{&Open{}, &Property{Name: "x"}, literal(geo.Date(1))}).Draw(t, "start"),
			End: rapid.SampledFrom([]Expr{&Open{}, &Property{Name: "y z"}, literal(geo.DateTime(geo.Date(5).Time()))}).Draw(t, "end")}
	case 9:
		return &BBox{Coordinates: rapid.SliceOfN(rapid.Float64(), 4, 4).Draw(t, "box")}
	}
	rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	g, err := geo.NewGeometry(randomShape(rnd, 2+rnd.IntN(2), 2))
	if err != nil {
		t.Fatal(err)
	}
	return &Shape{Geometry: g}
}

func randomShape(rnd *rand.Rand, stride, depth int) geom.T {
	layout := geom.XY
	if stride == 3 {
		layout = geom.XYZ
	}
	flat := func(n int, ring bool) []float64 {
		list := make([]float64, 0, n*stride)
		for range n * stride {
			list = append(list, rnd.NormFloat64()*50)
		}
		if ring {
			copy(list[len(list)-stride:], list[:stride])
		}
		return list
	}
	n := 2 + rnd.IntN(3)
	switch k := rnd.IntN(7); {
	case k == 0:
		return geom.NewPointFlat(layout, flat(1, false))
	case k == 1:
		return geom.NewLineStringFlat(layout, flat(n, false))
	case k == 2:
		return geom.NewPolygonFlat(layout, append(flat(5, true), flat(4, true)...), []int{5 * stride, 9 * stride})
	case k == 3:
		return geom.NewMultiPointFlat(layout, flat(n, false))
	case k == 4:
		return geom.NewMultiLineStringFlat(layout, append(flat(2, false), flat(3, false)...), []int{2 * stride, 5 * stride})
	case k == 5 || depth == 0:
		return geom.NewMultiPolygonFlat(layout, append(flat(4, true), flat(5, true)...), [][]int{{4 * stride}, {9 * stride}})
	}
	c := geom.NewGeometryCollection()
	for range rnd.IntN(3) {
		if err := c.Push(randomShape(rnd, stride, 0)); err != nil {
			panic(err)
		}
	}
	return c
}

// BenchmarkParse parses a filter of ten terms.
func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseText(tenTerms); err != nil {
			b.Fatal(err)
		}
	}
}

var tenTerms = strings.Join([]string{"name = 'Clermont-Ferrand'", "n > 5", "CASEI(name) LIKE CASEI('%rue%')", "x BETWEEN 1.5 AND 2.5", "n IN (1, 2, 3)", "yes = TRUE",
	"day >= DATE('2024-01-01')", "S_INTERSECTS(geom, BBOX(3, 45, 3.2, 46))", "other IS NOT NULL", "(n + 1 < x OR NOT yes)"}, " AND ")
