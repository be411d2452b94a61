// Package repair makes invalid areas valid, as ST_MakeValid of PostGIS does with
// method=structure: what a shell goes round at all is inside of it, what a hole
// goes round is cut out, a hole that lies beside its shell is an area of its own,
// polygons of one geometry are united. Spikes and collapsed rings vanish, open rings
// are closed, repeated points stand once.
//
// The boundary is put on a grid of at least 2^27 cells along the longer side of the
// geometry and cut at its crossings by snap rounding (Hobby, "Practical segment
// intersection with finite precision output", 1999), in integers and without
// rounding errors. Vertices that stay keep their coordinates and heights.
package repair
