package postgis

import (
	"puy/geo"
	"puy/store"
)

// page writes where a page begins, its order and its size.
func (t *table) page(b *statement, q *store.Query) error {
	keys, descending, err := q.SortKeys(&t.schema)
	if err != nil {
		return err
	}
	if q.After > 0 {
		b.WriteString(" AND ")
		if err := t.after(b, keys, descending, q.After); err != nil {
			return err
		}
	}
	b.WriteString(" ORDER BY ")
	for _, k := range keys {
		b.WriteString(quote(t.columns[k.Field]) + direction(k.Descending) + ", ")
	}
	b.WriteString("fid" + direction(descending))
	if q.Limit > 0 {
		b.WriteString(" LIMIT " + b.bind(q.Limit))
	}
	if q.Offset > 0 {
		b.WriteString(" OFFSET " + b.bind(q.Offset))
	}
	return nil
}

// direction is as ORDER BY has it, with null as the greatest value.
func direction(descending bool) string {
	if descending {
		return " DESC"
	}
	return ""
}

// after writes the condition that a row comes after a place in the order of
// keys and of fids.
func (t *table) after(b *statement, keys []store.SortKey, descending bool, fid int64) error {
	if len(keys) == 0 {
		b.WriteString("fid" + behind(descending) + b.bind(fid))
		return nil
	}
	k := keys[0]
	column := quote(t.columns[k.Field])
	switch {
	case k.After.IsNull() && k.Descending:
		b.WriteString("(" + column + " IS NOT NULL OR ")
	case k.After.IsNull():
		b.WriteString("(" + column + " IS NULL AND ")
	default:
		value, err := b.value(k.After)
		if err != nil {
			return err
		}
		b.WriteString("(" + column + behind(k.Descending) + value + " OR ")
		if !k.Descending {
			b.WriteString(column + " IS NULL OR ")
		}
		b.WriteString(column + " = " + value + " AND ")
	}
	err := t.after(b, keys[1:], descending, fid)
	b.WriteString(")")
	return err
}

func behind(descending bool) string {
	if descending {
		return " < "
	}
	return " > "
}

// value binds a value that is not null, with its SQL type.
func (b *statement) value(v geo.Value) (string, error) {
	kind := kindOf(v.Type())
	p, err := parameter(v, kind)
	if err != nil {
		return "", err
	}
	return b.bind(p) + "::" + sqlType(kind), nil
}
