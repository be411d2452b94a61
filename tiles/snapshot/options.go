package snapshot

import "puy/catalog"

// Options say how a snapshot is generalised. The zero Options are the usual way.
type Options struct {
	// TileBytes is the size in bytes, uncompressed, that no tile of zooms 0 to
	// MaxGeneralised exceeds if dropping the least visible can prevent it; 0 means
	// 500 KB, less than 0 no limit.
	TileBytes int
	// KeepAll draws every feature at every zoom, however many there are and
	// however small they get; lines and polygons are simplified still.
	KeepAll bool
	// Fields gives the first zoom at which tiles carry a field; others are carried
	// at every zoom.
	Fields map[string]int
	// Exact keeps every vertex of every feature at every zoom.
	Exact bool
	// Cluster draws points that are near one another as one instead of leaving some
	// out; nil does not.
	Cluster *catalog.Cluster
}

// Generalised gives the Options that a catalogue entry asks for.
func Generalised(t catalog.Tiles) Options {
	return Options{TileBytes: t.MaxBytes, KeepAll: t.KeepAll, Fields: t.Fields, Cluster: t.Cluster}
}

const defaultTileBytes = 500_000

// MaxGeneralised is the deepest zoom at which anything is left out. Beyond it
// every feature is drawn with all its vertices.
const MaxGeneralised = 14

// always is the zoom of what has no last zoom.
const always = 255
