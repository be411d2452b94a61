package storetest

import (
	"slices"
	"time"

	"puy/geo"
	"puy/store"
)

// selected gives what a query must give of rows, which are in the order of
// their fid: the contract of store.Query in plain Go.
func selected(schema geo.Schema, rows []geo.Feature, q store.Query) []geo.Feature {
	var out []geo.Feature
	for i := range rows {
		if matches(schema, &rows[i], q) && rows[i].FID > q.After {
			out = append(out, *rows[i].Clone())
		}
	}
	out = out[min(int(q.Offset), len(out)):]
	if q.Limit > 0 {
		out = out[:min(int(q.Limit), len(out))]
	}
	for i := range out {
		project(schema, &out[i], q)
	}
	return out
}

func project(schema geo.Schema, f *geo.Feature, q store.Query) {
	if q.NoGeometry {
		f.Geometry = geo.Geometry{}
	}
	if q.Fields == nil {
		return
	}
	values := make([]geo.Value, len(q.Fields))
	for i, name := range q.Fields {
		values[i] = f.Values[schema.Index(name)]
	}
	f.Values = values
}

func matches(schema geo.Schema, f *geo.Feature, q store.Query) bool {
	if q.SpatialOnly && f.Geometry.IsNull() {
		return false
	}
	if q.Bounds != nil && !f.Geometry.IsNull() && !f.Geometry.Bounds().Intersects(*q.Bounds) {
		return false
	}
	if q.FIDs != nil && !slices.Contains(q.FIDs, f.FID) {
		return false
	}
	for _, c := range q.Where {
		if !holds(f.Values[schema.Index(c.Field)], c.Value) {
			return false
		}
	}
	if q.Time != nil {
		return during(f.Values[schema.Index(q.Time.Field)], q.Time.Interval)
	}
	return true
}

func holds(have, want geo.Value) bool {
	if have.Type() == geo.TypeTextArray && want.Type() == geo.TypeText {
		return slices.Contains(have.Texts(), want.Text())
	}
	return have == want
}

// during treats a date as the interval from its midnight to the next.
func during(v geo.Value, i geo.Interval) bool {
	if v.IsNull() {
		return true
	}
	first, last := v.Time(), v.Time()
	if v.Type() == geo.TypeDate {
		last = first.Add(24*time.Hour - time.Nanosecond)
	}
	return (i.Start.IsZero() || !last.Before(i.Start)) && (i.End.IsZero() || !first.After(i.End))
}
