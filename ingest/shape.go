package ingest

import (
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/repair"
	"puy/geo/valid"
)

// shapes checks what a geometry is beyond being valid, feature by feature.
type shapes struct {
	repair    bool
	transform *crs.Transform
	territory geo.Bounds // longitude, latitude; empty where none is declared
	key       int        // the position of the key field, -1 without one
	// coordinates are the fields that hold the geometry as well.
	coordinates []int
	kinds       [9]int64 // features of each geometry type

	seed  maphash.Seed
	seen  *fingerprints
	buf   []byte
	touch *neighbours // nil where it was not asked for
}

// shapesOf makes the checks that the dataset asks for; geometry are the columns that
// hold the geometry. Where areas are repaired some
// may fall into parts, so that the schema becomes one of multipolygons.
func (l *loading) shapesOf(c *rows, geometry []string) *shapes {
	s := &shapes{repair: l.dataset.Repair, transform: c.transform, territory: territoryOf(l.dataset.Territory), key: c.key,
		seed: maphash.MakeSeed(), seen: newFingerprints(maxSlots)}
	for _, name := range geometry {
		s.coordinates = append(s.coordinates, c.schema.Index(name))
	}
	if s.repair {
		if c.schema.Geometry == geo.GeometryPolygon {
			c.schema.Geometry = geo.GeometryMultiPolygon
			l.report.Geometry = c.schema.Geometry
		}
	}
	if l.dataset.Touching > 0 {
		s.touch = &neighbours{tolerance: l.dataset.Touching}
	}
	return s
}

// wholeFile tells what only all features together show; s is nil for tables.
func (l *loading) wholeFile(ctx context.Context, s *shapes) error {
	if s == nil {
		return nil
	}
	if p, mixed := s.mixture(); mixed {
		l.note(p, Warning)
	}
	if s.touch == nil {
		return nil
	}
	if s.touch.full {
		l.note(geo.Problem{Rule: geo.RuleIgnored, Detail: "too many vertices to look for all gaps"}, Warning)
	}
	return s.touch.find(ctx, func(p geo.Problem) { l.note(p, Warning) })
}

// inSource checks f in the coordinates of its source, and repairs it where that is
// asked for. It is false where f cannot be stored.
func (s *shapes) inSource(f *geo.Feature, b *batch) bool {
	if d := valid.Check(f.Geometry); d != nil {
		fixed, ok := geo.Geometry{}, false
		if s.repair {
			fixed, ok = repair.Valid(f.Geometry)
		}
		if !ok {
			b.problems = append(b.problems, severe{Problem: geo.Problem{Row: f.FID, Value: position(d.X, d.Y), Rule: geo.RuleGeometry, Detail: string(d.Reason)}, severity: Error})
			return false
		}
		s.repaired(f, b, d, fixed)
	}
	if d := valid.Blemish(f.Geometry); d != nil {
		if s.repair {
			if tidied, ok := repair.Tidy(f.Geometry); ok && valid.Blemish(tidied) == nil {
				s.repaired(f, b, d, tidied)
				return true
			}
		}
		rule := geo.RuleRepeatedPoint
		if d.Reason == valid.NarrowSpike {
			rule = geo.RuleSpike
		}
		s.warn(f, b, geo.Problem{Value: position(d.X, d.Y), Rule: rule})
	}
	return true
}

// repaired puts g in the place of f's geometry, which had the defect d.
func (s *shapes) repaired(f *geo.Feature, b *batch, d *valid.Defect, g geo.Geometry) {
	detail := string(d.Reason)
	if t := g.Type(); t.Dimension() == 2 || t == geo.GeometryGeometryCollection {
		detail += fmt.Sprintf(", area %s → %s m²", squareMetres(s.area(f.Geometry)), squareMetres(s.area(g)))
	}
	f.Geometry = g
	s.warn(f, b, geo.Problem{Value: position(d.X, d.Y), Rule: geo.RuleRepaired, Detail: detail})
}

func (s *shapes) warn(f *geo.Feature, b *batch, p geo.Problem) {
	p.Row = f.FID
	b.problems = append(b.problems, severe{Problem: p, severity: Warning})
}

// area gives about the area of g in square metres.
func (s *shapes) area(g geo.Geometry) float64 {
	a := repair.Area(g)
	if s.transform.System().Geographic {
		const degree = 111_195 // metres
		b := g.Bounds()
		a *= degree * degree * math.Abs(math.Cos((b.MinY+b.MaxY)/2*math.Pi/180))
	}
	return a
}

func squareMetres(a float64) string {
	if a >= 1000 {
		return fmt.Sprintf("%.0f", a)
	}
	return fmt.Sprintf("%.4g", a)
}

// inDegrees checks f in longitude, latitude; hidden from nobody, it only warns.
func (s *shapes) inDegrees(f *geo.Feature, b *batch) {
	s.kinds[f.Geometry.Type()]++
	box := f.Geometry.Bounds()
	if !s.territory.IsEmpty() && !s.territory.Intersects(box) {
		p := geo.Problem{Value: position(box.MinX, box.MinY), Rule: geo.RuleOutside}
		if s.territory.Intersects(geo.Bounds{MinX: box.MinY, MinY: box.MinX, MaxX: box.MaxY, MaxY: box.MaxX}) {
			p.Rule, p.Detail = geo.RuleSwappedAxes, "they are left as they are"
		}
		s.warn(f, b, p)
	}
	if first := s.seen.add(s.hash(f), f.FID); first != 0 {
		s.warn(f, b, geo.Problem{Rule: geo.RuleDoubled, Detail: fmt.Sprintf("row %d", first)})
	}
	if s.touch != nil {
		s.touch.add(f)
	}
}

// hash is of the geometry and of all values but the key, and of the key as well
// where there is no other value than coordinates.
func (s *shapes) hash(f *geo.Feature) uint64 {
	s.buf = f.Geometry.AppendWKB(s.buf[:0])
	bare := true
	for i, v := range f.Values {
		if i != s.key {
			s.buf = v.Append(append(s.buf, byte(v.Type())))
			bare = bare && (v.IsNull() || slices.Contains(s.coordinates, i))
		}
	}
	if bare {
		s.buf = append(s.buf, f.ID...)
	}
	return maphash.Bytes(s.seed, s.buf)
}

// mixture tells of points, lines and areas in one file.
func (s *shapes) mixture() (geo.Problem, bool) {
	var dimensions [3]bool
	var kinds []string
	different := 0
	for t, n := range s.kinds {
		if n == 0 {
			continue
		}
		kinds = append(kinds, fmt.Sprintf("%s %d", geo.GeometryType(t), n))
		if d := geo.GeometryType(t).Dimension(); d >= 0 && !dimensions[d] {
			dimensions[d] = true
			different++
		}
	}
	return geo.Problem{Value: strings.Join(kinds, ", "), Rule: geo.RuleMixedGeometry}, different > 1
}
