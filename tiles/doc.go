// Package tiles serves datasets as vector tiles.
//
// A Service builds one snapshot (package snapshot) for each version of a dataset
// when it is first needed, keeps it in a cache folder for the next start, and
// cuts, compresses and caches tiles from it.
//
// A version may be edited in place. What has changed since the snapshot was built
// is in an overlay (package overlay), which is brought up to date before the next
// tile is cut, and folded into a new snapshot in the background. The name of a
// snapshot file tells how many edits it contains; a restart reads the later ones.
// A cached tile is valid unless a later change touches it (see cached).
//
// Packages: mvt writes and reads vector tiles; clip cuts geometries in integers;
// snapshot is the packed file.
package tiles
