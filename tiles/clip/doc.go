// Package clip cuts lines and polygons with the square of a tile, in integers.
//
// Vertices lie on the Mercator grid: 2^32 units across the world, x to the east
// from longitude -180, y to the south from latitude 85.0511 (the square of
// Web Mercator). What comes out is in tile units (package mvt), rounded once.
// Decisions are exact, so the same edge is cut at the same point whatever
// feature, direction or machine it is met on.
package clip
