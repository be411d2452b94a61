// Package csv reads and writes tables in delimited text (RFC 4180 and what people
// make of it), with or without geometry.
//
// # The table
//
// The delimiter (comma, semicolon, tab, bar) is the one that gives the first
// records the same number of cells; the encoding is UTF-8, UTF-16 or else
// Windows-1252 (see format.FindText). The first record is the header, after lines
// of comment that begin with '#' and are not part of the table. Empty names become
// column_N, repeated names get _2, _3 …; where every name is written as dBASE
// declares a field ("LEN,N,19,11") the declaration is cut off.
//
// Blank lines are skipped. A row with fewer cells than the header is a problem
// (the cells cannot be told apart any more), one with more too unless those are
// blank. Empty cells are null. Types are found from the whole file as
// format.CellFinder says; date-times without a zone are read as UTC.
//
// # The geometry
//
// Package place says where it is looked for.
//
// # Writing
//
// UTF-8, commas, a header. Points become the columns longitude and latitude (x and
// y where the CRS is not in degrees), other geometries, or points where such fields
// exist or heights do, well-known text in a column geometry.
package csv
