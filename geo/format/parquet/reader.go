package parquet

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/parquet/columns"
)

// reader gives the rows of a file.
type reader struct {
	ctx      context.Context
	name     string
	disk     *os.File
	remove   func() error
	file     *columns.File
	size     int64
	rows     *columns.Reader
	layer    format.Layer
	fields   []field
	geometry *geometry // nil in a table without a column of geometries
	cells    *cells    // where the geometry is among other columns, or nil
	row      int64
	scratch  []byte
	interner format.Interner
	problems []geo.Problem
}

// field is a column that is a field of the schema.
type field struct {
	node     *columns.Node
	natural  geo.FieldType // what the column holds
	declared geo.FieldType // what the field is
	hidden   bool          // it is read for the geometry alone
}

// geometry is the column of geometries.
type geometry struct {
	primary
	native *native
}

// open looks through the columns that do not tell their types, then starts over.
func open(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	place, remove, err := src.AtRandom()
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, name: src.Name(), remove: remove}
	if err := r.open(place, opt); err != nil {
		r.Close()
		return nil, r.errorf(err)
	}
	return r, nil
}

// errorf says which file it is.
func (r *reader) errorf(err error) error {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	return geo.Errorf(geo.KindOf(err), "%s cannot be read as Parquet: %w", r.name, err)
}

