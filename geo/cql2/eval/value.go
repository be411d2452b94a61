package eval

import (
	"math"
	"time"

	"puy/geo"
	"puy/geo/cql2/predicate"
	"puy/geo/relate"
)

// value gives a scalar; false where it is null.
func (x *Filter) value(v predicate.Value, f *geo.Feature) (geo.Value, bool) {
	switch v := v.(type) {
	case *predicate.Column:
		value := f.Values[v.Index]
		return value, !value.IsNull()
	case *predicate.Constant:
		return v.Value, true
	case *predicate.Endless:
		// No value comes near: they are of the years 0 to 9999.
		return geo.DateTime(time.UnixMicro(int64(v.Sign) * (math.MaxInt64 / 4))), true
	case *predicate.CaseI:
		a, ok := x.value(v.Arg, f)
		return geo.Text(predicate.FoldCase(a.Text())), ok
	case *predicate.AccentI:
		a, ok := x.value(v.Arg, f)
		return geo.Text(predicate.FoldAccents(a.Text())), ok
	case *predicate.Arithmetic:
		a, aOK := x.value(v.A, f)
		b, bOK := x.value(v.B, f)
		if !aOK || !bOK {
			return geo.Value{}, false
		}
		result, ok := predicate.Calculate(v.Op, a.Number(), b.Number())
		return geo.Number(result), ok
	case *predicate.DayStart:
		day, ok := x.value(v.Date, f)
		return geo.DateTime(day.Time()), ok
	case *predicate.DayEnd:
		day, ok := x.value(v.Date, f)
		return geo.DateTime(day.Time().Add(24*time.Hour - time.Microsecond)), ok
	case *predicate.DayOf:
		instant, ok := x.value(v.Instant, f)
		return geo.Date(predicate.DayOfMicros(instant.Micros())), ok
	case *predicate.Holds:
		t := x.truth(v.Node, f)
		return geo.Boolean(t == predicate.True), t != predicate.Unknown
	}
	return geo.Value{}, false
}

func (x *Filter) spatial(n *predicate.Spatial, f *geo.Feature) predicate.Truth {
	g := n.A.Geometry
	if n.A.Own {
		g = f.Geometry
	}
	if g.IsNull() {
		return predicate.Unknown
	}
	p := x.shapes[n]
	if p == nil {
		second := n.B.Geometry
		if n.B.Own {
			second = f.Geometry
		}
		var err error
		if p, err = relate.Prepare(second); err != nil {
			return predicate.Unknown
		}
		if !n.B.Own {
			x.shapes[n] = p
		}
	}
	yes, err := p.Test(Relation(n.Relation), g)
	if err != nil {
		return predicate.Unknown
	}
	return truthOf(yes)
}
