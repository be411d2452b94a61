package snapshot

import (
	"context"
	"encoding/binary"
	"math"

	"puy/tiles/generalise"
)

// shape is one record taken apart.
type shape struct {
	kind  kind
	fid   uint64
	pts   []generalise.Point
	sig   []byte // one a point
	parts []part
}

type part struct {
	first, last int // in pts
	exterior    bool
}

// read takes a packed record apart, leaving out vertices of less than a
// significance. Vertices without one are pinned.
func (s *shape) read(b []byte, least byte) {
	var p packed
	s.pts, s.sig, s.parts = s.pts[:0], s.sig[:0], s.parts[:0]
	if !p.parse(b) {
		return
	}
	s.kind, s.fid = p.kind, p.fid
	for {
		xy, zooms, exterior, ok := p.next()
		if !ok {
			return
		}
		first := len(s.pts)
		for i := 0; i < len(xy); i += 8 {
			sig := byte(generalise.Pinned)
			if zooms != nil {
				sig = zooms[i/8]
			}
			if sig >= least {
				v := binary.LittleEndian.Uint64(xy[i:])
				s.pts = append(s.pts, generalise.Point{X: uint32(v), Y: uint32(v >> 32)})
				s.sig = append(s.sig, sig)
			}
		}
		s.parts = append(s.parts, part{first, len(s.pts), exterior})
	}
}

// size gives the area of polygons or the length of lines in grid units.
func (s *shape) size() float64 {
	sum := 0.0
	for _, p := range s.parts {
		switch s.kind {
		case kindLines:
			sum += generalise.Length(s.pts[p.first:p.last])
		case kindPolygons:
			sum += generalise.Area(s.pts[p.first:p.last])
		}
	}
	return sum
}

// record makes a record of the shape, with significances in the place of zooms.
func (s *shape) record(r *record) {
	r.reset(s.kind)
	r.fid = s.fid
	pinned := true
	for _, p := range s.parts {
		head := uint64(p.last-p.first) << 1
		if p.exterior {
			head |= 1
		}
		r.parts = append(r.parts, head)
	}
	for i, p := range s.pts {
		r.xy = append(r.xy, p.X, p.Y)
		pinned = pinned && s.sig[i] == generalise.Pinned
	}
	if !pinned {
		r.zooms = append(r.zooms, s.sig...)
	}
}

// generalised gives a second spool in the order of the file, where each vertex
// has its significance in the place of its zoom, and each entry its size.
func (s *spool) generalised(ctx context.Context, path string, opt Options) (out *spool, err error) {
	var simplifier generalise.Simplifier
	if s.vertices > 0 && !opt.Exact {
		if err := s.findNodes(ctx, &simplifier); err != nil {
			return nil, err
		}
	}
	a, err := newArena(path)
	if err != nil {
		return nil, err
	}
	out = &spool{arena: a, entries: s.entries, features: s.features, columns: s.columns, vertices: s.vertices, extent: s.extent}
	var (
		sh  shape
		rec record
	)
	costs := out.costs()
	for i := range out.entries {
		if i%1024 == 0 && ctx.Err() != nil {
			return out, context.Cause(ctx)
		}
		e := &out.entries[i]
		f := s.at(e.offset)
		sh.read(f.record, 0)
		if sh.kind != kindPoints && !opt.Exact {
			for _, p := range sh.parts {
				if pts, sig := sh.pts[p.first:p.last], sh.sig[p.first:p.last]; sh.kind == kindLines {
					simplifier.Line(pts, sig)
				} else {
					clear(sig)
					simplifier.Ring(pts, sig)
				}
			}
		}
		e.size = float32(math.Abs(sh.size()))
		attributes := f.attributes
		cost := 10 + float64(len(binary.AppendUvarint(nil, sh.fid)))
		for n := range out.columns {
			if value := f.value(); len(value) > 0 {
				cost += 3 + costs[n]*float64(len(value))
			}
		}
		attributes = attributes[:len(attributes)-len(f.attributes)]
		sh.record(&rec)
		var size int
		e.offset, size = out.add(boxAt(f.box), &rec, uint32(min(cost, 1<<30)), attributes, 0)
		out.records += uint64(size)
	}
	return out, out.remap()
}

// costs gives for each column how many of the bytes of a value a feature adds to
// a tile on average: values that repeat are there once.
func (s *spool) costs() []float64 {
	costs := make([]float64, len(s.columns))
	for i := range s.columns {
		costs[i] = 1
		if c := &s.columns[i]; c.codes != nil && c.filled > 0 {
			costs[i] = math.Sqrt(float64(len(c.codes)) / float64(c.filled))
		}
	}
	return costs
}

// findNodes lets the simplifier know where the borders of features part.
func (s *spool) findNodes(ctx context.Context, simplifier *generalise.Simplifier) error {
	search := generalise.NewSearch(s.vertices)
	each := func(see func(k kind, pts []generalise.Point)) error {
		var sh shape
		for i := range s.entries {
			if i%1024 == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if s.entries[i].kind == kindPoints {
				continue
			}
			sh.read(s.at(s.entries[i].offset).record, 0)
			for _, p := range sh.parts {
				see(sh.kind, sh.pts[p.first:p.last])
			}
		}
		return nil
	}
	rings := false
	for range search.Passes() {
		err := each(func(k kind, pts []generalise.Point) {
			if k == kindLines {
				search.Line(pts)
				return
			}
			rings = true
			search.Ring(pts)
		})
		if err != nil {
			return err
		}
		search.Next()
	}
	simplifier.Nodes = *search.Nodes()
	if !rings {
		return nil
	}
	return each(func(k kind, pts []generalise.Point) {
		if k == kindPolygons {
			simplifier.Support(pts)
		}
	})
}
