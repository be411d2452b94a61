package tms

import (
	"errors"
	"math"
	"strings"

	"puy/geo"
	"puy/geo/crs"
)

const (
	maxBytes    = 1 << 20
	maxMatrices = 64
	maxTiles    = 1 << 30 // along a side
	maxTileSize = 8192
	maxName     = 127
)

var errTrailing = errors.New("there is something after the definition")

// Parse reads the JSON of a tile matrix set (OGC 17-083r4 section 8.2.1). What
// this package cannot divide a plane by gives KindInvalid: a CRS that geo/crs
// does not know, tiles that are not square, rows of variable width, and members
// that the standard does not have.
func Parse(b []byte) (*Set, error) {
	if len(b) > maxBytes {
		return nil, geo.Errorf(geo.KindInvalid, "the tile matrix set has more than %d bytes", maxBytes)
	}
	var d definition
	if err := strictly(b, &d); err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "the tile matrix set cannot be read: %w", err)
	}
	if !validName(d.ID) {
		return nil, geo.Errorf(geo.KindInvalid, "the id of a tile matrix set must be 1 to %d letters, digits and -_.:, not %q", maxName, geo.ClipValue(d.ID))
	}
	refuse := func(format string, args ...any) (*Set, error) {
		return nil, geo.Errorf(geo.KindInvalid, "tile matrix set "+d.ID+": "+format, args...)
	}
	code, ok := crs.Parse(string(d.CRS))
	if !ok {
		return refuse("the crs %q is not known", geo.ClipValue(string(d.CRS)))
	}
	transform, err := crs.New(code)
	if err != nil {
		return refuse("its crs cannot be used: %w", err)
	}
	known := transform.System()
	if yx, told := firstIsNorth(d.OrderedAxes); told && yx != known.YX || len(d.OrderedAxes) != 0 && len(d.OrderedAxes) != 2 {
		return refuse("orderedAxes %q is not the order of %s", d.OrderedAxes, code)
	}
	if n := len(d.TileMatrices); n == 0 || n > maxMatrices {
		return refuse("it has %d tile matrices instead of 1 to %d", n, maxMatrices)
	}
	s := &Set{ID: d.ID, Title: d.Title, URI: d.URI, CRS: code, WellKnownScaleSet: d.WellKnownScaleSet, transform: transform}
	for i := range d.TileMatrices {
		m, reason := d.TileMatrices[i].matrix(known)
		switch {
		case reason != "":
			return refuse("tile matrix %q: %s", geo.ClipValue(d.TileMatrices[i].ID), reason)
		case i > 0 && m.CellSize >= s.Matrices[i-1].CellSize:
			return refuse("tile matrix %q is not finer than the one before", m.ID)
		}
		s.Matrices = append(s.Matrices, m)
	}
	s.index()
	if len(s.places) != len(s.Matrices) {
		return refuse("two tile matrices have one id")
	}
	return s, nil
}

// matrix checks d; reason tells what is wrong.
func (d *matrixDefinition) matrix(known crs.System) (m Matrix, reason string) {
	m = Matrix{ID: d.ID, ScaleDenominator: d.ScaleDenominator, CellSize: d.CellSize, TileSize: d.TileWidth, Width: d.MatrixWidth, Height: d.MatrixHeight}
	usual := d.CellSize * MetresPerUnit(known.Code) / pixel
	switch {
	case !validName(d.ID):
		return m, "its id must be letters, digits and -_.:"
	case len(d.VariableWidths) > 0:
		return m, "variableMatrixWidths is not supported"
	case !positive(d.CellSize) || !positive(d.ScaleDenominator):
		return m, "cellSize and scaleDenominator must be positive"
	case math.Abs(usual-d.ScaleDenominator) > usual*1e-4:
		return m, "cellSize and scaleDenominator do not agree"
	case d.TileWidth != d.TileHeight:
		return m, "its tiles are not square"
	case d.TileWidth < 1 || d.TileWidth > maxTileSize:
		return m, "tileWidth must be 1 to 8192"
	case d.MatrixWidth < 1 || d.MatrixHeight < 1 || d.MatrixWidth > maxTiles || d.MatrixHeight > maxTiles:
		return m, "matrixWidth and matrixHeight must be 1 to 2^30"
	case len(d.PointOfOrigin) != 2 || !(math.Abs(d.PointOfOrigin[0]) < 1e9) || !(math.Abs(d.PointOfOrigin[1]) < 1e9):
		return m, "pointOfOrigin must be two coordinates"
	case d.CellSize*float64(d.TileWidth)*float64(max(d.MatrixWidth, d.MatrixHeight)) > 1e9:
		return m, "it is larger than any world"
	}
	m.Origin = [2]float64{d.PointOfOrigin[0], d.PointOfOrigin[1]}
	if known.YX {
		m.Origin[0], m.Origin[1] = m.Origin[1], m.Origin[0]
	}
	switch d.CornerOfOrigin {
	case "", "topLeft":
	case "bottomLeft":
		m.FromBottom = true
	default:
		return m, "cornerOfOrigin must be topLeft or bottomLeft"
	}
	return m, ""
}

func positive(v float64) bool { return v > 1e-9 && v < 1e12 }

// firstIsNorth tells whether the first axis is latitude or northing, if the
// names tell.
func firstIsNorth(axes []string) (north, told bool) {
	if len(axes) == 0 {
		return false, false
	}
	switch strings.ToLower(axes[0]) {
	case "lat", "latitude", "n", "northing":
		return true, true
	case "lon", "long", "longitude", "e", "easting":
		return false, true
	}
	return false, false // X and Y are either, by the authority
}

// validName tells whether a name can stand in a path as it is.
func validName(name string) bool {
	if name == "" || len(name) > maxName || name == "." || name == ".." {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") == ""
}
