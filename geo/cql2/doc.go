// Package cql2 owns the Common Query Language, OGC 21-065r2: its syntax tree,
// the parsers and the writers of its text and JSON encodings.
//
// What a filter means is in the packages below: predicate checks one against a
// schema and gives it typed, eval tests features, stores write SQL.
package cql2
