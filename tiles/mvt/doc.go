// Package mvt writes and reads Mapbox Vector Tiles, version 2.1 of the
// specification (https://github.com/mapbox/vector-tile-spec/tree/master/2.1).
//
// A LayerWriter builds one layer without allocating once it is warm; AppendTile
// does the same from plain Go values; Decode is a strict, bounded reader.
//
// Coordinates are tile units with x to the east and y to the south, from the
// tile's north-west corner. A ring whose area by the surveyor's formula is
// positive in these coordinates is exterior, one with a negative area is a hole
// (section 4.3.3.3). A layer of version 2 may be concatenated with others to
// make a tile.
package mvt
