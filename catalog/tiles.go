package catalog

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"puy/geo"
)

// MaxFieldZoom is the deepest zoom from which tiles may carry a field: maps
// stretch tiles of zoom 16 further.
const MaxFieldZoom = 16

// Tiles says how a dataset is generalised for tiles. The zero Tiles is the usual way.
type Tiles struct {
	KeepAll  bool     `json:"keepAll,omitempty" yaml:"keep_all"`   // every feature at every zoom, however many and small
	MaxBytes int      `json:"maxBytes,omitempty" yaml:"max_bytes"` // of a tile, uncompressed; 0 means 500,000
	Cluster  *Cluster `json:"cluster,omitempty" yaml:"cluster"`    // points near one another are drawn as one; nil: they are thinned
	// Fields gives the first zoom, 0 to MaxFieldZoom, at which tiles carry a field.
	// Those not named are carried at every zoom.
	Fields map[string]int `json:"fields,omitempty" yaml:"fields"`
}

// Unknown gives a sentence for each of Fields that a schema does not have, with
// the nearest name that it has. Only a version's data tell its schema.
func (t Tiles) Unknown(schema geo.Schema) []string {
	names := map[string]reflect.Type{}
	for _, f := range schema.Fields {
		names[f.Name] = nil
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(t.Fields)) {
		if _, known := names[name]; !known {
			found = append(found, fmt.Sprintf("tiles.fields: there is no field %q%s", name, suggestion(name, names)))
		}
	}
	return found
}
