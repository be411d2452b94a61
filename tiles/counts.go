package tiles

import "context"

// Counts tells how much of a layer is drawn.
type Counts struct {
	Features     int64
	CompleteFrom int     // the first zoom from which on every feature is drawn for itself
	Drawn        []int64 // of the zooms before: how many are drawn all over the world; several drawn as one count once
}

// Counts gives the Counts of the current version of each layer, or nil for one
// with a filter, whose features are not counted. It builds the snapshots if need
// be. Edits count once they are in the snapshot.
func (t *Tileset) Counts(ctx context.Context) ([]*Counts, error) {
	a, err := t.current(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*Counts, len(a.editions))
	for i, state := range a.states {
		if !t.query.Layers[i].Filter.IsZero() {
			continue
		}
		release, err := t.service.hold(state.base)
		if err != nil {
			return nil, err
		}
		snap := state.base.snap
		c := &Counts{Features: int64(snap.Features()), CompleteFrom: snap.CompleteFrom()}
		for z := range c.CompleteFrom {
			c.Drawn = append(c.Drawn, snap.Drawn(z))
		}
		release()
		out[i] = c
	}
	return out, nil
}
