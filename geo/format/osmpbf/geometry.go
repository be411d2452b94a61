package osmpbf

import (
	"errors"
	"fmt"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/format/osmpbf/block"
	"puy/geo/format/rings"
)

// maxPositions bounds the positions of one geometry; the largest known have about a
// million.
const maxPositions = 2 << 20

// incomplete says why an element has no geometry.
type incomplete struct{ reason string }

// Error gives the reason.
func (e *incomplete) Error() string { return e.reason }

func without(format string, args ...any) error { return &incomplete{fmt.Sprintf(format, args...)} }

var errTooLarge = &incomplete{fmt.Sprintf("it has more than %d positions", maxPositions)}

// geometry makes the geometry of the current element, whose shape is s. Remark says
// what of it is not there; an *incomplete error says that there is none.
func (p *plan) geometry(s shape) (g geo.Geometry, remark string, err error) {
	var t geom.T
	e := &p.element
	switch {
	case s == point:
		lon, lat := e.Position.Degrees()
		t = geom.NewPointFlat(geom.XY, []float64{lon, lat})
	case s == line && e.Kind == block.Way:
		t, remark, err = p.wayLine()
	case s == line:
		t, remark, err = p.route()
	case e.Kind == block.Way:
		t, err = p.wayArea()
	default:
		t, err = p.multipolygon()
	}
	if err != nil {
		return geo.Geometry{}, "", err
	}
	g, err = geo.NewGeometry(t)
	return g, remark, err
}

// positionsOf appends the positions of nodes, of which the file may lack some:
// then the list is cut there. Ends gets the end of each part.
type positionsOf struct {
	flat    []float64
	ends    []int
	missing int
}

func (p *plan) follow(refs []int64, to *positionsOf) error {
	start := len(to.flat)
	cut := func() {
		if distinct(to.flat[start:]) {
			to.ends = append(to.ends, len(to.flat))
		} else {
			to.flat = to.flat[:start]
		}
		start = len(to.flat)
	}
	if len(to.flat)/2+len(refs) > maxPositions {
		return errTooLarge
	}
	for _, ref := range refs {
		n, _, err := p.positions.Get(ref)
		if err != nil {
			return err
		}
		if n == 0 {
			to.missing++
			cut()
			continue
		}
		lon, lat := unpacked(n).Degrees()
		to.flat = append(to.flat, lon, lat)
	}
	cut()
	return nil
}

// distinct tells whether there are two positions that differ.
func distinct(flat []float64) bool {
	for i := 2; i < len(flat); i += 2 {
		if flat[i] != flat[0] || flat[i+1] != flat[1] {
			return true
		}
	}
	return false
}

func (l *positionsOf) line() geom.T {
	if len(l.ends) == 1 {
		return geom.NewLineStringFlat(geom.XY, l.flat)
	}
	return geom.NewMultiLineStringFlat(geom.XY, l.flat, l.ends)
}

func (p *plan) wayLine() (geom.T, string, error) {
	var l positionsOf
	if err := p.follow(p.element.Refs, &l); err != nil {
		return nil, "", err
	}
	switch {
	case len(l.ends) == 0 && l.missing > 0:
		return nil, "", without("%d of its nodes are not in the file", l.missing)
	case len(l.ends) == 0:
		return nil, "", without("it has no two different positions")
	case l.missing > 0:
		return l.line(), fmt.Sprintf("%d of its nodes are not in the file", l.missing), nil
	}
	return l.line(), "", nil
}

func (p *plan) wayArea() (geom.T, error) {
	var j joiner
	if err := j.add(p.element.Refs, false); err != nil {
		return nil, err
	}
	return p.polygons(&j)
}

// memberWays calls fn with the nodes of each way that the geometry of the current
// relation needs, and counts the ways, and those that are not in the file.
func (p *plan) memberWays(s shape, fn func(refs []int64, role []byte) error) (all, missing int, err error) {
	var refs []int64
	err = needs(&p.element, s, func(id int64, role []byte) error {
		all++
		at, _, err := p.ways.Get(id)
		if err != nil {
			return err
		}
		if at == 0 {
			missing++
			return nil
		}
		if refs, err = p.refs.Read(at, refs[:0]); err != nil {
			return err
		}
		return fn(refs, role)
	})
	return all, missing, err
}

// withoutWays says why the current relation has no ways that make its geometry.
func (p *plan) withoutWays() error {
	for _, m := range p.element.Members {
		if m.Kind == block.Relation {
			return without("it consists of other relations")
		}
	}
	return without("it has no ways")
}

// route makes lines of the ways of a relation, each in the direction of the way.
func (p *plan) route() (geom.T, string, error) {
	var l positionsOf
	all, missing, err := p.memberWays(line, func(refs []int64, _ []byte) error { return p.follow(refs, &l) })
	switch {
	case err != nil:
		return nil, "", err
	case all == 0:
		return nil, "", p.withoutWays()
	case len(l.ends) == 0:
		return nil, "", without("%d of its ways are not in the file", missing)
	}
	t := geom.NewMultiLineStringFlat(geom.XY, l.flat, l.ends)
	if missing > 0 {
		return t, fmt.Sprintf("%d of its ways are not in the file", missing), nil
	}
	return t, "", nil
}

// multipolygon makes areas of the ways of a relation.
func (p *plan) multipolygon() (geom.T, error) {
	var j joiner
	all, missing, err := p.memberWays(area, func(refs []int64, role []byte) error {
		return j.add(refs, string(role) == "inner" || string(role) == "enclave")
	})
	switch {
	case err != nil:
		return nil, err
	case all == 0:
		return nil, p.withoutWays()
	case missing > 0:
		return nil, without("%d of its ways are not in the file", missing)
	}
	return p.polygons(&j)
}

// polygons makes areas of ways that are joined.
func (p *plan) polygons(j *joiner) (geom.T, error) {
	if err := j.join(); err != nil {
		return nil, err
	}
	var l positionsOf
	for _, r := range j.rings {
		start, parts := len(l.flat), len(l.ends)
		if err := p.follow(r.refs, &l); err != nil {
			return nil, err
		}
		if l.missing > 0 {
			return nil, without("%d of its nodes are not in the file", l.missing)
		}
		if len(l.ends) == parts { // a ring without extent
			continue
		}
		if len(j.rings) > 1 && clockwise(l.flat[start:]) == r.inner {
			reverse(l.flat[start:])
		}
	}
	if len(l.ends) == 0 {
		return nil, without("it has no ring")
	}
	return rings.Assemble(geom.XY, l.flat, l.ends), nil
}

func clockwise(flat []float64) bool {
	doubled, x0, y0 := 0.0, flat[0], flat[1]
	for i := 0; i+3 < len(flat); i += 2 {
		doubled += (flat[i]-x0)*(flat[i+3]-y0) - (flat[i+2]-x0)*(flat[i+1]-y0)
	}
	return doubled < 0
}

func reverse(flat []float64) {
	for i, k := 0, len(flat)-2; i < k; i, k = i+2, k-2 {
		flat[i], flat[i+1], flat[k], flat[k+1] = flat[k], flat[k+1], flat[i], flat[i+1]
	}
}

// isIncomplete gives the reason why an element has no geometry.
func isIncomplete(err error) (string, bool) {
	e, ok := errors.AsType[*incomplete](err)
	if !ok {
		return "", false
	}
	return e.reason, true
}
