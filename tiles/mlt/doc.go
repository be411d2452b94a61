// Package mlt turns Mapbox Vector Tiles into MapLibre Tiles (MLT) of version 1,
// tag 0x01 (https://maplibre.org/maplibre-tile-spec/specification/v1/).
//
// An MLT holds the same layers, features and properties as the MVT that it is
// made from, by columns instead of by features, which makes it smaller. What of
// the specification is used, and how values of several types are put into one
// column, is told in FORMAT.md beside this file.
//
// Coordinates are those of the MVT: tile units with x to the east and y to the
// south, from the tile's north-west corner.
package mlt

// MediaType is the media type of an MLT.
const MediaType = "application/vnd.maplibre-tile"
