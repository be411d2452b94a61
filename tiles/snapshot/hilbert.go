package snapshot

// hilbert gives the index of a grid position on the Hilbert curve of order 32,
// by the rotation of quadrants from the largest to the smallest.
func hilbert(x, y uint32) uint64 {
	var d uint64
	for s := 31; s >= 0; s-- {
		rx, ry := x>>s&1, y>>s&1
		d = d<<2 | uint64(3*rx^ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}
