package postgis_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// TestRefusedRows writes rows that PostgreSQL cannot hold: each gives an error
// that names row and field, and leaves the load as it was.
func TestRefusedRows(t *testing.T) {
	st := open(t, pgtest.Database(t))
	defer st.Close()
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	schema := geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "text", Type: geo.TypeText}, {Name: "day", Type: geo.TypeDate},
		{Name: "at", Type: geo.TypeDateTime}, {Name: "tags", Type: geo.TypeTextArray}, {Name: "json", Type: geo.TypeJSON}, {Name: "n", Type: geo.TypeInteger}}}
	l, err := st.Begin(t.Context(), "d", store.LoadSpec{Schema: schema, Keyed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	set := func(i int, v geo.Value) func(*geo.Feature) { return func(f *geo.Feature) { f.Values[i] = v } }
	tests := []struct {
		name  string
		spoil func(*geo.Feature)
		says  string // empty: accepted
	}{
		{"good", func(*geo.Feature) {}, ""},
		{"NUL", set(0, geo.Text("a\x00b")), `"text"`},
		{"not UTF-8", set(0, geo.Text("a\xff")), `"text"`},
		{"type", set(0, geo.Integer(1)), `"text"`},
		{"date too late", set(1, geo.Date(1<<40)), `"day"`},
		{"date infinity", set(1, geo.Date(math.MaxInt32+10957)), `"day"`},
		{"date too early", set(1, geo.Date(-1<<40)), `"day"`},
		{"time infinity", set(2, geo.DateTime(time.UnixMicro(math.MaxInt64))), `"at"`},
		{"time too early", set(2, geo.DateTime(time.UnixMicro(math.MinInt64))), `"at"`},
		{"NUL in an array", set(3, geo.TextArray([]string{"x", "a\x00"})), `"tags"`},
		{"invalid JSON", set(4, geo.JSON(`{"a":`)), `"json"`},
		{"NUL in JSON", set(4, geo.JSON(`"\u0000"`)), `"json"`},
		{"NUL after a backslash", set(4, geo.JSON(`"\\\u0000"`)), `"json"`},
		{"no NUL", set(4, geo.JSON(`"\\u0000"`)), ""},
		{"number for an integer", set(5, geo.Number(1)), `"n"`},
		{"too few values", func(f *geo.Feature) { f.Values = f.Values[:2] }, "2 values"},
		{"kind of geometry", func(f *geo.Feature) { f.Geometry = shape(t, geom.NewLineStringFlat(geom.XY, []float64{0, 0, 1, 1})) }, "LineString"},
		{"height", func(f *geo.Feature) { f.Geometry = shape(t, geom.NewPointFlat(geom.XYZ, []float64{0, 0, 1})) }, "height"},
		{"long key", func(f *geo.Feature) { f.ID = strings.Repeat("k", 3000) }, "key"},
		{"long random key", func(f *geo.Feature) { f.ID = strings.Repeat("aé日", 300) }, ""},
		{"key with NUL", func(f *geo.Feature) { f.ID = "\x00" }, "key"},
		{"row number", func(f *geo.Feature) { f.FID = 1 }, "row 1 follows"},
	}
	accepted := int64(0)
	for i, tt := range tests {
		f := geo.Feature{FID: int64(i + 1), ID: tt.name, Values: make([]geo.Value, len(schema.Fields))}
		tt.spoil(&f)
		err := l.Write(t.Context(), &f)
		switch {
		case tt.says == "":
			accepted++
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		case geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "row "):
			t.Errorf("%s: kind %v, %v; want the row and %s", tt.name, geo.KindOf(err), err, tt.says)
		}
	}
	if _, _, err := l.Duplicates(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	v, err := l.Commit(t.Context(), store.Outcome{})
	if err != nil || v.Rows != accepted {
		t.Fatalf("%d rows, %v; want %d", v.Rows, err, accepted)
	}
	f, err := st.Feature(t.Context(), "d", strings.Repeat("aé日", 300))
	if err != nil || f.FID == 0 {
		t.Errorf("the feature with the long key: %v", err)
	}
	for _, id := range []string{"a\x00", "\xff"} {
		if _, err := st.Feature(t.Context(), "d", id); geo.KindOf(err) != geo.KindNotFound {
			t.Errorf("Feature(%q): %v", id, err)
		}
		n, _, err := st.Count(t.Context(), "d", store.Query{Where: []store.Condition{{Field: "text", Value: geo.Text(id)}}}, 0)
		if err != nil || n != 0 {
			t.Errorf("Count of %q: %d, %v", id, n, err)
		}
	}
}

// TestRefusedByServer has the server refuse a row in the middle of COPY.
func TestRefusedByServer(t *testing.T) {
	st := open(t, pgtest.Database(t))
	defer st.Close()
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	schema := geo.Schema{Fields: []geo.Field{{Name: "j", Type: geo.TypeJSON}}}
	for _, rows := range []int{1, 200_000} {
		l, err := st.Begin(t.Context(), "d", store.LoadSpec{Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		f := geo.Feature{Values: []geo.Value{geo.JSON("1e1000000")}} // beyond what numeric holds
		for i := range rows {
			f.FID = int64(i + 1)
			if err = l.Write(t.Context(), &f); err != nil {
				break
			}
			f.Values[0] = geo.JSON("1")
		}
		if err == nil {
			_, err = l.Commit(t.Context(), store.Outcome{})
		}
		if geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%d rows: kind %v, %v", rows, geo.KindOf(err), err)
		}
		if again := l.Write(t.Context(), &f); again == nil {
			t.Error("a failed load takes rows")
		}
		if err := l.Abort(); err != nil {
			t.Error(err)
		}
	}
	if l, err := st.Begin(t.Context(), "d", store.LoadSpec{Schema: schema}); err != nil {
		t.Error(err)
	} else if err := l.Abort(); err != nil {
		t.Error(err)
	}
}
