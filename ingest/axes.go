package ingest

import (
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/place"
)

// ahead gives rows that were looked at before again, and then those that follow.
type ahead struct {
	format.Reader
	kept []kept
}

type kept struct {
	feature geo.Feature
	err     error
}

// look reads the first rows of r, at most a batch.
func look(r format.Reader) *ahead {
	a := &ahead{Reader: r}
	for n := 0; len(a.kept) < batchSize && n < maxOrdinates; {
		var k kept
		k.err = r.Read(&k.feature)
		a.kept = append(a.kept, k)
		n += ordinates(k.feature.Geometry)
		if k.err != nil {
			break // a bad row is told in its turn; what follows is not looked at
		}
	}
	return a
}

// Read is that of format.Reader.
func (a *ahead) Read(f *geo.Feature) error {
	if len(a.kept) == 0 {
		return a.Reader.Read(f)
	}
	k := a.kept[0]
	a.kept[0], a.kept = kept{}, a.kept[1:]
	if k.err == nil {
		*f = k.feature
	}
	return k.err
}

// axes judges in which order coordinates stand.
type axes struct {
	transform *crs.Transform
	territory geo.Bounds // longitude, latitude; empty where none is declared

	total         int
	given, turned int // positions that make sense as they are read, and the other way round
	home, abroad  int // those in France as they are read, and only the other way round
}

// add takes a position as it was read.
func (a *axes) add(x, y float64) {
	a.total++
	given, turned := a.sensible(x, y), a.sensible(y, x)
	if given {
		a.given++
	}
	if turned {
		a.turned++
	}
	if a.territory.IsEmpty() && given && turned {
		switch at, other := a.lonLat(x, y), a.lonLat(y, x); {
		case france(at):
			a.home++
		case france(other):
			a.abroad++
		}
	}
}

func (a *axes) lonLat(x, y float64) [2]float64 {
	p := [2]float64{x, y}
	a.transform.ToLonLat(p[:], 2)
	return p
}

// sensible tells whether x, y can be a position of the CRS, and lies in the territory.
func (a *axes) sensible(x, y float64) bool {
	if !a.transform.Contains(x, y) {
		return false
	}
	if a.territory.IsEmpty() {
		return true
	}
	p := a.lonLat(x, y)
	return a.territory.Intersects(geo.Bounds{MinX: p[0], MinY: p[1], MaxX: p[0], MaxY: p[1]})
}

// swapped tells that the other order is the right one: nearly all positions make
// sense that way, and next to none as they are.
func (a *axes) swapped() bool {
	return a.total > 0 && a.turned*10 >= a.total*9 && a.given*10 <= a.total
}

// suspect tells that the other order is the likelier one, by France alone.
func (a *axes) suspect() bool { return a.total > 0 && a.abroad*10 >= a.total*9 }

// france tells whether longitude, latitude lie in France in Europe.
func france(p [2]float64) bool { return p[0] >= -6 && p[0] <= 10 && p[1] >= 41 && p[1] <= 52 }

// territoryOf gives west, south, east, north as bounds, empty where there are none.
func territoryOf(t []float64) geo.Bounds {
	if len(t) != 4 {
		return geo.EmptyBounds()
	}
	return geo.Bounds{MinX: t[0], MinY: t[1], MaxX: t[2], MaxY: t[3]}
}

// guess gives the CRS of the rows that were looked at where none of them can be in
// the one that the file says, by the size of the coordinates; otherwise crs.Unknown.
func (a *ahead) guess(t *crs.Transform) crs.Code {
	box := geo.EmptyBounds()
	fits := false
	for _, k := range a.kept {
		k.feature.Geometry.EachFlat(func(flat []float64, _ int) {
			fits = fits || t.Contains(flat[0], flat[1]) || t.Contains(flat[1], flat[0])
			box = box.Extend(flat[0], flat[1])
		})
	}
	if fits {
		return crs.Unknown
	}
	return place.Guess(box)
}

// guessed notes that a CRS is only likely.
func (l *loading) guessed(code crs.Code) {
	l.crsGuessed, l.report.CRS = true, code.String()
	l.note(geo.Problem{Value: code.String(), Rule: geo.RuleGuessedCRS}, Warning)
}

// orient decides whether x and y of the rows of r must change places: as the entry
// says, or by the territory that it declares and the area of the CRS. The Reader
// that it gives has all rows of r.
func (l *loading) orient(r format.Reader, check *rows) format.Reader {
	trail := r.Layer().Trail
	l.axes = "xy"
	if trail.YFirst {
		l.axes = "yx"
	}
	if declared := l.dataset.Source.Axes; declared != "" {
		check.swap = declared != l.axes
		l.axes = declared
		return r
	}
	a := look(r)
	if code := a.guess(check.transform); l.dataset.Source.CRS == "" && code != crs.Unknown {
		if t, err := crs.New(code); err == nil {
			check.transform, check.shapes.transform = t, t
			l.guessed(code)
		}
	}
	seen := axes{transform: check.transform, territory: check.shapes.territory}
	var first [2]float64
	for _, k := range a.kept {
		k.feature.Geometry.EachFlat(func(flat []float64, stride int) {
			if seen.total == 0 {
				first = [2]float64{flat[0], flat[1]}
			}
			seen.add(flat[0], flat[1])
		})
	}
	switch {
	case seen.swapped():
		check.swap = true
		l.axes = map[bool]string{true: "xy", false: "yx"}[trail.YFirst]
		l.note(geo.Problem{Value: position(first[0], first[1]), Rule: geo.RuleSwappedAxes, Detail: "they are exchanged"}, Warning)
	case seen.suspect():
		l.note(geo.Problem{Value: position(first[0], first[1]), Rule: geo.RuleSwappedAxes, Detail: "they are left as they are"}, Warning)
	}
	return a
}
