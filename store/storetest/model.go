package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"puy/geo"
	"puy/store"
)

// selected gives what a query must give of rows: the contract of store.Query in plain Go.
func selected(schema geo.Schema, rows []geo.Feature, q store.Query) []geo.Feature {
	var out []geo.Feature
	for i := range rows {
		if matches(schema, &rows[i], q) {
			out = append(out, *rows[i].Clone())
		}
	}
	slices.SortFunc(out, func(a, b geo.Feature) int { return compare(schema, &a, &b, q) })
	if q.After > 0 {
		place := geo.Feature{FID: q.After, Values: make([]geo.Value, len(schema.Fields))}
		for i, o := range q.Sort {
			place.Values[schema.Index(o.Field)] = q.AfterValues[i]
		}
		out = slices.DeleteFunc(out, func(f geo.Feature) bool { return compare(schema, &f, &place, q) <= 0 })
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

// compare tells the order of two features in what q gives.
func compare(schema geo.Schema, a, b *geo.Feature, q store.Query) int {
	last := false
	for _, o := range q.Sort {
		i := schema.Index(o.Field)
		if c := compareValues(a.Values[i], b.Values[i]); c != 0 {
			return turn(c, o.Descending != q.Backward)
		}
		last = o.Descending
	}
	return turn(cmp.Compare(a.FID, b.FID), last != q.Backward)
}

func turn(c int, round bool) int {
	if round {
		return -c
	}
	return c
}

func compareValues(a, b geo.Value) int {
	switch {
	case a.IsNull() || b.IsNull():
		return strings.Compare(fmt.Sprint(a.IsNull()), fmt.Sprint(b.IsNull()))
	case a.Type() == geo.TypeText:
		return slices.Compare([]rune(a.Text()), []rune(b.Text()))
	case a.Type() == geo.TypeNumber:
		return cmp.Compare(a.Number(), b.Number())
	case a.Type() == geo.TypeBoolean:
		return strings.Compare(a.String(), b.String())
	case a.Type() == geo.TypeInteger:
		return cmp.Compare(a.Integer(), b.Integer())
	}
	return a.Time().Compare(b.Time())
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
