package main

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// point is a place in millionths of a degree, so that equal places are equal.
type point struct{ lon, lat int32 }

func at(lon, lat float64) point {
	return point{int32(math.Round(lon * 1e6)), int32(math.Round(lat * 1e6))}
}

func (p point) degrees() (lon, lat float64) { return float64(p.lon) / 1e6, float64(p.lat) / 1e6 }

// xy is a position in km east and north of the middle of the metropolis. At its
// size a degree has one length.
type xy struct{ x, y float64 }

const (
	middleLon = 3.1
	middleLat = 45.78
	kmPerLon  = 77.64 // at latitude 45.78
	kmPerLat  = 111.2
)

func (p point) plane() xy {
	lon, lat := p.degrees()
	return xy{(lon - middleLon) * kmPerLon, (lat - middleLat) * kmPerLat}
}

func (v xy) point() point { return at(middleLon+v.x/kmPerLon, middleLat+v.y/kmPerLat) }

func distance(a, b xy) float64 { return math.Hypot(b.x-a.x, b.y-a.y) }

// length gives the km of a line.
func length(line []point) float64 {
	km := 0.0
	for i := 1; i < len(line); i++ {
		km += distance(line[i-1].plane(), line[i].plane())
	}
	return km
}

// dice gives the random numbers of one thing, named by its parts: they do not
// depend on what else is generated.
func dice(name string, parts ...point) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	for _, p := range parts {
		for shift := 0; shift < 32; shift += 8 {
			h.Write([]byte{byte(p.lon >> shift), byte(p.lat >> shift)})
		}
	}
	return rand.New(rand.NewPCG(h.Sum64(), 63))
}

// one picks an element.
func one[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// wind gives a winding line from a to b: midpoints are moved sideways by at most
// bend of the distance, until pieces are shorter than step km. The line from b to
// a is the same, backwards.
func wind(a, b point, bend, step float64) []point {
	if b.lon < a.lon || b.lon == a.lon && b.lat < a.lat {
		line := wind(b, a, bend, step)
		for i, j := 0, len(line)-1; i < j; i, j = i+1, j-1 {
			line[i], line[j] = line[j], line[i]
		}
		return line
	}
	line := []point{a}
	var divide func(a, b point)
	divide = func(a, b point) {
		p, q := a.plane(), b.plane()
		d := distance(p, q)
		if d < step {
			line = append(line, b)
			return
		}
		side := (2*dice("wind", a, b).Float64() - 1) * bend
		mid := xy{(p.x+q.x)/2 - (q.y-p.y)*side, (p.y+q.y)/2 + (q.x-p.x)*side}.point()
		divide(a, mid)
		divide(mid, b)
	}
	divide(a, b)
	return line
}
