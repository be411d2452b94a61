package pmtiles

// MaxZoom is the deepest zoom whose ids fit.
const MaxZoom = 31

// ID gives the number of tile z, x, y (XYZ scheme: y grows southwards), z from 0 to
// MaxZoom, x and y from 0 to 2^z-1.
func ID(z, x, y int) uint64 {
	d := uint64(0)
	u, v := uint32(x), uint32(y)
	for s := z - 1; s >= 0; s-- {
		rx, ry := u>>s&1, v>>s&1
		d = d<<2 | uint64(3*rx^ry)
		if ry == 0 {
			if rx == 1 {
				u, v = ^u, ^v
			}
			u, v = v, u
		}
	}
	return firstID(z) + d
}

// ZXY gives the tile whose number is id; of ids beyond MaxZoom it gives ok false.
func ZXY(id uint64) (z, x, y int, ok bool) {
	for z = 0; z <= MaxZoom; z++ {
		if first := firstID(z); id-first < 1<<(2*z) {
			x, y = position(z, id-first)
			return z, x, y, true
		}
	}
	return 0, 0, 0, false
}

// firstID gives the number of tiles of all zooms above z.
func firstID(z int) uint64 { return (1<<(2*z) - 1) / 3 }

// position gives the column and row at place d of the Hilbert curve of zoom z.
func position(z int, d uint64) (x, y int) {
	var u, v uint32
	for s := range z {
		size := uint32(1) << s
		rx := uint32(d>>1) & 1
		ry := uint32(d)&1 ^ rx
		if ry == 0 {
			if rx == 1 {
				u, v = size-1-u, size-1-v
			}
			u, v = v, u
		}
		u, v = u+size*rx, v+size*ry
		d >>= 2
	}
	return int(u), int(v)
}
