// Package parquet reads and writes GeoParquet (OGC 1.0 and 1.1) and reads Apache
// Parquet files without geometry as tables.
//
// # Reading
//
// The geometry is the primary column of the metadata "geo", in well-known binary or
// in one of the native encodings, or a column with Parquet's own annotation GEOMETRY
// or GEOGRAPHY, or else a column of bytes with a usual name that holds nothing but
// well-known binary. Other tables may have it in columns of text or numbers, as
// package place says. Coordinates are in the order x, y, as the specification says,
// whatever the CRS. A CRS in PROJJSON counts by its identifier, no CRS means
// OGC:CRS84, null means that it is not known. The covering columns of boxes, which
// readers need and people do not, are left out; so are further geometries and bytes,
// with a warning.
//
// Lists, maps and groups become JSON, lists of nothing but texts arrays of text.
// Time stamps are instants in UTC, whether the file says so or not. Decimals are
// numbers, or integers where they have no fraction. Bytes without an annotation are
// text where all of them are valid UTF-8.
//
// # Writing
//
// GeoParquet 1.1: well-known binary, Zstandard, row groups of bounded bytes with the
// box of each feature in a covering column bbox.
package parquet
