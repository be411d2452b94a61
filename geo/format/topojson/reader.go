package topojson

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/geojson"
)

const (
	maxFaults = 100_000
	// A layer may take at most so many times the bytes of the file as GeoJSON, and
	// usual more: numbers are shorter in arcs, and two areas share a border.
	maxGrowth = 100
	usual     = 16 << 20
)

// reader is a format.Reader of one object.
type reader struct {
	format.Reader // of the text sequence
	layer         format.Layer
	path          string           // of the text sequence
	faults        map[int64]string // by row
	row           int64
}

func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "the geometries of TopoJSON are not in columns")
	}
	t, err := scan(ctx, src)
	if err != nil {
		return nil, err
	}
	r := &reader{faults: map[int64]string{}}
	name, err := choose(src.Name(), t.objects, opt.Layer)
	if err == nil {
		err = r.make(ctx, src, t, name)
	}
	err = errors.Join(err, t.close())
	if err == nil {
		err = r.start(ctx, t, name, opt)
	}
	if err != nil {
		return nil, errors.Join(err, r.remove())
	}
	return r, nil
}

func choose(file string, list []string, name string) (string, error) {
	all := strings.Join(list, ", ")
	for _, match := range []func(string) bool{func(s string) bool { return s == name }, func(s string) bool { return strings.EqualFold(s, name) }} {
		for _, object := range list {
			if name != "" && match(object) {
				return object, nil
			}
		}
	}
	switch {
	case name != "":
		return "", geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", file, name, all)
	case len(list) > 1:
		return "", geo.Errorf(geo.KindInvalid, "%s has several layers: %s", file, all).WithHint("state which one to read with --layer or source.layer")
	case len(list) == 0:
		return "", geo.Errorf(geo.KindInvalid, "%s has no object", file)
	}
	return list[0], nil
}

// make writes the object called name as a text sequence.
func (r *reader) make(ctx context.Context, src *format.Source, t *topology, name string) error {
	in, f, err := newTokens(src)
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := os.CreateTemp("", "puy-*.geojsonl")
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	r.path = file.Name()
	s := &sequence{out: bufio.NewWriterSize(file, 256<<10), make: maker{topology: t}, left: t.size*maxGrowth + usual, name: src.Name(), faults: r.faults}
	done := false
	err = in.members(func(key string) error {
		if key != "objects" {
			return in.skip()
		}
		return in.members(func(object string) error {
			if object != name || done {
				return in.skip()
			}
			done = true
			return s.object(ctx, in)
		})
	})
	if e := errors.Join(s.out.Flush(), file.Close()); err == nil && e != nil {
		err = geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", e)
	}
	return err
}

// sequence is a text sequence that is being written.
type sequence struct {
	out    *bufio.Writer
	make   maker
	left   int64 // bytes that it may have yet
	name   string
	row    int64
	faults map[int64]string
	buf    []byte
}

// object writes the members of a collection, or a geometry that is none.
func (s *sequence) object(ctx context.Context, in *tokens) error {
	var whole object
	var raw json.RawMessage
	collection := false
	err := in.members(func(key string) error {
		if key == "geometries" {
			collection = true
			return in.elements(func() error {
				if s.row%256 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				var o object
				if err := in.decode(&o); err != nil {
					return err
				}
				return s.feature(&o)
			})
		}
		to := map[string]any{"type": &whole.Type, "id": &whole.ID, "properties": &whole.Properties, "arcs": &whole.Arcs, "coordinates": &whole.Coordinates}[key]
		if to == nil {
			to = &raw
		}
		return in.decode(to)
	})
	if err != nil || collection || whole.Type == "GeometryCollection" {
		return err
	}
	return s.feature(&whole)
}

func (s *sequence) feature(o *object) error {
	s.row++
	b := append(s.buf[:0], `{"type":"Feature"`...)
	if len(o.ID) > 0 {
		b = append(append(b, `,"id":`...), o.ID...)
	}
	b = append(b, `,"properties":`...)
	if len(o.Properties) == 0 {
		b = append(b, "null"...)
	}
	for _, c := range o.Properties { // one line
		if c == '\n' || c == '\r' {
			c = ' '
		}
		b = append(b, c)
	}
	b = append(b, `,"geometry":`...)
	before := len(b)
	s.make.left = maxPositions
	b, err := s.make.append(b, o, 0)
	if f, ok := errors.AsType[fault](err); ok {
		if s.faults[s.row] = string(f); len(s.faults) > maxFaults {
			return geo.Errorf(geo.KindInvalid, "%s has more than %d geometries that cannot be read; the last: %s", s.name, maxFaults, f)
		}
		b = append(b[:before], "null"...)
	} else if err != nil {
		return err
	}
	s.buf = append(b, '}', '\n')
	if s.left -= int64(len(s.buf)); s.left < 0 {
		return geo.Errorf(geo.KindLimit, "%s takes more than %d times its size when its arcs are written out", s.name, maxGrowth)
	}
	if _, err := s.out.Write(s.buf); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return nil
}

// start opens the sequence. One without a row, which is no file, has no reader.
func (r *reader) start(ctx context.Context, t *topology, name string, opt format.Options) error {
	declared := opt.CRS
	if opt.Layer = ""; declared == crs.Unknown {
		declared = t.code
	}
	opt.CRS, opt.Encoding = declared, ""
	src, err := format.OpenSource(r.path, name+".geojsonl")
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "the layer %q has no geometry", name)
	}
	if r.Reader, err = geojson.FormatSeq().Open(ctx, src, opt); err != nil {
		return fmt.Errorf("the layer %q: %w", name, err)
	}
	r.layer = r.Reader.Layer()
	r.layer.Name, r.layer.CRS = name, declared
	if r.layer.Schema.Geometry == geo.GeometryNone && len(r.faults) > 0 {
		r.layer.Schema.Geometry = geo.GeometryAny
	}
	if declared == crs.Unknown {
		r.layer.Warnings = append(r.layer.Warnings, t.warnings...)
	}
	if opt.Geometry == format.NoGeometryColumn {
		r.layer.Schema.Geometry = geo.GeometryNone
	}
	return nil
}

// Layer tells what the reader gives.
func (r *reader) Layer() format.Layer { return r.layer }

// Read gives the next geometry of the object.
func (r *reader) Read(f *geo.Feature) error {
	err := r.Reader.Read(f)
	if _, ok := errors.AsType[*format.BadRow](err); err != nil && !ok {
		return err
	}
	r.row++
	if text, ok := r.faults[r.row]; ok && r.layer.Schema.Spatial() {
		return &format.BadRow{Problems: []geo.Problem{{Row: r.row, Rule: geo.RuleGeometry, Detail: text}}}
	}
	return err
}

// Close closes and removes the sequence.
func (r *reader) Close() error { return errors.Join(r.Reader.Close(), r.remove()) }

func (r *reader) remove() error {
	if r.path == "" {
		return nil
	}
	if err := os.Remove(r.path); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot remove a temporary file: %w", err)
	}
	return nil
}
