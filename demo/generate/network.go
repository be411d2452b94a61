package main

import (
	"math"
	"slices"
)

// network is streets between places, as a graph.
type network struct {
	places  []place
	spots   []point // of the places
	streets []street
	of      [][]int // streets at a place
}

// street is a winding line between two places.
type street struct {
	from, to int
	line     []point
	km       float64
}

const longestStreet = 6.5 // km

// newNetwork joins two places by a street where no third place lies in the
// circle between them (a Gabriel graph), which gives a plausible net without
// crossings. Streets leave out what lies outside the territory.
func newNetwork(t *territory, all []place) *network {
	n := &network{places: all, of: make([][]int, len(all))}
	planes := make([]xy, len(all))
	for i, p := range all {
		n.spots = append(n.spots, at(p.lon, p.lat))
		planes[i] = n.spots[i].plane()
	}
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			mid := xy{(planes[i].x + planes[j].x) / 2, (planes[i].y + planes[j].y) / 2}
			radius := distance(planes[i], planes[j]) / 2
			alone := !slices.ContainsFunc(planes, func(v xy) bool { return distance(mid, v) < radius*0.999 })
			if !alone || 2*radius > longestStreet {
				continue
			}
			line := wind(n.spots[i], n.spots[j], 0.10, 0.09)
			if slices.ContainsFunc(line, func(p point) bool { return t.commune(p) < 0 }) {
				continue
			}
			n.of[i] = append(n.of[i], len(n.streets))
			n.of[j] = append(n.of[j], len(n.streets))
			n.streets = append(n.streets, street{i, j, line, length(line)})
		}
	}
	return n
}

// place gives the number of the place called name, or -1.
func (n *network) place(name string) int {
	return slices.IndexFunc(n.places, func(p place) bool { return p.name == name })
}

// route gives the streets of the shortest way from one place to another (Dijkstra).
func (n *network) route(from, to int) []int {
	km := make([]float64, len(n.places))
	by := make([]int, len(n.places))
	done := make([]bool, len(n.places))
	for i := range km {
		km[i], by[i] = math.Inf(1), -1
	}
	km[from] = 0
	for {
		here := -1
		for i := range km {
			if !done[i] && !math.IsInf(km[i], 1) && (here < 0 || km[i] < km[here]) {
				here = i
			}
		}
		if here < 0 || here == to {
			break
		}
		done[here] = true
		for _, s := range n.of[here] {
			next := n.streets[s].other(here)
			if d := km[here] + n.streets[s].km; d < km[next] {
				km[next], by[next] = d, s
			}
		}
	}
	var way []int
	for here := to; by[here] >= 0; here = n.streets[by[here]].other(here) {
		way = append(way, by[here])
	}
	slices.Reverse(way)
	return way
}

func (s *street) other(end int) int { return s.from + s.to - end }

// sections cuts a line at its vertices into pieces of about km.
func sections(line []point, km float64) [][]point {
	pieces := max(1, int(math.Round(length(line)/km)))
	each := length(line) / float64(pieces)
	var out [][]point
	piece := []point{line[0]}
	for _, p := range line[1:] {
		piece = append(piece, p)
		if length(piece) >= each && len(out) < pieces-1 {
			out = append(out, piece)
			piece = []point{p}
		}
	}
	if len(piece) > 1 {
		out = append(out, piece)
	}
	return out
}
