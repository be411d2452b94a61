// Package tiles serves datasets as vector tiles.
//
// A Service builds one snapshot (package snapshot) for each version of a dataset
// when it is first needed, keeps it in a cache folder for the next start, and
// cuts, compresses and caches tiles from it. Everything is keyed by version, so
// that nothing has to be invalidated.
//
// Packages: mvt writes and reads vector tiles; clip cuts geometries in integers;
// snapshot is the packed file.
package tiles
