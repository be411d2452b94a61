package gpx

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/markup"
	"puy/geo/format/named"
	"puy/geo/format/pieces"
)

// reader is a format.Reader of one layer.
type reader struct {
	src     *format.Source
	kind    kind
	file    *format.SourceReader
	xml     *markup.Scanner
	layer   format.Layer
	columns *named.Columns
	rec     record
	row     int64
}

// count counts the rows of all layers.
func count(ctx context.Context, src *format.Source, text format.Text) (n [kinds]int64, err error) {
	f, s, err := markup.Open(src, text)
	if err != nil {
		return n, err
	}
	defer f.Close()
	for i := 0; ; i++ {
		if i%4096 == 0 && ctx.Err() != nil {
			return n, ctx.Err()
		}
		t, err := s.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		for k := range kinds {
			if e.Name.Local == k.element() {
				n[k]++
			}
		}
		if name := e.Name.Local; name == "extensions" || name == "metadata" {
			if err := s.Skip(); err != nil {
				return n, err
			}
		}
	}
}

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "the geometries of GPX are not in columns")
	}
	text, err := markup.FindText(ctx, src, opt.Encoding)
	if err != nil {
		return nil, err
	}
	r := &reader{src: src}
	if r.kind, err = choose(ctx, src, text, opt.Layer); err != nil {
		return nil, err
	}
	if err := r.scan(ctx, text, opt); err != nil {
		return nil, err
	}
	r.layer.Encoding = text.Encoding
	r.layer.Warnings = append(r.layer.Warnings, text.Warnings()...)
	r.file, r.xml, err = markup.Open(src, text)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// choose gives the layer called name. Without a name it is the only one of
// waypoints, routes and tracks that has a row.
func choose(ctx context.Context, src *format.Source, text format.Text, name string) (kind, error) {
	for k := range kinds {
		if strings.EqualFold(name, k.String()) {
			return k, nil
		}
	}
	counts, err := count(ctx, src, text)
	if err != nil {
		return 0, err
	}
	list := strings.Join(names(counts), ", ")
	if name != "" {
		return 0, geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", src.Name(), name, list)
	}
	found, several := waypoints, -1
	for k := range routePoints {
		if counts[k] > 0 {
			found = k
			several++
		}
	}
	if several > 0 {
		return 0, geo.Errorf(geo.KindInvalid, "%s has several layers: %s", src.Name(), list).WithHint("state which one to read with --layer or source.layer")
	}
	return found, nil
}

// next reads the next row.
func next(s *markup.Scanner, k kind, rec *record) error {
	for {
		t, err := s.Next()
		if err != nil {
			return err
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok || k.enters(e.Name.Local):
		case e.Name.Local == k.element():
			return rec.read(s, e, k)
		default:
			if err := s.Skip(); err != nil {
				return err
			}
		}
	}
}

// scan is the first pass.
func (r *reader) scan(ctx context.Context, text format.Text, opt format.Options) error {
	f, s, err := markup.Open(r.src, text)
	if err != nil {
		return err
	}
	defer f.Close()
	base := path.Base(strings.ReplaceAll(r.src.Name(), `\`, "/"))
	stem, _, _ := strings.Cut(base, ".")
	r.layer = format.Layer{Name: stem + " " + r.kind.String(), CRS: crs.CRS84, Bounds: geo.EmptyBounds()}
	schema := &r.layer.Schema
	finder, short := named.NewFinder(opt.Types), 0
	for {
		if r.layer.Count%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := next(s, r.kind, &r.rec)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r.layer.Count++
		short += r.rec.short
		finder.Add(&r.rec.Row)
		schema.HasZ = schema.HasZ || r.rec.heights && r.rec.fault == ""
		if g, err := pieces.Compose(r.rec.pieces, false); err == nil && r.rec.fault == "" {
			schema.Geometry = schema.Geometry.Merge(g.Type())
			r.layer.Bounds = r.layer.Bounds.Union(g.Bounds())
		}
	}
	if schema.Geometry == geo.GeometryNone {
		schema.Geometry = [kinds]geo.GeometryType{geo.GeometryPoint, geo.GeometryLineString, geo.GeometryMultiLineString, geo.GeometryPoint, geo.GeometryPoint}[r.kind]
	}
	if opt.Geometry == format.NoGeometryColumn {
		schema.Geometry, schema.HasZ, r.layer.Bounds = geo.GeometryNone, false, geo.EmptyBounds()
	}
	if opt.CRS != crs.Unknown {
		r.layer.CRS = opt.CRS
	}
	r.columns = finder.Columns()
	schema.Fields = r.columns.Fields
	if r.layer.Warnings = r.columns.Warnings; short > 0 {
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf("%d segments of one position, which are no lines", short)})
	}
	return nil
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset tells the bytes that were read.
func (r *reader) Offset() (done, total int64) { return r.file.Offset() }

// Close closes the file.
func (r *reader) Close() error { return r.file.Close() }

// Read gives the next row.
func (r *reader) Read(f *geo.Feature) error {
	if err := next(r.xml, r.kind, &r.rec); err != nil {
		return err
	}
	r.row++
	f.FID, f.ID, f.Geometry = r.row, "", geo.Geometry{}
	var problems []geo.Problem
	f.Values, problems = r.columns.Values(&r.rec.Row, r.row, f.Values)
	if r.layer.Schema.Spatial() {
		var err error
		fault := r.rec.fault
		if fault == "" {
			if f.Geometry, err = pieces.Compose(r.rec.pieces, r.rec.heights); err != nil {
				fault = err.Error()
			}
		}
		if fault != "" {
			problems = append(problems, geo.Problem{Row: r.row, Rule: geo.RuleGeometry, Detail: fault})
		}
	}
	if problems != nil {
		return &format.BadRow{Problems: problems}
	}
	return nil
}
