package storetest

import (
	"fmt"
	"testing"

	"puy/geo"
	"puy/store"
)

func testDifferences(t *testing.T, s *suite) {
	schema := geo.Schema{Fields: fields("t", geo.TypeText, "i", geo.TypeInteger, "n", geo.TypeNumber, "b", geo.TypeBoolean,
		"d", geo.TypeDate, "dt", geo.TypeDateTime, "a", geo.TypeTextArray, "j", geo.TypeJSON), Geometry: geo.GeometryAny, HasZ: true}
	base := func() geo.Feature {
		return row("k", "LINESTRING (1 2, 3 4)", geo.Text("x"), geo.Integer(1<<53), geo.Number(0.1), geo.Boolean(false), geo.Date(5),
			geo.DateTime(geo.Date(5).Time()), geo.TextArray([]string{"p", "q"}), geo.JSON(`{"a":1}`))
	}
	set := func(i int, v geo.Value) func(*geo.Feature) { return func(f *geo.Feature) { f.Values[i] = v } }
	form := func(text string) func(*geo.Feature) { return func(f *geo.Feature) { f.Geometry = shape(text) } }
	tests := []struct {
		name     string
		from, to func(*geo.Feature)
		modified int64
	}{
		{"nothing", nil, nil, 0},
		{"text", nil, set(0, geo.Text("X")), 1},
		{"text trailing space", nil, set(0, geo.Text("x ")), 1},
		{"empty text and null", set(0, geo.Text("")), set(0, geo.Value{}), 1},
		{"integer beyond float", nil, set(1, geo.Integer(1<<53+1)), 1},
		{"number last bit", nil, set(2, geo.Number(0.1+1e-17*2)), 1},
		{"boolean", nil, set(3, geo.Boolean(true)), 1},
		{"false and null", nil, set(3, geo.Value{}), 1},
		{"date", nil, set(4, geo.Date(6)), 1},
		{"microsecond", nil, set(5, geo.DateTime(geo.Date(5).Time().Add(1000))), 1},
		{"array order", nil, set(6, geo.TextArray([]string{"q", "p"})), 1},
		{"array split", nil, set(6, geo.TextArray([]string{"p,q"})), 1},
		{"empty array and null", set(6, geo.TextArray(nil)), set(6, geo.Value{}), 1},
		{"json", nil, set(7, geo.JSON(`{"a":2}`)), 1},
		{"json null and null", set(7, geo.JSON("null")), set(7, geo.Value{}), 1},
		{"null to value", set(1, geo.Value{}), set(1, geo.Integer(0)), 1},
		{"null stays", set(1, geo.Value{}), set(1, geo.Value{}), 0},
		{"geometry", nil, form("LINESTRING (1 2, 3 4.0000000000001)"), 1},
		{"geometry direction", nil, form("LINESTRING (3 4, 1 2)"), 1},
		{"geometry within the same box", form("LINESTRING (0 0, 1 2, 4 4)"), form("LINESTRING (0 0, 2 1, 4 4)"), 1},
		{"geometry height only", form("POINT Z (1 2 3)"), form("POINT Z (1 2 4)"), 1},
		{"geometry gains height", form("POINT (1 2)"), form("POINT Z (1 2 0)"), 1},
		{"geometry kind", form("POINT (1 2)"), form("MULTIPOINT ((1 2))"), 1},
		{"geometry to none", nil, form(""), 1},
		{"none to geometry", form(""), nil, 1},
		{"none stays", form(""), form(""), 0},
		{"empty and none", form("POINT EMPTY"), form(""), 1},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := fmt.Sprint("m", i)
			put(t, s.st, id)
			from, to := base(), base()
			if tt.from != nil {
				tt.from(&from)
			}
			if tt.to != nil {
				tt.to(&to)
			}
			other := base()
			other.ID = "stays"
			first := load(t, s.st, id, &table{schema, []geo.Feature{from, other}})
			if first.Compared {
				t.Error("a first version is compared")
			}
			v := load(t, s.st, id, &table{schema, []geo.Feature{other, to}})
			if !v.Compared || v.Modified != tt.modified || v.Added != 0 || v.Removed != 0 {
				t.Errorf("compared %v: +%d −%d ~%d; want ~%d", v.Compared, v.Added, v.Removed, v.Modified, tt.modified)
			}
			var want []store.Difference
			if tt.modified > 0 {
				want = []store.Difference{{Kind: store.Modified, ID: "k"}}
			}
			got, err := differences(testContext(t), s.st, id, 2)
			must(t, err)
			if diff := diffRecords(want, withoutFIDs(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("order", func(t *testing.T) { testDifferenceOrder(t, s) })
}

// testDifferenceOrder has keys that sort otherwise by code point than in French.
func testDifferenceOrder(t *testing.T, s *suite) {
	put(t, s.st, "order")
	load(t, s.st, "order", texts("gone z", "gone A", "gone é", "gone a", "mod é", "mod Z", "mod a", "stays"))
	next := texts("mod a", "stays", "new b", "mod Z", "new B", "new À", "mod é", "new 10", "new 9")
	for i := range next.rows {
		if next.rows[i].ID[:3] == "mod" {
			next.rows[i].Values[0] = geo.Text("other")
		}
		next.rows[i].Geometry = shape("POINT (3 45)")
	}
	next.rows[1].Geometry = geo.Geometry{}
	v := load(t, s.st, "order", next)
	want := []store.Difference{
		{Kind: store.Added, ID: "new 10"}, {Kind: store.Added, ID: "new 9"}, {Kind: store.Added, ID: "new B"},
		{Kind: store.Added, ID: "new b"}, {Kind: store.Added, ID: "new À"},
		{Kind: store.Modified, ID: "mod Z"}, {Kind: store.Modified, ID: "mod a"}, {Kind: store.Modified, ID: "mod é"},
		{Kind: store.Removed, ID: "gone A"}, {Kind: store.Removed, ID: "gone a"}, {Kind: store.Removed, ID: "gone z"},
		{Kind: store.Removed, ID: "gone é"},
	}
	got, err := differences(testContext(t), s.reopen(t), "order", 2)
	must(t, err)
	if diff := diffRecords(want, withoutFIDs(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v.Added != 5 || v.Modified != 3 || v.Removed != 4 {
		t.Errorf("+%d ~%d −%d, want +5 ~3 −4", v.Added, v.Modified, v.Removed)
	}
	kept := versionByNumber(t, s.st, "order", 2)
	if kept.Added != 5 || kept.Modified != 3 || kept.Removed != 4 || !kept.Compared {
		t.Errorf("the record says +%d ~%d −%d", kept.Added, kept.Modified, kept.Removed)
	}
	if first, err := differences(testContext(t), s.st, "order", 1); err != nil || len(first) != 0 {
		t.Errorf("differences of the first version: %v, %v", first, err)
	}
}

func testSchemaChange(t *testing.T, s *suite) {
	put(t, s.st, "d")
	one := &table{geo.Schema{Fields: fields("a", geo.TypeText, "b", geo.TypeInteger), Geometry: geo.GeometryPoint},
		[]geo.Feature{row("1", "POINT (1 1)", geo.Text("x"), geo.Integer(1)), row("2", "POINT (2 2)", geo.Text("y"), geo.Integer(2))}}
	two := &table{geo.Schema{Fields: fields("b", geo.TypeText, "new", geo.TypeNumber, "a", geo.TypeText), Geometry: geo.GeometryLineString},
		[]geo.Feature{row("1", "LINESTRING (1 1, 2 2)", geo.Text("one"), geo.Number(1.5), geo.Text("x")), row("2", "", geo.Value{}, geo.Value{}, geo.Text("y"))}}
	three := &table{geo.Schema{Fields: fields("c", geo.TypeBoolean)},
		[]geo.Feature{row("1", "", geo.Boolean(true)), row("2", "", geo.Value{})}}
	four := &table{geo.Schema{}, []geo.Feature{row("1", ""), row("2", "")}}
	tables := []*table{one, two, three, four, one}
	for i, tb := range tables {
		v := load(t, s.st, "d", tb)
		if i > 0 && (!v.Compared || v.Modified < 1 || v.Added+v.Removed != 0) {
			t.Errorf("version %d: %+v", v.Number, v)
		}
		adopt(t, s.st, "d", tb)
		for n := max(0, i-2); n <= i; n++ {
			old := all(t, s.st, "d", store.Query{Version: int64(n + 1)})
			same(t, fmt.Sprintf("version %d after %d", n+1, i+1), tables[n].schema, stripFIDs(old), stripFIDs(tables[n].rows))
		}
	}
	_, err := collect(t, s.st, "d", store.Query{Version: 3, Fields: []string{"a"}})
	wantKind(t, "a field of another version", err, geo.KindInvalid)
	if _, err := s.st.Rollback(testContext(t), "d"); err != nil {
		t.Fatal(err)
	}
	adopt(t, s.st, "d", four)
	if _, err := s.st.Rollback(testContext(t), "d"); err != nil {
		t.Fatal(err)
	}
	adopt(t, s.st, "d", three)
}

func stripFIDs(rows []geo.Feature) []geo.Feature {
	out := make([]geo.Feature, len(rows))
	for i := range rows {
		out[i] = rows[i]
		out[i].FID = 0
	}
	return out
}
