package walk

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Place is a tile's place in WebMercatorQuad: zoom, column, and row from the north.
type Place struct{ Z, X, Y int }

// String gives "z/x/y".
func (p Place) String() string { return fmt.Sprintf("%d/%d/%d", p.Z, p.X, p.Y) }

// Template is a tile URL that holds {z}, {x} and {y}.
type Template string

// Expand gives the URL of one tile.
func (t Template) Expand(p Place) string {
	return strings.NewReplacer("{z}", strconv.Itoa(p.Z), "{x}", strconv.Itoa(p.X), "{y}", strconv.Itoa(p.Y)).Replace(string(t))
}

// ReadPlaces reads lines of "z/x/y".
func ReadPlaces(r io.Reader) ([]Place, error) {
	var places []Place
	for in := bufio.NewScanner(r); in.Scan(); {
		var p Place
		if n, err := fmt.Sscanf(in.Text(), "%d/%d/%d", &p.Z, &p.X, &p.Y); n != 3 || err != nil {
			return nil, fmt.Errorf("line %d: %q is no z/x/y", len(places)+1, in.Text())
		}
		places = append(places, p)
	}
	return places, nil
}

// At gives the tile of a zoom that holds a point, longitude and latitude in
// degrees on WGS 84.
func At(lon, lat float64, z int) Place {
	n := math.Exp2(float64(z))
	s := math.Sin(min(max(lat, -85.0511), 85.0511) * math.Pi / 180)
	column := func(f float64) int { return int(min(max(f*n, 0), n-1)) }
	return Place{z, column(lon/360 + 0.5), column(0.5 - math.Atanh(s)/(2*math.Pi))}
}

// Among gives n different tiles of a zoom that hold one of the points, the
// densest of them first and the others by chance, always the same for the same
// seed. Half of n at most are the densest.
func Among(points [][2]float64, z, n int, seed uint64) []Place {
	counts := map[Place]int{}
	for _, p := range points {
		counts[At(p[0], p[1], z)]++
	}
	all := make([]Place, 0, len(counts))
	for p := range counts {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Place) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return compare(a, b)
	})
	dense := min(n/2, len(all))
	rest := all[dense:]
	shuffle(rest, seed)
	return all[:min(n, len(all))]
}

// Within gives n different tiles of a zoom in a box, west, south, east, north in
// degrees, by chance; all of them where there are no more.
func Within(box [4]float64, z, n int, seed uint64) []Place {
	a, b := At(box[0], box[3], z), At(box[2], box[1], z)
	columns, rows := b.X-a.X+1, b.Y-a.Y+1
	if columns <= 0 || rows <= 0 {
		return nil
	}
	r := rand.New(rand.NewPCG(seed, uint64(z)))
	seen := map[Place]bool{}
	var places []Place
	for len(places) < min(n, columns*rows) {
		p := Place{z, a.X + r.IntN(columns), a.Y + r.IntN(rows)}
		if !seen[p] {
			seen[p] = true
			places = append(places, p)
		}
	}
	return places
}

func compare(a, b Place) int {
	if a.X != b.X {
		return a.X - b.X
	}
	return a.Y - b.Y
}

func shuffle(places []Place, seed uint64) {
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
}
