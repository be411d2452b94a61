package tms

import (
	"bytes"
	"encoding/json"
	"io"

	"puy/geo/crs"
)

// definition is a tile matrix set in JSON (OGC 17-083r4 section 8.2.1).
type definition struct {
	ID                string             `json:"id"`
	Title             string             `json:"title,omitempty"`
	Description       string             `json:"description,omitempty"`
	Keywords          []string           `json:"keywords,omitempty"`
	URI               string             `json:"uri,omitempty"`
	OrderedAxes       []string           `json:"orderedAxes,omitempty"`
	CRS               system             `json:"crs"`
	WellKnownScaleSet string             `json:"wellKnownScaleSet,omitempty"`
	BoundingBox       json.RawMessage    `json:"boundingBox,omitempty"` // informative
	TileMatrices      []matrixDefinition `json:"tileMatrices"`
}

type matrixDefinition struct {
	ID               string          `json:"id"`
	Title            string          `json:"title,omitempty"`
	Description      string          `json:"description,omitempty"`
	Keywords         []string        `json:"keywords,omitempty"`
	ScaleDenominator float64         `json:"scaleDenominator"`
	CellSize         float64         `json:"cellSize"`
	CornerOfOrigin   string          `json:"cornerOfOrigin,omitempty"`
	PointOfOrigin    []float64       `json:"pointOfOrigin"`
	TileWidth        int             `json:"tileWidth"`
	TileHeight       int             `json:"tileHeight"`
	MatrixWidth      int             `json:"matrixWidth"`
	MatrixHeight     int             `json:"matrixHeight"`
	VariableWidths   json.RawMessage `json:"variableMatrixWidths,omitempty"`
}

// system is a CRS: a URI, or an object with one.
type system string

// UnmarshalJSON reads both forms.
func (s *system) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*s = system(text)
		return nil
	}
	var object struct {
		URI string `json:"uri"`
	}
	err := strictly(b, &object)
	*s = system(object.URI)
	return err
}

// strictly reads one JSON value whose members are all known.
func strictly(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errTrailing
	}
	return nil
}

// JSON gives the set's definition (OGC 17-083r4 section 8.2.1), with positions
// in the axis order of the CRS.
func (s *Set) JSON() ([]byte, error) {
	axes := []string{"X", "Y"}
	known, _ := crs.Lookup(s.CRS)
	switch {
	case known.Geographic && known.YX:
		axes = []string{"Lat", "Lon"}
	case known.Geographic:
		axes = []string{"Lon", "Lat"}
	case known.YX:
		axes = []string{"Y", "X"}
	}
	d := definition{ID: s.ID, Title: s.Title, URI: s.URI, OrderedAxes: axes, CRS: system(s.CRS.URI()), WellKnownScaleSet: s.WellKnownScaleSet}
	for _, m := range s.Matrices {
		origin := []float64{m.Origin[0], m.Origin[1]}
		if known.YX {
			origin[0], origin[1] = origin[1], origin[0]
		}
		corner := "topLeft"
		if m.FromBottom {
			corner = "bottomLeft"
		}
		d.TileMatrices = append(d.TileMatrices, matrixDefinition{ID: m.ID, ScaleDenominator: m.ScaleDenominator, CellSize: m.CellSize, CornerOfOrigin: corner,
			PointOfOrigin: origin, TileWidth: m.TileSize, TileHeight: m.TileSize, MatrixWidth: m.Width, MatrixHeight: m.Height})
	}
	return json.Marshal(d)
}
