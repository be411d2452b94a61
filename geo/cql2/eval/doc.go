// Package eval owns the test of one feature against a CQL2 filter, in Go: of
// features that are in no store, and as the measure of what stores answer.
package eval
