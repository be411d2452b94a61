// Package gpkg is the embedded store: one GeoPackage file, with a SQLite in Go.
//
// The file is valid for QGIS and GDAL as it stands: the current version of each
// dataset is a table called by the dataset's id, spatial ones with an R-tree.
// Its columns are fid, geom, feature_id where the dataset has a key, and the
// fields. Everything else is in tables whose names start with "puy_", which the
// describing tables do not list: the catalogue, and older versions as
// puy_v_<dataset's number>_<version>.
//
// Triggers on the layers log the edits of any program in puy_changes, one a row,
// and count them in puy_edits, which also has a version's rows and extent as
// they are now. GDAL keeps these triggers when it adds, alters, reorders or drops
// fields; a layer that lost them must be loaded again.
//
// A load is written to a file of its own beside the store, without a journal,
// and copied into the store in one transaction by Commit. So a load blocks
// nobody while it runs, and a process that dies leaves the store as it was.
package gpkg
