package fgb

import (
	"context"
	"errors"
	"io"

	"puy/geo"
	"puy/geo/format"
)

// reader is a format.Reader over a stream.
type reader struct {
	*stream
	layer  format.Layer
	types  []geo.FieldType
	byName map[string]int // fields by the name of a column that a feature brings
	record buffer
	texts  format.Interner
}

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	s, err := openStream(src)
	if err != nil {
		return nil, err
	}
	if opt.Layer != "" && opt.Layer != s.head.name {
		s.close()
		return nil, geo.Errorf(geo.KindInvalid, "%s has no layer %q, only %q", src.Name(), opt.Layer, s.head.name)
	}
	var found *findings
	if s.head.needsScan() {
		if found, err = scan(ctx, src); err != nil {
			s.close()
			return nil, err
		}
	}
	r := &reader{stream: s}
	r.describe(found, opt)
	return r, nil
}

// describe finds the layer from the header and, where it leaves something open, found.
func (r *reader) describe(found *findings, opt format.Options) {
	h := &r.head
	r.layer = format.Layer{Name: h.name, CRS: h.crs, Count: -1, Bounds: h.bounds}
	if opt.CRS != 0 {
		r.layer.CRS = opt.CRS
	}
	if h.count > 0 && h.count <= maxCount {
		r.layer.Count = int64(h.count)
	}
	columns := h.columns
	schema := &r.layer.Schema
	schema.HasZ = h.hasZ
	switch {
	case h.geometry > uint8(geo.GeometryGeometryCollection):
		schema.Geometry = geo.GeometryAny
	case h.geometry > 0:
		schema.Geometry = geo.GeometryType(h.geometry)
	}
	if found != nil {
		r.layer.Count = found.count
		if h.geometry == 0 {
			schema.Geometry = found.geometry
		}
		if len(columns) == 0 {
			columns = found.columns
		}
	}
	schema.Fields = fields(columns)
	r.byName = make(map[string]int, len(columns))
	keys := 0
	for i, c := range columns {
		field := &schema.Fields[i]
		if found != nil {
			field.Type = found.held[i].fieldType(c.typ)
		}
		if declared, ok := opt.Types[field.Name]; ok && declared != geo.TypeNull {
			field.Type = declared
		}
		if c.typ == columnBinary {
			r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Column: field.Name, Rule: geo.RuleType,
				Detail: "binary values are given as base64 text"})
		}
		if c.key {
			keys++
			schema.Key = field.Name
		}
		r.types = append(r.types, field.Type)
		r.byName[c.name] = i
	}
	if keys > 1 { // a key of several columns is not a feature's id
		schema.Key = ""
	}
	if opt.Geometry == format.NoGeometryColumn {
		schema.Geometry, schema.HasZ = geo.GeometryNone, false
	}
	if schema.Geometry == geo.GeometryNone {
		schema.HasZ, r.layer.Bounds = false, geo.EmptyBounds()
	}
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset tells the bytes of the file on disk that were read.
func (r *reader) Offset() (done, total int64) { return r.src.Offset() }

// Close closes the file.
func (r *reader) Close() error { return r.close() }

// Read gives the next feature. A file that breaks off gives an error that names the row.
func (r *reader) Read(f *geo.Feature) error {
	if r.head.count > 0 && uint64(r.row) > r.head.count {
		return io.EOF
	}
	record, err := r.next()
	if err != nil {
		return err
	}
	f.FID, f.ID, f.Geometry = r.row, "", geo.Geometry{}
	if r.head.count > 0 && uint64(r.row) > r.head.count {
		return r.bad(geo.Problem{Rule: geo.RuleSyntax, Detail: "the file goes on after the number of features that its header states"})
	}
	if cap(f.Values) < len(r.types) {
		f.Values = make([]geo.Value, len(r.types))
	}
	f.Values = f.Values[:len(r.types)]
	clear(f.Values)
	r.record.reset(record)
	t := r.record.root()
	if problems := append(r.readGeometry(t, f), r.readValues(t, f)...); len(problems) > 0 {
		return r.bad(problems...)
	}
	return nil
}

func (r *reader) bad(problems ...geo.Problem) error {
	for i := range problems {
		problems[i].Row = r.row
	}
	return &format.BadRow{Problems: problems}
}

func (r *reader) readGeometry(t table, f *geo.Feature) []geo.Problem {
	if r.layer.Schema.Geometry == geo.GeometryNone {
		return nil
	}
	g, ok := t.table(featureGeometry)
	if !ok {
		return nil
	}
	var err error
	if f.Geometry, err = geometryOf(g, r.head.geometry, r.head.hasZ); err == nil {
		return nil
	}
	if unsupported := (*geometryError)(nil); errors.As(err, &unsupported) || r.record.err == nil {
		return []geo.Problem{{Rule: geo.RuleGeometry, Detail: err.Error()}}
	}
	return nil // the record itself is damaged, which readValues tells
}

func (r *reader) readValues(t table, f *geo.Feature) []geo.Problem {
	var problems []geo.Problem
	columns, own := r.head.columns, false
	if mine := parseColumns(t, featureColumns, nil); len(mine) > 0 {
		columns, own = mine, true
	}
	data, _ := t.vector(featureProperties, 1)
	err := eachProperty(data, columns, func(i int, raw []byte) {
		at := i
		if own {
			var known bool
			if at, known = r.byName[columns[i].name]; !known {
				problems = append(problems, geo.Problem{Column: columns[i].name, Rule: geo.RuleColumns,
					Detail: "the row has a column that the file does not declare"})
				return
			}
		}
		v, problem := valueOf(raw, columns[i].typ, r.types[at], &r.texts)
		if problem != nil {
			problem.Column = r.layer.Schema.Fields[at].Name
			problems = append(problems, *problem)
		}
		f.Values[at] = v
	})
	if r.record.err != nil {
		err = r.record.err
	}
	if err != nil {
		problems = append(problems, geo.Problem{Rule: geo.RuleSyntax, Detail: err.Error()})
	}
	return problems
}
