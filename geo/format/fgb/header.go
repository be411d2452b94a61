package fgb

import (
	"math"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/crs"
)

// maxColumns is what the two-byte index of a property can name.
const maxColumns = 1 << 16

// column is one attribute column of a file or of one feature.
type column struct {
	name, title, description string
	typ                      columnType
	key                      bool
}

// header is what the start of a file tells.
type header struct {
	name     string
	bounds   geo.Bounds
	geometry uint8 // enum GeometryType of header.fbs; 0: each feature tells
	hasZ     bool
	columns  []column
	count    uint64 // 0: not known
	nodeSize uint16
	crs      crs.Code
}

// parseHeader reads the header's record.
func parseHeader(data []byte) (header, error) {
	var b buffer
	b.reset(data)
	t := b.root()
	h := header{
		name:     t.text(headerName),
		bounds:   geo.EmptyBounds(),
		geometry: t.uint8(headerGeometryType),
		hasZ:     t.bool(headerHasZ),
		count:    t.uint64(headerCount),
		nodeSize: t.uint16(headerNodeSize, 16),
	}
	if e, _ := t.vector(headerEnvelope, 8); len(e) == 4*8 {
		h.bounds = geo.Bounds{MinX: float(e, 0), MinY: float(e, 1), MaxX: float(e, 2), MaxY: float(e, 3)}
		if !finite(h.bounds) {
			h.bounds = geo.EmptyBounds()
		}
	}
	if c, ok := t.table(headerCRS); ok {
		h.crs = parseCRS(c)
	}
	h.columns = parseColumns(t, headerColumns, nil)
	return h, b.err
}

// parseColumns appends the columns in field i of t to columns.
func parseColumns(t table, i int, columns []column) []column {
	t.tables(i, func(n int, c table) {
		if n >= maxColumns {
			t.buf.failf("there are more than %d columns", maxColumns)
			return
		}
		col := column{
			name:        c.text(columnFieldName),
			title:       c.text(columnFieldTitle),
			description: c.text(columnFieldDescription),
			typ:         columnType(c.uint8(columnFieldType)),
			key:         c.bool(columnFieldPrimaryKey),
		}
		if col.typ.width() < 0 {
			t.buf.failf("column %q is of the unknown type %d", col.name, col.typ)
		}
		columns = append(columns, col)
	})
	return columns
}

// parseCRS gives the code that a Crs table names: by organization and code, and
// else by its WKT. Coordinates are in the order x, y whatever the authority says.
func parseCRS(c table) crs.Code {
	org := strings.ToUpper(strings.TrimSpace(c.text(crsOrg)))
	if org == "" {
		org = "EPSG"
	}
	code, wkt := c.text(crsCodeString), c.text(crsWKT)
	if n := c.int32(crsCode); n > 0 {
		code = strconv.Itoa(int(n))
	}
	named := crs.Unknown
	if code != "" {
		var ok bool
		if named, ok = crs.Parse(org + ":" + code); ok {
			return named
		}
	}
	if wkt != "" {
		if found, ok := crs.ParseWKT(wkt); ok {
			return found
		}
	}
	return named
}

// float gives number i of a vector of float64.
func float(data []byte, i int) float64 { return math.Float64frombits(le.Uint64(data[8*i:])) }

func finite(b geo.Bounds) bool {
	for _, c := range [...]float64{b.MinX, b.MinY, b.MaxX, b.MaxY} {
		if math.IsNaN(c) || math.IsInf(c, 0) {
			return false
		}
	}
	return !b.IsEmpty()
}

// fields gives the schema's fields of columns. Names that are empty or stand
// twice get a number.
func fields(columns []column) []geo.Field {
	out := make([]geo.Field, 0, len(columns))
	seen := make(map[string]bool, len(columns))
	for i, c := range columns {
		name := c.name
		if name == "" {
			name = "column_" + strconv.Itoa(i+1)
		}
		for base, n := name, 2; seen[name]; n++ {
			name = base + "_" + strconv.Itoa(n)
		}
		seen[name] = true
		out = append(out, geo.Field{Name: name, Type: c.typ.fieldType(),
			Title: geo.Localized{FR: c.title}, Description: geo.Localized{FR: c.description}})
	}
	return out
}
