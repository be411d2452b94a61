// Package wire holds the protobuf keys of vector_tile.proto (Mapbox Vector Tile
// specification 2.1, section 4), each the field's number << 3 | its wire type.
package wire

// The keys, by message and field.
const (
	TileLayer = 3<<3 | 2

	LayerName    = 1<<3 | 2
	LayerFeature = 2<<3 | 2
	LayerKey     = 3<<3 | 2
	LayerValue   = 4<<3 | 2
	LayerExtent  = 5 << 3
	LayerVersion = 15 << 3

	FeatureID       = 1 << 3
	FeatureTags     = 2<<3 | 2
	FeatureType     = 3 << 3
	FeatureGeometry = 4<<3 | 2

	ValueString = 1<<3 | 2
	ValueFloat  = 2<<3 | 5
	ValueDouble = 3<<3 | 1
	ValueInt    = 4 << 3
	ValueUint   = 5 << 3
	ValueSint   = 6 << 3
	ValueBool   = 7 << 3
)
