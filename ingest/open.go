package ingest

import (
	"context"
	"errors"
	"unicode/utf8"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
)

// open finds the format of src and opens the layer that the dataset means.
func (l *loading) open(ctx context.Context, src *format.Source) (format.Reader, error) {
	declared := l.dataset.Source
	var f format.Format
	var err error
	if declared.Format != "" {
		if f, err = known.Choose(src, declared.Format); err != nil {
			return nil, err
		}
	} else if f, err = known.Detect(src); err != nil {
		return nil, err
	}
	if f.Open == nil {
		return nil, geo.Errorf(geo.KindInvalid, "puy writes %s but does not read it", f.Title)
	}
	l.report.Format = f.Name
	if len(declared.Tags) > 0 && !f.Filtered && f.Name != "zip" {
		return nil, geo.Errorf(geo.KindInvalid, "source.tags: goes with OpenStreetMap PBF, and %s is %s", src.Name(), f.Title)
	}
	opt, err := readOptions(l.dataset)
	if err != nil {
		return nil, err
	}
	l.addTypes(opt.Types)
	if l.opt.DryRun && f.Layers != nil {
		// Which layers there are is told by Open as well, in its error.
		if l.layers, err = f.Layers(ctx, src); err != nil {
			return nil, err
		}
	}
	r, err := f.Open(ctx, src, opt)
	if u, ok := errors.AsType[*format.Unselected](err); ok && l.opt.DryRun {
		l.report.Found = &Findings{Path: src.Path(), Layers: l.layers, Tags: u.Tags}
	}
	return r, err
}

// readOptions turns what a dataset declares into what a Reader takes.
func readOptions(d catalog.Dataset) (format.Options, error) {
	s := d.Source
	opt := format.Options{
		Layer: s.Layer, Encoding: s.Encoding, Header: s.Header, Geometry: s.Geometry, X: s.X, Y: s.Y, Tags: s.Tags,
		Types: make(map[string]geo.FieldType, len(d.Fields)+1),
	}
	if s.Delimiter != "" {
		opt.Delimiter, _ = utf8.DecodeRuneInString(s.Delimiter)
	}
	if s.Decimal != "" {
		opt.Decimal, _ = utf8.DecodeRuneInString(s.Decimal)
	}
	if s.CRS != "" {
		code, ok := crs.Parse(s.CRS)
		if _, known := crs.Lookup(code); !ok || !known {
			return opt, geo.Errorf(geo.KindInvalid, "puy does not know the CRS %q", s.CRS)
		}
		opt.CRS = code
	}
	for _, f := range d.Fields {
		if f.Type != geo.TypeNull {
			opt.Types[f.Name] = f.Type
		}
	}
	return opt, nil
}
