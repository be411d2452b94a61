package assets

import (
	"context"
	"time"

	"puy/tiles"
)

// drawn tells how much of a layer tiles show, so that nobody takes the picture
// for the data. Its members extend TileJSON, which allows that (3.0.0, section 2).
type drawn struct {
	Features     int64         `json:"features"`      // of the dataset, with a geometry
	CompleteFrom int           `json:"complete_from"` // the first zoom from which on every feature is drawn for itself
	Drawn        map[int]int64 `json:"drawn"`         // by zoom before that: how many are drawn; several drawn as one count once
}

// countPatience is how long a document waits for a snapshot that is being built.
const countPatience = 2 * time.Second

// count adds what is drawn to layers that are not filtered, if that is known soon:
// counts are an extra that no client needs to show the map.
func (a *Assets) count(ctx context.Context, asked []tiles.Layer, layers []vectorLayer) {
	set, err := a.cutter.Tileset(tiles.Query{Layers: asked})
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, countPatience)
	defer cancel()
	counts, err := set.Counts(ctx)
	if err != nil {
		return
	}
	for i, c := range counts {
		if c == nil {
			continue
		}
		d := &drawn{Features: c.Features, CompleteFrom: c.CompleteFrom, Drawn: map[int]int64{}}
		for zoom, n := range c.Drawn {
			d.Drawn[zoom] = n
			if n == 0 && zoom == layers[i].MinZoom && zoom < announcedMax {
				layers[i].MinZoom++
			}
		}
		layers[i].drawn = d
	}
}
