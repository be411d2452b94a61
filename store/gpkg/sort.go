package gpkg

import (
	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// statement gives the SELECT of the columns for q. A query that skips or sorts
// rows first makes the list of fids, in its first step, which the context can
// interrupt; then each further step gives a row.
func (sel *selection) statement(q store.Query, columns string) (string, []any, error) {
	keys, descending, err := q.SortKeys(&sel.v.Schema)
	if err != nil {
		return "", nil, err
	}
	skips := len(sel.conditions) > 0
	if q.After > 0 {
		condition, args := sel.after(keys, descending, q.After)
		sel.add(condition, args...)
	}
	byFID := "t.fid" + direction(descending)
	where := sel.sql() + " ORDER BY "
	for _, k := range keys {
		where += sel.sortValue(k) + direction(k.Descending) + ", "
	}
	where += byFID
	if q.Limit > 0 || q.Offset > 0 || len(keys) > 0 {
		limit := q.Limit
		if limit <= 0 {
			limit = -1
		}
		where += " LIMIT ? OFFSET ?"
		sel.args = append(sel.args, limit, max(0, q.Offset))
	}
	from := " FROM " + sel.table + " t"
	switch {
	case len(keys) > 0:
		// The loops of a CROSS JOIN nest as they are written, so rows come in the order of the list.
		from = " FROM (SELECT t.fid AS fid" + from + where + ") s CROSS JOIN " + sel.table + " t ON t.fid = s.fid"
		return "SELECT " + columns + from, sel.args, nil
	case skips:
		where = " WHERE t.fid IN (SELECT t.fid" + from + where + ") ORDER BY " + byFID
	}
	return "SELECT " + columns + from + where, sel.args, nil
}

// direction is as ORDER BY has it, with null as the greatest value.
func direction(descending bool) string {
	if descending {
		return " DESC NULLS FIRST"
	}
	return " ASC NULLS LAST"
}

// after gives the condition that a row comes after a place in the order of
// keys and of fids.
func (sel *selection) after(keys []store.SortKey, descending bool, fid int64) (condition string, args []any) {
	if len(keys) == 0 {
		return "t.fid" + behind(descending) + "?", []any{fid}
	}
	k := keys[0]
	value, end := sel.sortValue(k), ")"
	switch {
	case k.After.IsNull() && k.Descending:
		condition = "(" + value + " IS NOT NULL OR "
	case k.After.IsNull():
		condition = "(" + value + " IS NULL AND "
	default:
		// What comes before fails at the first test.
		at, notBefore := parameter(k.After, 0), " >= "
		if end = ")) OR " + value + " IS NULL)"; k.Descending {
			notBefore, end = " <= ", ")))"
		}
		condition, args = "(("+value+notBefore+"? AND ("+value+" <> ? OR ", []any{at, at}
	}
	rest, more := sel.after(keys[1:], descending, fid)
	return condition + rest + end, append(args, more...)
}

func behind(descending bool) string {
	if descending {
		return " < "
	}
	return " > "
}

// sortValue gives what a column is sorted by: the value that is read of it, so
// that what another program wrote and does not fit is null here as well.
func (sel *selection) sortValue(k store.SortKey) string {
	c := "t." + gp.Quote(sel.v.columns[k.Field])
	switch k.Type {
	case geo.TypeInteger:
		return "CASE WHEN " + c + " = CAST(" + c + " AS INTEGER) THEN " + c + " END"
	case geo.TypeNumber:
		return "CASE WHEN " + c + " BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308 THEN " + c + " END"
	case geo.TypeBoolean:
		return "CASE WHEN " + c + " IN (0, 1) THEN " + c + " END"
	case geo.TypeDate:
		return "CASE WHEN date(" + c + ") = " + c + " THEN " + c + " END"
	case geo.TypeDateTime:
		return "puy_instant(" + c + ")"
	}
	return "CASE WHEN " + c + " < x'' THEN " + c + " END" // texts come before blobs
}
