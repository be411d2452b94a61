package reportpage

import (
	"fmt"
	"math"

	"puy/ingest"
)

// Size of the map in units of its SVG.
const (
	width  = 720.0
	height = 420.0
	margin = 24.0
)

// sketch is a map of points on an equirectangular projection.
type sketch struct {
	Width, Height float64
	Points        []point
	Lines         []line
	Bar           float64 // length of the scale bar on the map
	BarX          float64 // its left end
	Length        string  // and on the ground
}

type point struct {
	X, Y  float64
	Row   int64
	Error bool
	Lon   string
	Lat   string
}

// line is one of the graticule.
type line struct {
	X1, Y1, X2, Y2 float64
	Text           string
}

// drawing gives the map of the features with problems, or nil where none of them
// is anywhere.
func drawing(r *ingest.Report) *sketch {
	west, south, east, north := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	seen := map[int64]int{}
	s := &sketch{Width: width, Height: height}
	var at [][2]float64
	for i := range r.Problems {
		p := &r.Problems[i]
		if p.Position == nil {
			continue
		}
		if j, twice := seen[p.Row]; twice {
			s.Points[j].Error = s.Points[j].Error || p.Severity == ingest.Error
			continue
		}
		lon, lat := p.Position[0], p.Position[1]
		seen[p.Row] = len(s.Points)
		at = append(at, [2]float64{lon, lat})
		s.Points = append(s.Points, point{Row: p.Row, Error: p.Severity == ingest.Error, Lon: fmt.Sprintf("%.5f", lon), Lat: fmt.Sprintf("%.5f", lat)})
		west, east, south, north = min(west, lon), max(east, lon), min(south, lat), max(north, lat)
	}
	if len(at) == 0 {
		return nil
	}
	// A degree of longitude is as long as one of latitude times the cosine.
	squeeze := max(0.05, math.Cos((south+north)/2*math.Pi/180))
	const least = 0.002 // degrees: one point alone is not magnified without end
	spanX, spanY := max(east-west, least)*squeeze, max(north-south, least)
	scale := min((width-2*margin)/spanX, (height-2*margin)/spanY)
	midLon, midLat := (west+east)/2, (south+north)/2
	x := func(lon float64) float64 { return width/2 + (lon-midLon)*squeeze*scale }
	y := func(lat float64) float64 { return height/2 - (lat-midLat)*scale }
	for i := range at {
		s.Points[i].X, s.Points[i].Y = x(at[i][0]), y(at[i][1])
	}
	step := nice(max(spanX/squeeze, spanY) / 4)
	for lon := math.Ceil((midLon-width/2/scale/squeeze)/step) * step; x(lon) < width; lon += step {
		s.Lines = append(s.Lines, line{x(lon), 0, x(lon), height, fmt.Sprintf("%.4g°", lon)})
	}
	for lat := math.Ceil((midLat-height/2/scale)/step) * step; y(lat) > 0; lat += step {
		s.Lines = append(s.Lines, line{0, y(lat), width, y(lat), fmt.Sprintf("%.4g°", lat)})
	}
	const metres = 111_195.0 // of a degree of latitude on the mean sphere
	length := nice(metres * width / scale / 5)
	s.Bar = length / metres * scale
	s.BarX = width - margin - s.Bar
	if s.Length = fmt.Sprintf("%.0f m", length); length >= 1000 {
		s.Length = fmt.Sprintf("%g km", length/1000)
	}
	return s
}

// BarEnd gives the right end of the scale bar.
func (s *sketch) BarEnd() float64 { return s.BarX + s.Bar }

// nice gives 1, 2 or 5 times a power of ten, not above v by much.
func nice(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	switch n := v / power; {
	case n < 2:
		return power
	case n < 5:
		return 2 * power
	}
	return 5 * power
}
