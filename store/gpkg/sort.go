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
		where += sortValue("t."+gp.Quote(sel.v.columns[k.Field]), k.Type) + direction(k.Descending) + ", "
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

func direction(descending bool) string {
	if descending {
		return " DESC"
	}
	return " ASC"
}

// after gives the condition that a row comes after a place in the order of
// keys and of fids.
func (sel *selection) after(keys []store.SortKey, descending bool, fid int64) (condition string, args []any) {
	if len(keys) == 0 {
		return "t.fid" + behind(descending) + "?", []any{fid}
	}
	k := keys[0]
	value := sortValue("t."+gp.Quote(sel.v.columns[k.Field]), k.Type)
	at := greatest(k.Type)
	if !k.After.IsNull() {
		at = parameter(k.After, 0)
	}
	rest, more := sel.after(keys[1:], descending, fid)
	if sel.v.orderedKey() == k.Field {
		// The first test is a range of the index.
		return "(" + value + behind(k.Descending) + "= ? AND (" + value + behind(k.Descending) + "? OR " + rest + "))", append([]any{at, at}, more...)
	}
	// Most rows of most pages pass the first test, and need no other.
	return "(" + value + behind(k.Descending) + "? OR " + value + " = ? AND " + rest + ")", append([]any{at, at}, more...)
}

func behind(descending bool) string {
	if descending {
		return " <"
	}
	return " >"
}

// orderedKey gives the field that is the key, where its column has an index to sort
// by; else -1.
func (v *version) orderedKey() int {
	i := v.Schema.Index(v.Schema.Key)
	if !v.keyed || i < 0 || v.Schema.Fields[i].Type != geo.TypeText && v.Schema.Fields[i].Type != geo.TypeInteger {
		return -1
	}
	return i
}

// sortIndex gives the statements that make this index on v's table, called name.
func (v *version) sortIndex(name string) []string {
	i := v.orderedKey()
	if i < 0 {
		return nil
	}
	return []string{"CREATE INDEX main.puy_key" + v.key.oldName()[len("puy_v"):] + " ON " + gp.Quote(name) +
		" (" + sortValue(gp.Quote(v.columns[i]), v.Schema.Fields[i].Type) + ")"}
}

// sortValue gives what a column, as SQL, is sorted by: the value that is read of it, or,
// where that is null, what is greater than any. So what another program wrote and
// does not fit is null here as well.
func sortValue(c string, t geo.FieldType) string {
	switch t {
	case geo.TypeInteger:
		return "CASE WHEN " + c + " = CAST(" + c + " AS INTEGER) THEN " + c + " ELSE '' END"
	case geo.TypeNumber:
		return "CASE WHEN " + c + " BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308 THEN " + c + " ELSE '' END"
	case geo.TypeBoolean:
		return "CASE WHEN " + c + " IN (0, 1) THEN " + c + " ELSE '' END"
	case geo.TypeDateTime:
		return "coalesce(puy_instant(" + c + "), '')" // texts come after numbers
	case geo.TypeDate:
		return "CASE WHEN date(" + c + ") = " + c + " THEN " + c + " ELSE x'' END"
	}
	return "CASE WHEN " + c + " < x'' THEN " + c + " ELSE x'' END" // texts come before blobs
}

// greatest gives what stands for null among what is sorted.
func greatest(t geo.FieldType) any {
	if t == geo.TypeDate || t == geo.TypeText {
		return []byte{}
	}
	return ""
}
