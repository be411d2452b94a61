// Package gpkg reads and writes GeoPackage files (OGC 12-128r18, version 1.3)
// with a SQLite in Go, and holds the pieces of the format that the embedded
// store shares with the file writer: the geometry blob, the tables, the R-tree
// and the mapping between field types and column types.
//
// A file to read is taken for hostile: it is opened read-only and immutable,
// its schema is not trusted, values are bounded, and a view gets a time limit.
// Binary columns are left out, with a warning.
package gpkg
