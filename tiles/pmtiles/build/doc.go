// Package build cuts all tiles of some datasets into a PMTiles archive.
//
// A walk down the pyramid, zoom after zoom and along the Hilbert curve, takes along
// what of the R-trees lies in each square and ends where that is nothing. It names
// squares of up to 16 tiles; workers walk on in them, cut and compress; and one
// goroutine writes the tiles in the order of the walk. How many tiles wait to be
// written is bounded, and so is memory.
package build
