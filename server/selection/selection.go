package selection

import (
	"slices"

	"puy/geo"
	"puy/geo/cql2"
	"puy/server/answer"
	"puy/store"
)

// Selection is what a request selects of a dataset.
type Selection struct {
	// Query has the conditions, and the current version. What pages and which
	// fields are wanted is for others to say.
	Query store.Query
	// Key is equal for requests that select the same, of whatever version, and
	// "" where all features are selected. It does not cover CRS.
	Key string
	// CRS is the one for the answer; nil is CRS84.
	CRS *Projection
}

// Read reads what a request selects of d, which has a version. What is wrong
// becomes an error of p: the result counts only if p.Done gives nil.
func Read(p *answer.Params, d *store.Dataset) Selection {
	s := Selection{CRS: ReadCRS(p, "crs", d)}
	s.Query.Version = d.Current.Number
	var area cql2.Expr
	s.Query.Bounds, area = readBounds(p, d)
	if span := p.Interval("datetime"); !span.IsZero() && Temporal(d) {
		s.Query.Time = &store.TimeFilter{Field: d.Time, Interval: span}
	}
	s.Query.Where = readConditions(p, d)
	var filters []cql2.Expr
	for _, e := range []cql2.Expr{area, ReadFilter(p, d), readWords(p, d)} {
		if e != nil {
			filters = append(filters, e)
		}
	}
	if filters != nil {
		s.Query.Filter = joined(filters, func(l []cql2.Expr) cql2.Expr { return &cql2.And{Args: l} })
	}
	s.Key = keyOf(&s.Query)
	return s
}

// Parameters gives the names of all that Read reads, but for those of fields.
func Parameters() []string {
	return []string{"bbox", "bbox-crs", "datetime", "filter", "filter-lang", "filter-crs", "q", "crs"}
}

// Reserved tells whether name is that of a parameter of this server or of the
// standards. A field of such a name is not filtered by name=value.
func Reserved(name string) bool {
	return slices.Contains(Parameters(), name) || slices.Contains([]string{"f", "lang", "limit", "offset", "cursor", "sortby", "properties",
		"exclude-properties", "asof", "ids", "profile", "zoom-level", "skipGeometry", "startindex", "fields", "v", "collections", "token", "apikey"}, name)
}

// Filterable tells whether name=value is taken for field.
func Filterable(field geo.Field) bool {
	return field.Name != "" && field.Type != geo.TypeNull && field.Type != geo.TypeJSON && !Reserved(field.Name)
}

func readConditions(p *answer.Params, d *store.Dataset) (where []store.Condition) {
	for _, field := range d.Current.Schema.Fields {
		if !Filterable(field) {
			continue
		}
		text, ok := p.Text(field.Name)
		if !ok {
			continue
		}
		value, err := answer.ParseValue(field.Type, text)
		if err != nil {
			p.Reject(field.Name, text, err)
			continue
		}
		where = append(where, store.Condition{Field: field.Name, Value: value})
	}
	return where
}

// Temporal tells whether d has a field that datetime filters. Without one,
// every feature matches (OGC 17-069r4 requirement fc-time-response C).
func Temporal(d *store.Dataset) bool {
	i := d.Current.Schema.Index(d.Time)
	if i < 0 {
		return false
	}
	t := d.Current.Schema.Fields[i].Type
	return t == geo.TypeDate || t == geo.TypeDateTime
}
