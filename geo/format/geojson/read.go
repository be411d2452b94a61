package geojson

import (
	"context"
	"io"
	"path"
	"strings"

	"puy/geo"
	"puy/geo/format"
)

// reader gives the features: the second pass.
type reader struct {
	ctx      context.Context
	layer    format.Layer
	file     *format.SourceReader
	doc      *document
	columns  columns
	spatial  bool
	step     func(c *cursor) // r.row, made once
	feature  *geo.Feature
	problems []geo.Problem
	vals     values
	pos      positions
}

// open reads src once for its schema and stands at the first feature.
func open(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	encoding := opt.Encoding
	text := format.Text{Encoding: "utf-8"}
	if h, err := src.Head(); err != nil {
		return nil, err
	} else if encoding == "" && len(h) > 1 && (h[0] >= 0xfe || h[0] == 0 || h[1] == 0) {
		encoding = "utf-16"
	}
	if encoding != "" {
		var err error
		if text, err = format.FindText(ctx, src, encoding); err != nil {
			return nil, err
		}
	}
	r := &reader{ctx: ctx, spatial: opt.Geometry != format.NoGeometryColumn}
	s := scanner{}
	file, doc, err := start(src, text)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if err := s.scan(ctx, doc); err != nil {
		return nil, err
	}
	if s.esri {
		return nil, geo.Errorf(geo.KindInvalid, "%s is Esri JSON, not GeoJSON", src.Name()).
			WithHint("ask the server for f=geojson instead of f=json")
	}
	code, warnings := doc.crs.resolve(opt.CRS)
	r.layer = format.Layer{Name: doc.title, Schema: s.schema(opt.Types), CRS: code, Count: s.rows, Encoding: text.Encoding,
		Bounds: geo.EmptyBounds(), HasIDs: s.rows > 0 && s.ids == s.rows, Warnings: warnings}
	if !r.spatial {
		r.layer.Schema.Geometry, r.layer.Schema.HasZ = geo.GeometryNone, false
	}
	if r.layer.Name == "" {
		base := path.Base(strings.ReplaceAll(src.Name(), `\`, "/"))
		r.layer.Name, _, _ = strings.Cut(base, ".")
	}
	r.columns = s.columns
	r.step = r.row
	if r.file, r.doc, err = start(src, text); err != nil {
		return nil, err
	}
	return r, nil
}

// start opens src at its first row.
func start(src *format.Source, text format.Text) (*format.SourceReader, *document, error) {
	file, err := src.Open()
	if err != nil {
		return nil, nil, err
	}
	decoded, err := text.Reader(file)
	if err == nil {
		var doc *document
		if doc, err = newDocument(decoded, strings.TrimSuffix(src.Name(), ".gz"), src.WindowSize()); err == nil {
			return file, doc, nil
		}
	}
	file.Close()
	return nil, nil, err
}

// scan takes all rows and what follows them.
func (s *scanner) scan(ctx context.Context, doc *document) error {
	step := s.row
	for {
		if s.rows%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		_, err := doc.next(step)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		s.rows++
		if len(s.columns.names) > maxFields {
			return geo.Errorf(geo.KindLimit, "%s has more than %d different properties, at row %d", doc.name, maxFields, s.rows)
		}
	}
	if doc.arrangement == inCollection {
		_, err := doc.member()
		return err
	}
	return nil
}

func (r *reader) Layer() format.Layer { return r.layer }

func (r *reader) Offset() (done, total int64) { return r.file.Offset() }

func (r *reader) Close() error { return r.file.Close() }

func (r *reader) Read(f *geo.Feature) error {
	if r.doc.row%4096 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	r.feature = f
	bad, err := r.doc.next(r.step)
	if err != nil {
		return err
	}
	f.FID = r.doc.row
	if bad != "" {
		return &format.BadRow{Problems: []geo.Problem{{Row: f.FID, Rule: geo.RuleSyntax, Detail: bad}}}
	}
	if len(r.problems) > 0 {
		problems := append([]geo.Problem(nil), r.problems...)
		for i := range problems {
			problems[i].Row = f.FID
		}
		return &format.BadRow{Problems: problems}
	}
	return nil
}

func (r *reader) problem(rule geo.Rule, column string, value []byte, detail string) {
	r.problems = append(r.problems, geo.Problem{Rule: rule, Column: column,
		Value: geo.ClipValue(strings.ToValidUTF8(string(value[:min(len(value), 400)]), "\ufffd")), Detail: detail})
}

// row takes one row; when it runs out of bytes it is called again with more.
func (r *reader) row(c *cursor) {
	f := r.feature
	f.ID, f.Geometry, r.problems = "", geo.Geometry{}, r.problems[:0]
	if n := len(r.layer.Schema.Fields); cap(f.Values) < n {
		f.Values = make([]geo.Value, n)
	} else {
		f.Values = f.Values[:n]
		clear(f.Values)
	}
	if c.peek() != '{' {
		if _, raw, _, good := c.value(0); good {
			r.problem(geo.RuleSyntax, "", raw, "a row that is not an object")
		}
		return
	}
	start := c.i
	c.i++
	var kindOf []byte
	var known bool // geometry or properties has come
	for n := 0; ; n++ {
		key, _, more := c.member(n)
		if !more {
			break
		}
		switch string(key) {
		case "type":
			if k, raw, _, good := c.value(0); good && k == kindString {
				kindOf = raw
			}
		case "geometry":
			known = true
			r.geometry(c)
		case "properties":
			known = true
			r.properties(c)
		case "id":
			if k, raw, escaped, good := c.value(0); good && (k == kindString || k == kindNumber) {
				v, rule := r.vals.text(raw, escaped)
				if rule != "" {
					r.problem(rule, "id", raw, "")
				}
				f.ID = v.Text()
			}
		default:
			c.skip()
		}
	}
	switch {
	case c.fail != ok:
	case string(kindOf) == "Feature", kindOf == nil && known:
	case geometryType(kindOf) != geo.GeometryNone:
		c.i = start
		r.geometry(c)
	default:
		r.problem(geo.RuleSyntax, "type", kindOf, "a row that is not a Feature")
	}
}

func (r *reader) geometry(c *cursor) {
	if !r.spatial {
		c.skip()
		return
	}
	start := c.i
	g, wrong := parseGeometry(c, &r.pos, 0)
	if c.fail != ok {
		return
	}
	if wrong == "" {
		sealed, err := geo.NewGeometry(g)
		if err == nil {
			r.feature.Geometry = sealed
			return
		}
		wrong = err.Error()
	}
	r.problem(geo.RuleGeometry, "geometry", c.b[start:c.i], wrong)
}

func (r *reader) properties(c *cursor) {
	if b := c.peek(); b != '{' {
		if k, raw, _, good := c.value(0); good && k != kindNull {
			r.problem(geo.RuleSyntax, "properties", raw, "properties that are not an object")
		}
		return
	}
	c.i++
	r.columns.next = 0
	fields := r.layer.Schema.Fields
	for n := 0; ; n++ {
		key, escapedKey, more := c.member(n)
		if !more {
			return
		}
		k, raw, escaped, good := c.value(1)
		if !good {
			return
		}
		i, _ := r.columns.place(key, escapedKey)
		if i >= len(fields) { // the file has changed since it was scanned
			continue
		}
		v, rule := r.vals.make(fields[i].Type, k, raw, escaped)
		if rule != "" {
			detail := ""
			if rule == geo.RuleType {
				detail = "not of type " + fields[i].Type.String()
			}
			r.problem(rule, fields[i].Name, raw, detail)
		}
		r.feature.Values[i] = v
	}
}
