package wkt

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/format"
)

// maxCollections bounds how deep collections nest, as geo.NewGeometry does.
const maxCollections = 8

// Parse reads one geometry, in any letter case, and the SRID that "SRID=…;" before
// it gives, or 0. Heights are kept and measures dropped; without Z or M after the
// type, three numbers are x, y, z and four x, y, z, m. Errors are of KindInvalid
// and name the byte.
func Parse(b []byte) (geo.Geometry, int, error) {
	p := parser{b: b}
	srid := p.srid()
	g := p.geometry(0)
	if p.err == "" && p.space() != 0 {
		p.fail("the end expected")
	}
	if p.err != "" {
		return geo.Geometry{}, 0, geo.Errorf(geo.KindInvalid, "WKT: byte %d: %s", p.i, p.err)
	}
	sealed, err := geo.NewGeometry(g)
	return sealed, srid, err
}

// Looks tells whether b begins as a geometry in WKT or EWKT does.
func Looks(b []byte) bool {
	p := parser{b: b}
	p.srid()
	t, _ := p.tag()
	return t != geo.GeometryNone
}

// parser keeps the first error; after it every method gives up.
type parser struct {
	b      []byte
	i      int
	err    string
	flat   []float64
	ends   []int
	stride int // numbers kept of a position, 0 until the first
	size   int // numbers a position has, 0 until the first
	hasM   bool
}

func (p *parser) fail(what string) {
	if p.err == "" {
		p.err = what
	}
}

// space skips white space and gives the next byte, 0 at the end.
func (p *parser) space() byte {
	for p.i < len(p.b) {
		switch c := p.b[p.i]; c {
		case ' ', '\t', '\r', '\n':
			p.i++
		default:
			return c
		}
	}
	return 0
}

func (p *parser) take(c byte) bool {
	if p.err != "" || p.space() != c {
		return false
	}
	p.i++
	return true
}

// word takes letters and gives them in upper case; too long a word is cut.
func (p *parser) word() string {
	p.space()
	var upper [20]byte
	n := 0
	for p.i < len(p.b) {
		c := p.b[p.i]
		if c-'a' < 26 {
			c -= 'a' - 'A'
		}
		if c-'A' >= 26 {
			break
		}
		if n < len(upper) {
			upper[n] = c
			n++
		}
		p.i++
	}
	return string(upper[:n])
}

func (p *parser) srid() int {
	if p.word() != "SRID" || !p.take('=') {
		p.i = 0
		return 0
	}
	p.space()
	start := p.i
	for p.i < len(p.b) && p.b[p.i]-'0' <= 9 {
		p.i++
	}
	n, err := strconv.ParseInt(string(p.b[start:p.i]), 10, 32)
	if err != nil || !p.take(';') {
		p.fail("an SRID and ';' expected")
	}
	return int(n)
}

// tag takes the type and its dimension: "POINT Z", "POINTZ", "POINT".
func (p *parser) tag() (t geo.GeometryType, dimension string) {
	word := p.word()
	for _, d := range [...]string{"", "ZM", "Z", "M"} {
		if len(word) < len(d) || word[len(word)-len(d):] != d {
			continue
		}
		if t = typeOf(word[:len(word)-len(d)]); t != geo.GeometryNone {
			dimension = d
			break
		}
	}
	if t != geo.GeometryNone && dimension == "" {
		at := p.i
		switch w := p.word(); w {
		case "Z", "M", "ZM":
			dimension = w
		default:
			p.i = at
		}
	}
	return t, dimension
}

func typeOf(word string) geo.GeometryType {
	switch word {
	case "POINT":
		return geo.GeometryPoint
	case "LINESTRING":
		return geo.GeometryLineString
	case "POLYGON":
		return geo.GeometryPolygon
	case "MULTIPOINT":
		return geo.GeometryMultiPoint
	case "MULTILINESTRING":
		return geo.GeometryMultiLineString
	case "MULTIPOLYGON":
		return geo.GeometryMultiPolygon
	case "GEOMETRYCOLLECTION":
		return geo.GeometryGeometryCollection
	}
	return geo.GeometryNone
}

// empty takes the word EMPTY.
func (p *parser) empty() bool {
	at := p.i
	if p.word() == "EMPTY" {
		return true
	}
	p.i = at
	return false
}

