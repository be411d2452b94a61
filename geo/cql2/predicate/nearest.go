package predicate

import "strings"

// nearest gives the property whose name is most like an unknown one, or "".
func (c *checker) nearest(name string) string {
	best, least := "", 2+len(name)/4
	try := func(candidate string) {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate), least); d < least || d == 0 {
			best, least = candidate, d
		}
	}
	for i := range c.schema.Fields {
		try(c.schema.Fields[i].Name)
	}
	if c.schema.Spatial() {
		try(geometryNames[0])
	}
	return best
}

// distance counts the characters to insert, remove or replace to make b of a;
// it gives a number of at least bound where there are as many.
func distance(a, b string, bound int) int {
	from, to := []rune(a), []rune(b)
	const most = 64
	if len(from) > most || len(to) > most || max(len(from)-len(to), len(to)-len(from)) > bound {
		return bound + 1
	}
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
