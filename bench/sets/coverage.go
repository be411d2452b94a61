package sets

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
)

// Coverage writes side × side polygons that cover mainland France's box without
// gap or overlap: neighbours have the same vertices along their border, 16 a side.
func Coverage(w io.Writer, side int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	c := coverage{side: side}
	var ring []byte
	for row := range side {
		for column := range side {
			a, b := node{column, row}, node{column + 1, row}
			d, e := node{column + 1, row + 1}, node{column, row + 1}
			ring = c.border(ring[:0], a, b, false)
			ring = c.border(ring, b, d, false)
			ring = c.border(ring, e, d, true)
			ring = c.border(ring, a, e, true)
			x, y := c.place(a)
			ring = fmt.Appendf(ring, "[%.6f,%.6f]", x, y)
			fmt.Fprintf(out, `{"type":"Feature","properties":{"id":%d,"code":"%05d","nom":"Commune %d-%d"},"geometry":{"type":"Polygon","coordinates":[[%s]]}}`+"\n",
				row*side+column+1, row*side+column+1, column, row, ring)
		}
	}
	return out.Flush()
}

// node is a corner of the coverage: column and row from the south-west.
type node struct{ column, row int }

type coverage struct{ side int }

// place gives a node's longitude and latitude. Inner nodes are off their grid by
// up to an eighth of a cell, so little that borders do not meet elsewhere.
func (c coverage) place(n node) (x, y float64) {
	r := rand.New(rand.NewPCG(uint64(n.column), uint64(n.row)))
	x, y = float64(n.column), float64(n.row)
	if n.column > 0 && n.column < c.side {
		x += (r.Float64() - 0.5) / 4
	}
	if n.row > 0 && n.row < c.side {
		y += (r.Float64() - 0.5) / 4
	}
	return -4 + 12*x/float64(c.side), 42.5 + 8*y/float64(c.side)
}

// border appends the vertices of the border from one node to another but the
// last, or backwards. The border of two nodes is the same whoever asks.
func (c coverage) border(ring []byte, from, to node, backwards bool) []byte {
	const steps = 16
	x0, y0 := c.place(from)
	x1, y1 := c.place(to)
	r := rand.New(rand.NewPCG(uint64(from.column)<<32|uint64(from.row), uint64(to.column)<<32|uint64(to.row)))
	var waves [6]float64
	for k := range waves {
		waves[k] = (r.Float64() - 0.5) * 0.06 / float64(k+1)
	}
	outer := from.column == to.column && (from.column == 0 || from.column == c.side) || from.row == to.row && (from.row == 0 || from.row == c.side)
	for i := range steps {
		if backwards {
			i = steps - i
		}
		t, aside := float64(i)/steps, 0.0
		for k, wave := range waves {
			aside += wave * math.Sin(float64(k+1)*math.Pi*t)
		}
		if outer || i == 0 || i == steps {
			aside = 0
		}
		ring = fmt.Appendf(ring, "[%.6f,%.6f],", x0+t*(x1-x0)-aside*(y1-y0), y0+t*(y1-y0)+aside*(x1-x0))
	}
	return ring
}
