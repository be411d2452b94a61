package store

import "puy/geo"

// Order is one field to sort by.
type Order struct {
	Field      string
	Descending bool
}

// Sortable tells whether features can be sorted by values of type t: those of
// which a field has one, and that have an order.
func Sortable(t geo.FieldType) bool {
	return t != geo.TypeNull && t != geo.TypeTextArray && t != geo.TypeJSON
}

// SortKey is one step of the order that a query asks for.
type SortKey struct {
	Field      int // its position in the schema
	Type       geo.FieldType
	Descending bool      // nulls first
	After      geo.Value // of the feature where the query begins, if it has an After
}

// SortKeys gives the order that q asks for, Backward included, of features of
// schema; fidDescending is that of equals. Errors are of KindInvalid.
func (q *Query) SortKeys(schema *geo.Schema) (keys []SortKey, fidDescending bool, err error) {
	if q.After > 0 && len(q.AfterValues) != len(q.Sort) {
		return nil, false, geo.Errorf(geo.KindInvalid, "%d values of a place in an order by %d fields", len(q.AfterValues), len(q.Sort))
	}
	fidDescending = q.Backward
	for i, o := range q.Sort {
		at := schema.Index(o.Field)
		if at < 0 {
			return nil, false, geo.Errorf(geo.KindInvalid, "there is no field %q", o.Field)
		}
		key := SortKey{Field: at, Type: schema.Fields[at].Type, Descending: o.Descending != q.Backward}
		if !Sortable(key.Type) {
			return nil, false, geo.Errorf(geo.KindInvalid, "the field %q is of type %v, which has no order", o.Field, key.Type)
		}
		if q.After > 0 {
			key.After = q.AfterValues[i]
			if t := key.After.Type(); t != geo.TypeNull && t != key.Type {
				return nil, false, geo.Errorf(geo.KindInvalid, "the field %q is of type %v, and a place in its order cannot be of type %v", o.Field, key.Type, t)
			}
		}
		keys, fidDescending = append(keys, key), key.Descending
	}
	return keys, fidDescending, nil
}
