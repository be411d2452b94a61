package osmpbf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/osmpbf/block"
	"puy/geo/format/osmpbf/tagfilter"
)

// reader is a format.Reader of the elements that fit.
type reader struct {
	plan
	layer   format.Layer
	columns *columns
	bare    bool // without geometry
	release func() error

	at      int // the next of places
	inBlock bool
	row     int64
	remarks []geo.Problem
	more    int64 // remarks beyond those
}

// maxRemarks bounds the elements that a report names one by one.
const maxRemarks = 100

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "the geometries of OpenStreetMap PBF are not in columns")
	}
	filter, err := tagfilter.Parse(opt.Tags)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "tags: %s", err)
	}
	r := &reader{plan: plan{filter: filter}, bare: opt.Geometry == format.NoGeometryColumn}
	if r.shapes, err = chosen(src, opt.Layer); err != nil {
		return nil, err
	}
	at, release, err := src.AtRandom()
	if err != nil {
		return nil, err
	}
	r.release = release
	if r.file, err = block.Open(at, src.Name()); err != nil {
		return nil, errors.Join(err, release())
	}
	if err := r.look(ctx, src, opt); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// look makes all passes but the one that gives features.
func (r *reader) look(ctx context.Context, src *format.Source, opt format.Options) error {
	if r.filter.IsZero() {
		return unselected(ctx, r.file, src)
	}
	if err := r.make(ctx); err != nil {
		return err
	}
	r.columns = newColumns(&r.tags, r.filter.Keys(), opt.Types)
	name, _, _ := strings.Cut(path.Base(strings.ReplaceAll(src.Name(), `\`, "/")), ".")
	if r.shapes != everyKind {
		name += " " + strings.ToLower(opt.Layer)
	}
	r.layer = format.Layer{Name: name, CRS: crs.CRS84, Bounds: geo.EmptyBounds(), HasIDs: true, Schema: geo.Schema{Fields: r.columns.fields}}
	if opt.CRS != crs.Unknown {
		r.layer.CRS = opt.CRS
	}
	return r.rehearse(ctx)
}

// rehearse makes all features once, to find what the layer holds.
func (r *reader) rehearse(ctx context.Context) error {
	schema := &r.layer.Schema
	for {
		if r.row%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		g, err := r.next(true)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		schema.Geometry = schema.Geometry.Merge(g.Type())
		r.layer.Bounds = r.layer.Bounds.Union(g.Bounds())
	}
	r.layer.Count = r.row
	r.at, r.row = 0, 0
	if schema.Geometry == geo.GeometryNone {
		schema.Geometry = map[shape]geo.GeometryType{point: geo.GeometryPoint, line: geo.GeometryLineString, area: geo.GeometryPolygon, everyKind: geo.GeometryAny}[r.shapes]
	}
	if r.bare {
		schema.Geometry, r.layer.Bounds = geo.GeometryNone, geo.EmptyBounds()
	}
	r.layer.Warnings = r.remarks
	if r.more > 0 {
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf("%d more elements that are not complete in the file", r.more)})
	}
	if n := r.others.count; n > 0 && r.shapes != point {
		detail := fmt.Sprintf("%d relations that are neither areas nor routes", n)
		if len(r.others.types) > 0 {
			detail += " (" + strings.Join(r.others.types, ", ") + ")"
		}
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Rule: geo.RuleIgnored, Detail: detail})
	}
	return nil
}

// next moves to the next element that is a feature, and gives its geometry. With
// remark it notes what is not complete.
func (r *reader) next(remark bool) (geo.Geometry, error) {
	for {
		if !r.inBlock {
			for r.at < len(r.places) && r.places[r.at].fits == 0 {
				r.at++
			}
			if r.at == len(r.places) {
				return geo.Geometry{}, io.EOF
			}
			if _, err := r.file.Read(&r.block, r.places[r.at].at, r.at+2); err != nil {
				return geo.Geometry{}, changed(err)
			}
			r.inBlock = true
		}
		ok, err := r.block.Next(&r.element, r.places[r.at].fits)
		if err != nil {
			return geo.Geometry{}, err
		}
		if !ok {
			r.at++
			r.inBlock = false
			continue
		}
		s, _ := r.fits()
		if s == nothing {
			continue
		}
		g, lacks, err := r.geometry(s)
		reason, left := isIncomplete(err)
		if err != nil && !left {
			return geo.Geometry{}, err
		}
		switch {
		case !remark:
		case left:
			r.remark("%s is left out: %s", id(&r.element), reason)
		case lacks != "":
			r.remark("%s is not complete: %s", id(&r.element), lacks)
		}
		if left {
			continue
		}
		r.row++
		return g, nil
	}
}

// changed tells of a file that is shorter than it was a moment ago.
func changed(err error) error {
	if errors.Is(err, io.EOF) {
		return geo.Errorf(geo.KindInvalid, "the file was changed while it was read")
	}
	return err
}

func (r *reader) remark(text string, args ...any) {
	if len(r.remarks) == maxRemarks {
		r.more++
		return
	}
	r.remarks = append(r.remarks, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf(text, args...)})
}

// id gives the name of an element, as "way/123".
func id(e *block.Element) string {
	return string(strconv.AppendInt(append([]byte(e.Kind.String()), '/'), e.ID, 10))
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset tells the bytes of the file that the features so far took.
func (r *reader) Offset() (done, total int64) {
	if r.at < len(r.places) {
		return r.places[r.at].at, r.file.Size()
	}
	return r.file.Size(), r.file.Size()
}

// Close closes the file, and removes what was kept of it.
func (r *reader) Close() error { return errors.Join(r.close(), r.release()) }

// Read gives the next feature.
func (r *reader) Read(f *geo.Feature) error {
	g, err := r.next(false)
	if err != nil {
		return err
	}
	f.FID, f.ID, f.Geometry = r.row, id(&r.element), g
	if r.bare {
		f.Geometry = geo.Geometry{}
	}
	var problems []geo.Problem
	if f.Values, problems = r.columns.values(&r.element, f.ID, r.row, f.Values); problems != nil {
		return &format.BadRow{Problems: problems}
	}
	return nil
}
