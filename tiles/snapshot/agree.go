package snapshot

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"puy/tiles/generalise"
)

// maxAgreed is how many values a column may have to be one that sorts
// features into categories, in which lines must agree to be joined.
const maxAgreed = 64

// agreement tells which lines are alike. Its zero value is ready.
type agreement struct {
	weights    []float64 // per column, as spool.costs gives them
	categories []bool    // per column
	classes    []classed
	common     [][]byte // per column: the value that all have
	attributes []byte
}

// classed is a line and a hash of its categories.
type classed struct {
	class uint64
	entry uint32
}

// prepare learns the columns.
func (a *agreement) prepare(s *spool) {
	a.weights = s.costs()
	a.categories = make([]bool, len(s.columns))
	for i := range s.columns {
		n := len(s.columns[i].codes)
		a.categories[i] = n > 1 && n <= maxAgreed
	}
}

// classify puts the members of a group in the order of their classes, which
// differ where a category that tiles of the zoom carry does.
func (c *cascade) classify(members []uint32) {
	a := &c.agreement
	a.classes = a.classes[:0]
	for _, i := range members {
		class := uint64(0)
		f := c.at(c.entries[i].offset)
		for n := range c.columns {
			if value := f.value(); a.categories[n] && c.columns[n].from <= c.depth {
				class = hashed(class, value)
			}
		}
		a.classes = append(a.classes, classed{class, i})
	}
	// Classes come in the order of their first member.
	first := map[uint64]int{}
	for n, m := range a.classes {
		if _, known := first[m.class]; !known {
			first[m.class] = n
		}
	}
	if len(first) > 1 {
		slices.SortStableFunc(a.classes, func(m, o classed) int { return cmp.Compare(first[m.class], first[o.class]) })
	}
}

// hashed adds a value to a hash (FNV-1a, with an end of its own).
func hashed(hash uint64, value []byte) uint64 {
	const prime = 0x100000001b3
	for _, b := range value {
		hash = (hash ^ uint64(b)) * prime
	}
	return (hash ^ 0x1ff) * prime
}

// agreed gives the attributes that lines have in common, with nothing where they
// differ, or nil if they differ nowhere.
func (c *cascade) agreed(members []classed) []byte {
	a := &c.agreement
	a.common = a.common[:0]
	differ := false
	for n, m := range members {
		f := c.at(c.entries[m.entry].offset)
		for i := range c.columns {
			value := f.value()
			if n == 0 {
				a.common = append(a.common, value)
			} else if !bytes.Equal(value, a.common[i]) {
				a.common[i], differ = nil, true
			}
		}
	}
	if !differ {
		return nil
	}
	a.attributes = a.attributes[:0]
	for _, value := range a.common {
		a.attributes = append(binary.AppendUvarint(a.attributes, uint64(len(value))), value...)
	}
	return a.attributes
}

// featureCost gives about how many bytes the head and the values of a feature
// take in a tile.
func featureCost(fid uint64, costs []float64, attributes []byte) uint32 {
	var id [binary.MaxVarintLen64]byte
	cost := 10 + float64(binary.PutUvarint(id[:], fid))
	f := spooled{attributes: attributes}
	for n := range costs {
		if value := f.value(); len(value) > 0 {
			cost += 3 + costs[n]*float64(len(value))
		}
	}
	return uint32(min(cost, 1<<30))
}

// drawLines draws what the lines of a group that agree make where they meet, or
// where all are too short to be seen a dash with the values of the longest. If
// it draws nothing, the longest stands for all.
func (c *cascade) drawLines(g *group, longest uint32) bool {
	u := unit(c.depth)
	c.classify(g.members)
	joined := false
	for rest := c.agreement.classes; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].class == rest[0].class {
			n++
		}
		class := rest[:n]
		rest = rest[n:]
		if n == 1 {
			continue
		}
		if total, like := c.chain(class, max(2*u, g.least/4)); total > 0 {
			c.stand(kindLines, total, c.at(c.entries[like].offset), c.agreed(class))
			joined = true
		}
	}
	e := &c.entries[longest]
	if joined || float64(e.size) >= 2*u {
		return joined
	}
	c.dash(g, longest, u)
	return true
}

// chain sets shape to the longer lines that lines make where they meet, and
// gives their length, which is 0 if none do, and the longest of the lines.
func (c *cascade) chain(class []classed, least float64) (total float64, longest uint32) {
	c.joiner.Reset()
	longest = class[0].entry
	for _, m := range class {
		c.member.read(c.at(c.entries[m.entry].offset).record, c.merger.scale.significance)
		if m.entry == longest || c.entries[m.entry].size > c.entries[longest].size {
			longest, c.shape.fid = m.entry, c.member.fid
		}
		for _, p := range c.member.parts {
			c.joiner.Line(c.member.pts[p.first:p.last])
		}
	}
	s := &c.shape
	s.pts, s.sig, s.parts = s.pts[:0], s.sig[:0], s.parts[:0]
	joined := false
	c.joiner.Chains(func(pts []generalise.Point, lines int) {
		length := generalise.Length(pts)
		if length < least {
			return
		}
		joined = joined || lines > 1
		total += length
		first := len(s.pts)
		s.pts = append(s.pts, pts...)
		s.sig = append(s.sig, make([]byte, len(pts))...)
		c.simplifier.Line(s.pts[first:], s.sig[first:])
		s.parts = append(s.parts, part{first: first, last: len(s.pts)})
	})
	if !joined {
		return 0, longest
	}
	return total, longest
}

// dash draws a line in the direction of the longest, which is too short to be
// seen, for all of a group.
func (c *cascade) dash(g *group, longest uint32, u float64) {
	f := c.at(c.entries[longest].offset)
	var p packed
	p.parse(f.record)
	b := boxAt(f.box)
	x, y := b.centre()
	dx, dy := float64(b.maxX-b.minX), float64(b.maxY-b.minY)
	stretch := unitsOfLine / 2 * u / max(1, math.Hypot(dx, dy))
	halfX, halfY := int64(dx*stretch), int64(dy*stretch)
	s := &c.shape
	s.fid = p.fid
	s.pts = append(s.pts[:0], generalise.Point{X: within(int64(x) - halfX), Y: within(int64(y) - halfY)},
		generalise.Point{X: within(int64(x) + halfX), Y: within(int64(y) + halfY)})
	s.sig = append(s.sig[:0], generalise.Pinned, generalise.Pinned)
	s.parts = append(s.parts[:0], part{first: 0, last: 2})
	c.stand(kindLines, max(g.total, unitsOfLine*u), f, nil)
}
