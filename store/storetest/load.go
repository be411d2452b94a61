package storetest

import (
	"encoding/json"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// table is a schema with rows for it: what a test loads.
type table struct {
	schema geo.Schema
	rows   []geo.Feature
}

func (tb *table) spec() store.LoadSpec {
	return store.LoadSpec{Schema: tb.schema, Source: "rows.geojson", Checksum: "00ff", Keyed: true}
}

// fields makes fields from pairs of name and type.
func fields(pairs ...any) []geo.Field {
	var list []geo.Field
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, geo.Field{Name: pairs[i].(string), Type: pairs[i+1].(geo.FieldType)})
	}
	return list
}

// row makes a feature without its row number, which write gives.
func row(id, geometry string, values ...geo.Value) geo.Feature {
	return geo.Feature{ID: id, Geometry: shape(geometry), Values: values}
}

// shape parses WKT; "" is no geometry.
func shape(text string) geo.Geometry {
	if text == "" {
		return geo.Geometry{}
	}
	t, err := wkt.Unmarshal(text)
	if err != nil {
		panic(text + ": " + err.Error())
	}
	g, err := geo.NewGeometry(t)
	if err != nil {
		panic(text + ": " + err.Error())
	}
	return g
}

// texts makes one row for each id, with the id in brackets as its value; every second has a point.
func texts(ids ...string) *table {
	tb := &table{schema: geo.Schema{Fields: fields("name", geo.TypeText), Geometry: geo.GeometryPoint}}
	for i, id := range ids {
		p := geo.Geometry{}
		if i%2 == 0 {
			p = shape("POINT (3 45)")
		}
		tb.rows = append(tb.rows, geo.Feature{ID: id, Geometry: p, Values: []geo.Value{geo.Text("<" + id + ">")}})
	}
	return tb
}

func begin(t testing.TB, st store.Store, id string, spec store.LoadSpec) store.Load {
	t.Helper()
	l, err := st.Begin(testContext(t), id, spec)
	if err != nil {
		t.Fatalf("Begin %s: %v", id, err)
	}
	t.Cleanup(func() { l.Abort() })
	return l
}

// write writes the rows with the numbers 1, 2, 3 … through one Feature that is
// spoilt after each, since a store keeps nothing of it.
func write(t testing.TB, l store.Load, rows []geo.Feature) {
	t.Helper()
	ctx := testContext(t)
	var f geo.Feature
	for i := range rows {
		f.FID, f.ID, f.Geometry = int64(i+1), rows[i].ID, rows[i].Geometry
		f.Values = append(f.Values[:0], rows[i].Values...)
		if err := l.Write(ctx, &f); err != nil {
			t.Fatalf("Write row %d: %v", i+1, err)
		}
		for j := range f.Values {
			f.Values[j] = geo.Text("spoilt")
		}
	}
}

func commit(t testing.TB, l store.Load) catalog.Version {
	t.Helper()
	v, err := l.Commit(testContext(t), store.Outcome{Report: json.RawMessage(`{}`)})
	if err != nil {
		t.Fatalf("Commit: %v", err)
	}
	return v
}

// load makes one version of rows that have no duplicates.
func load(t testing.TB, st store.Store, id string, tb *table) catalog.Version {
	t.Helper()
	return loadSpec(t, st, id, tb.spec(), tb.rows)
}

func loadSpec(t testing.TB, st store.Store, id string, spec store.LoadSpec, rows []geo.Feature) catalog.Version {
	t.Helper()
	l := begin(t, st, id, spec)
	write(t, l, rows)
	if spec.Keyed {
		n, first, err := l.Duplicates(testContext(t), 10)
		if err != nil || n != 0 || len(first) != 0 {
			t.Fatalf("Duplicates: %d %v, %v; want none", n, first, err)
		}
	}
	return commit(t, l)
}

// loaded puts a dataset, loads tb and gives the features that the store must
// now have, with the fids that it gave them.
func loaded(t testing.TB, st store.Store, id string, tb *table) []geo.Feature {
	t.Helper()
	put(t, st, id)
	load(t, st, id, tb)
	return adopt(t, st, id, tb)
}

// adopt compares a whole first version with the rows written, row by row, and
// gives these rows with the fids that the store chose, which must be positive
// and grow in the order of the source.
func adopt(t testing.TB, st store.Store, id string, tb *table) []geo.Feature {
	t.Helper()
	got := all(t, st, id, store.Query{})
	if len(got) != len(tb.rows) {
		t.Fatalf("%s holds %d features, want %d", id, len(got), len(tb.rows))
	}
	want := make([]geo.Feature, len(tb.rows))
	last := int64(0)
	for i := range tb.rows {
		want[i] = *tb.rows[i].Clone()
		want[i].FID = got[i].FID
		if got[i].FID <= last {
			t.Fatalf("fid %d follows %d", got[i].FID, last)
		}
		last = got[i].FID
	}
	same(t, "all features of "+id, tb.schema, got, want)
	return want
}

// all gives every feature of a query.
func all(t testing.TB, st store.Store, id string, q store.Query) []geo.Feature {
	t.Helper()
	list, err := collect(t, st, id, q)
	if err != nil {
		t.Fatalf("Features %s: %v", id, err)
	}
	return list
}

func collect(t testing.TB, st store.Store, id string, q store.Query) ([]geo.Feature, error) {
	var list []geo.Feature
	for f, err := range st.Features(testContext(t), id, q) {
		if err != nil {
			return list, err
		}
		list = append(list, *f.Clone())
	}
	return list, nil
}
