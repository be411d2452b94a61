package place

import (
	"bytes"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// Finder finds where the geometry of a table is, from all of its rows.
type Finder struct {
	names    []string
	declared bool // by the options: then there is nothing to choose
	shapes   []shapeColumn
	pairs    []pairColumn
	xys      []xyColumn
}

// patience is how many cells of a column without any geometry are looked at.
const patience = 50

type shapeColumn struct {
	column      int
	cells, good int64
	given       bool
	t           geo.GeometryType
	hasZ        bool
	bounds      geo.Bounds
	votes       crsVotes
	srid        int
}

type pairColumn struct {
	column      int
	xFirst      bool // by name
	cells, good int64
	order       orderVotes
	bounds      geo.Bounds // of the numbers as they stand
	votes       [2]crsVotes
}

type xyColumn struct {
	xy
	cells, good int64
	bounds      geo.Bounds
	votes       crsVotes
}

// Found is what a Finder found.
type Found struct {
	Place
	Type   geo.GeometryType
	HasZ   bool
	Bounds geo.Bounds // in CRS
	CRS    crs.Code   // zero where neither the table nor its numbers tell
}

// NewFinder looks for a geometry in columns with these names: where opt says, or
// anywhere. Errors are of KindInvalid.
func NewFinder(names []string, opt format.Options) (*Finder, error) {
	f := &Finder{names: names}
	switch {
	case opt.Geometry == format.NoGeometryColumn:
		return f, nil
	case opt.Geometry != "":
		i, err := columnCalled(names, opt.Geometry)
		if err != nil {
			return nil, err
		}
		_, xFirst := pairName(opt.Geometry)
		f.declared = true
		f.shapes = []shapeColumn{{column: i, given: true, bounds: geo.EmptyBounds()}}
		f.pairs = []pairColumn{{column: i, xFirst: xFirst, bounds: geo.EmptyBounds()}}
		return f, nil
	case opt.X != "" || opt.Y != "":
		x, err := columnCalled(names, opt.X)
		if err != nil {
			return nil, err
		}
		y, err := columnCalled(names, opt.Y)
		if err != nil {
			return nil, err
		}
		f.declared = true
		f.xys = []xyColumn{{xy: xy{x: x, y: y}, bounds: geo.EmptyBounds()}}
		return f, nil
	}
	for i, name := range names {
		f.shapes = append(f.shapes, shapeColumn{column: i, bounds: geo.EmptyBounds()})
		if isPair, xFirst := pairName(name); isPair {
			f.pairs = append(f.pairs, pairColumn{column: i, xFirst: xFirst, bounds: geo.EmptyBounds()})
		}
	}
	for _, c := range xyColumns(names) {
		f.xys = append(f.xys, xyColumn{xy: c, bounds: geo.EmptyBounds()})
	}
	return f, nil
}

func columnCalled(names []string, name string) (int, error) {
	if i := slices.Index(names, name); i >= 0 {
		return i, nil
	}
	return 0, geo.Errorf(geo.KindInvalid, "there is no column called %q", name).
		WithHint("the columns are: %s", geo.ClipValue(strings.Join(names, ", ")))
}

// Add takes a row of as many cells as there are names.
func (f *Finder) Add(cells [][]byte) {
	for i := range f.shapes {
		f.shapes[i].add(cells[f.shapes[i].column])
	}
	for i := range f.pairs {
		f.pairs[i].add(cells[f.pairs[i].column])
	}
	for i := range f.xys {
		f.xys[i].add(cells[f.xys[i].x], cells[f.xys[i].y])
	}
}

func (c *shapeColumn) add(cell []byte) {
	if c.good == 0 && c.cells >= patience && !c.given {
		return
	}
	b := bytes.TrimSpace(cell)
	if len(b) == 0 {
		return
	}
	c.cells++
	if !looksLikeShape(b) {
		return
	}
	g, srid, err := parseShape(b)
	if err != nil {
		return
	}
	c.good++
	if c.srid == 0 {
		c.srid = srid
	}
	c.t, c.hasZ = c.t.Merge(g.Type()), c.hasZ || g.HasZ()
	if b := g.Bounds(); !b.IsEmpty() {
		c.bounds = c.bounds.Union(b)
		c.votes.add(b.MinX, b.MinY)
	}
}

func (c *pairColumn) add(cell []byte) {
	if len(bytes.TrimSpace(cell)) == 0 {
		return
	}
	c.cells++
	first, second, ok := parsePair(cell)
	if !ok {
		return
	}
	c.good++
	c.order.add(first, second)
	c.votes[0].add(first, second)
	c.votes[1].add(second, first)
	c.bounds = c.bounds.Extend(first, second)
}

func (c *xyColumn) add(xCell, yCell []byte) {
	if len(bytes.TrimSpace(xCell)) == 0 && len(bytes.TrimSpace(yCell)) == 0 {
		return
	}
	c.cells++
	x, ok := coordinate(xCell)
	if !ok {
		return
	}
	y, ok := coordinate(yCell)
	if !ok {
		return
	}
	c.good++
	c.votes.add(x, y)
	c.bounds = c.bounds.Extend(x, y)
}

// mostly tells whether a column that is found by itself holds what it seems to:
// at least half of its cells, so that the rest can be reported.
func mostly(good, cells int64) bool { return good > 0 && good*2 >= cells }

// Choose gives the place of the geometry.
func (f *Finder) Choose(declared crs.Code) Found {
	r := f.pick()
	if declared != crs.Unknown {
		r.CRS = declared
	}
	return r
}

func (f *Finder) pick() Found {
	best := -1
	for i, c := range f.shapes {
		if !mostly(c.good, c.cells) && !(f.declared && c.good >= f.pairs[0].good) {
			continue
		}
		if best < 0 || shapeName(f.names[c.column]) < shapeName(f.names[f.shapes[best].column]) {
			best = i
		}
	}
	if best >= 0 {
		return f.shapes[best].found()
	}
	for _, c := range f.xys {
		if f.declared || c.degrees && mostly(c.good, c.cells) {
			return c.found()
		}
	}
	for _, c := range f.pairs {
		if f.declared || mostly(c.good, c.cells) {
			return c.found()
		}
	}
	for _, c := range f.xys {
		if mostly(c.good, c.cells) {
			return c.found()
		}
	}
	return Found{Bounds: geo.EmptyBounds()}
}

func (c *shapeColumn) found() Found {
	r := Found{Place: Place{form: shapeForm, column: c.column, srid: c.srid}, Type: c.t, HasZ: c.hasZ, Bounds: c.bounds}
	if c.good == 0 {
		r.Type = geo.GeometryAny
	}
	if c.srid != 0 {
		r.CRS = systemOf(c.srid)
	} else {
		r.CRS = c.votes.guess()
	}
	return r
}

func (c *pairColumn) found() Found {
	r := Found{Place: Place{form: pairForm, column: c.column}, Type: geo.GeometryPoint, Bounds: c.bounds}
	if r.xFirst = c.order.xFirst(c.xFirst); r.xFirst {
		r.CRS = c.votes[0].guess()
		return r
	}
	r.CRS = c.votes[1].guess()
	if !c.bounds.IsEmpty() {
		r.Bounds = geo.Bounds{MinX: c.bounds.MinY, MinY: c.bounds.MinX, MaxX: c.bounds.MaxY, MaxY: c.bounds.MaxX}
	}
	return r
}

func (c *xyColumn) found() Found {
	r := Found{Place: Place{form: xyForm, x: c.x, y: c.y}, Type: geo.GeometryPoint, Bounds: c.bounds, CRS: c.votes.guess()}
	if r.CRS == crs.Unknown && c.degrees {
		r.CRS = crs.CRS84 // the names say so; what lies outside is reported row by row
	}
	return r
}
