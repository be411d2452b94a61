package generalise

import (
	"cmp"
	"math"
	"slices"
)

// Joiner makes longer lines of short ones that meet end to end. The zero Joiner
// is ready.
type Joiner struct {
	pts   []Point
	lines []span
	ends  []lineEnd
	chain []Point
}

type span struct {
	first, last int // in Joiner.pts
	used        bool
}

type lineEnd struct {
	at   Point
	line int
}

// Reset forgets all lines.
func (j *Joiner) Reset() {
	j.pts, j.lines, j.ends = j.pts[:0], j.lines[:0], j.ends[:0]
}

// Line adds a line.
func (j *Joiner) Line(pts []Point) {
	first := len(j.pts)
	j.pts = append(j.pts, pts...)
	n := len(j.lines)
	j.lines = append(j.lines, span{first: first, last: len(j.pts)})
	j.ends = append(j.ends, lineEnd{pts[0], n}, lineEnd{pts[len(pts)-1], n})
}

// Chains gives the lines that result, each with the number of those it is
// made of. Where more than two ends meet none are joined. The
// positions are valid until the next one.
func (j *Joiner) Chains(emit func(pts []Point, lines int)) {
	slices.SortFunc(j.ends, func(a, b lineEnd) int { return cmp.Or(compare(a.at, b.at), cmp.Compare(a.line, b.line)) })
	for i := range j.lines {
		if j.lines[i].used {
			continue
		}
		// From a line go to one end of its chain, then along the whole of it.
		at, end := i, j.line(i)[0]
		for {
			next := j.other(at, end)
			if next < 0 || next == i {
				break
			}
			at, end = next, j.far(next, end)
		}
		j.chain = append(j.chain[:0], end)
		count := 0
		for at >= 0 && !j.lines[at].used {
			j.lines[at].used = true
			count++
			pts := j.line(at)
			if pts[0] != end {
				slices.Reverse(pts)
			}
			j.chain = append(j.chain, pts[1:]...)
			end = pts[len(pts)-1]
			at = j.other(at, end)
		}
		emit(j.chain, count)
	}
}

func (j *Joiner) line(i int) []Point { return j.pts[j.lines[i].first:j.lines[i].last] }

func (j *Joiner) far(i int, near Point) Point {
	pts := j.line(i)
	if pts[0] == near {
		return pts[len(pts)-1]
	}
	return pts[0]
}

// other gives the line that alone meets line i at an end of it, or -1.
func (j *Joiner) other(i int, end Point) int {
	at, _ := slices.BinarySearchFunc(j.ends, end, func(e lineEnd, p Point) int { return compare(e.at, p) })
	if at+1 >= len(j.ends) || j.ends[at+1].at != end || at+2 < len(j.ends) && j.ends[at+2].at == end {
		return -1
	}
	switch a, b := j.ends[at].line, j.ends[at+1].line; {
	case a == b:
		return -1 // closed
	case a == i:
		return b
	default:
		return a
	}
}

// Length gives the length of a line in grid units.
func Length(pts []Point) float64 {
	sum := 0.0
	for i := 1; i < len(pts); i++ {
		sum += math.Sqrt(distance2(pts[i-1], pts[i]))
	}
	return sum
}
