// Package pmtiles reads and writes PMTiles archives of version 3: one file that
// holds a pyramid of tiles and is read by ranges, from disk or over HTTP.
//
// Open gives an Archive over a Ranger, which is a File or an HTTP address. When
// the file is replaced, the Archive notices and reads its directories again.
// Writer makes an archive of tiles that come in the order of their ids, and goes
// on where it was when a process ended before it had finished.
//
// The file, as Writer lays it out (PMTiles specification 3, github.com/protomaps/PMTiles):
//
//	0        127       ≤ 16,384
//	┌────────┬─────────┬──────────┬──────────────────┬───────────┐
//	│ header │ root    │ metadata │ leaf directories │ tile data │
//	│        │ entries │ JSON     │ entries          │           │
//	└────────┴────┬────┴──────────┴──▲──┬────────────┴──▲────────┘
//	              └──────────────────┘  └───────────────┘
//
// An entry is (tile id, run length, length, offset): the bytes of as many tiles
// as the run is long, or, with a run of 0, a leaf directory that begins with the id.
// Directories hold all ids, then all runs, all lengths, all offsets, as varints, and are
// compressed. Tile ids count zoom after zoom, within a zoom along the Hilbert curve.
//
// Nothing that a file says is believed: every offset and length is held against the
// size of the file and against fixed bounds before memory is taken.
package pmtiles
