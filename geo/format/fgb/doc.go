// Package fgb reads and writes FlatGeobuf 3 (flatgeobuf.org): a header, an
// optional packed Hilbert R-tree, and features, each a FlatBuffers table with
// its size before it.
//
// The FlatBuffers wire format (flatbuffers.dev, "FlatBuffers internals") is read
// and written by hand. On the way in every offset, table, vector and count is
// checked against the bytes there are, and vectors that overlap so as to
// multiply the work are refused. A file is read from start to end, so that gzip
// works too; its index is passed over.
package fgb
