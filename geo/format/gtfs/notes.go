package gtfs

import (
	"fmt"

	"puy/geo"
)

// notes gathers what is odd about a feed: one warning a kind and file, with how often
// and where first.
type notes struct{ list []note }

type note struct {
	problem geo.Problem
	what    string
	count   int64
	row     int64 // of the first one; 0 where that says nothing
}

// add counts one more of what, in plural; p is kept of the first one.
func (n *notes) add(p geo.Problem, row int64, what string) {
	for i := range n.list {
		if n.list[i].what == what && n.list[i].problem.Column == p.Column {
			n.list[i].count++
			return
		}
	}
	p.Value = geo.ClipValue(p.Value)
	n.list = append(n.list, note{p, what, 1, row})
}

func (n *notes) warnings() []geo.Problem {
	var all []geo.Problem
	for _, found := range n.list {
		p := found.problem
		p.Detail = fmt.Sprintf("%d %s", found.count, found.what)
		if found.row > 0 {
			p.Detail += fmt.Sprintf("; the first is row %d", found.row)
		}
		all = append(all, p)
	}
	return all
}
