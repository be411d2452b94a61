// Package walk asks servers for tiles over HTTP and tells how fast they answer,
// one beside the other: which tiles to ask for, the walk with several clients at
// once, its figures, and whether two servers answer tiles of like content.
package walk
