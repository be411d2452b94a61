package fgb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"

	"puy/geo"
	"puy/geo/format"
)

// findings is what a pass over all features tells beyond the header.
type findings struct {
	geometry geo.GeometryType
	columns  []column // of features that bring their own, in the order of first sight
	byName   map[string]int
	held     []held // by field
	count    int64
}

// held says what the text of a date or JSON column turned out to be, and what
// sorts of columns a field of the features' own was.
type held struct {
	dates, instants, arrays, json, other, huge bool
	types                                      map[columnType]bool
}

// needsScan tells whether the header leaves something open: the kind of geometry, the
// columns, or what is in columns that hold more than their type says.
func (h *header) needsScan() bool {
	if h.geometry == 0 || len(h.columns) == 0 {
		return true
	}
	for _, c := range h.columns {
		if c.typ == columnDateTime || c.typ == columnJSON || c.typ == columnULong {
			return true
		}
	}
	return false
}

// scan passes over src once. Features that cannot be read are left for Read to tell.
func scan(ctx context.Context, src *format.Source) (*findings, error) {
	s, err := openStream(src)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return scanStream(ctx, s)
}

func scanStream(ctx context.Context, s *stream) (*findings, error) {
	f := &findings{byName: map[string]int{}, held: make([]held, len(s.head.columns))}
	var b buffer
	for {
		if s.row%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if s.head.count > 0 && uint64(s.row) == s.head.count {
			break
		}
		record, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		b.reset(record)
		f.feature(b.root(), &s.head)
	}
	f.count = s.row
	return f, nil
}

func (f *findings) feature(t table, h *header) {
	if g, ok := t.table(featureGeometry); ok {
		kind := h.geometry
		if kind == 0 {
			kind = g.uint8(geometryType)
		}
		// Kinds that Read will refuse make a spatial layer nevertheless, so that it gets to tell.
		found := geo.GeometryAny
		if kind >= uint8(geo.GeometryPoint) && kind <= uint8(geo.GeometryGeometryCollection) {
			found = geo.GeometryType(kind)
		}
		f.geometry = f.geometry.Merge(found)
	}
	columns, field := h.columns, func(i int) int { return i }
	if own := parseColumns(t, featureColumns, nil); len(own) > 0 {
		columns = own
		field = func(i int) int { return f.own(own[i], h) }
	}
	data, _ := t.vector(featureProperties, 1)
	_ = eachProperty(data, columns, func(i int, raw []byte) {
		if at := field(i); at >= 0 {
			f.held[at].see(columns[i].typ, raw)
		}
	})
}

// own gives the field of a column that a feature brings, or -1 where the header
// has columns and this is none of them.
func (f *findings) own(c column, h *header) int {
	if len(h.columns) > 0 {
		for i := range h.columns {
			if h.columns[i].name == c.name {
				return i
			}
		}
		return -1
	}
	i, ok := f.byName[c.name]
	if !ok {
		if len(f.columns) == maxColumns {
			return -1
		}
		i = len(f.columns)
		f.byName[c.name] = i
		f.columns = append(f.columns, c)
		f.held = append(f.held, held{types: map[columnType]bool{}})
	}
	f.held[i].types[c.typ] = true
	return i
}

func (h *held) see(t columnType, raw []byte) {
	switch t {
	case columnULong:
		h.huge = h.huge || le.Uint64(raw) > math.MaxInt64
	case columnDateTime:
		if len(raw) == 0 || h.other {
			return
		}
		if _, ok := format.ParseDate(raw); ok {
			h.dates = true
		} else if _, ok := format.ParseDateTime(raw); ok {
			h.instants = true
		} else {
			h.other = true
		}
	case columnJSON:
		if len(raw) == 0 || h.other {
			return
		}
		if _, ok := textArray(raw); ok && !h.json {
			h.arrays = true
		} else if ok || json.Valid(raw) {
			h.json = true
		} else {
			h.other = true
		}
	}
}

// fieldType gives the type of a field whose column is of type t and that held h.
func (h *held) fieldType(t columnType) geo.FieldType {
	found := h.single(t)
	for other := range h.types {
		switch o := h.single(other); {
		case o == found:
		case isNumeric(o) && isNumeric(found):
			found = geo.TypeNumber
		default:
			return geo.TypeText
		}
	}
	return found
}

func (h *held) single(t columnType) geo.FieldType {
	switch {
	case t == columnULong && h.huge:
		return geo.TypeNumber
	case (t == columnDateTime || t == columnJSON) && h.other:
		return geo.TypeText
	case t == columnDateTime && h.dates && !h.instants:
		return geo.TypeDate
	case t == columnJSON && h.arrays && !h.json:
		return geo.TypeTextArray
	}
	return t.fieldType()
}

func isNumeric(t geo.FieldType) bool { return t == geo.TypeInteger || t == geo.TypeNumber }
