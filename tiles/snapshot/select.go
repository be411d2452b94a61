package snapshot

import (
	"context"
	"slices"

	"puy/geo"
	"puy/tiles/clip"
	"puy/tiles/fidset"
)

// Selection says what of a snapshot a tile holds. The zero Selection is all.
type Selection struct {
	Fields []string    // the fields that features carry; nil for all; Options.Fields holds still. Those that the snapshot has not are nothing.
	Keep   *fidset.Set // the features to keep; nil for all. With it points are not clustered but thinned.
	// Thinned draws no clusters either way.
	Thinned bool
	// Over is what has changed since; nil for nothing.
	Over Overlay
	// Among is what Narrow has found for the tile's box and zoom; nil to look
	// through all.
	Among Entries
}

// maxWhole is how many features a selection may have to be drawn whole at every
// zoom: whoever asks for a few does not want them thinned as if among many.
const maxWhole = 20_000

// Frame is the square that a tile shows: see Mercator and Planar.
type Frame struct {
	zoom  byte
	grid  clip.Grid
	box   box // where to look for features
	plane *plane
}

// Mercator makes the Frame of a tile of WebMercatorQuad. Zooms are 0 to
// clip.MaxZoom; other tiles than those of the zoom give KindNotFound.
func Mercator(z, x, y int) (Frame, error) {
	if z < 0 || z > clip.MaxZoom || x < 0 || y < 0 || x>>z != 0 || y>>z != 0 {
		return Frame{}, geo.Errorf(geo.KindNotFound, "there is no tile %d/%d/%d", z, x, y)
	}
	grid := clip.NewGrid(z, x, y)
	return Frame{zoom: byte(z), grid: grid,
		box: box{minX: within(grid.MinX), minY: within(grid.MinY), maxX: within(grid.MaxX), maxY: within(grid.MaxY)}}, nil
}

// AppendTile appends the tile that frame shows as one layer, clipped to
// clip.Buffer units around it, and gives the number of its features; without
// features it appends nothing. A damaged file gives KindInvalid; when ctx ends
// first, its cause. Features come in the order of the file, then those of the
// overlay.
func (s *Snapshot) AppendTile(ctx context.Context, dst []byte, layer string, frame Frame, sel Selection, scratch *Scratch) ([]byte, int, error) {
	c := cutter{Snapshot: s, Scratch: scratch, ctx: ctx, keep: sel.Keep, over: sel.Over, zoom: frame.zoom, drawn: frame.zoom, box: frame.box, plane: frame.plane}
	if Whole(sel.Keep) {
		c.drawn = always
	}
	c.clustered = s.alone != nil && sel.Keep == nil && !sel.Thinned
	c.clipper.Grid = frame.grid
	c.layer.Reset(layer)
	c.generation++
	if len(c.stamps) < s.dictionary || c.generation == 0 {
		c.stamps, c.generation = make([]stamp, s.dictionary), 1
	}
	c.keys = append(c.keys[:0], make([]uint32, len(s.columns)+len(s.clusterKeys))...)
	scratch.columns = scratch.columns[:0]
	for i := range s.columns {
		if s.columns[i].from > int(frame.zoom) {
			continue
		}
		if sel.Fields == nil || slices.Contains(sel.Fields, s.columns[i].name) {
			scratch.columns = append(scratch.columns, i)
		}
	}
	top := len(s.levels) - 1
	switch {
	case sel.Among != nil:
		c.visitEntries(sel.Among)
	case top >= 0 && frame.box.minX <= frame.box.maxX && frame.box.minY <= frame.box.maxY:
		c.visit(top, 0, s.levels[top].count)
	}
	if c.over != nil && c.err == nil {
		c.addLoose()
	}
	if c.err != nil {
		return dst, 0, c.err
	}
	dst, n := c.layer.AppendLayer(dst)
	return dst, n, nil
}
