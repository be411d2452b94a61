package gml

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/markup"
	"puy/geo/format/named"
)

// maxTypes bounds the layers of a file.
const maxTypes = 1000

// reader is a format.Reader of one type of features.
type reader struct {
	src       *format.Source
	kind      string
	file      *format.SourceReader
	walker    walker
	layer     format.Layer
	columns   *named.Columns
	rec       record
	systems   map[string]system // by srsName
	row       int64
	overruled bool // the CRS was stated and is not the file's
}

// types lists the types of features in the order of first sight.
func types(ctx context.Context, src *format.Source, text format.Text) ([]string, error) {
	f, s, err := markup.Open(src, text)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w := walker{Scanner: s}
	var list []string
	var rec record
	for row := 0; ; row++ {
		if row%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		err := w.next(&rec, "")
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, rec.kind) {
			if list = append(list, rec.kind); len(list) > maxTypes {
				return nil, geo.Errorf(geo.KindLimit, "%s has features of more than %d types", src.Name(), maxTypes)
			}
		}
	}
}

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "the geometry of GML is found by itself, not by columns")
	}
	text, err := markup.FindText(ctx, src, opt.Encoding)
	if err != nil {
		return nil, err
	}
	r := &reader{src: src, systems: map[string]system{}, overruled: opt.CRS != crs.Unknown}
	list, err := types(ctx, src, text)
	if err != nil {
		return nil, err
	}
	if r.kind, err = choose(src.Name(), list, opt.Layer); err != nil {
		return nil, err
	}
	if err := r.scan(ctx, text, opt); err != nil {
		return nil, err
	}
	r.layer.Encoding = text.Encoding
	r.layer.Warnings = append(r.layer.Warnings, text.Warnings()...)
	f, s, err := markup.Open(src, text)
	if err != nil {
		return nil, err
	}
	r.file, r.walker = f, walker{Scanner: s}
	return r, nil
}

func choose(file string, list []string, name string) (string, error) {
	_, local, _ := strings.Cut(":"+name, ":")
	if i := strings.LastIndexByte(local, ':'); i >= 0 {
		local = local[i+1:]
	}
	for _, kind := range list {
		if name != "" && strings.EqualFold(kind, local) {
			return kind, nil
		}
	}
	all := strings.Join(list, ", ")
	switch {
	case name != "":
		return "", geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", file, name, all)
	case len(list) > 1:
		return "", geo.Errorf(geo.KindInvalid, "%s has several layers: %s", file, all).WithHint("state which one to read with --layer or source.layer")
	case len(list) == 1:
		return list[0], nil
	}
	return "", nil
}

// scan is the first pass.
func (r *reader) scan(ctx context.Context, text format.Text, opt format.Options) error {
	f, s, err := markup.Open(r.src, text)
	if err != nil {
		return err
	}
	defer f.Close()
	w := walker{Scanner: s}
	r.layer = format.Layer{Name: r.kind, Bounds: geo.EmptyBounds(), CRS: opt.CRS}
	schema := &r.layer.Schema
	finder := named.NewFinder(opt.Types)
	further, repeated, ids, faulty, unknown := 0, 0, true, false, ""
	for {
		if r.layer.Count%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := w.next(&r.rec, r.kind)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r.layer.Count++
		further, repeated = further+r.rec.further, repeated+r.rec.repeated
		ids = ids && r.rec.id != "" && !strings.HasPrefix(r.rec.id, "fid-") // which GeoServer makes anew for each answer
		finder.Add(&r.rec.Row)
		if !r.rec.spatial {
			continue
		}
		sys := r.system(r.rec.shape.srsName)
		if r.layer.CRS == crs.Unknown {
			r.layer.CRS = sys.code
		}
		if sys.code == crs.Unknown && sys.name != "" {
			unknown = sys.name
		}
		g, fault := r.geometry()
		if faulty = faulty || fault != ""; fault == "" {
			schema.Geometry, schema.HasZ = schema.Geometry.Merge(g.Type()), schema.HasZ || g.HasZ()
			r.layer.Bounds = r.layer.Bounds.Union(g.Bounds())
		}
	}
	if schema.Geometry == geo.GeometryNone && (faulty || r.layer.Count == 0) {
		schema.Geometry = geo.GeometryAny
	}
	r.columns = finder.Columns()
	schema.Fields, r.layer.HasIDs = r.columns.Fields, ids && r.layer.Count > 0
	r.layer.Warnings = append(r.columns.Warnings, w.warnings(further, repeated)...)
	if unknown != "" && opt.CRS == crs.Unknown {
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Rule: geo.RuleUnknownCRS, Value: geo.ClipValue(unknown)})
	}
	if opt.Geometry == format.NoGeometryColumn {
		schema.Geometry, schema.HasZ, r.layer.Bounds = geo.GeometryNone, false, geo.EmptyBounds()
	}
	return nil
}

// warnings tells what of the file is not used, or not there.
func (w *walker) warnings(further, repeated int) []geo.Problem {
	var all []geo.Problem
	note := func(message string, args ...any) {
		all = append(all, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf(message, args...)})
	}
	if further > 0 {
		note("%d geometries after the first of their feature", further)
	}
	if repeated > 0 {
		note("%d values after the first of a repeated property", repeated)
	}
	if w.cut {
		note("the server says that its answer broke off")
	}
	if w.matched > w.returned && w.returned > 0 {
		note("the server gave %d of %d features", w.returned, w.matched)
	}
	return all
}

// system gives what is known of a srsName.
func (r *reader) system(name string) system {
	s, ok := r.systems[name]
	if !ok {
		s = parseSystem(name)
		if len(r.systems) < maxTypes {
			r.systems[name] = s
		}
	}
	return s
}

// geometry gives that of the record, or why there is none.
func (r *reader) geometry() (g geo.Geometry, fault string) {
	sh := &r.rec.shape
	sys := r.system(sh.srsName)
	declared := r.layer.CRS
	switch {
	case sh.fault != "":
		return g, sh.fault
	case sys.code != declared && sys.code != crs.Unknown && !r.overruled:
		return g, fmt.Sprintf("the coordinates are in %s, those of other features in %s", sys.code, declared)
	}
	g, err := sh.geometry(sys.yx)
	if err != nil {
		return g, err.Error()
	}
	return g, ""
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset tells the bytes that were read.
func (r *reader) Offset() (done, total int64) { return r.file.Offset() }

// Close closes the file.
func (r *reader) Close() error { return r.file.Close() }

// Read gives the next feature.
func (r *reader) Read(f *geo.Feature) error {
	if err := r.walker.next(&r.rec, r.kind); err != nil {
		return err
	}
	r.row++
	f.FID, f.ID, f.Geometry = r.row, "", geo.Geometry{}
	if r.layer.HasIDs {
		f.ID = r.rec.id
	}
	var problems []geo.Problem
	f.Values, problems = r.columns.Values(&r.rec.Row, r.row, f.Values)
	if r.layer.Schema.Spatial() && r.rec.spatial {
		var fault string
		if f.Geometry, fault = r.geometry(); fault != "" {
			problems = append(problems, geo.Problem{Row: r.row, Rule: geo.RuleGeometry, Detail: fault})
		}
	}
	if problems != nil {
		return &format.BadRow{Problems: problems}
	}
	return nil
}