func (p *parser) geometry(depth int) geom.T {
	p.space()
	at := p.i
	t, dimension := p.tag()
	if t == geo.GeometryNone {
		p.i = at
		p.fail("a geometry type expected")
	}
	if p.err != "" {
		return nil
	}
	p.flat, p.ends, p.stride, p.size = nil, nil, 0, 0
	p.hasM = dimension == "M"
	switch dimension {
	case "Z", "M":
		p.size = 3
	case "ZM":
		p.size = 4
	}
	if p.size != 0 {
		p.setStride()
	}
	if t == geo.GeometryGeometryCollection {
		return p.collection(depth + 1)
	}
	var parts []int // ends in p.ends of polygons
	none := p.empty()
	switch {
	case none:
	case t == geo.GeometryPoint:
		p.list(p.position)
		if p.err == "" && len(p.flat) != p.stride {
			p.fail("a point of several positions")
		}
	case t == geo.GeometryLineString:
		p.list(p.position)
	case t == geo.GeometryMultiPoint:
		p.list(p.pointOrPosition)
	case t == geo.GeometryPolygon, t == geo.GeometryMultiLineString:
		p.list(p.line)
	case t == geo.GeometryMultiPolygon:
		p.list(func() {
			if p.empty() {
				return
			}
			p.list(p.line)
			parts = append(parts, len(p.ends))
		})
	}
	if p.err != "" {
		return nil
	}
	return p.build(t, parts)
}

func (p *parser) build(t geo.GeometryType, parts []int) geom.T {
	layout := geom.XY
	if p.stride == 3 {
		layout = geom.XYZ
	}
	flat := slices.Clip(p.flat)
	switch t {
	case geo.GeometryPoint:
		if len(flat) == 0 {
			return geom.NewPointEmpty(layout)
		}
		return geom.NewPointFlat(layout, flat)
	case geo.GeometryLineString:
		return geom.NewLineStringFlat(layout, flat)
	case geo.GeometryMultiPoint:
		return geom.NewMultiPointFlat(layout, flat)
	case geo.GeometryPolygon:
		return geom.NewPolygonFlat(layout, flat, p.ends)
	case geo.GeometryMultiLineString:
		return geom.NewMultiLineStringFlat(layout, flat, p.ends)
	}
	endss := make([][]int, len(parts))
	start := 0
	for i, end := range parts {
		endss[i] = p.ends[start:end:end]
		start = end
	}
	return geom.NewMultiPolygonFlat(layout, flat, endss)
}

func (p *parser) collection(depth int) geom.T {
	c := geom.NewGeometryCollection()
	if depth > maxCollections {
		p.fail("collections that nest too deep")
		return nil
	}
	if p.empty() {
		return c
	}
	p.list(func() {
		part := p.geometry(depth)
		if p.err != "" {
			return
		}
		if err := c.Push(part); err != nil {
			p.fail("geometries that do not go together")
		}
	})
	return c
}

// list takes "(", items between commas, and ")".
func (p *parser) list(item func()) {
	if !p.take('(') {
		p.fail("'(' expected")
		return
	}
	for {
		item()
		if p.err != "" {
			return
		}
		if p.take(')') {
			return
		}
		if !p.take(',') {
			p.fail("',' or ')' expected")
			return
		}
	}
}

// line takes the positions of a line or a ring; one without any is left out.
func (p *parser) line() {
	if p.empty() {
		return
	}
	p.list(p.position)
	p.ends = append(p.ends, len(p.flat))
}

// pointOrPosition takes "(1 2)" or "1 2", both of which MULTIPOINT may hold.
func (p *parser) pointOrPosition() {
	switch {
	case p.empty():
	case p.space() == '(':
		before := len(p.flat)
		p.list(p.position)
		if p.err == "" && len(p.flat)-before != p.stride {
			p.fail("a point of several positions")
		}
	default:
		p.position()
	}
}

// setStride tells, from the numbers a position has, how many are kept.
func (p *parser) setStride() {
	p.stride = min(p.size, 3)
	if p.hasM && p.size == 3 {
		p.stride = 2
	}
}

func (p *parser) position() {
	var numbers [4]float64
	n := 0
	for n < len(numbers) {
		c := p.space()
		if c != '-' && c != '+' && c != '.' && c-'0' > 9 {
			break
		}
		numbers[n] = p.number()
		if p.err != "" {
			return
		}
		n++
	}
	if p.size == 0 && n >= 2 {
		p.size = n
		p.setStride()
	}
	if n < 2 || n != p.size {
		p.fail("a position of another number of coordinates expected")
		return
	}
	p.flat = append(p.flat, numbers[:p.stride]...)
}

func (p *parser) number() float64 {
	end := p.i
	for end < len(p.b) && !delimits(p.b[end]) {
		end++
	}
	text := p.b[p.i:end]
	f, good := format.ParseNumber(text)
	if !good {
		// Forms that JSON does not have, as "+1", ".5", "5." and "007".
		var err error
		if f, err = strconv.ParseFloat(string(text), 64); err != nil || bytes.IndexFunc(text, notDecimal) >= 0 {
			p.fail("a finite number expected")
			return 0
		}
	}
	p.i = end
	return f
}

func delimits(c byte) bool {
	return c == ' ' || c == ',' || c == ')' || c == '(' || c == '\t' || c == '\r' || c == '\n'
}

// notDecimal finds what strconv accepts and well-known text does not: hexadecimal
// numbers, underscores, infinities.
func notDecimal(r rune) bool { return !strings.ContainsRune("0123456789.+-eE", r) }
