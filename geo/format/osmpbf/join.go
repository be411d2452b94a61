package osmpbf

// joiner makes rings of ways, which come in any order and direction, by the nodes at
// their ends.
type joiner struct {
	refs  []int64 // of all ways, one after the other
	ways  []openWay
	rings []ring
}

// openWay is a way, or a part of one between two nodes at which ways meet.
type openWay struct {
	start, end int // in refs
	origin     int // the way that it is of
	inner      bool
	used       bool
}

// ring is closed: the last node is the first.
type ring struct {
	refs  []int64
	inner bool // some way of it has that role
}

// minRing is the nodes of the smallest ring, with the first one twice.
const minRing = 4

// add adds a way; refs are not kept.
func (j *joiner) add(refs []int64, inner bool) error {
	if len(refs) < 2 {
		return nil
	}
	if len(j.refs)+len(refs) > maxPositions {
		return errTooLarge
	}
	start := len(j.refs)
	j.refs = append(j.refs, refs...)
	j.ways = append(j.ways, openWay{start: start, end: len(j.refs), origin: len(j.ways), inner: inner})
	return nil
}

// step is a way of a path, in one direction or the other.
type step struct {
	way      int
	backward bool
}

func (j *joiner) first(s step) int64 { return j.refs[j.end(s.way, !s.backward)] }

func (j *joiner) last(s step) int64 { return j.refs[j.end(s.way, s.backward)] }

// end gives the place of the first or last node of a way.
func (j *joiner) end(way int, first bool) int {
	if first {
		return j.ways[way].start
	}
	return j.ways[way].end - 1
}

// join makes rings of all ways. A ring never passes a node twice: where the path
// comes back to one, a ring is complete. An *incomplete error tells of a ring that
// does not close.
func (j *joiner) join() error {
	j.split()
	at := map[int64][]step{} // the ways that begin at a node, followed in a direction
	for i := range j.ways {
		w := &j.ways[i]
		if j.refs[w.start] == j.refs[w.end-1] {
			w.used = true
			if w.end-w.start >= minRing {
				j.rings = append(j.rings, ring{j.refs[w.start:w.end], w.inner})
			}
			continue
		}
		for _, s := range []step{{i, false}, {i, true}} {
			at[j.first(s)] = append(at[j.first(s)], s)
		}
	}
	for i := range j.ways {
		if j.ways[i].used {
			continue
		}
		if err := j.walk(step{way: i}, at); err != nil {
			return err
		}
	}
	return nil
}

// walk follows ways from one that is not used until all that it began is in rings.
func (j *joiner) walk(from step, at map[int64][]step) error {
	var path []step
	passed := map[int64]int{} // the place in path of the way that begins at a node
	next := from
	for {
		j.ways[next.way].used = true
		passed[j.first(next)] = len(path)
		path = append(path, next)
		node := j.last(next)
		if k, ok := passed[node]; ok {
			for _, s := range path[k:] {
				delete(passed, j.first(s))
			}
			j.close(path[k:])
			if path = path[:k]; k == 0 {
				return nil
			}
		}
		var ok bool
		if next, ok = j.choose(node, at, path[len(path)-1]); !ok {
			return without("a ring does not close at node %d", node)
		}
	}
}

// looked bounds how many ways at one junction are looked at.
const looked = 32

// choose gives a way to go on with from a node: a part of the same way, or else one
// with the same role, where there is one.
func (j *joiner) choose(node int64, at map[int64][]step, last step) (step, bool) {
	left := at[node]
	for len(left) > 0 && j.ways[left[len(left)-1].way].used {
		left = left[:len(left)-1]
	}
	at[node] = left
	if len(left) == 0 {
		return step{}, false
	}
	best, before := left[len(left)-1], j.ways[last.way]
	for _, s := range left[max(0, len(left)-looked):] {
		w := j.ways[s.way]
		switch {
		case w.used:
		case w.origin == before.origin:
			return s, true
		case w.inner == before.inner:
			best = s
		}
	}
	return best, true
}

// close makes a ring of a part of the path.
func (j *joiner) close(path []step) {
	var r ring
	for _, s := range path {
		w := j.ways[s.way]
		r.inner = r.inner || w.inner
		refs := j.refs[w.start:w.end]
		if len(r.refs) > 0 { // the node that both ways have
			r.refs = r.refs[:len(r.refs)-1]
		}
		if !s.backward {
			r.refs = append(r.refs, refs...)
			continue
		}
		for i := len(refs) - 1; i >= 0; i-- {
			r.refs = append(r.refs, refs[i])
		}
	}
	if len(r.refs) >= minRing {
		j.rings = append(j.rings, r)
	}
}
