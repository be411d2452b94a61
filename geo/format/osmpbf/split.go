package osmpbf

import (
	"cmp"
	"slices"
)

// split cuts ways where they meet others or themselves, and takes out what two of
// them have in common: the border between two areas of a relation is inside of both
// together, and holes that touch are one.
func (j *joiner) split() {
	met := j.meetings()
	if len(met) == 0 {
		return
	}
	isMet := func(node int64) bool {
		_, found := slices.BinarySearch(met, node)
		return found
	}
	shared := j.shared(isMet)
	parts := make([]openWay, 0, len(j.ways))
	for _, w := range j.ways {
		from := w.start
		for i := w.start; i+1 < w.end; i++ {
			if _, out := slices.BinarySearch(shared, i); out {
				parts = w.part(parts, from, i+1)
				from = i + 1
			} else if i+2 == w.end || isMet(j.refs[i+1]) {
				parts = w.part(parts, from, i+2)
				from = i + 1
			}
		}
	}
	j.ways = parts
}

// part adds what is between two places of w, if there is a segment.
func (w openWay) part(parts []openWay, start, end int) []openWay {
	if end-start < 2 {
		return parts
	}
	w.start, w.end = start, end
	return append(parts, w)
}

// meetings gives the nodes that are passed more than once, in order.
func (j *joiner) meetings() []int64 {
	nodes := make([]int64, 0, len(j.refs))
	for _, w := range j.ways {
		refs := j.refs[w.start:w.end]
		if refs[0] == refs[len(refs)-1] {
			refs = refs[1:]
		}
		nodes = append(nodes, refs...)
	}
	slices.Sort(nodes)
	met := nodes[:0]
	for i := 1; i < len(nodes); i++ {
		if nodes[i] == nodes[i-1] && (len(met) == 0 || met[len(met)-1] != nodes[i]) {
			met = append(met, nodes[i])
		}
	}
	return met
}

// segment is two nodes that follow one another, the lesser one first.
type segment struct {
	a, b int64
	at   int // the place in refs of the first
}

// shared gives the places of segments that are there twice, both of them, in order.
// One that is there three times stays once.
func (j *joiner) shared(isMet func(int64) bool) []int {
	var all []segment
	for _, w := range j.ways {
		last := false
		for i := w.start; i < w.end; i++ {
			met := isMet(j.refs[i])
			if met && last && j.refs[i] != j.refs[i-1] {
				all = append(all, segment{min(j.refs[i-1], j.refs[i]), max(j.refs[i-1], j.refs[i]), i - 1})
			}
			last = met
		}
	}
	slices.SortFunc(all, func(s, o segment) int {
		return cmp.Or(cmp.Compare(s.a, o.a), cmp.Compare(s.b, o.b), cmp.Compare(s.at, o.at))
	})
	var places []int
	for i := 1; i < len(all); i++ {
		if all[i].a == all[i-1].a && all[i].b == all[i-1].b {
			places = append(places, all[i-1].at, all[i].at)
			i++
		}
	}
	slices.Sort(places)
	return places
}
