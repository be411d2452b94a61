package gpkg

import (
	"database/sql/driver"
	"sync"

	"github.com/twpayne/go-geom"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/geo/relate"
)

// shapes are the prepared geometries of the queries that run, by number: a
// parameter of SQL cannot hold one.
type shapes struct {
	mu   sync.RWMutex
	last int64
	held map[int64]*relate.Prepared
}

func (s *shapes) hold(p *relate.Prepared) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = make(map[int64]*relate.Prepared)
	}
	s.last++
	s.held[s.last] = p
	return s.last
}

func (s *shapes) release(numbers []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range numbers {
		delete(s.held, n)
	}
}

func (s *shapes) get(number int64) *relate.Prepared {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.held[number]
}

// functions are the SQL functions puy_relates(relation, geometry, number of the
// second) and puy_relates_itself(relation, geometry). They give null where
// there is no geometry, or none that can be read or related.
func (s *shapes) functions() []gp.Function {
	relates := func(args []driver.Value) (driver.Value, error) {
		relation, _ := args[0].(int64)
		number, _ := args[2].(int64)
		blob, ok := args[1].([]byte)
		p := s.get(number)
		if !ok || p == nil {
			return nil, nil
		}
		r := relate.Relation(relation)
		if box, err := gp.BlobBounds(blob); err == nil {
			if holds, sure := p.Quick(r, box); sure {
				return truth(holds), nil
			}
		}
		g, err := gp.ParseBlob(blob)
		if err != nil {
			return nil, nil
		}
		return related(p.Test(r, g))
	}
	itself := func(args []driver.Value) (driver.Value, error) {
		relation, _ := args[0].(int64)
		blob, ok := args[1].([]byte)
		if !ok {
			return nil, nil
		}
		g, err := gp.ParseBlob(blob)
		if err != nil {
			return nil, nil
		}
		p, err := relate.Prepare(g)
		if err != nil {
			return nil, nil
		}
		return related(p.Test(relate.Relation(relation), g))
	}
	return []gp.Function{{Name: "puy_relates", Args: 3, Call: relates}, {Name: "puy_relates_itself", Args: 2, Call: itself}}
}

// related gives the answer as SQL has it: null where shapes cannot be related.
func related(holds bool, err error) (driver.Value, error) {
	if err != nil {
		return nil, nil
	}
	return truth(holds), nil
}

func truth(b bool) driver.Value {
	if b {
		return int64(1)
	}
	return int64(0)
}

// parts gives the boxes of the polygons of g, if it is of several.
func parts(g geo.Geometry) []geo.Bounds {
	m, ok := g.T().(*geom.MultiPolygon)
	if !ok {
		return nil
	}
	var boxes []geo.Bounds
	for i := range m.NumPolygons() {
		if p, err := geo.NewGeometry(m.Polygon(i)); err == nil {
			boxes = append(boxes, p.Bounds())
		}
	}
	return boxes
}
