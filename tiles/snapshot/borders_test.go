package snapshot

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/tiles/generalise"
)

// tessellation covers a rectangle with n × n areas with curved borders. Every
// fifth is cut in two, so that its neighbours have a third at that place; every
// seventh has a hole, which an island of another feature fills; rings begin
// anywhere and go either way.
func tessellation(n int, lon, lat, width float64) iter.Seq2[*geo.Feature, error] {
	rng := rand.New(rand.NewPCG(5, 6))
	type point = [2]float64
	step := width / float64(n)
	nodes := make([]point, (n+1)*(n+1))
	for i := range nodes {
		nodes[i] = point{lon + step*(float64(i%(n+1))+0.3*rng.Float64()), lat + step*(float64(i/(n+1))+0.3*rng.Float64())}
	}
	var wiggle func(a, b point, depth int) []point // the points after a up to b
	wiggle = func(a, b point, depth int) []point {
		if depth == 0 {
			return []point{b}
		}
		dx, dy, r := b[0]-a[0], b[1]-a[1], 0.4*(rng.Float64()-0.5)
		mid := point{(a[0]+b[0])/2 - r*dy, (a[1]+b[1])/2 + r*dx}
		return append(wiggle(a, mid, depth-1), wiggle(mid, b, depth-1)...)
	}
	known := map[[2]point][]point{}
	edge := func(a, b point) []point {
		pts, ok := known[[2]point{a, b}]
		if !ok {
			pts = wiggle(a, b, 5)
			back := []point{}
			for k := len(pts) - 2; k >= 0; k-- {
				back = append(back, pts[k])
			}
			known[[2]point{a, b}], known[[2]point{b, a}] = pts, append(back, a)
		}
		return pts
	}
	ring := func(corners ...point) []point {
		var pts []point
		for i, a := range corners {
			pts = append(pts, edge(a, corners[(i+1)%len(corners)])...)
		}
		return pts
	}
	turned := func(pts []point) []float64 {
		start, step := rng.IntN(len(pts)), 1-2*rng.IntN(2)
		var flat []float64
		for i := range len(pts) + 1 {
			p := pts[((start+i*step)%len(pts)+len(pts))%len(pts)]
			flat = append(flat, p[0], p[1])
		}
		return flat
	}
	return func(yield func(*geo.Feature, error) bool) {
		fid := int64(0)
		give := func(rings ...[]point) bool {
			fid++
			var flat []float64
			var ends []int
			for _, r := range rings {
				flat = append(flat, turned(r)...)
				ends = append(ends, len(flat))
			}
			g, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, flat, ends))
			return yield(&geo.Feature{FID: fid, Geometry: g}, err)
		}
		for i := range n * n {
			a := i/n*(n+1) + i%n
			sw, se, ne, nw := nodes[a], nodes[a+1], nodes[a+n+2], nodes[a+n+1]
			whole := ring(sw, se, ne, nw)
			ok := true
			switch {
			case i%5 == 0:
				// The south and the north border are cut in their middle.
				south, north := edge(sw, se), edge(ne, nw)
				s, t := south[15], north[15]
				mid := edge(s, t)
				west := append(append(append(append([]point{sw}, south[:16]...), mid...), north[16:]...), edge(nw, sw)...)
				east := append(append(append([]point{t}, edge(t, s)...), south[16:]...), append(edge(se, ne), north[:15]...)...)
				ok = give(west[:len(west)-1]) && give(east)
			case i%7 == 0:
				cx, cy, d := (sw[0]+ne[0])/2, (sw[1]+ne[1])/2, 0.1*step
				hole := ring(point{cx - d, cy}, point{cx, cy - d}, point{cx + d, cy}, point{cx, cy + d})
				ok = give(whole, hole) && give(hole)
			default:
				ok = give(whole)
			}
			if !ok {
				return
			}
		}
	}
}

type borderEdge struct{ a, b generalise.Point }

