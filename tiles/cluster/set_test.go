package cluster_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"puy/tiles/cluster"
)

// placed is what a cluster or a point looks like, whatever its Ref.
type placed struct{ X, Y, Count uint32 }

// members is a Joiner that remembers which points stand where.
type members struct {
	of     [][]uint32 // points by number of a cluster; single ones have their own
	joined int
}

func (m *members) points(i cluster.Item) []uint32 {
	if i.Count == 1 {
		return []uint32{i.Ref}
	}
	return m.of[i.Ref]
}

func (m *members) Begin(i cluster.Item) uint32 {
	m.of = append(m.of, slices.Clone(m.points(i)))
	return uint32(len(m.of) - 1)
}

func (m *members) Join(c uint32, i cluster.Item) {
	m.of[c] = append(m.of[c], m.points(i)...)
	m.joined++
}

func (m *members) End(cluster.Item) {}

func remaining(s *cluster.Set) []placed {
	var out []placed
	s.Group(0)
	s.Groups(func(i cluster.Item, _ bool) { out = append(out, placed{i.X, i.Y, i.Count}) })
	sortPlaced(out)
	return out
}

func sortPlaced(list []placed) {
	slices.SortFunc(list, func(a, b placed) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
}

// villages gives points in heaps, some at one place and some at the edges.
func villages(n int, seed uint64) []placed {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []placed
	for len(out) < n {
		x, y, wide := r.Float64(), r.Float64(), math.Exp(-12*r.Float64())
		for range 1 + r.IntN(40) {
			at := func(v float64) uint32 {
				return uint32(min(max(v+r.NormFloat64()*wide, 0), 1) * math.MaxUint32)
			}
			p := placed{at(x), at(y), 1}
			for range 1 + r.IntN(12)/11 {
				out = append(out, p)
			}
		}
	}
	return out[:n]
}

// reference clusters by the words of the package alone, in O(n²).
func reference(all []placed, radius float64) []placed {
	near := func(a, b placed) float64 {
		return math.Hypot(float64(a.X)-float64(b.X), float64(a.Y)-float64(b.Y))
	}
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(chance(a), chance(b)), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
	})
	var kept []placed
	for _, p := range all {
		if !slices.ContainsFunc(kept, func(k placed) bool { return near(k, p) < radius }) {
			kept = append(kept, p)
		}
	}
	sums := make([]uint32, len(kept))
	seen := map[placed]int{}
	for _, p := range all {
		best := -1
		for i, k := range kept {
			switch d := 0.0; {
			case k == p && seen[p] == 0: // it remains itself
				best = i
			default:
				if d = near(k, p); best < 0 || d < near(kept[best], p) || d == near(kept[best], p) &&
					cmp.Or(cmp.Compare(kept[best].Count, k.Count), cmp.Compare(k.X, kept[best].X), cmp.Compare(k.Y, kept[best].Y)) < 0 {
					best = i
				}
			}
		}
		seen[p]++
		sums[best] += p.Count
	}
	for i := range kept {
		kept[i].Count = sums[i]
	}
	sortPlaced(kept)
	return kept
}

// chance is SplitMix64 of a position, its upper half.
func chance(p placed) uint64 {
	v := uint64(p.X)<<32 | uint64(p.Y)
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return (v ^ v>>31) >> 32
}

