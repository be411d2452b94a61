// Package columns reads and writes Apache Parquet files (parquet-format 2.11) as
// the columns that they are, and knows nothing of geometry.
//
// Files come from strangers: no count of theirs is believed before something is
// allocated, pages are decoded value by value, and what all columns hold at a time
// has a bound. Records of nested columns are assembled to JSON.
//
// Encrypted files, LZO and the deprecated encoding of levels are refused by name.
package columns
