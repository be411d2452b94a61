package tiles

import (
	"slices"

	"puy/tiles/clip"
	"puy/tiles/overlay"
	"puy/tiles/snapshot"
)

// journal remembers where an edition changed, step by step, so that it can be
// told of any tile whether it has been touched since it was cut. It is not
// changed once it is made; those that come from one another share memory.
type journal struct {
	floor   uint64 // of tiles of earlier steps nothing is known
	edits   int64  // of the earliest batch: what changed before is not known
	batches []batch
	boxes   int                                 // in all batches
	zooms   [snapshot.MaxGeneralised + 1]uint64 // the step since which a zoom is drawn otherwise
}

// batch is what one step changed.
type batch struct {
	step  uint64
	edits int64   // that the edition had afterwards
	fids  []int64 // in ascending order
	boxes []clip.Box
	whole clip.Box // around the boxes
	// generalised tells that deeper zooms than those where things are left out
	// did not change.
	generalised bool
}

const (
	// What a journal remembers is bounded. Tiles that nobody asked for in the
	// course of so many changes are cut anew, touched or not.
	maxBoxes   = 1 << 17
	maxBatches = 1 << 12
)

// with gives the journal after a further step.
func (j *journal) with(b batch) journal {
	next := *j
	slices.Sort(b.fids)
	b.fids = slices.Compact(b.fids)
	b.whole = surrounding(b.boxes)
	next.batches = append(next.batches, b) // no two journals come from one, so none writes what another reads
	next.boxes += len(b.boxes)
	drop := 0
	for ; len(next.batches)-drop > maxBatches || next.boxes > maxBoxes && drop < len(next.batches); drop++ {
		old := &next.batches[drop]
		next.boxes -= len(old.boxes)
		next.floor, next.edits = old.step, old.edits
	}
	if drop > 0 {
		next.batches = slices.Clone(next.batches[drop:])
	}
	return next
}

// touched tells whether anything that a tile shows has changed since a step.
func (j *journal) touched(since uint64, frame *snapshot.Frame) bool {
	zoom, box := frame.Zoom(), frame.Box()
	if since < j.floor || zoom < len(j.zooms) && since < j.zooms[zoom] {
		return true
	}
	for i := len(j.batches) - 1; i >= 0 && j.batches[i].step > since; i-- {
		b := &j.batches[i]
		if len(b.boxes) == 0 || b.generalised && zoom > snapshot.MaxGeneralised || !snapshot.Meet(b.whole, box) {
			continue
		}
		for _, changed := range b.boxes {
			if snapshot.Meet(changed, box) {
				return true
			}
		}
	}
	return false
}

// since gives the fids that have changed after so many edits, in ascending
// order, unless that is not known any more.
func (j *journal) since(edits int64) (fids []int64, ok bool) {
	if edits < j.edits {
		return nil, false
	}
	for i := len(j.batches) - 1; i >= 0 && j.batches[i].edits > edits; i-- {
		fids = append(fids, j.batches[i].fids...)
	}
	slices.Sort(fids)
	return slices.Compact(fids), true
}

// boxesSince gives the boxes that changed after so many edits, unless that is
// not known any more.
func (j *journal) boxesSince(edits int64) (boxes []clip.Box, ok bool) {
	for i := len(j.batches) - 1; i >= 0 && j.batches[i].edits > edits; i-- {
		if !j.batches[i].generalised {
			boxes = append(boxes, j.batches[i].boxes...)
		}
	}
	return boxes, edits >= j.edits
}

// surrounding gives the box around some, empty without any.
func surrounding(boxes []clip.Box) clip.Box {
	all := overlay.Empty()
	for i, b := range boxes {
		if i == 0 {
			all = b
		}
		all = clip.Box{MinX: min(all.MinX, b.MinX), MinY: min(all.MinY, b.MinY), MaxX: max(all.MaxX, b.MaxX), MaxY: max(all.MaxY, b.MaxY)}
	}
	return all
}
