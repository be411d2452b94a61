package tiles

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"puy/geo"
	"puy/geo/cql2"
	"puy/tiles/tms"
)

// MaxLayers is how many datasets one tile may hold.
const MaxLayers = 32

// Query says what the tiles of a Tileset hold.
type Query struct {
	Layers   []Layer  // 1 to MaxLayers, of different datasets; their order is kept
	Set      *tms.Set // nil means WebMercatorQuad
	Encoding Encoding
}

// Layer is one dataset's part of a tile. The layer bears the dataset's id.
type Layer struct {
	Dataset string
	Fields  []string // those that features carry; nil for all
	Filter  Filter
}

// Filter selects features of a dataset. The zero Filter selects all.
type Filter struct {
	Where []Condition // all must hold
	Time  *TimeFilter
	Expr  cql2.Expr // must be true as well; nil for none; its geometries are in longitude, latitude
}

// Condition is the test field = value; a text array matches if it contains the
// text.
type Condition struct {
	Field string
	Value geo.Value
}

// TimeFilter selects features whose Field lies in Interval, ends included, and
// those where it is null.
type TimeFilter struct {
	Field    string
	Interval geo.Interval
}

// Encoding is how a tile is written.
type Encoding uint8

// The encodings: Mapbox Vector Tile 2.1 and MapLibre Tile.
const (
	MVT Encoding = iota
	MLT
)

// IsZero tells whether f selects everything.
func (f *Filter) IsZero() bool { return len(f.Where) == 0 && f.Time == nil && f.Expr == nil }

// key gives a text that equal filters share, whatever the order of their conditions.
func (f *Filter) key() string {
	var parts []string
	for _, c := range f.Where {
		parts = append(parts, quoted(c.Field)+"="+strconv.Itoa(int(c.Value.Type()))+quoted(c.Value.String()))
	}
	slices.Sort(parts)
	parts = slices.Compact(parts)
	if f.Time != nil {
		at := func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
		parts = append(parts, "time "+quoted(f.Time.Field)+at(f.Time.Interval.Start)+"/"+at(f.Time.Interval.End))
	}
	if f.Expr != nil {
		parts = append(parts, "filter "+quoted(cql2.Text(f.Expr)))
	}
	return strings.Join(parts, "&")
}

func quoted(text string) string { return strconv.Itoa(len(text)) + ":" + text }

// key gives a text that equal queries share.
func (q *Query) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", q.Encoding)
	if q.Set != nil {
		fmt.Fprintf(&b, " %p", q.Set)
	}
	for i := range q.Layers {
		l := &q.Layers[i]
		b.WriteString(" " + quoted(l.Dataset))
		if l.Fields != nil {
			b.WriteString("(")
			for _, name := range l.Fields {
				b.WriteString(quoted(name))
			}
			b.WriteString(")")
		}
		if !l.Filter.IsZero() {
			b.WriteString("?" + l.Filter.key())
		}
	}
	return b.String()
}

// checked gives a copy of q in the form that equal queries share.
func (q Query) checked() (Query, error) {
	if len(q.Layers) == 0 || len(q.Layers) > MaxLayers {
		return q, geo.Errorf(geo.KindInvalid, "a tile holds 1 to %d datasets, not %d", MaxLayers, len(q.Layers))
	}
	q.Layers = slices.Clone(q.Layers)
	seen := map[string]bool{}
	for i := range q.Layers {
		l := &q.Layers[i]
		if seen[l.Dataset] {
			return q, geo.Errorf(geo.KindInvalid, "dataset %s is named twice", l.Dataset)
		}
		seen[l.Dataset] = true
		if l.Fields != nil {
			l.Fields = slices.Clone(l.Fields)
			slices.Sort(l.Fields)
			l.Fields = slices.Compact(l.Fields)
		}
	}
	if q.Set != nil && q.Set.IsMercator() {
		q.Set = nil
	}
	return q, nil
}
