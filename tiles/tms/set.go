package tms

import (
	"math"

	"puy/geo"
	"puy/geo/crs"
)

// Set is one tile matrix set. It is not changed once it is made.
type Set struct {
	ID    string
	Title string
	URI   string // the identifier of a registered set; may be empty
	CRS   crs.Code
	// WellKnownScaleSet is a URI; may be empty.
	WellKnownScaleSet string
	Matrices          []Matrix // from the coarsest to the finest

	transform *crs.Transform
	places    map[string]int // of Matrices, by their ID
}

// Matrix is one level of a Set.
type Matrix struct {
	ID               string
	ScaleDenominator float64 // for cells of 0.28 mm
	CellSize         float64 // units of the CRS
	// Origin is the top-left corner, or the bottom-left one if FromBottom, in x, y.
	Origin        [2]float64
	FromBottom    bool // rows count from the bottom
	TileSize      int  // cells along a tile's side
	Width, Height int  // tiles
}

// Span gives the width and height of a tile in units of the CRS.
func (m *Matrix) Span() float64 { return m.CellSize * float64(m.TileSize) }

// Corner gives the north-west (top-left) corner of a tile, in x, y.
func (m *Matrix) Corner(col, row int) (x, y float64) {
	if m.FromBottom {
		row = -row - 1
	}
	return m.Origin[0] + float64(col)*m.Span(), m.Origin[1] - float64(row)*m.Span()
}

// Has tells whether the matrix has a tile.
func (m *Matrix) Has(col, row int) bool {
	return col >= 0 && row >= 0 && col < m.Width && row < m.Height
}

// Transform converts between the set's CRS and longitude, latitude.
func (s *Set) Transform() *crs.Transform { return s.transform }

// Find gives the place in Matrices of the matrix with an identifier, or -1.
func (s *Set) Find(id string) int {
	if i, ok := s.places[id]; ok {
		return i
	}
	return -1
}

// IsMercator tells whether the tiles are those of WebMercatorQuad.
func (s *Set) IsMercator() bool { return s.ID == WebMercatorQuadID }

// MetresPerUnit gives the length of a unit of the CRS; of a degree, that on the
// equator of WGS 84 (OGC 17-083r4 table 8).
func MetresPerUnit(c crs.Code) float64 {
	if system, ok := crs.Lookup(c); ok && system.Geographic {
		return math.Pi / 180 * 6378137
	}
	return 1
}

// Limits tells which tiles of a matrix meet a box.
type Limits struct {
	Matrix         string
	MinRow, MaxRow int
	MinCol, MaxCol int
}

// Limits gives, for each matrix that has any, the tiles that meet a box in
// longitude, latitude.
func (s *Set) Limits(b geo.Bounds) []Limits {
	box, ok := s.project(b)
	if !ok {
		return nil
	}
	var all []Limits
	for i := range s.Matrices {
		m := &s.Matrices[i]
		span := m.Span()
		column := func(x float64) int { return int(math.Floor(clamp((x-m.Origin[0])/span, -1, float64(m.Width)))) }
		row := func(y float64) int {
			if m.FromBottom {
				return int(math.Floor(clamp((y-m.Origin[1])/span, -1, float64(m.Height))))
			}
			return int(math.Floor(clamp((m.Origin[1]-y)/span, -1, float64(m.Height))))
		}
		rows := [2]int{row(box.MinY), row(box.MaxY)}
		l := Limits{m.ID, max(0, min(rows[0], rows[1])), min(m.Height-1, max(rows[0], rows[1])),
			max(0, column(box.MinX)), min(m.Width-1, column(box.MaxX))}
		if l.MinRow <= l.MaxRow && l.MinCol <= l.MaxCol {
			all = append(all, l)
		}
	}
	return all
}

// project gives the box around b in the set's CRS. Of systems that are good for
// a part of the world only that part counts.
func (s *Set) project(b geo.Bounds) (geo.Bounds, bool) {
	if b.IsEmpty() {
		return b, false
	}
	area := s.transform.System().Area
	if b.CrossesAntimeridian() {
		b.MinX, b.MaxX = -180, 180
	}
	b = geo.Bounds{MinX: max(b.MinX, area.MinX), MinY: max(b.MinY, area.MinY), MaxX: min(b.MaxX, area.MaxX), MaxY: min(b.MaxY, area.MaxY)}
	if b.MinX > b.MaxX || b.MinY > b.MaxY {
		return b, false
	}
	const steps = 32
	out := geo.EmptyBounds()
	for i := range steps + 1 {
		f := float64(i) / steps
		x, y := b.MinX+(b.MaxX-b.MinX)*f, b.MinY+(b.MaxY-b.MinY)*f
		edge := []float64{x, b.MinY, x, b.MaxY, b.MinX, y, b.MaxX, y}
		s.transform.FromLonLat(edge, 2)
		for j := 0; j < len(edge); j += 2 {
			out = out.Extend(edge[j], edge[j+1])
		}
	}
	return out, true
}

func clamp(v, lo, hi float64) float64 { return max(lo, min(v, hi)) }
