package place

import (
	"bytes"
	"encoding/hex"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/geojson"
	"puy/geo/format/wkt"
)

// looksLikeShape tells whether a cell begins as a whole geometry does.
func looksLikeShape(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	switch b[0] {
	case '{':
		return bytes.Contains(b[:min(len(b), 200)], []byte(`"type"`)) || bytes.Contains(b[max(0, len(b)-200):], []byte(`"type"`))
	case '0':
		return len(b) >= 18 && b[1] <= '1' && len(b)%2 == 0 && isHex(b[:18])
	case 'P', 'p', 'L', 'l', 'M', 'm', 'G', 'g', 'S', 's':
		return wkt.Looks(b)
	}
	return false
}

func isHex(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 && (c|0x20)-'a' > 5 {
			return false
		}
	}
	return true
}

// parseShape reads a whole geometry in any of the three forms; srid is 0 where the
// cell has none.
func parseShape(b []byte) (g geo.Geometry, srid int, err error) {
	switch b[0] {
	case '{':
		g, err = geojson.ParseGeometry(b)
		return g, 0, err
	case '0':
		raw := make([]byte, len(b)/2)
		if _, err := hex.Decode(raw, b); err != nil {
			return g, 0, geo.Errorf(geo.KindInvalid, "WKB: not hexadecimal")
		}
		g, err = geo.ParseWKB(raw)
		return g, wkbSRID(raw), err
	}
	return wkt.Parse(b)
}

// wkbSRID gives the SRID of EWKB, 0 where there is none.
func wkbSRID(b []byte) int {
	if len(b) < 9 {
		return 0
	}
	at := func(i int) int { // little endian, or big
		if b[0] == 0 {
			return int(b[i])<<24 | int(b[i+1])<<16 | int(b[i+2])<<8 | int(b[i+3])
		}
		return int(b[i+3])<<24 | int(b[i+2])<<16 | int(b[i+1])<<8 | int(b[i])
	}
	const flag = 0x20000000
	if at(1)&flag == 0 {
		return 0
	}
	return at(5)
}

// parsePair reads "45.78, 3.08", "[3.08,45.78]", "45,78 ; 3,08" or "45.78 3.08".
func parsePair(b []byte) (first, second float64, ok bool) {
	b = bytes.TrimSpace(b)
	if n := len(b); n > 2 && (b[0] == '[' && b[n-1] == ']' || b[0] == '(' && b[n-1] == ')') {
		b = bytes.TrimSpace(b[1 : n-1])
	}
	if len(b) > 200 {
		return 0, 0, false
	}
	for _, separator := range [...]string{";", ", ", ",", " "} {
		left, right, found := bytes.Cut(b, []byte(separator))
		if !found {
			continue
		}
		first, ok = coordinate(left)
		if ok {
			second, ok = coordinate(right)
		}
		if ok {
			return first, second, true
		}
	}
	return 0, 0, false
}

// coordinate reads a number with a point or a comma.
func coordinate(b []byte) (float64, bool) {
	b = bytes.TrimSpace(b)
	if f, ok := format.ParseNumber(b); ok {
		return f, true
	}
	if f, ok := format.ParseCellNumber(b, '.'); ok {
		return f, true
	}
	return format.ParseCellNumber(b, ',')
}

func point(x, y float64) geo.Geometry {
	g, _ := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{x, y})) // a point is never refused
	return g
}

// form is how a table holds its geometry.
type form uint8

const (
	noGeometry form = iota
	shapeForm       // a whole geometry in one column
	pairForm        // two numbers in one column
	xyForm          // two columns
)

// Place says where the geometry of a row is.
type Place struct {
	form   form
	column int // of shapes and pairs
	x, y   int
	xFirst bool // of pairs
	srid   int  // that the shapes say, 0 for none
}

// Consumed tells whether column i is nothing but the geometry, so that it is no field.
func (p *Place) Consumed(i int) bool { return p.form == shapeForm && i == p.column }

// Pairs tells whether column i holds pairs of numbers, which "3,45" may be one of.
func (p *Place) Pairs(i int) bool { return p.form == pairForm && i == p.column }

// Columns gives the columns that Read looks at, none where there is no geometry.
func (p *Place) Columns() []int {
	switch p.form {
	case shapeForm, pairForm:
		return []int{p.column}
	case xyForm:
		return []int{p.x, p.y}
	}
	return nil
}

// Trail tells where and how the geometry of columns with these names was found.
func (f Found) Trail(names []string, declared crs.Code) format.Trail {
	t := format.Trail{Pairs: f.form == pairForm, YFirst: f.form == pairForm && !f.xFirst}
	t.CRSGuessed = f.CRS != crs.Unknown && declared == crs.Unknown && f.srid == 0
	for _, i := range f.Columns() {
		t.Geometry = append(t.Geometry, names[i])
	}
	return t
}

// Read gives the geometry of a row; column and wrong tell what cannot be read.
func (p *Place) Read(cells [][]byte) (g geo.Geometry, column int, wrong string) {
	switch p.form {
	case shapeForm:
		b := bytes.TrimSpace(cells[p.column])
		if len(b) == 0 {
			return g, 0, ""
		}
		g, srid, err := parseShape(b)
		switch {
		case err != nil:
			return geo.Geometry{}, p.column, err.Error()
		case srid != 0 && srid != p.srid:
			return geo.Geometry{}, p.column, "an SRID that differs from the first one"
		}
		return g, 0, ""
	case pairForm:
		b := bytes.TrimSpace(cells[p.column])
		if len(b) == 0 {
			return g, 0, ""
		}
		first, second, ok := parsePair(b)
		switch {
		case !ok:
			return g, p.column, "not two numbers"
		case p.xFirst:
			return point(first, second), 0, ""
		}
		return point(second, first), 0, ""
	case xyForm:
		xCell, yCell := bytes.TrimSpace(cells[p.x]), bytes.TrimSpace(cells[p.y])
		if len(xCell) == 0 && len(yCell) == 0 {
			return g, 0, ""
		}
		x, ok := coordinate(xCell)
		if !ok {
			return g, p.x, "not a number"
		}
		y, ok := coordinate(yCell)
		if !ok {
			return g, p.y, "not a number"
		}
		return point(x, y), 0, ""
	}
	return g, 0, ""
}

// systemOf gives the CRS that an SRID names: in x, y order, so that 4326 is
// longitude, latitude.
func systemOf(srid int) crs.Code {
	if srid == int(crs.WGS84) {
		return crs.CRS84
	}
	return crs.Code(srid)
}
