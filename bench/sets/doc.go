// Package sets makes the fixed data that the tile benchmarks load: the world's
// coastline cut into short lines, a coverage of polygons that share their borders,
// and points. All are GeoJSON text sequences in longitude, latitude on WGS 84,
// and the same arguments give the same bytes.
package sets