func (r *reader) open(at string, opt format.Options) error {
	var err error
	if r.disk, err = os.Open(at); err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot be opened: %w", err)
	}
	info, err := r.disk.Stat()
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot be opened: %w", err)
	}
	r.size = info.Size()
	if r.file, err = columns.Open(r.disk, r.size); err != nil {
		return err
	}
	chosen, table := opt.Geometry, opt.X != "" || opt.Y != "" || isText(r.file, opt.Geometry)
	if chosen == format.NoGeometryColumn || table {
		chosen = ""
	}
	p, hidden, warnings, err := findPrimary(r.file, chosen)
	if err != nil {
		return err
	}
	l := newLook(p, table || opt.Geometry == format.NoGeometryColumn)
	if err := l.read(r.ctx, r.file); err != nil {
		return err
	}
	base := path.Base(strings.ReplaceAll(r.name, `\`, "/"))
	name, _, _ := strings.Cut(base, ".")
	r.layer = format.Layer{Name: name, Count: r.file.Rows, CRS: opt.CRS, Bounds: geo.EmptyBounds(), Warnings: warnings}
	if l.isGeometry() {
		r.layer.Schema.Geometry, r.layer.Schema.HasZ = l.kind, l.hasZ
		if l.kind == geo.GeometryNone {
			r.layer.Schema.Geometry = geo.GeometryAny
		}
		r.geometry = &geometry{primary: p, native: l.native}
		r.layer.Bounds = p.bounds
		r.system(p)
	}
	r.findFields(l, hidden, opt)
	if table || opt.Geometry == "" && r.geometry == nil && p.node == nil {
		if err := r.findCells(opt); err != nil {
			return err
		}
	}
	r.begin()
	return nil
}

// system sets the CRS of the layer, unless it was declared.
func (r *reader) system(p primary) {
	if r.layer.CRS == 0 {
		r.layer.CRS = p.crs
		if p.unknown != "" {
			r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Value: geo.ClipValue(p.unknown), Rule: geo.RuleUnknownCRS})
		}
	}
	if p.geodesic {
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Column: p.node.Name, Rule: geo.RuleIgnored, Detail: "edges on the sphere are read as straight ones"})
	}
}

// findFields makes fields of the columns.
func (r *reader) findFields(l *look, hidden map[string]bool, opt format.Options) {
	for _, n := range r.file.Root.Children {
		if hidden[n.Name] || r.geometry != nil && n == r.geometry.node {
			continue
		}
		t := l.typeOf(n)
		if t == geo.TypeNull {
			r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Column: n.Name, Rule: geo.RuleIgnored, Detail: "a binary column"})
			continue
		}
		f := field{node: n, natural: t, declared: t}
		if declared := opt.Types[n.Name]; declared != geo.TypeNull {
			f.declared = declared
		}
		r.fields = append(r.fields, f)
	}
}

// begin makes the schema of the fields and stands at the first row.
func (r *reader) begin() {
	r.layer.Schema.Fields = []geo.Field{}
	var nodes []*columns.Node
	if r.geometry != nil {
		nodes = append(nodes, r.geometry.node)
	}
	for _, f := range r.fields {
		nodes = append(nodes, f.node)
		if !f.hidden {
			r.layer.Schema.Fields = append(r.layer.Schema.Fields, geo.Field{Name: f.node.Name, Type: f.declared})
		}
	}
	r.rows = r.file.Read(nodes)
}

func (r *reader) Layer() format.Layer { return r.layer }

// Offset counts the bytes of both readings.
func (r *reader) Offset() (done, total int64) { return min(r.file.Done(), r.size), r.size }

func (r *reader) Close() error {
	if r.file != nil {
		r.file.Close()
	}
	var err error
	if r.disk != nil {
		err = r.disk.Close()
	}
	if e := r.remove(); err == nil {
		err = e
	}
	return err
}

func (r *reader) Read(f *geo.Feature) error {
	if r.row%1024 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	if err := r.rows.Next(); err != nil {
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		return r.errorf(err)
	}
	r.row++
	r.problems = nil
	f.FID, f.ID, f.Geometry = r.row, "", geo.Geometry{}
	f.Values = f.Values[:0]
	list := r.rows.Columns
	if r.geometry != nil {
		g, err := r.geometry.read(list[0])
		if err != nil {
			return r.errorf(err)
		}
		f.Geometry = r.accept(g)
		list = list[1:]
	}
	for i, c := range list {
		v, err := r.value(&r.fields[i], c)
		if err != nil {
			return r.errorf(err)
		}
		if r.cells != nil {
			r.cells.keep(i, v)
		}
		if !r.fields[i].hidden {
			f.Values = append(f.Values, v)
		}
	}
	if r.cells != nil {
		g, name, value, wrong := r.cells.read()
		if wrong != "" {
			r.problem(geo.RuleGeometry, name, value, wrong)
		}
		f.Geometry = r.accept(shape{geometry: g})
	}
	if r.problems != nil {
		return &format.BadRow{Problems: r.problems}
	}
	return nil
}

// shape is a geometry, or what is wrong with it.
type shape struct {
	geometry geo.Geometry
	wrong    error
}

// read reads the next geometry; an error is final.
func (g *geometry) read(c *columns.Column) (s shape, err error) {
	if g.native != nil {
		if err := c.Record(); err != nil {
			return s, err
		}
		s.geometry, s.wrong = g.native.read(c)
		return s, nil
	}
	var v columns.Value
	there, err := c.Value(&v)
	if err != nil || !there || len(v.Bytes) == 0 {
		return s, err
	}
	s.geometry, s.wrong = geo.ParseWKB(v.Bytes)
	return s, nil
}

func (r *reader) accept(s shape) geo.Geometry {
	switch {
	case s.wrong != nil:
		r.problem(geo.RuleGeometry, r.geometry.node.Name, "", s.wrong.Error())
		return geo.Geometry{}
	case !s.geometry.Finite():
		r.problem(geo.RuleGeometry, r.shapeName(), "", "a coordinate that is not a finite number")
		return geo.Geometry{}
	}
	if s.geometry.HasZ() && !r.layer.Schema.HasZ {
		r.problem(geo.RuleGeometry, r.shapeName(), "", "a part with heights in a geometry without")
		return geo.Geometry{}
	}
	return s.geometry
}

// shapeName gives the column that is blamed for a geometry.
func (r *reader) shapeName() string {
	if r.geometry != nil {
		return r.geometry.node.Name
	}
	return ""
}

// value reads the next value of a field; an error is final.
func (r *reader) value(f *field, c *columns.Column) (geo.Value, error) {
	v, ok, spelled, err := r.natural(f, c)
	if err != nil {
		return geo.Value{}, err
	}
	if ok && f.declared != f.natural && !v.IsNull() {
		spelled = v.String()
		v, ok = convert(v, f.declared)
	}
	if !ok {
		rule, detail := geo.RuleType, "not of type "+f.declared.String()
		if f.node.Kind == columns.KindText && !utf8.ValidString(spelled) || strings.ContainsRune(spelled, 0) {
			rule, detail = geo.RuleEncoding, ""
		}
		r.problem(rule, f.node.Name, spelled, detail)
		return geo.Value{}, nil
	}
	return v, nil
}

func (r *reader) natural(f *field, c *columns.Column) (v geo.Value, ok bool, spelled string, err error) {
	if !f.node.Flat() {
		if err := c.Record(); err != nil {
			return v, false, "", err
		}
		if c.Null() {
			return v, true, "", nil
		}
		if f.natural == geo.TypeTextArray {
			texts, plain := c.Texts()
			return geo.TextArray(texts), plain, "", nil
		}
		if r.scratch, err = c.AppendJSON(r.scratch[:0]); err != nil {
			return v, false, "", err
		}
		return geo.JSON(string(r.scratch)), true, "", nil
	}
	var raw columns.Value
	there, err := c.Value(&raw)
	if err != nil || !there {
		return v, true, "", err
	}
	if f.node.Kind == columns.KindText || f.node.Kind == columns.KindBinary {
		s := r.interner.String(raw.Bytes)
		return geo.Text(s), utf8.ValidString(s) && strings.IndexByte(s, 0) < 0, s, nil
	}
	v, ok = f.node.Scalar(raw)
	if !ok {
		spelled = string(raw.Bytes[:min(len(raw.Bytes), 400)])
	}
	return v, ok, spelled, nil
}

// convert gives v as a value of a declared type.
func convert(v geo.Value, t geo.FieldType) (geo.Value, bool) {
	switch {
	case t == geo.TypeText:
		return geo.Text(v.String()), true
	case t == geo.TypeNumber && v.Type() == geo.TypeInteger:
		return geo.Number(v.Number()), true
	}
	return format.Notation{Type: t, Decimal: '.', Declared: true}.Parse([]byte(v.String()))
}

func (r *reader) problem(rule geo.Rule, column, value, detail string) {
	value = strings.ToValidUTF8(value[:min(len(value), 400)], string(utf8.RuneError))
	r.problems = append(r.problems, geo.Problem{Row: r.row, Column: column, Rule: rule, Value: geo.ClipValue(value), Detail: detail})
}
