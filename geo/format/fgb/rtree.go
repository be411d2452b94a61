package fgb

import (
	"cmp"
	"io"
	"math"
	"slices"

	"puy/geo"
)

// The packed Hilbert R-tree of FlatGeobuf: nodes of 16 entries of 40 bytes (a
// box and an offset), all levels in one run from the root to the leaves. The
// offset of a leaf is that of its feature after the index, the offset of an
// inner node the number of its first child in the run.
const (
	nodeSize  = 16
	nodeBytes = 40
)

// leaf is one feature in the spool and, after packing, in the file. There is one
// for each feature in memory, of 48 bytes.
type leaf struct {
	box    geo.Bounds // EmptyBounds for a feature without position
	offset uint64     // in the spool
	size   uint32     // of the record, its length included
	key    uint32     // place on the Hilbert curve
}

// pack sorts leaves by the place of their boxes' centres on a Hilbert curve of
// 2^16 cells a side over extent; those without position come last.
func pack(leaves []leaf, extent geo.Bounds) {
	cell := func(centre, from, to float64) uint32 {
		if !(to > from) {
			return 0
		}
		// Halves before the difference: the extent may be wider than a float64 holds.
		share := (centre/2 - from/2) / (to/2 - from/2)
		return uint32(math.Min(math.Max(share, 0), 1) * (1<<16 - 1))
	}
	for i := range leaves {
		l := &leaves[i]
		l.key = math.MaxUint32
		if !l.box.IsEmpty() {
			x := cell(l.box.MinX/2+l.box.MaxX/2, extent.MinX, extent.MaxX)
			y := cell(l.box.MinY/2+l.box.MaxY/2, extent.MinY, extent.MaxY)
			l.key = hilbert(x, y)
		}
	}
	slices.SortStableFunc(leaves, func(a, b leaf) int { return cmp.Compare(a.key, b.key) })
}

// hilbert gives the place of cell x, y (16 bits each) on the Hilbert curve, by
// turning quadrants from the largest to the smallest.
func hilbert(x, y uint32) uint32 {
	var d uint32
	for s := uint32(1) << 15; s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d += s * s * ((3 * rx) ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = 1<<16-1-x, 1<<16-1-y
			}
			x, y = y, x
		}
	}
	return d
}

// writeIndex writes the tree over leaves, which are packed; there is at least one.
func writeIndex(w io.Writer, leaves []leaf) error {
	levels := [][]geo.Bounds{groupLeaves(leaves)}
	for top := levels[0]; len(top) > 1; top = levels[len(levels)-1] {
		levels = append(levels, group(len(top), func(i int) geo.Bounds { return top[i] }))
	}
	var first uint64 // number of the first node of the level below
	node := make([]byte, 0, nodeBytes)
	put := func(b geo.Bounds, offset uint64) error {
		node = node[:0]
		for _, c := range [...]float64{b.MinX, b.MinY, b.MaxX, b.MaxY} {
			node = le.AppendUint64(node, math.Float64bits(c))
		}
		_, err := w.Write(le.AppendUint64(node, offset))
		return err
	}
	for i := len(levels) - 1; i >= 0; i-- {
		first += uint64(len(levels[i]))
		for n, b := range levels[i] {
			if err := put(b, first+uint64(n)*nodeSize); err != nil {
				return err
			}
		}
	}
	var offset uint64
	for i := range leaves {
		if err := put(leaves[i].box, offset); err != nil {
			return err
		}
		offset += uint64(leaves[i].size)
	}
	return nil
}

func groupLeaves(leaves []leaf) []geo.Bounds {
	return group(len(leaves), func(i int) geo.Bounds { return leaves[i].box })
}

// group gives the boxes around each nodeSize of n boxes.
func group(n int, at func(int) geo.Bounds) []geo.Bounds {
	groups := make([]geo.Bounds, (n+nodeSize-1)/nodeSize)
	for g := range groups {
		b := geo.EmptyBounds()
		for i := g * nodeSize; i < min(n, (g+1)*nodeSize); i++ {
			b = expand(b, at(i))
		}
		groups[g] = b
	}
	return groups
}

// expand gives the planar box around a and b; either may be empty.
func expand(a, b geo.Bounds) geo.Bounds {
	return geo.Bounds{MinX: min(a.MinX, b.MinX), MinY: min(a.MinY, b.MinY), MaxX: max(a.MaxX, b.MaxX), MaxY: max(a.MaxY, b.MaxY)}
}