// Every zoom is as the reference has it, whatever the order of the points, and
// nothing is lost or counted twice.
func TestAsTheReference(t *testing.T) {
	for seed := range uint64(6) {
		points := villages(700, seed)
		shuffled := slices.Clone(points)
		rand.New(rand.NewPCG(seed, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		var a, b cluster.Set
		for i := range points {
			a.Add(cluster.Item{X: points[i].X, Y: points[i].Y, Count: 1, Ref: uint32(i)})
			b.Add(cluster.Item{X: shuffled[i].X, Y: shuffled[i].Y, Count: 1, Ref: uint32(i)})
		}
		var ma, mb members
		want, merged := points, 0
		for zoom := 14; zoom >= 0; zoom-- {
			radius := int64(50) << (32 - zoom) / 512
			before := a.Len()
			a.Group(radius)
			a.Merge(&ma)
			b.Group(radius)
			b.Merge(&mb)
			want = reference(want, float64(radius))
			got := remaining(&a)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, zoom %d: %s", seed, zoom, diff)
			}
			if diff := gocmp.Diff(got, remaining(&b)); diff != "" {
				t.Fatalf("seed %d, zoom %d, in another order: %s", seed, zoom, diff)
			}
			if merged += before - a.Len(); ma.joined != merged {
				t.Errorf("zoom %d: %d joined, %d fewer", zoom, ma.joined, merged)
			}
			checkPlaces(t, &a, &ma, points, float64(radius))
		}
		if a.Len() > 60 || ma.joined == 0 {
			t.Errorf("%d remain at zoom 0", a.Len())
		}
	}
}

// checkPlaces checks what the package promises of one zoom: everyone belongs to
// one that remains, these are no nearer to one another than the radius and stand
// where one of their points does.
func checkPlaces(t *testing.T, s *cluster.Set, m *members, points []placed, radius float64) {
	t.Helper()
	seen := make([]bool, len(points))
	var all []cluster.Item
	s.Group(0)
	s.Groups(func(i cluster.Item, joined bool) {
		stands := false
		of := m.points(i)
		for _, p := range of {
			if seen[p] {
				t.Fatalf("point %d belongs to two", p)
			}
			seen[p] = true
			stands = stands || points[p].X == i.X && points[p].Y == i.Y
		}
		if joined || !stands || len(of) != int(i.Count) {
			t.Fatalf("%+v stands for %d points", i, len(of))
		}
		all = append(all, i)
	})
	if slices.Contains(seen, false) {
		t.Fatal("a point is lost")
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if d := math.Hypot(float64(a.X)-float64(b.X), float64(a.Y)-float64(b.Y)); d < radius {
				t.Fatalf("%+v and %+v are %.0f apart, the radius is %.0f", a, b, d, radius)
			}
		}
	}
}

// Group may be called with one radius after another; only Merge changes anything.
func TestGroupAgain(t *testing.T) {
	points := villages(2000, 9)
	var a, b cluster.Set
	for i, p := range points {
		a.Add(cluster.Item{X: p.X, Y: p.Y, Count: 1, Ref: uint32(i)})
		b.Add(cluster.Item{X: p.X, Y: p.Y, Count: 1, Ref: uint32(i)})
	}
	const radius = 1 << 26
	a.Group(1 << 20)
	a.Group(1 << 31)
	a.Group(radius)
	b.Group(radius)
	var alone, joined int
	a.Groups(func(_ cluster.Item, yes bool) {
		if yes {
			joined++
		} else {
			alone++
		}
	})
	var ma, mb members
	a.Merge(&ma)
	b.Merge(&mb)
	if diff := gocmp.Diff(remaining(&b), remaining(&a)); diff != "" {
		t.Error(diff)
	}
	if a.Len() != alone+joined || len(ma.of) != joined || joined == 0 || alone == 0 {
		t.Errorf("%d remain of %d and %d, %d clusters", a.Len(), alone, joined, len(ma.of))
	}
}

func BenchmarkMillion(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		var s cluster.Set
		s.Grow(1_000_000)
		for range 1_000_000 {
			s.Add(cluster.Item{X: 1<<31 + r.Uint32()>>7, Y: 1<<30 + r.Uint32()>>7, Count: 1})
		}
		for zoom := 14; zoom >= 0; zoom-- {
			s.Group(int64(50) << (32 - zoom) / 512)
			s.Merge(nobody{})
		}
	}
}

type nobody struct{}

func (nobody) Begin(cluster.Item) uint32 { return 0 }
func (nobody) Join(uint32, cluster.Item) {}
func (nobody) End(cluster.Item)          {}