// bordersAt gives how often each edge is passed at a zoom, backwards passes being
// negative and edges without a surplus left out, and twice the area of all.
func bordersAt(t *testing.T, s *Snapshot, zoom int, drawn bool) (open map[borderEdge]int, area2 int64) {
	t.Helper()
	open = map[borderEdge]int{}
	for i := range s.features {
		first, last := s.levels[0].zooms[i], s.lastZooms[i]
		if drawn && (int(first) > zoom || int(last) < zoom) || !drawn && last != always {
			continue
		}
		var sh shape
		sh.readZoom(s.places.of(s.records, i), zoom)
		for _, p := range sh.parts {
			pts := sh.pts[p.first:p.last]
			if len(pts) < 3 {
				t.Errorf("zoom %d: a ring of feature %d has %d vertices", zoom, sh.fid, len(pts))
			}
			for j, a := range pts {
				b := pts[(j+1)%len(pts)]
				o := sh.pts[0]
				area2 += (int64(a.X)-int64(o.X))*(int64(b.Y)-int64(o.Y)) - (int64(b.X)-int64(o.X))*(int64(a.Y)-int64(o.Y))
				e, n := borderEdge{a, b}, 1
				if a.X > b.X || a.X == b.X && a.Y > b.Y {
					e, n = borderEdge{b, a}, -1
				}
				if open[e] += n; open[e] == 0 {
					delete(open, e)
				}
			}
		}
	}
	return open, area2
}

// readZoom reads a record of a finished file as a tile of a zoom does.
func (s *shape) readZoom(b []byte, zoom int) {
	var p packed
	p.parse(b)
	s.read(b, 0)
	if p.zooms == nil {
		return
	}
	var pts []generalise.Point
	for i := range s.parts {
		first := len(pts)
		for j := s.parts[i].first; j < s.parts[i].last; j++ {
			if int(s.sig[j]) <= zoom {
				pts = append(pts, s.pts[j])
			}
		}
		s.parts[i].first, s.parts[i].last = first, len(pts)
	}
	s.pts = pts
}

func opened(t *testing.T, features iter.Seq2[*geo.Feature, error], opt Options) *Snapshot {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x")
	if err := Build(context.Background(), path, geo.Schema{}, features, opt); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// At every zoom, borders inside are passed once each way, what remains is one
// closed outline, and the areas add up to the area within it.
func TestBordersStayShared(t *testing.T) {
	s := opened(t, tessellation(30, 2, 44.5, 3), Options{})
	outline := 0
	for zoom := range MaxGeneralised + 2 {
		open, area2 := bordersAt(t, s, zoom, false)
		within := int64(0)
		degree := map[generalise.Point]int{}
		var o generalise.Point
		for e := range open {
			o = e.a
			break
		}
		for e, n := range open {
			if n != 1 && n != -1 {
				t.Fatalf("zoom %d: an edge is passed %d times more one way", zoom, n)
			}
			degree[e.a]++
			degree[e.b]++
			within += int64(n) * ((int64(e.a.X)-int64(o.X))*(int64(e.b.Y)-int64(o.Y)) - (int64(e.b.X)-int64(o.X))*(int64(e.a.Y)-int64(o.Y)))
		}
		for p, n := range degree {
			if n != 2 {
				t.Errorf("zoom %d: %d edges of the outline meet at %v", zoom, n, p)
			}
		}
		if within != area2 {
			t.Errorf("zoom %d: the areas add up to %d, the outline holds %d", zoom, area2, within)
		}
		if zoom == 0 {
			outline = len(open)
		}
	}
	// What is on the outline at all vertices: 4 sides of 30 borders of 32 edges.
	all, _ := bordersAt(t, s, MaxGeneralised+1, false)
	if len(all) != 4*30*32 || outline >= len(all)/4 {
		t.Errorf("%d edges of outline at zoom 0, %d at the deepest", outline, len(all))
	}
}

// What is drawn covers the whole at every zoom, though most areas are too small
// to be drawn for themselves.
func TestSmallPolygonsCoverTheWhole(t *testing.T) {
	for name, opt := range map[string]Options{"usual": {}, "tight": {TileBytes: 5000}} {
		s := opened(t, tessellation(30, 2, 44.5, 0.3), opt)
		_, whole := bordersAt(t, s, MaxGeneralised+1, false)
		for zoom := 4; zoom <= MaxGeneralised; zoom++ {
			_, drawn := bordersAt(t, s, zoom, true)
			if share := float64(drawn) / float64(whole); math.Abs(share-1) > 0.05 {
				t.Errorf("%s: zoom %d draws %.3f of the area by %d features", name, zoom, share, s.Drawn(zoom))
			}
		}
		if s.Drawn(4) >= s.Drawn(MaxGeneralised)/4 || s.Drawn(15) != int64(s.Features()) {
			t.Errorf("%s: %d and %d features are drawn", name, s.Drawn(4), s.Drawn(15))
		}
	}
}
