// Package ingest brings a source into a store: it detects the format, reads,
// checks every row, and loads what passes as a new version of a dataset. Every
// problem is told by row, column and value, in fr and en; a source that does
// not pass leaves the version that is served untouched.
package ingest
