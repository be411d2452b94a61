package postgis

import (
	"puy/geo"
	"puy/geo/cql2/predicate"
)

// sqlType gives the type that values of a kind are compared as.
func sqlType(k predicate.Kind) string {
	switch k {
	case predicate.Integer:
		return "bigint"
	case predicate.Number:
		return "double precision"
	case predicate.Boolean:
		return "boolean"
	case predicate.Date:
		return "date"
	case predicate.Instant:
		return "timestamptz"
	}
	return "text"
}

// parameter gives a constant as a parameter of its kind.
func parameter(v geo.Value, k predicate.Kind) (any, error) {
	switch k {
	case predicate.Integer:
		return v.Integer(), nil
	case predicate.Number:
		return v.Number(), nil
	case predicate.Boolean:
		return v.Boolean(), nil
	case predicate.Date, predicate.Instant:
		return v.Time(), nil
	}
	if !storable(v.Text()) {
		return nil, unstorable()
	}
	return v.Text(), nil
}

// value writes a value to be compared as k; 0 is whatever it is.
func (w filterWriter) value(v predicate.Value, k predicate.Kind) error {
	switch v := v.(type) {
	case *predicate.Column:
		w.write(quote(w.columns[v.Index]))
		if k == predicate.Number && v.Type == geo.TypeInteger {
			w.write("::double precision")
		}
		return nil
	case *predicate.Constant:
		return w.constant(v, k)
	case *predicate.Endless:
		if v.Sign < 0 {
			w.write("'-infinity'::timestamptz")
			return nil
		}
		w.write("'infinity'::timestamptz")
		return nil
	case *predicate.CaseI:
		return w.call("puy.casei(", v.Arg, predicate.Text, `) COLLATE "C"`)
	case *predicate.AccentI:
		return w.call("puy.accenti(", v.Arg, predicate.Text, `) COLLATE "C"`)
	case *predicate.Arithmetic:
		w.write("puy.calculate('", string(v.Op), "', ")
		if err := w.value(v.A, predicate.Number); err != nil {
			return err
		}
		return w.call(", ", v.B, predicate.Number, ")")
	case *predicate.DayStart:
		return w.call("(", v.Date, predicate.Date, "::timestamp AT TIME ZONE 'UTC')")
	case *predicate.DayEnd:
		return w.call("((", v.Date, predicate.Date, "::timestamp + interval '1 day' - interval '1 microsecond') AT TIME ZONE 'UTC')")
	case *predicate.DayOf:
		return w.call("(", v.Instant, predicate.Instant, " AT TIME ZONE 'UTC')::date")
	case *predicate.Holds:
		return w.around("(", v.Node, ")")
	}
	return unknownNode(v)
}

func (w filterWriter) call(before string, v predicate.Value, k predicate.Kind, after string) error {
	w.write(before)
	err := w.value(v, k)
	w.write(after)
	return err
}

func (w filterWriter) constant(c *predicate.Constant, k predicate.Kind) error {
	if k == 0 {
		k = kindOf(c.Value.Type())
	}
	p, err := parameter(c.Value, k)
	if err != nil {
		return err
	}
	w.write(w.b.bind(p), "::", sqlType(k))
	if k == predicate.Text {
		w.write(` COLLATE "C"`)
	}
	return nil
}

func kindOf(t geo.FieldType) predicate.Kind {
	switch t {
	case geo.TypeInteger:
		return predicate.Integer
	case geo.TypeNumber:
		return predicate.Number
	case geo.TypeBoolean:
		return predicate.Boolean
	case geo.TypeDate:
		return predicate.Date
	case geo.TypeDateTime:
		return predicate.Instant
	}
	return predicate.Text
}
