// Package snapshot keeps one version of a dataset packed for tiles: a file
// that is built once, mapped into memory, and cut into vector tiles.
//
// Build writes the file from a stream of features, Open maps it, and
// Snapshot.AppendMVT cuts one tile. FORMAT.md shows the file.
//
// What is too small or too much for a zoom is left out or drawn together, decided
// when the file is built, by package generalise and the byte budget of Options.
//
// Geometries are projected to Web Mercator (EPSG:3857) and kept in two
// dimensions on a grid of 2^32 units across the world, 9 mm at the equator.
// Latitudes are clamped to ±85.0511 degrees and longitudes to ±180: a geometry
// that crosses the antimeridian must come split (RFC 7946 section 3.1.9), else
// what lies beyond is pressed against the edge of the world. No tile repeats what
// lies across the antimeridian in its buffer.
//
// Where Options ask for clusters, tiles draw points that are near one another as one (package
// cluster), and every point counts at every zoom. With Selection.Keep there are
// no clusters, as they would count what is hidden: points are thinned as
// elsewhere, or all drawn where they are few.
//
// A geometry collection becomes one tile feature for its points, one for its
// lines and one for its polygons, with the same id. Features without a
// geometry, with an empty one, or with a coordinate that is not finite are left
// out, and so are lines without length and rings without area.
package snapshot
