package ingest

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/valid"
)

// rows checks the rows of one layer and brings their coordinates to longitude,
// latitude.
type rows struct {
	schema    geo.Schema
	transform *crs.Transform
	key       int // the position of the key field, -1 without one
	hasIDs    bool
	conform   *conformity // nil without a schema to conform to
	swap      bool        // coordinates stand in the other order than the reader gives
	shapes    *shapes     // nil where there is no geometry
}

// batch is a run of rows on its way from the reader to the store.
type batch struct {
	features    []geo.Feature // batchSize of them, reused
	n           int
	ordinates   int // of all geometries of the batch
	problems    []severe
	rows        int64 // read so far in all, these included
	rejected    int64 // of the rows of this batch
	done, total int64
	err         error // ends the source; io.EOF does so well
}

type severe struct {
	geo.Problem
	severity Severity
	message  geo.Localized // zero: that of the rule
	fix      string
	position *[2]float64
}

const (
	batchSize = 256
	// maxOrdinates ends a batch early, so that those on their way take some megabytes
	// however large geometries are: 128 positions a feature fit.
	maxOrdinates = batchSize * 128 * 2
)

func newBatch() *batch { return &batch{features: make([]geo.Feature, batchSize)} }

// release lets go of the geometries, which a shorter batch would not write over.
func (b *batch) release() {
	for i := range b.features {
		b.features[i].Geometry = geo.Geometry{}
	}
}

// ordinates counts the numbers that g is made of.
func ordinates(g geo.Geometry) (n int) {
	g.EachFlat(func(flat []float64, _ int) { n += len(flat) })
	return n
}

// fill reads and checks the next rows into b.
func (c *rows) fill(r format.Reader, b *batch, row int64) int64 {
	b.n, b.ordinates, b.rejected, b.problems, b.err = 0, 0, 0, b.problems[:0], nil
	for b.n < batchSize && b.ordinates < maxOrdinates && len(b.problems) < batchSize {
		f := &b.features[b.n]
		err := r.Read(f)
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			row++
			b.rejected++
			for _, p := range bad.Problems {
				b.problems = append(b.problems, c.conform.unread(p))
			}
			continue
		}
		if err != nil {
			b.err = err
			break
		}
		row++
		known, x, y := len(b.problems), math.NaN(), math.NaN()
		f.Geometry.EachFlat(func(flat []float64, _ int) {
			if math.IsNaN(x) && len(flat) > 1 {
				x, y = flat[0], flat[1]
			}
		})
		ok := c.check(f, b)
		if c.conform != nil {
			ok = c.conform.row(f, b) && ok
		}
		if len(b.problems) > known {
			c.locate(b.problems[known:], x, y)
		}
		if ok {
			b.n++
			b.ordinates += ordinates(f.Geometry)
		} else {
			b.rejected++
		}
	}
	b.rows = row
	b.done, b.total = r.Offset()
	return row
}

// check tells whether f can be stored, and notes what is wrong with it.
func (c *rows) check(f *geo.Feature, b *batch) bool {
	ok := true
	fail := func(p geo.Problem) {
		p.Row, ok = f.FID, false
		b.problems = append(b.problems, severe{Problem: p, severity: Error})
	}
	switch {
	case c.key >= 0:
		f.ID = f.Values[c.key].String()
		if strings.TrimSpace(f.ID) == "" {
			fail(geo.Problem{Column: c.schema.Key, Rule: geo.RuleMissingKey})
		}
	case c.hasIDs && f.ID == "":
		fail(geo.Problem{Column: "id", Rule: geo.RuleMissingKey})
	}
	if c.transform == nil {
		return ok
	}
	if f.Geometry.IsEmpty() {
		f.Geometry = geo.Geometry{}
		b.problems = append(b.problems, severe{Problem: geo.Problem{Row: f.FID, Rule: geo.RuleNoGeometry}, severity: Warning})
		return ok
	}
	if c.swap {
		f.Geometry.EachFlat(crs.SwapXY)
	}
	x, y, outside := c.outside(f.Geometry)
	if (outside || f.Geometry.HasZ()) && !f.Geometry.Finite() { // heights too, of which validity says nothing
		fail(geo.Problem{Rule: geo.RuleGeometry, Detail: string(valid.NonFinite)})
		return false
	}
	if outside {
		detail := c.transform.System().Code.String()
		if c.transform.Contains(y, x) {
			detail += axesSeemSwapped
		}
		fail(geo.Problem{Value: position(x, y), Rule: geo.RuleOutsideCRS, Detail: detail})
		return false
	}
	// Validity is decided in the source's own plane, as the publisher drew it.
	if !c.shapes.inSource(f, b) {
		return false
	}
	f.Geometry.EachFlat(c.transform.ToLonLat)
	if ok {
		c.shapes.inDegrees(f, b)
	}
	return ok
}

// axesSeemSwapped follows the CRS in the detail of coordinates outside of it.
const axesSeemSwapped = "; x and y seem to be exchanged"

// outside finds a position that the CRS cannot mean.
func (c *rows) outside(g geo.Geometry) (x, y float64, found bool) {
	g.EachFlat(func(flat []float64, stride int) {
		for i := 0; i+1 < len(flat) && !found; i += stride {
			if !c.transform.Contains(flat[i], flat[i+1]) {
				x, y, found = flat[i], flat[i+1], true
			}
		}
	})
	return x, y, found
}

// locate says where the feature of some problems begins, if the CRS can mean it.
func (c *rows) locate(problems []severe, x, y float64) {
	if c.swap {
		x, y = y, x
	}
	if c.transform == nil || !c.transform.Contains(x, y) {
		return
	}
	at := []float64{x, y}
	c.transform.ToLonLat(at, 2)
	for i := range problems {
		problems[i].position = &[2]float64{at[0], at[1]}
	}
}

func position(x, y float64) string { return fmt.Sprintf("%.9g %.9g", x, y) }
