package gpkg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
)

// reader gives the rows of one layer.
type reader struct {
	ctx     context.Context
	file    *file
	layer   format.Layer
	size    int64
	primary bool
	rows    *sql.Rows
	cells   []cell // primary key, geometry, fields
	dest    []any
	row     int64
}

// openReader looks through the whole layer, then starts over. Ctx governs the
// reader until it is closed.
func openReader(ctx context.Context, src *format.Source, opt format.Options) (*reader, error) {
	if opt.X != "" || opt.Y != "" {
		return nil, geo.Errorf(geo.KindInvalid, "the geometries of a GeoPackage are not in columns x and y")
	}
	f, err := openFile(ctx, src)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, file: f, size: src.Size()}
	if err := r.open(opt); err != nil {
		f.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) open(opt format.Options) error {
	f, ctx := r.file, r.ctx
	list, err := f.sources(ctx)
	if err != nil {
		return err
	}
	s, err := f.choose(list, opt.Layer)
	if err != nil {
		return err
	}
	spatial := s.geometry
	switch {
	case opt.Geometry == format.NoGeometryColumn:
		s.geometry = ""
	case opt.Geometry != "" && !strings.EqualFold(opt.Geometry, s.geometry):
		return geo.Errorf(geo.KindInvalid, "the geometry column of layer %s is %q, not %q", s.name, s.geometry, opt.Geometry)
	}
	all, primary, err := f.columns(ctx, s)
	if err != nil {
		return err
	}
	var fields []*column
	geometryThere := false
	for _, c := range all {
		switch {
		case spatial != "" && strings.EqualFold(c.name, spatial):
			geometryThere = true
		case c.name != primary:
			fields = append(fields, c)
		}
	}
	if s.geometry != "" && !geometryThere {
		return geo.Errorf(geo.KindInvalid, "the layer %s of %s has no column %q, which gpkg_geometry_columns names", s.name, f.name, s.geometry)
	}
	if err := f.describe(ctx, s, fields); err != nil {
		return f.errorf(ctx, err)
	}
	g, count, err := f.look(ctx, s, fields)
	if err != nil {
		return err
	}
	r.layer = format.Layer{Name: s.name, Count: count, CRS: opt.CRS, HasIDs: primary != "", Bounds: geo.EmptyBounds()}
	r.primary = primary != ""
	r.layer.Schema.Fields = []geo.Field{}
	exprs := []string{"NULL", "NULL"}
	if primary != "" {
		exprs[0] = Quote(primary)
	}
	if s.geometry != "" {
		exprs[1] = Quote(s.geometry)
		r.geometry(s, g)
	}
	for _, c := range fields {
		t, keep := c.resolve()
		if declared, ok := opt.Types[c.name]; ok && declared != geo.TypeNull {
			t, keep = declared, true
		}
		if !keep {
			r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Column: c.name, Rule: geo.RuleType, Detail: "a binary column was left out"})
			continue
		}
		c.field.Name, c.field.Type = c.name, t
		r.layer.Schema.Fields = append(r.layer.Schema.Fields, c.field)
		exprs = append(exprs, "+"+Quote(c.name))
	}
	r.cells, r.dest = newCells(len(exprs))
	// The limit holds a view that grows from one reading to the next.
	r.rows, err = f.conn.QueryContext(ctx, "SELECT "+strings.Join(exprs, ", ")+" FROM "+Quote(s.name)+" LIMIT ?", count)
	if err != nil {
		return f.errorf(ctx, err)
	}
	return nil
}

// geometry sets the geometry type and the CRS of the layer.
func (r *reader) geometry(s source, g geometries) {
	schema := &r.layer.Schema
	schema.Geometry, schema.HasZ = s.declared, g.hasZ
	if g.kind != geo.GeometryNone && (s.declared == geo.GeometryAny || !s.declared.Accepts(g.kind)) {
		schema.Geometry = g.kind
	}
	if r.layer.CRS != 0 {
		return
	}
	code, unknown := r.file.system(r.ctx, s.srs)
	r.layer.CRS = code
	if unknown != "" {
		r.layer.Warnings = append(r.layer.Warnings, geo.Problem{Value: geo.ClipValue(unknown), Rule: geo.RuleUnknownCRS})
	}
}

// Layer describes what Read gives. The count is that of the rows, whatever the
// file claims.
func (r *reader) Layer() format.Layer { return r.layer }

// Offset spreads the file's bytes evenly over its rows.
func (r *reader) Offset() (done, total int64) {
	if r.layer.Count == 0 {
		return r.size, r.size
	}
	return int64(float64(r.size) * float64(r.row) / float64(r.layer.Count)), r.size
}

// Close ends the reading.
func (r *reader) Close() error {
	err := r.rows.Close()
	if e := r.file.Close(); err == nil {
		err = e
	}
	return err
}

// Read gives the next row; its ID is the primary key.
func (r *reader) Read(f *geo.Feature) error {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.file.errorf(r.ctx, err)
		}
		return io.EOF
	}
	r.row++
	if err := r.rows.Scan(r.dest...); err != nil {
		return r.file.errorf(r.ctx, err)
	}
	f.FID, f.ID, f.Geometry, f.Values = r.row, "", geo.Geometry{}, f.Values[:0]
	var problems []geo.Problem
	if r.primary {
		f.ID = text(r.cells[0].value)
	}
	switch blob := r.cells[1].value.(type) {
	case nil:
	case []byte:
		g, err := ParseBlob(blob)
		if err != nil {
			problems = append(problems, geo.Problem{Row: r.row, Rule: geo.RuleGeometry, Detail: err.Error()})
		}
		f.Geometry = g
	default:
		problems = append(problems, geo.Problem{Row: r.row, Rule: geo.RuleGeometry, Value: geo.ClipValue(text(blob)), Detail: "the geometry is not binary"})
	}
	for i := range r.layer.Schema.Fields {
		field := &r.layer.Schema.Fields[i]
		v, ok := convert(field.Type, r.cells[i+2].value)
		if !ok {
			p := geo.Problem{Row: r.row, Column: field.Name, Rule: geo.RuleType, Value: geo.ClipValue(text(r.cells[i+2].value))}
			if s, isText := r.cells[i+2].value.(string); isText && !utf8.ValidString(s) {
				p.Rule, p.Value = geo.RuleEncoding, strings.ToValidUTF8(p.Value, "\ufffd")
			}
			problems = append(problems, p)
		}
		f.Values = append(f.Values, v)
	}
	if problems != nil {
		return &format.BadRow{Problems: problems}
	}
	return nil
}

func text(v driver.Value) string {
	switch x := v.(type) {
	case string:
		return x
	case []byte:
		return "(" + strconv.Itoa(len(x)) + " bytes)"
	}
	decoded, _ := Decode(geo.TypeText, v)
	return decoded.Text()
}

// convert also reads numbers and truth values out of text, where the type was
// declared by the caller and not found from the file.
func convert(t geo.FieldType, src driver.Value) (geo.Value, bool) {
	if v, ok := Decode(t, src); ok {
		return v, true
	}
	s, ok := src.(string)
	if !ok {
		return geo.Value{}, false
	}
	s = strings.TrimSpace(s)
	switch t {
	case geo.TypeInteger:
		i, err := strconv.ParseInt(s, 10, 64)
		return geo.Integer(i), err == nil
	case geo.TypeNumber:
		x, err := strconv.ParseFloat(s, 64)
		return geo.Number(x), err == nil
	case geo.TypeBoolean:
		b, err := strconv.ParseBool(strings.ToLower(s))
		return geo.Boolean(b), err == nil
	}
	return geo.Value{}, false
}
