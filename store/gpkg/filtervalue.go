package gpkg

import (
	"time"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/geo/cql2/predicate"
)

// value writes a value to be compared as k; 0 is whatever it is. Dates are
// compared as texts, instants as microseconds since 1970.
func (w *filterWriter) value(v predicate.Value, k predicate.Kind) error {
	switch v := v.(type) {
	case *predicate.Column:
		column := "t." + gp.Quote(w.v.columns[v.Index])
		switch {
		case v.Type == geo.TypeDateTime:
			column = "puy_instant(" + column + ")"
		case v.Type == geo.TypeInteger && k == predicate.Number:
			column = "CAST(" + column + " AS REAL)"
		}
		w.write(column)
		return nil
	case *predicate.Constant:
		w.write(w.bind(parameter(v.Value, k)))
		return nil
	case *predicate.Endless:
		if v.Sign < 0 {
			w.write("-9223372036854775807")
			return nil
		}
		w.write("9223372036854775807")
		return nil
	case *predicate.CaseI:
		return w.call("puy_casei(", v.Arg, predicate.Text, ")")
	case *predicate.AccentI:
		return w.call("puy_accenti(", v.Arg, predicate.Text, ")")
	case *predicate.Arithmetic:
		if err := w.call("puy_calculate('"+string(v.Op)+"', ", v.A, predicate.Number, ", "); err != nil {
			return err
		}
		return w.call("", v.B, predicate.Number, ")")
	case *predicate.DayStart:
		return w.call("puy_instant(", v.Date, predicate.Date, ")")
	case *predicate.DayEnd:
		return w.call("(puy_instant(", v.Date, predicate.Date, ") + 86399999999)")
	case *predicate.DayOf:
		return w.call("puy_day(", v.Instant, predicate.Instant, ")")
	case *predicate.Holds:
		return w.around("(", v.Node, ")")
	}
	return unknownNode(v)
}

func (w *filterWriter) call(before string, v predicate.Value, k predicate.Kind, after string) error {
	w.write(before)
	err := w.value(v, k)
	w.write(after)
	return err
}

// parameter gives a constant as a column's value to be compared as k.
func parameter(v geo.Value, k predicate.Kind) any {
	switch v.Type() {
	case geo.TypeInteger:
		if k == predicate.Number {
			return v.Number()
		}
		return v.Integer()
	case geo.TypeNumber:
		return v.Number()
	case geo.TypeBoolean:
		if v.Boolean() {
			return int64(1)
		}
		return int64(0)
	case geo.TypeDate:
		return v.Time().Format(time.DateOnly)
	case geo.TypeDateTime:
		return v.Micros()
	}
	return v.Text()
}
