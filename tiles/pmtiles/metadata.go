package pmtiles

import "encoding/json"

// Metadata describes an archive (PMTiles specification 3, section on JSON
// metadata; vector_layers as in TileJSON 3.0 section 3.3).
type Metadata struct {
	Name         string        `json:"name,omitempty"`
	Description  string        `json:"description,omitempty"`
	Attribution  string        `json:"attribution,omitempty"` // HTML
	Type         string        `json:"type,omitempty"`        // "overlay" or "baselayer"
	Version      string        `json:"version,omitempty"`
	VectorLayers []VectorLayer `json:"vector_layers,omitempty"`

	// Raw is the whole as it was read; it is not written.
	Raw json.RawMessage `json:"-"`
}

// VectorLayer is one layer of vector tiles. Fields gives a word for the type of
// each attribute, as "Number", or a description.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}
