package selection

import (
	"strconv"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// maxSort is how many fields sortby may name.
const maxSort = 8

// ParseSort reads the order that sortby says: the names of fields, parted by
// commas, each after + (which may have become a blank) or nothing for
// ascending, after - for descending.
func ParseSort(text string) ([]store.Order, error) {
	var order []store.Order
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		o := store.Order{Field: part}
		if part != "" && strings.ContainsRune("+- ", rune(part[0])) {
			o = store.Order{Field: part[1:], Descending: part[0] == '-'}
		}
		switch {
		case o.Field == "":
			return nil, answer.Because("sort.empty")
		case seen[o.Field]:
			return nil, answer.Because("sort.twice", "name", geo.ClipValue(o.Field))
		case len(order) == maxSort:
			return nil, answer.Because("sort.many", "most", strconv.Itoa(maxSort))
		}
		seen[o.Field] = true
		order = append(order, o)
	}
	return order, nil
}

// ReadSort reads sortby: the order of the features, which must be by sortables of d.
func ReadSort(p *answer.Params, d *store.Dataset) []store.Order {
	text, ok := p.Text("sortby")
	if !ok {
		return nil
	}
	order, err := ParseSort(text)
	if err != nil {
		p.Reject("sortby", text, err)
		return nil
	}
	schema := &d.Current.Schema
	for _, o := range order {
		if i := schema.Index(o.Field); i < 0 || !Sortable(schema.Fields[i]) {
			p.Reject("sortby", text, answer.Because("sort.unknown", "name", geo.ClipValue(o.Field)))
			return nil
		}
	}
	return order
}

// Queryable tells whether a filter may use field (OGC 19-079r2 section 7.2).
func Queryable(field geo.Field) bool {
	return field.Name != "" && field.Type != geo.TypeNull && field.Type != geo.TypeJSON
}

// Sortable tells whether sortby takes field: what has one value and an order.
func Sortable(field geo.Field) bool { return field.Name != "" && store.Sortable(field.Type) }

// SortText writes an order as sortby has it.
func SortText(order []store.Order) string {
	parts := make([]string, len(order))
	for i, o := range order {
		if parts[i] = o.Field; o.Descending {
			parts[i] = "-" + o.Field
		} else if strings.ContainsRune("+- ", rune(o.Field[0])) {
			parts[i] = "+" + o.Field
		}
	}
	return strings.Join(parts, ",")
}
