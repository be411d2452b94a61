package overlay

import (
	"maps"

	"github.com/tidwall/rtree"

	"puy/tiles/clip"
	"puy/tiles/snapshot"
)

// Overlay is the changes of one moment. It is not changed once it is made, so
// that many goroutines may read it, and the nil Overlay is empty.
type Overlay struct {
	tree     *rtree.RTreeG[*snapshot.Loose]
	features map[uint64]changed
	// A bit for each remainder of the fids: most features of a tile have
	// not changed, and are told so without the map.
	may   [mayBits / 64]uint64
	bytes int
}

const mayBits = 1 << 16

type changed struct {
	old clip.Box
	now []*snapshot.Loose
}

// Change is what became of one feature.
type Change struct {
	FID uint64
	// Old is where the snapshot draws the feature, or might; empty where that is
	// not known. It counts with the feature's first change only.
	Old clip.Box
	Now []*snapshot.Loose // nil where it is no more
}

// Empty is a box without a position.
func Empty() clip.Box { return clip.Box{MinX: 1, MinY: 1} }

// With gives an Overlay with further changes. One call at a time may be made on
// an Overlay and those that came from it: their trees share nodes, which carry
// marks of who may write them.
func (o *Overlay) With(changes []Change) *Overlay {
	next := &Overlay{}
	if o == nil {
		next.tree, next.features = new(rtree.RTreeG[*snapshot.Loose]), make(map[uint64]changed, len(changes))
	} else {
		next.tree, next.features, next.may, next.bytes = o.tree.Copy(), maps.Clone(o.features), o.may, o.bytes
	}
	for _, c := range changes {
		was, known := next.features[c.FID]
		if !known {
			was.old = c.Old
			next.may[c.FID%mayBits/64] |= 1 << (c.FID % 64)
			next.bytes += perFeature
		}
		for _, l := range was.now {
			low, high := corners(l.Box)
			next.tree.Delete(low, high, l)
			next.bytes -= l.Bytes()
		}
		for _, l := range c.Now {
			low, high := corners(l.Box)
			next.tree.Insert(low, high, l)
			next.bytes += l.Bytes()
		}
		was.now = c.Now
		next.features[c.FID] = was
	}
	return next
}

// perFeature is about what the map takes.
const perFeature = 120

// Hidden tells whether a feature has changed, and where the snapshot has it.
func (o *Overlay) Hidden(fid uint64) (old clip.Box, ok bool) {
	if o == nil || o.may[fid%mayBits/64]&(1<<(fid%64)) == 0 {
		return Empty(), false
	}
	c, ok := o.features[fid]
	if !ok {
		return Empty(), false
	}
	return c.old, true
}

// Now gives what a changed feature is.
func (o *Overlay) Now(fid uint64) []*snapshot.Loose {
	if o == nil {
		return nil
	}
	return o.features[fid].now
}

// Append appends the features whose box meets b.
func (o *Overlay) Append(dst []*snapshot.Loose, b clip.Box) []*snapshot.Loose {
	if o == nil {
		return dst
	}
	low, high := corners(b)
	o.tree.Search(low, high, func(_, _ [2]float64, l *snapshot.Loose) bool {
		dst = append(dst, l)
		return true
	})
	return dst
}

// Len gives how many features have changed.
func (o *Overlay) Len() int {
	if o == nil {
		return 0
	}
	return len(o.features)
}

// Bytes gives about how much memory the overlay takes.
func (o *Overlay) Bytes() int {
	if o == nil {
		return 0
	}
	return o.bytes + len(o.may)*8
}

// corners gives a box as the tree wants it: numbers of 32 bits are exact in
// float64, and their products do not overflow there.
func corners(b clip.Box) (low, high [2]float64) {
	return [2]float64{float64(b.MinX), float64(b.MinY)}, [2]float64{float64(b.MaxX), float64(b.MaxY)}
}
