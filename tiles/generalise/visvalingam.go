package generalise

import "math"

// Point is a position on a grid of 2^32 units.
type Point struct {
	X, Y uint32
}

func (p Point) less(q Point) bool { return p.X < q.X || p.X == q.X && p.Y < q.Y }

func (p Point) key() uint64 { return uint64(p.X) | uint64(p.Y)<<32 }

// Pinned is the significance of a vertex that is never left out.
const Pinned = 255

// levelsPerOctave is how fine the scale of significances is.
const levelsPerOctave = 7

// Level gives the significance of a vertex that spans a triangle of the given
// area with its neighbours: 7·log2 of the side of a square of that area, from 0
// to Pinned-1. Areas are in square grid units.
func Level(area float64) byte {
	if area <= 1 {
		return 0
	}
	return byte(min(levelsPerOctave/2.0*math.Log2(area), Pinned-1))
}

// simplifier computes significances by Visvalingam's algorithm: the vertex with
// the smallest triangle goes first (Visvalingam and Whyatt, Line generalisation
// by repeated elimination of points, 1993). It keeps its memory.
type simplifier struct {
	prev, next, place []int32 // place: in heap
	area              []float64
	heap              []int32
}

// arc sets the significance of the vertices between the first and the last one.
// The result does not depend on the direction.
func (s *simplifier) arc(pts []Point, sig []byte) {
	n := len(pts)
	if n < 3 {
		return
	}
	if backwards(pts) {
		reverse(pts, sig)
		defer reverse(pts, sig)
	}
	if n == 3 {
		sig[1] = Level(triangle(pts[0], pts[1], pts[2]))
		return
	}
	if cap(s.area) < n {
		s.prev, s.next, s.place = make([]int32, n+n/2), make([]int32, n+n/2), make([]int32, n+n/2)
		s.area = make([]float64, n+n/2)
	}
	s.heap = s.heap[:0]
	for i := 1; i < n-1; i++ {
		s.prev[i], s.next[i] = int32(i-1), int32(i+1)
		s.area[i] = triangle(pts[i-1], pts[i], pts[i+1])
		s.place[i] = int32(len(s.heap))
		s.heap = append(s.heap, int32(i))
	}
	for i := len(s.heap)/2 - 1; i >= 0; i-- {
		s.down(i)
	}
	largest := 0.0
	for len(s.heap) > 0 {
		i := s.heap[0]
		last := len(s.heap) - 1
		s.swap(0, last)
		s.heap = s.heap[:last]
		s.down(0)
		largest = max(largest, s.area[i])
		sig[i] = Level(largest)
		p, q := s.prev[i], s.next[i]
		if p > 0 {
			s.next[p] = q
			s.update(p, triangle(pts[s.prev[p]], pts[p], pts[q]))
		}
		if int(q) < n-1 {
			s.prev[q] = p
			s.update(q, triangle(pts[p], pts[q], pts[s.next[q]]))
		}
	}
}

func (s *simplifier) update(i int32, area float64) {
	s.area[i] = area
	at := int(s.place[i])
	for at > 0 && s.before(s.heap[at], s.heap[(at-1)/2]) {
		s.swap(at, (at-1)/2)
		at = (at - 1) / 2
	}
	s.down(at)
}

func (s *simplifier) before(a, b int32) bool {
	return s.area[a] < s.area[b] || s.area[a] == s.area[b] && a < b
}

func (s *simplifier) swap(i, j int) {
	h := s.heap
	h[i], h[j] = h[j], h[i]
	s.place[h[i]], s.place[h[j]] = int32(i), int32(j)
}

func (s *simplifier) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(s.heap) {
			return
		}
		if child+1 < len(s.heap) && s.before(s.heap[child+1], s.heap[child]) {
			child++
		}
		if !s.before(s.heap[child], s.heap[i]) {
			return
		}
		s.swap(i, child)
		i = child
	}
}

// backwards tells whether an arc is read from its other end.
func backwards(pts []Point) bool {
	for i, j := 0, len(pts)-1; i < j; i, j = i+1, j-1 {
		if pts[i] != pts[j] {
			return pts[j].less(pts[i])
		}
	}
	return false
}

func reverse(pts []Point, sig []byte) {
	for i, j := 0, len(pts)-1; i < j; i, j = i+1, j-1 {
		pts[i], pts[j] = pts[j], pts[i]
		sig[i], sig[j] = sig[j], sig[i]
	}
}

func cross(a, b, c Point) float64 {
	return (float64(b.X)-float64(a.X))*(float64(c.Y)-float64(a.Y)) - (float64(b.Y)-float64(a.Y))*(float64(c.X)-float64(a.X))
}

func triangle(a, b, c Point) float64 { return math.Abs(cross(a, b, c)) / 2 }

func distance2(a, b Point) float64 {
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	return dx*dx + dy*dy
}
