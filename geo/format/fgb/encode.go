package fgb

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// appendGeometry appends t as a Geometry table to which the offset at position
// from leads. Where heights are declared, positions without one get NaN.
func (r *record) appendGeometry(from int, t geom.T, hasZ bool) {
	kind := geo.GeometryNone
	if g, err := geo.NewGeometry(t); err == nil {
		kind = g.Type()
	}
	switch t := t.(type) {
	case *geom.MultiPolygon:
		at := r.geometryTable(from, kind, 0, 0, 0, 4)
		parts := r.tables(at.field[geometryParts], len(t.Endss()))
		start := 0
		for i, ends := range t.Endss() {
			last := start
			if len(ends) > 0 {
				last = ends[len(ends)-1]
			}
			r.simple(parts+4*i, geo.GeometryPolygon, t.FlatCoords()[start:last], start, ends, t.Stride(), hasZ)
			start = last
		}
	case *geom.GeometryCollection:
		at := r.geometryTable(from, kind, 0, 0, 0, 4)
		parts := r.tables(at.field[geometryParts], t.NumGeoms())
		for i, part := range t.Geoms() {
			r.appendGeometry(parts+4*i, part, hasZ)
		}
	case *geom.Polygon:
		r.simple(from, kind, t.FlatCoords(), 0, t.Ends(), t.Stride(), hasZ)
	case *geom.MultiLineString:
		r.simple(from, kind, t.FlatCoords(), 0, t.Ends(), t.Stride(), hasZ)
	default:
		r.simple(from, kind, t.FlatCoords(), 0, nil, t.Stride(), hasZ)
	}
}

// simple appends a geometry without parts. Flat starts at place base of the
// coordinates that ends counts in.
func (r *record) simple(from int, kind geo.GeometryType, flat []float64, base int, ends []int, stride int, hasZ bool) {
	if kind == geo.GeometryPoint && len(flat) == 0 { // as in WKB: clients take no coordinates for damage
		flat, stride = []float64{math.NaN(), math.NaN()}, 2
	}
	n, widthEnds, widthZ := len(flat)/stride, 0, 0
	if len(ends) > 1 || len(ends) == 1 && n == 0 || kind == geo.GeometryMultiLineString {
		widthEnds = 4
	}
	if hasZ {
		widthZ = 4
	}
	at := r.geometryTable(from, kind, widthEnds, 4, widthZ, 0)
	if widthEnds > 0 {
		r.vector(at.field[geometryEnds], len(ends), 4)
		for _, end := range ends {
			r.b = le.AppendUint32(r.b, uint32((end-base)/stride))
		}
	}
	r.vector(at.field[geometryXY], 2*n, 8)
	for i := 0; i+1 < len(flat); i += stride {
		r.float(flat[i])
		r.float(flat[i+1])
	}
	if !hasZ {
		return
	}
	r.vector(at.field[geometryZ], n, 8)
	for i := 0; i+1 < len(flat); i += stride {
		if z := math.NaN(); stride < 3 {
			r.float(z)
		} else {
			r.float(flat[i+2])
		}
	}
}

// geometryTable appends a Geometry table with the given widths of its offsets.
func (r *record) geometryTable(from int, kind geo.GeometryType, ends, xy, z, parts int) tablePlaces {
	at := r.table(geometryEnds, ends, geometryXY, xy, geometryZ, z, geometryType, 1, geometryParts, parts)
	r.point(from, at.table)
	r.b[at.field[geometryType]] = byte(kind)
	return at
}

// appendHeader builds the header of layer for count features within extent.
func (r *record) appendHeader(layer *format.Layer, count int, extent geo.Bounds, index bool) []byte {
	schema := &layer.Schema
	envelope, system := 0, 0
	if !extent.IsEmpty() {
		envelope = 4
	}
	if layer.CRS != crs.Unknown {
		system = 4
	}
	at := r.begin(headerName, 4, headerEnvelope, envelope, headerGeometryType, 1, headerHasZ, 1, headerColumns, 4,
		headerCount, 8, headerNodeSize, 2, headerCRS, system)
	if schema.Geometry <= geo.GeometryGeometryCollection { // else 0: each feature tells
		r.b[at.field[headerGeometryType]] = byte(schema.Geometry)
	}
	if schema.HasZ {
		r.b[at.field[headerHasZ]] = 1
	}
	le.PutUint64(r.b[at.field[headerCount]:], uint64(count))
	if index {
		le.PutUint16(r.b[at.field[headerNodeSize]:], nodeSize)
	}
	r.text(at.field[headerName], layer.Name)
	if envelope > 0 {
		r.vector(at.field[headerEnvelope], 4, 8)
		for _, c := range [...]float64{extent.MinX, extent.MinY, extent.MaxX, extent.MaxY} {
			r.float(c)
		}
	}
	if system > 0 {
		r.appendCRS(at.field[headerCRS], layer.CRS)
	}
	columns := r.tables(at.field[headerColumns], len(schema.Fields))
	for i := range schema.Fields {
		r.appendColumn(columns+4*i, &schema.Fields[i], schema.Fields[i].Name == schema.Key)
	}
	return r.finish()
}

func (r *record) appendCRS(from int, code crs.Code) {
	if code == crs.CRS84 { // x, y order is understood in this format
		code = crs.WGS84
	}
	system, _ := crs.Lookup(code)
	at := r.table(crsOrg, 4, crsCode, 4, crsName, 4)
	r.point(from, at.table)
	le.PutUint32(r.b[at.field[crsCode]:], uint32(code))
	r.text(at.field[crsOrg], "EPSG")
	r.text(at.field[crsName], system.Name)
}

func (r *record) appendColumn(from int, f *geo.Field, key bool) {
	title, description := f.Title.In("fr"), f.Description.In("fr")
	width := func(s string) int {
		if s == "" {
			return 0
		}
		return 4
	}
	at := r.table(columnFieldName, 4, columnFieldType, 1, columnFieldTitle, width(title),
		columnFieldDescription, width(description), columnFieldPrimaryKey, 1)
	r.point(from, at.table)
	r.b[at.field[columnFieldType]] = byte(columnOf(f.Type))
	if key {
		r.b[at.field[columnFieldPrimaryKey]] = 1
	}
	r.text(at.field[columnFieldName], f.Name)
	if title != "" {
		r.text(at.field[columnFieldTitle], title)
	}
	if description != "" {
		r.text(at.field[columnFieldDescription], description)
	}
}
