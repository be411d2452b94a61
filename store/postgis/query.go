package postgis

import (
	"math"
	"strconv"
	"strings"
	"time"

	"puy/geo"
	"puy/store"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// statement is SQL being written, with its parameters.
type statement struct {
	strings.Builder
	args []any
}

// bind adds a parameter and gives its place, as "$1".
func (b *statement) bind(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// selectFeatures gives the query for fid, id, the fields and the geometry, and
// the positions of these fields in the schema.
func (t *table) selectFeatures(q *store.Query) (*statement, []int, error) {
	fields, err := t.project(q.Fields)
	if err != nil {
		return nil, nil, err
	}
	b := t.selectFrom(fields, !q.NoGeometry)
	if err := t.where(b, q); err != nil {
		return nil, nil, err
	}
	return b, fields, t.page(b, q)
}

// selectFrom writes the query for fid, id, the fields at the given positions
// and the geometry of every feature.
func (t *table) selectFrom(fields []int, geometry bool) *statement {
	b := &statement{}
	b.WriteString("SELECT fid, id")
	for _, i := range fields {
		b.WriteString(", " + quote(t.columns[i]))
	}
	if t.schema.Spatial() && geometry {
		b.WriteString(", geom")
	}
	b.WriteString(" FROM " + t.name())
	return b
}

// project gives the positions of named fields, or of all if names is nil.
func (t *table) project(names []string) ([]int, error) {
	if names == nil {
		all := make([]int, len(t.columns))
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	list := make([]int, len(names))
	for i, name := range names {
		if list[i] = t.schema.Index(name); list[i] < 0 {
			return nil, noField(name)
		}
	}
	return list, nil
}

// where writes the conditions of q, without those of paging.
func (t *table) where(b *statement, q *store.Query) error {
	b.WriteString(" WHERE true")
	if q.FIDs != nil {
		b.WriteString(" AND fid = ANY (" + b.bind(q.FIDs) + "::bigint[])")
	}
	for _, c := range q.Where {
		if err := t.condition(b, c); err != nil {
			return err
		}
	}
	if q.Time != nil {
		if err := t.during(b, q.Time); err != nil {
			return err
		}
	}
	if q.Filter != nil {
		if err := t.filter(b, q.Filter); err != nil {
			return err
		}
	}
	switch {
	case !t.schema.Spatial():
		if q.SpatialOnly {
			b.WriteString(" AND false")
		}
	case q.Bounds != nil:
		t.meets(b, *q.Bounds, q.SpatialOnly || !t.shapeless)
	case q.SpatialOnly: // also where no row was without: other programs may have added one
		b.WriteString(" AND geom IS NOT NULL")
	}
	return nil
}

func (t *table) condition(b *statement, c store.Condition) error {
	i := t.schema.Index(c.Field)
	if i < 0 {
		return noField(c.Field)
	}
	column, typ := quote(t.columns[i]), t.schema.Fields[i].Type
	v := c.Value
	switch {
	case v.IsNull():
		b.WriteString(" AND " + column + " IS NULL")
		return nil
	case typ == geo.TypeNull || v.Type() == geo.TypeText && !storable(v.Text()):
		b.WriteString(" AND false")
		return nil
	case typ == geo.TypeTextArray && v.Type() == geo.TypeText:
		b.WriteString(" AND " + b.bind(v.Text()) + "::text = ANY (" + column + ")")
		return nil
	case v.Type() != typ && (typ != geo.TypeNumber || v.Type() != geo.TypeInteger):
		return geo.Errorf(geo.KindInvalid, "field %q is of type %v, and cannot be compared with a value of type %v", c.Field, typ, v.Type())
	}
	b.WriteString(" AND " + column + " = ")
	switch typ {
	case geo.TypeInteger:
		b.WriteString(b.bind(v.Integer()) + "::bigint")
	case geo.TypeNumber:
		b.WriteString(b.bind(v.Number()) + "::double precision")
	case geo.TypeBoolean:
		b.WriteString(b.bind(v.Boolean()) + "::boolean")
	case geo.TypeDate:
		b.WriteString(b.bind(v.Time()) + "::date")
	case geo.TypeDateTime:
		b.WriteString(b.bind(v.Time()) + "::timestamptz")
	case geo.TypeTextArray:
		b.WriteString(b.bind(v.Texts()) + "::text[]")
	case geo.TypeJSON:
		b.WriteString(b.bind(v.Text()) + "::text::jsonb")
	default:
		b.WriteString(b.bind(v.Text()) + "::text")
	}
	return nil
}

func (t *table) during(b *statement, f *store.TimeFilter) error {
	i := t.schema.Index(f.Field)
	if i < 0 {
		return noField(f.Field)
	}
	column, start, end := quote(t.columns[i]), f.Interval.Start.UTC(), f.Interval.End.UTC()
	var cast string
	switch t.schema.Fields[i].Type {
	case geo.TypeNull:
		return nil
	case geo.TypeDate:
		// A day meets the interval if it is not before the first nor after the last day of it.
		start, end, cast = midnight(start), midnight(end), "::date"
	case geo.TypeDateTime:
		// Values are whole microseconds: the first not before start.
		start, end, cast = start.Add(999*time.Nanosecond).Truncate(time.Microsecond), end.Truncate(time.Microsecond), "::timestamptz"
	default:
		return geo.Errorf(geo.KindInvalid, "field %q is not a date or a date-time", f.Field)
	}
	b.WriteString(" AND (" + column + " IS NULL OR (true")
	if !f.Interval.Start.IsZero() {
		b.WriteString(" AND " + column + " >= " + b.bind(start) + cast)
	}
	if !f.Interval.End.IsZero() {
		b.WriteString(" AND " + column + " <= " + b.bind(end) + cast)
	}
	b.WriteString("))")
	return nil
}

func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// The operators && and @ compare boxes in single precision, rounded outwards:
// at most 3e-5 degrees off. A box inside the query's by inner is surely
// inside; for others the exact ends decide.
const inner = 1e-4

// meets writes the condition that the box of the geometry meets bounds.
func (t *table) meets(b *statement, bounds geo.Bounds, spatialOnly bool) {
	b.WriteString(" AND (")
	for i, box := range bounds.Split() {
		if i > 0 {
			b.WriteString(" OR ")
		}
		minX, minY, maxX, maxY := b.bind(clamp(box.MinX)), b.bind(clamp(box.MinY)), b.bind(clamp(box.MaxX)), b.bind(clamp(box.MaxY))
		b.WriteString("(geom && ST_MakeEnvelope(" + minX + ", " + minY + ", " + maxX + ", " + maxY + ", 4326) AND (")
		if box.MaxX-box.MinX > 10*inner && box.MaxY-box.MinY > 10*inner {
			b.WriteString("geom @ ST_MakeEnvelope(" + b.bind(clamp(box.MinX+inner)) + ", " + b.bind(clamp(box.MinY+inner)) + ", " +
				b.bind(clamp(box.MaxX-inner)) + ", " + b.bind(clamp(box.MaxY-inner)) + ", 4326) OR ")
		}
		b.WriteString("(ST_XMin(geom) <= " + maxX + " AND ST_XMax(geom) >= " + minX + " AND ST_YMin(geom) <= " + maxY + " AND ST_YMax(geom) >= " + minY + ")))")
	}
	if bounds.IsEmpty() {
		b.WriteString("false")
	}
	if !spatialOnly {
		b.WriteString(" OR geom IS NULL")
	}
	b.WriteString(")")
}

// clamp keeps a coordinate within what single precision can hold.
func clamp(x float64) float64 { return math.Max(-1e30, math.Min(1e30, x)) }
