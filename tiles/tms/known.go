package tms

import (
	"embed"
	"io/fs"
	"math"
	"slices"
	"strconv"

	"puy/geo"
	"puy/geo/crs"
)

// The identifiers of the sets that come from formulas.
const (
	WebMercatorQuadID = "WebMercatorQuad"
	WorldCRS84QuadID  = "WorldCRS84Quad"
)

const (
	registry = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"
	scales   = "http://www.opengis.net/def/wkss/OGC/1.0/"
	maxZoom  = 24
	pixel    = 0.28e-3 // metres, of the standardised rendering pixel
)

// WebMercatorQuad makes the set of the usual web maps (OGC 17-083r4 annex D.1),
// for the zooms 0 to 24.
func WebMercatorQuad() *Set {
	const half = math.Pi * 6378137
	s := &Set{ID: WebMercatorQuadID, Title: "Google Maps Compatible for the World", URI: registry + WebMercatorQuadID,
		WellKnownScaleSet: scales + "GoogleMapsCompatible", CRS: crs.WebMerc}
	return s.quad(2*half/256, [2]float64{-half, half}, 1, 1)
}

// WorldCRS84Quad makes the set of the whole world in degrees (OGC 17-083r4 annex
// D.4), two tiles wide at zoom 0, for the zooms 0 to 23.
func WorldCRS84Quad() *Set {
	s := &Set{ID: WorldCRS84QuadID, Title: "CRS84 for the World", URI: registry + WorldCRS84QuadID,
		WellKnownScaleSet: scales + "GoogleCRS84Quad", CRS: crs.CRS84}
	return s.quad(180.0/256, [2]float64{-180, 90}, 2, 1)
}

// quad fills s with matrices each of which halves the cells of the one before.
func (s *Set) quad(cell float64, origin [2]float64, width, height int) *Set {
	last := maxZoom - (width - 1)
	for z := range last + 1 {
		size := math.Ldexp(cell, -z)
		s.Matrices = append(s.Matrices, Matrix{ID: strconv.Itoa(z), ScaleDenominator: size * MetresPerUnit(s.CRS) / pixel, CellSize: size,
			Origin: origin, TileSize: 256, Width: width << z, Height: height << z})
	}
	// The systems of these sets are always known.
	s.transform, _ = crs.New(s.CRS)
	s.index()
	return s
}

func (s *Set) index() {
	s.places = map[string]int{}
	for i := range s.Matrices {
		s.places[s.Matrices[i].ID] = i
	}
}

//go:embed definitions/*.json
var definitions embed.FS

// Known gives the sets that are built in and those of further definitions, in
// the order of their identifiers. Two of one identifier give KindInvalid.
func Known(further ...*Set) ([]*Set, error) {
	all := []*Set{WebMercatorQuad(), WorldCRS84Quad()}
	names, err := fs.Glob(definitions, "definitions/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := definitions.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s, err := Parse(b)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	all = append(all, further...)
	slices.SortFunc(all, func(a, b *Set) int {
		if a.ID < b.ID {
			return -1
		} else if a.ID > b.ID {
			return 1
		}
		return 0
	})
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			return nil, geo.Errorf(geo.KindInvalid, "two tile matrix sets are called %s", all[i].ID)
		}
	}
	return all, nil
}
