package ingest

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/ingest/schema"
	"puy/ingest/source"
)

// longestShapefileName is what a Shapefile keeps of the name of a column, in bytes.
const longestShapefileName = 10

// layerCorrection corrects the layer of one file, which is read twice for it: to find
// the types of the columns, and to write.
type layerCorrection struct {
	Correction
	dataset   catalog.Dataset
	src       *format.Source
	from      format.Format
	to        format.Format
	opt       format.Options
	layer     format.Layer
	columns   []correctedColumn
	corrector *schema.Corrector // nil without a schema
}

// correctedColumn is a column on its way.
type correctedColumn struct {
	name string
	read geo.FieldType
	// want is the type that the schema or the entry declares: of numbers, truth values
	// and dates alone.
	want              geo.FieldType
	fitsRead, fitsAny bool // all values so far are of type read, and of type want
	cells             format.CellFinder
	notation          format.Notation // of the cells of a worksheet without a declared type
}

// correctLayer corrects what a Reader gives and writes it with the Writer of f.
func correctLayer(ctx context.Context, d catalog.Dataset, src *format.Source, r *Report, schemas source.Options, f format.Format, w io.Writer) (Correction, error) {
	l := &layerCorrection{Correction: Correction{Format: f.Name}, dataset: d, src: src, to: f}
	var err error
	if l.from, err = formatOf(d, src); err != nil {
		return l.Correction, err
	}
	if err := l.prepare(ctx, r, schemas); err != nil {
		return l.Correction, err
	}
	if err := l.each(ctx, l.find); err != nil {
		return l.Correction, err
	}
	l.layer.Count, l.Left, l.Cells = l.Rows, 0, 0
	for i := range l.columns {
		l.layer.Schema.Fields[i] = geo.Field{Name: l.columns[i].name, Type: l.columns[i].settle(isSheet(l.from.Name), l.loose())}
	}
	out, err := f.NewWriter(w, l.layer)
	if err != nil {
		return l.Correction, err
	}
	l.Rows = 0
	err = l.each(ctx, func(f *geo.Feature) error {
		l.correct(f)
		return out.Write(f)
	})
	if err != nil {
		if !format.Discard(out) {
			out.Close() //nolint:errcheck // the first error is the one to tell
		}
		return l.Correction, err
	}
	return l.Correction, out.Close()
}

func formatOf(d catalog.Dataset, src *format.Source) (format.Format, error) {
	if f, ok := known.Lookup(d.Source.Format); ok && d.Source.Format != "" {
		return f, nil
	}
	return known.Detect(src)
}

// prepare looks at the layer and says what its columns are to be.
func (l *layerCorrection) prepare(ctx context.Context, r *Report, schemas source.Options) error {
	opt, err := readOptions(l.dataset)
	if err != nil {
		return err
	}
	declared := opt.Types
	l.opt, l.opt.Types = opt, nil
	if isSheet(l.from.Name) {
		l.opt.Geometry, l.opt.X, l.opt.Y = format.NoGeometryColumn, "", ""
	}
	in, err := l.from.Open(ctx, l.src, l.opt)
	if err != nil {
		return err
	}
	l.layer = in.Layer()
	if err := in.Close(); err != nil {
		return err
	}
	var names []string
	for _, f := range l.layer.Schema.Fields {
		names = append(names, f.Name)
	}
	if err := l.rename(ctx, names, declared, schemas); err != nil {
		return err
	}
	if isSheet(l.from.Name) { // cells as they stand there
		l.opt.Types = map[string]geo.FieldType{}
		for _, name := range names {
			l.opt.Types[name] = geo.TypeText
		}
	}
	l.layer.Schema.Key, l.layer.Time, l.layer.Trail, l.layer.Warnings, l.layer.Exact = "", "", format.Trail{}, nil, true
	if l.to.Name == "gpkg" && l.from.Name == "gpkg" {
		l.layer.HasIDs = false // they are its fids
	}
	if !l.layer.Schema.Spatial() {
		return nil
	}
	code, ok := crs.Parse(r.CRS)
	if !ok {
		return geo.Errorf(geo.KindInvalid, "no corrected file can be written: the CRS of the coordinates is not known").WithHint("state it with --crs EPSG:…")
	}
	l.layer.CRS = code
	return nil
}

// rename gives the columns their official names and their declared types.
func (l *layerCorrection) rename(ctx context.Context, names []string, declared map[string]geo.FieldType, schemas source.Options) error {
	official := make([]string, len(names))
	for i, name := range names {
		official[i] = strings.TrimSpace(name)
	}
	if l.dataset.Schema != "" {
		s, _, err := openSchema(ctx, l.dataset.Schema, schemas)
		if err != nil {
			return err
		}
		if s != nil {
			l.corrector = schema.NewCorrector(s, official)
			official = l.corrector.Names
			for name, t := range s.Types() {
				if _, known := declared[name]; !known {
					declared[name] = t
				}
			}
		}
	}
	taken := map[string]int{}
	for _, name := range official {
		taken[name]++
	}
	for i, f := range l.layer.Schema.Fields {
		name := official[i]
		if taken[name] > 1 || name == "" || l.to.Name == "shp" && len(name) > longestShapefileName {
			name = f.Name
		}
		if name != f.Name {
			l.Columns++
		}
		c := correctedColumn{name: name, read: f.Type, fitsRead: true, fitsAny: true}
		switch t := declared[name]; t {
		case geo.TypeInteger, geo.TypeNumber, geo.TypeBoolean, geo.TypeDate, geo.TypeDateTime:
			c.want = t
		}
		if isSheet(l.from.Name) {
			c.cells = format.NewCellFinder(name, geo.TypeNull, byte(l.opt.Decimal), false)
		}
		l.columns = append(l.columns, c)
	}
	l.layer.Schema.Fields = append([]geo.Field(nil), l.layer.Schema.Fields...)
	return nil
}

// loose tells that values of a column need not be of one type.
func (l *layerCorrection) loose() bool {
	return l.to.Name == "xlsx" || strings.HasPrefix(l.to.Name, "geojson")
}

// each calls do for every row that can be read.
func (l *layerCorrection) each(ctx context.Context, do func(*geo.Feature) error) error {
	in, err := l.from.Open(ctx, l.src, l.opt)
	if err != nil {
		return err
	}
	defer in.Close()
	var f geo.Feature
	for {
		err := in.Read(&f)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, bad := errors.AsType[*format.BadRow](err); bad {
			l.Left++
			continue
		}
		if err != nil {
			return err
		}
		l.Rows++
		if fid, err := strconv.ParseInt(f.ID, 10, 64); err == nil && l.to.Name == "gpkg" && l.from.Name == "gpkg" {
			f.FID = fid
		}
		if err := do(&f); err != nil {
			return err
		}
	}
}
