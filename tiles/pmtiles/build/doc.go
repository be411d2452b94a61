// Package build cuts all tiles of some datasets into a PMTiles archive.
//
// A walk down the pyramid, zoom after zoom and along the Hilbert curve, names the
// tiles that the boxes of features touch; workers cut and compress them; and one
// goroutine writes them in the order of the walk. How many tiles wait to be
// written is bounded, and so is memory.
package build
