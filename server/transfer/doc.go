// Package transfer brings features from a store to a client as a file: it knows
// which formats can be written, and drives their Writers with memory that does not
// follow the number of features.
//
// Stream sends a file while it is made; what a Writer cannot send at once waits in
// a folder of its own below Options.Dir, which is bounded and removed however the
// transfer ends. Prepare makes the whole of a small file first, for answers whose
// headers tell what is in it.
package transfer
