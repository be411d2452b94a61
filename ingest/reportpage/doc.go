// Package reportpage owns the report of a load as a page for people: one HTML
// file without anything outside of it, in fr or en, that prints well, with the
// verdict of the gate, counts by rule, the first problems, and a map of where
// the faulty features are.
package reportpage
