package geojson

import (
	"math"

	"puy/geo/format"
)

// positions takes a coordinates member of any geometry type, flat. How deep the
// arrays nest is found from the first position; the caller compares it with the
// geometry's type.
type positions struct {
	flat   []float64
	ends   []int // ends in flat of lines and rings
	parts  []int // ends in ends of polygons
	stride int   // 2 or 3: 3 where any position has a height
	leaf   int   // how deep a position is nested; 0 where there is none
}

// maxLeaf is how deep the positions of a MultiPolygon are nested.
const maxLeaf = 4

// parse gives what is wrong, or "". The cursor has then failed, or stands anywhere
// within the value.
func (p *positions) parse(c *cursor) (wrong string) {
	p.flat, p.ends, p.parts, p.stride, p.leaf = p.flat[:0], p.ends[:0], p.parts[:0], 2, 0
	depth := 0
	for {
		if c.peek() != '[' {
			if c.i >= len(c.b) {
				c.short()
				return ""
			}
			return "coordinates that are not arrays of numbers"
		}
		c.i++
		depth++
		switch b := c.peek(); {
		case b == '-' || b-'0' <= 9:
			if p.leaf == 0 {
				p.leaf = depth
			}
			if depth != p.leaf {
				return "positions that are not nested evenly"
			}
			if wrong = p.position(c); wrong != "" || c.fail != ok {
				return wrong
			}
			depth--
		case b == ']':
			if depth == p.leaf && depth > 1 {
				return "a position without numbers"
			}
			c.i++
			depth--
		case b == '[':
			if depth == maxLeaf {
				return "coordinates that nest too deep"
			}
			continue
		case c.i >= len(c.b):
			c.short()
			return ""
		default:
			return "coordinates that are not numbers"
		}
		for {
			if depth == 0 {
				return ""
			}
			b := c.peek()
			if b == ',' {
				c.i++
				break
			}
			if b != ']' {
				c.expected("',' or ']'")
				return ""
			}
			c.i++
			p.close(depth)
			depth--
		}
	}
}

// close ends the array at depth. Lines, rings and polygons without a position
// say nothing and are left out.
func (p *positions) close(depth int) {
	switch p.leaf - depth {
	case 1:
		if n := len(p.flat); n > last(p.ends) {
			p.ends = append(p.ends, n)
		}
	case 2:
		if n := len(p.ends); n > last(p.parts) {
			p.parts = append(p.parts, n)
		}
	}
}

func last(ends []int) int {
	if len(ends) == 0 {
		return 0
	}
	return ends[len(ends)-1]
}

// position takes the numbers of a position and its closing bracket. A position
// has two numbers or three; further ones are ignored (RFC 7946 section 3.1.1).
func (p *positions) position(c *cursor) (wrong string) {
	n := 0
	var height float64
	for {
		f, size := format.ScanNumber(c.b[c.i:])
		if c.i+size >= len(c.b) {
			c.short()
			return ""
		}
		if size == 0 {
			if c.i+1 == len(c.b) {
				c.short()
				return ""
			}
			return "coordinates that are not numbers"
		}
		if math.IsInf(f, 0) {
			return "coordinates that are too large"
		}
		c.i += size
		switch n {
		case 0, 1:
			p.flat = append(p.flat, f)
		case 2:
			height = f
		}
		n++
		b := c.b[c.i]
		if b != ',' && b != ']' {
			b = c.peek()
		}
		if b == ']' {
			c.i++
			break
		}
		if b != ',' {
			c.expected("',' or ']'")
			return ""
		}
		c.i++
		if c.i < len(c.b) && c.b[c.i] <= ' ' {
			c.peek()
		}
		if c.i >= len(c.b) {
			c.short()
			return ""
		}
	}
	switch {
	case n < 2:
		return "a position of less than two numbers"
	case n == 2 && p.stride == 3:
		p.flat = append(p.flat, 0)
	case n > 2:
		if p.stride == 2 {
			p.raise()
		}
		p.flat = append(p.flat, height)
	}
	return ""
}

// raise gives the positions so far, but not the x and y just appended, a height
// of 0, after one with a height has come.
func (p *positions) raise() {
	p.stride = 3
	n := len(p.flat) - 2
	if n == 0 {
		return
	}
	flat := make([]float64, 0, 2*len(p.flat))
	for i := 0; i < n; i += 2 {
		flat = append(flat, p.flat[i], p.flat[i+1], 0)
	}
	p.flat = append(flat, p.flat[n:]...)
	for i := range p.ends {
		p.ends[i] += p.ends[i] / 2
	}
}

// skim takes a coordinates member without looking at its numbers, and tells
// whether any position has a height. Anything but brackets and numbers makes it
// give up; what is wrong is for parse to find.
func skim(c *cursor) (hasZ, good bool) {
	b := c.b
	depth, commas, leaf := 0, 0, false
	for i := c.i; i < len(b); i++ {
		switch ch := b[i]; ch {
		case ',':
			commas++
		case '[':
			depth++
			commas, leaf = 0, true
		case ']':
			if leaf && commas > 1 {
				hasZ = true
			}
			leaf = false
			if depth--; depth == 0 {
				c.i = i + 1
				return hasZ, true
			}
		case '{', '}', '"', ':':
			return false, false
		}
	}
	c.short()
	return false, false
}
