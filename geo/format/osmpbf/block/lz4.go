package block

import "puy/geo"

var errLZ4 = geo.Errorf(geo.KindInvalid, "the LZ4 data are damaged")

// appendLZ4 decompresses one LZ4 block (github.com/lz4/lz4, doc/lz4_Block_format.md)
// to dst, which must have room for all of it: what does not fit is an error.
func appendLZ4(dst, src []byte) ([]byte, error) {
	start := len(dst)
	for len(src) > 0 {
		token := src[0]
		literals, rest, ok := lengthLZ4(int(token>>4), src[1:])
		if !ok || literals > len(rest) || literals > cap(dst)-len(dst) {
			return nil, errLZ4
		}
		dst = append(dst, rest[:literals]...)
		if src = rest[literals:]; len(src) == 0 {
			return dst, nil
		}
		if len(src) < 2 {
			return nil, errLZ4
		}
		offset := int(src[0]) | int(src[1])<<8
		length, rest, ok := lengthLZ4(int(token&15), src[2:])
		length += 4
		if !ok || offset == 0 || offset > len(dst)-start || length > cap(dst)-len(dst) {
			return nil, errLZ4
		}
		// The source may overlap what is being written, which repeats it.
		for from := len(dst) - offset; length > 0; length-- {
			dst = append(dst, dst[from])
			from++
		}
		src = rest
	}
	return dst, nil
}

// lengthLZ4 reads the bytes that continue a length of 15.
func lengthLZ4(n int, src []byte) (length int, rest []byte, ok bool) {
	if n < 15 {
		return n, src, true
	}
	for i, c := range src {
		if n += int(c); c != 255 {
			return n, src[i+1:], true
		}
	}
	return 0, nil, false
}
