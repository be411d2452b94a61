package kml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/archive"
	"puy/geo/format/markup"
	"puy/geo/format/pieces"
)

// reader is a format.Reader of one document.
type reader struct {
	doc     *format.Source // the document itself, taken out of its archive
	temp    string         // the file that doc is then in, or ""
	file    *format.SourceReader
	walker  *walker
	layer   format.Layer
	columns []*column
	byKey   map[key]int
	mark    placemark
	row     int64
	texts   format.Interner
}

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "the geometries of KML are not in columns")
	}
	r := &reader{doc: src}
	if err := r.open(ctx, src, opt); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) open(ctx context.Context, src *format.Source, opt format.Options) error {
	head, err := src.Head()
	if err != nil {
		return err
	}
	if archive.IsZip(head) {
		if err := r.unpack(src); err != nil {
			return err
		}
	}
	text, err := markup.FindText(ctx, r.doc, opt.Encoding)
	if err != nil {
		return err
	}
	if err := r.scan(ctx, text, opt); err != nil {
		return err
	}
	base := path.Base(strings.ReplaceAll(src.Name(), `\`, "/"))
	stem, _, _ := strings.Cut(base, ".")
	if r.layer.Name = r.walker.title; r.layer.Name == "" {
		r.layer.Name = stem
	}
	if opt.Layer != "" && opt.Layer != r.layer.Name && opt.Layer != stem {
		return geo.Errorf(geo.KindInvalid, "%s has no layer %q, only %q", src.Name(), opt.Layer, r.layer.Name)
	}
	r.layer.Encoding = text.Encoding
	r.layer.Warnings = append(r.layer.Warnings, text.Warnings()...)
	return r.start(text)
}

// unpack takes the document out of a KMZ archive into a temporary file.
func (r *reader) unpack(src *format.Source) error {
	a, err := archive.Open(src)
	if err != nil {
		return err
	}
	defer a.Close()
	i := document(a.Names())
	if i < 0 {
		return geo.Errorf(geo.KindInvalid, "%s holds no doc.kml, nor just one .kml", src.Name())
	}
	in, err := a.Entries[i].Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp("", "puy-*.kml")
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	r.temp = out.Name()
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil && e != nil {
		err = geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", e)
	}
	if err == nil {
		r.doc, err = format.OpenSource(r.temp, a.Entries[i].Name)
	}
	return err
}

// start opens the document at its first token.
func (r *reader) start(text format.Text) error {
	if r.file != nil {
		if err := r.file.Close(); err != nil {
			return geo.Errorf(geo.KindInvalid, "cannot read %s: %w", r.doc.Name(), err)
		}
	}
	f, xml, err := markup.Open(r.doc, text)
	if err != nil {
		return err
	}
	r.file, r.walker = f, &walker{Scanner: xml}
	return nil
}

// scan is the first pass.
func (r *reader) scan(ctx context.Context, text format.Text, opt format.Options) error {
	if err := r.start(text); err != nil {
		return err
	}
	found, first := newColumns(), ""
	folders, z, faulty := false, false, false
	r.layer = format.Layer{CRS: crs.CRS84, Bounds: geo.EmptyBounds()}
	schema := &r.layer.Schema
	var p placemark
	for {
		if r.layer.Count%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		folder, err := r.walker.next(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if r.layer.Count == 0 {
			first = folder
		}
		r.layer.Count++
		folders = folders || folder != first
		found.add(key{true, "folder"}, folder, opt.Types)
		for _, c := range p.cells {
			found.add(c.key, c.text, opt.Types)
		}
		z = z || hasHeight(p.pieces)
		g, err := pieces.Compose(p.pieces, false)
		if err != nil || p.fault != "" { // Read tells; the layer is spatial nevertheless
			faulty = true
			continue
		}
		schema.Geometry = schema.Geometry.Merge(g.Type())
		if b := g.Bounds(); !b.IsEmpty() {
			r.layer.Bounds = r.layer.Bounds.Extend(b.MinX, b.MinY).Extend(b.MaxX, b.MaxY)
		}
	}
	if opt.CRS != crs.Unknown {
		r.layer.CRS = opt.CRS
	}
	schema.HasZ = z
	if schema.Geometry == geo.GeometryNone && (faulty || r.layer.Count == 0) {
		schema.Geometry = geo.GeometryAny
	}
	if opt.Geometry == format.NoGeometryColumn {
		schema.Geometry, schema.HasZ, r.layer.Bounds = geo.GeometryNone, false, geo.EmptyBounds()
	}
	r.columns = found.finish(&r.walker.schemas, folders, opt.Types)
	r.byKey = make(map[key]int, len(r.columns))
	schema.Fields = make([]geo.Field, 0, len(r.columns))
	for i, c := range r.columns {
		r.byKey[c.key] = i
		schema.Fields = append(schema.Fields, geo.Field{Name: c.name, Type: c.notation.Type, Title: geo.Localized{FR: c.title}})
	}
	r.layer.Warnings = r.walker.notes.warnings()
	if found.dropped {
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf("fields after the first %d", maxCells)})
	}
	return nil
}

func hasHeight(all []pieces.Piece) bool {
	for i := range all {
		for j := 2; j < len(all[i].Flat); j += pieces.Stride {
			if all[i].Flat[j] != 0 {
				return true
			}
		}
	}
	return false
}

func (n *notes) warnings() []geo.Problem {
	var all []geo.Problem
	for _, note := range [...]struct {
		count int64
		what  string
	}{
		{n.styles, "%d styles, or references to styles, are not read"},
		{n.links, "%d links to other files are not followed"},
		{n.overlays, "%d overlays, which are images, are not read"},
		{n.models, "%d models are not read"},
	} {
		if note.count > 0 {
			all = append(all, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf(note.what, note.count)})
		}
	}
	return all
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset tells the bytes of the document that were read.
func (r *reader) Offset() (done, total int64) { return r.file.Offset() }

// Close closes the file, and removes what was taken out of an archive.
func (r *reader) Close() error {
	var errs []error
	if r.file != nil {
		errs = append(errs, r.file.Close())
	}
	if r.temp != "" {
		errs = append(errs, os.Remove(r.temp))
	}
	return errors.Join(errs...)
}

// Read gives the next Placemark.
func (r *reader) Read(f *geo.Feature) error {
	folder, err := r.walker.next(&r.mark)
	if err != nil {
		return err
	}
	r.row++
	f.FID, f.ID, f.Geometry = r.row, "", geo.Geometry{}
	if cap(f.Values) < len(r.columns) {
		f.Values = make([]geo.Value, len(r.columns))
	}
	f.Values = f.Values[:len(r.columns)]
	clear(f.Values)
	var problems []geo.Problem
	if r.layer.Schema.Spatial() {
		fault := r.mark.fault
		if fault == "" {
			if f.Geometry, err = pieces.Compose(r.mark.pieces, r.layer.Schema.HasZ); err != nil {
				fault = err.Error()
			}
		}
		if fault != "" {
			problems = append(problems, geo.Problem{Row: r.row, Rule: geo.RuleGeometry, Detail: fault})
		}
	}
	r.mark.set(key{true, "folder"}, folder)
	for _, c := range r.mark.cells {
		i, ok := r.byKey[c.key]
		if !ok || c.text == "" {
			continue
		}
		col := r.columns[i]
		if col.notation.Type == geo.TypeText {
			f.Values[i] = geo.Text(r.texts.String([]byte(c.text)))
			continue
		}
		v, ok := col.value(c.text)
		if !ok {
			problems = append(problems, geo.Problem{Row: r.row, Column: col.name, Rule: geo.RuleType, Value: geo.ClipValue(c.text), Detail: "expected " + col.notation.Type.String()})
		}
		f.Values[i] = v
	}
	if problems != nil {
		return &format.BadRow{Problems: problems}
	}
	return nil
}
