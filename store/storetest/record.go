package storetest

import (
	"math"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// testVersionRecord compares everything that a version says of itself.
func testVersionRecord(t *testing.T, s *suite) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, text)
		must(t, err)
		return v
	}
	schema := geo.Schema{
		Fields: []geo.Field{
			{Name: "id", Type: geo.TypeText, Title: geo.Localized{FR: "Clé"}},
			{Name: "day", Type: geo.TypeDate, Description: geo.Localized{EN: "Day"}},
			{Name: "at", Type: geo.TypeDateTime},
			{Name: "no2", Type: geo.TypeNumber, Unit: "ug/m3"},
		},
		Geometry: geo.GeometryMultiLineString, HasZ: true, Key: "id",
	}
	values := func(day int64, moment string) []geo.Value {
		v := []geo.Value{geo.Text("k"), geo.Date(day), {}, geo.Number(1.5)}
		if moment != "" {
			v[2] = geo.DateTime(at(moment))
		}
		return v
	}
	rows := []geo.Feature{
		row("1", "LINESTRING Z (-1.5 45 1, 3 46.25 2)", values(-1, "2024-02-29T23:59:59.999999Z")...),
		row("2", "", values(20000, "")...),
		row("3", "MULTILINESTRING Z ((7 44.5 0, 6 45 0))", values(19000, "1969-07-20T20:17:40Z")...),
		row("4", "LINESTRING EMPTY", values(19000, "2031-01-01T00:00:00+02:00")...),
	}
	tests := []struct {
		name, time string
		rows       []geo.Feature
		extent     geo.Bounds
		interval   geo.Interval
	}{
		{"date", "day", rows, geo.Bounds{MinX: -1.5, MinY: 44.5, MaxX: 7, MaxY: 46.25},
			geo.Interval{Start: at("1969-12-31T00:00:00Z"), End: at("2024-10-04T00:00:00Z")}},
		{"date-time", "at", rows, geo.Bounds{MinX: -1.5, MinY: 44.5, MaxX: 7, MaxY: 46.25},
			geo.Interval{Start: at("1969-07-20T20:17:40Z"), End: at("2030-12-31T22:00:00Z")}},
		{"none", "", rows[:1], geo.Bounds{MinX: -1.5, MinY: 45, MaxX: 3, MaxY: 46.25}, geo.Interval{}},
		{"nulls", "at", rows[1:2], geo.EmptyBounds(), geo.Interval{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			put(t, s.st, tt.name)
			before := time.Now().Add(-5 * time.Second)
			got := loadSpec(t, s.st, tt.name, store.LoadSpec{Schema: schema, Source: "https://example.org/é.zip",
				Checksum: "c0ffee", Keyed: true, Time: tt.time}, tt.rows)
			if got.Loaded.Before(before) || got.Loaded.After(time.Now().Add(5*time.Second)) {
				t.Errorf("loaded at %v", got.Loaded)
			}
			want := catalog.Version{Number: 1, Loaded: got.Loaded, Source: "https://example.org/é.zip", Checksum: "c0ffee",
				Rows: int64(len(tt.rows)), Extent: tt.extent, Time: tt.interval, Schema: schema, Keyed: true}
			for name, v := range map[string]catalog.Version{"Commit": got, "Versions": versionByNumber(t, s.reopen(t), tt.name, 1)} {
				if !v.Time.Start.Equal(tt.interval.Start) || !v.Time.End.Equal(tt.interval.End) {
					t.Errorf("%s: time is %v, want %v", name, v.Time, tt.interval)
				}
				v.Time = tt.interval
				if tt.extent.IsEmpty() && v.Extent.IsEmpty() {
					v.Extent = tt.extent
				}
				if diff := diffRecords(want, v); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
	t.Run("Exact extent", func(t *testing.T) {
		x, y := math.Nextafter(3.1, 4), math.Nextafter(45.7, 46)
		tb := &table{schema: geo.Schema{Geometry: geo.GeometryPoint}, rows: []geo.Feature{row("1", "POINT (0 0)")}}
		tb.rows[0].Geometry.T().FlatCoords()[0], tb.rows[0].Geometry.T().FlatCoords()[1] = x, y
		put(t, s.st, "exact")
		if v := load(t, s.st, "exact", tb); v.Extent != (geo.Bounds{MinX: x, MinY: y, MaxX: x, MaxY: y}) {
			t.Errorf("extent %v is not %v %v", v.Extent, x, y)
		}
	})
	t.Run("Of rows that stay", func(t *testing.T) {
		tb := &table{schema: geo.Schema{Fields: fields("day", geo.TypeDate), Geometry: geo.GeometryPoint}, rows: []geo.Feature{
			row("1", "POINT (1 2)", geo.Date(10)), row("1", "POINT (9 9)", geo.Date(99))}}
		put(t, s.st, "stay")
		spec := tb.spec()
		spec.Time = "day"
		l := begin(t, s.st, "stay", spec)
		write(t, l, tb.rows)
		n, _, err := l.Duplicates(testContext(t), 0)
		must(t, err)
		v := commit(t, l)
		day := geo.Date(10).Time()
		if n != 1 || v.Rows != 1 || v.Extent != (geo.Bounds{MinX: 1, MinY: 2, MaxX: 1, MaxY: 2}) ||
			!v.Time.Start.Equal(day) || !v.Time.End.Equal(day) {
			t.Errorf("the removed row still counts: %d removed, %+v", n, v)
		}
	})
}
