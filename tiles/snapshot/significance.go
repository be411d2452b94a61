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
	if err := out.weigh(ctx, s, &simplifier, opt); err != nil {
		return out, err
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
