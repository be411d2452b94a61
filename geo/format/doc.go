// Package format says what a file format is to puy: a way to recognise a file,
// a streaming Reader and a streaming Writer of features. Each format has a
// folder of its own beside this one; package known lists them all.
//
// A Reader finds the types of all fields from the whole file before it gives
// its first feature, so a file is read twice; memory does not follow its size.
package format
