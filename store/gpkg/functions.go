package gpkg

import (
	"database/sql/driver"
	"encoding/json"
	"time"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/predicate"
)

// functions are the SQL functions of queries. All give null for null.
func functions(s *shapes) []gp.Function {
	text := func(name string, fold func(string) string) gp.Function {
		return gp.Function{Name: name, Args: 1, Call: func(args []driver.Value) (driver.Value, error) {
			s, ok := args[0].(string)
			if !ok {
				return nil, nil
			}
			return fold(s), nil
		}}
	}
	return append(s.functions(), meets(),
		text("puy_casei", predicate.FoldCase),
		text("puy_accenti", predicate.FoldAccents),
		gp.Function{Name: "puy_calculate", Args: 3, Call: calculate},
		gp.Function{Name: "puy_instant", Args: 1, Call: instant},
		gp.Function{Name: "puy_day", Args: 1, Call: day},
		gp.Function{Name: "puy_arrays", Args: 3, Call: arrays})
}

// calculate is puy_calculate(operator, a, b).
func calculate(args []driver.Value) (driver.Value, error) {
	op, _ := args[0].(string)
	a, aOK := number(args[1])
	b, bOK := number(args[2])
	if !aOK || !bOK {
		return nil, nil
	}
	if result, ok := predicate.Calculate(cql2.ArithmeticOp(op), a, b); ok {
		return result, nil
	}
	return nil, nil
}

func number(v driver.Value) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case int64:
		return float64(x), true
	}
	return 0, false
}

// instant is puy_instant(date or date-time as a column holds it), in
// microseconds; of a date, its midnight in UTC.
func instant(args []driver.Value) (driver.Value, error) {
	v, ok := gp.Decode(geo.TypeDateTime, args[0])
	if !ok || v.IsNull() {
		return nil, nil
	}
	return v.Micros(), nil
}

// day is puy_day(microseconds): the date as a column holds it.
func day(args []driver.Value) (driver.Value, error) {
	micros, ok := args[0].(int64)
	if !ok {
		return nil, nil
	}
	return time.UnixMicro(micros).UTC().Format(time.DateOnly), nil
}

// arrays is puy_arrays(relation, a, b), of arrays of text in JSON. Null
// elements are no elements.
func arrays(args []driver.Value) (driver.Value, error) {
	relation, _ := args[0].(string)
	var lists [2][]string
	for i := range lists {
		text, ok := args[i+1].(string)
		var elements []*string
		if !ok || json.Unmarshal([]byte(text), &elements) != nil {
			return nil, nil
		}
		for _, e := range elements {
			if e != nil {
				lists[i] = append(lists[i], *e)
			}
		}
	}
	return truth(predicate.RelateSets(cql2.Relation(relation), lists[0], lists[1])), nil
}
