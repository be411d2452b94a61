package mlt

// The types of streams.
const (
	streamPresent           = 0x00
	streamData              = 0x10
	streamDictionary        = 0x11
	streamVertices          = 0x13
	streamVertexIndexes     = 0x20
	streamIndexes           = 0x22
	streamLengths           = 0x30
	streamGeometries        = 0x31
	streamParts             = 0x32
	streamRings             = 0x33
	streamDictionaryLengths = 0x36
)

// The encodings of streams: a logical one, and how its numbers become bytes.
const (
	encodingPlain    = 0
	encodingDelta    = 1 << 5
	encodingDeltaRLE = 1<<5 | 3<<2
	encodingVertices = 2 << 5
	encodingRLE      = 3 << 5

	physicalNone   = 0
	physicalVarint = 2
)

// appendStream appends the header of a stream of count values in size bytes.
func appendStream(dst []byte, kind, encoding byte, count, size int) []byte {
	dst = append(dst, kind, encoding)
	return appendUvarint(appendUvarint(dst, uint64(count)), uint64(size))
}

// encoded is a way to encode a stream of integers and what it takes.
type encoded struct {
	encoding byte
	size     int // in bytes
	runs     int // of the encodings with runs
}

// smallest finds the smallest encoding of values; among equals the simplest.
// Columns of more than 32 bits are wide.
func smallest(values []int64, signed, wide bool) encoded {
	var plain, delta, rle, deltaRLE encoded
	var run, deltaRun, length, deltaLength int
	var before, deltaBefore int64
	var widest uint64
	for _, v := range values {
		d := v - before
		widest |= zigzag(d) | unsigned(v, signed)
		if run == 0 || d != 0 {
			rle.size += lengthOfRun(run)
			rle.runs++
			length = uvarintLen(unsigned(v, signed))
			rle.size += length
			run = 0
		}
		if deltaRun == 0 || d != deltaBefore {
			deltaRLE.size += lengthOfRun(deltaRun)
			deltaRLE.runs++
			deltaLength = uvarintLen(zigzag(d))
			deltaRLE.size += deltaLength
			deltaRun = 0
		}
		plain.size += length
		delta.size += deltaLength
		run++
		deltaRun++
		before, deltaBefore = v, d
	}
	rle.size += lengthOfRun(run) + uvarintLen(uint64(rle.runs)) + uvarintLen(uint64(len(values)))
	deltaRLE.size += lengthOfRun(deltaRun) + uvarintLen(uint64(deltaRLE.runs)) + uvarintLen(uint64(len(values)))
	plain.encoding, delta.encoding, rle.encoding, deltaRLE.encoding = encodingPlain, encodingDelta, encodingRLE, encodingDeltaRLE

	best := plain
	if rle.size < best.size {
		best = rle
	}
	// Readers add up differences in 32 bits, or of wide columns in a float64.
	if !wide && widest>>32 != 0 || widest >= safeInteger {
		return best
	}
	if delta.size < best.size {
		best = delta
	}
	if deltaRLE.size < best.size {
		best = deltaRLE
	}
	return best
}

// lengthOfRun gives the bytes of the length of a run; none is open before the first.
func lengthOfRun(run int) int {
	if run == 0 {
		return 0
	}
	return uvarintLen(uint64(run))
}

func unsigned(v int64, signed bool) uint64 {
	if signed {
		return zigzag(v)
	}
	return uint64(v)
}

// appendIntegers appends a stream of integers, of which there is one at the
// least, in their smallest encoding. Signed ones are zigzag encoded.
func appendIntegers(dst []byte, kind byte, values []int64, signed, wide bool) []byte {
	return appendEncoded(dst, kind, values, smallest(values, signed, wide), signed)
}

// appendEncoded appends a stream of integers as smallest has found.
func appendEncoded(dst []byte, kind byte, values []int64, way encoded, signed bool) []byte {
	count, size := len(values), way.size
	if way.encoding == encodingRLE || way.encoding == encodingDeltaRLE {
		count = 2 * way.runs
		size -= uvarintLen(uint64(way.runs)) + uvarintLen(uint64(len(values)))
	}
	dst = appendStream(dst, kind, way.encoding|physicalVarint, count, size)
	var before int64
	switch way.encoding {
	case encodingPlain:
		for _, v := range values {
			dst = appendUvarint(dst, unsigned(v, signed))
		}
	case encodingDelta:
		for _, v := range values {
			dst = appendUvarint(dst, zigzag(v-before))
			before = v
		}
	case encodingRLE:
		dst = appendUvarint(appendUvarint(dst, uint64(way.runs)), uint64(len(values)))
		for i := 0; i < len(values); {
			end := runEnd(values, i)
			dst = appendUvarint(dst, uint64(end-i))
			i = end
		}
		for i := 0; i < len(values); i = runEnd(values, i) {
			dst = appendUvarint(dst, unsigned(values[i], signed))
		}
	case encodingDeltaRLE:
		dst = appendUvarint(appendUvarint(dst, uint64(way.runs)), uint64(len(values)))
		for i := 0; i < len(values); {
			end, _ := deltaRunEnd(values, i)
			dst = appendUvarint(dst, uint64(end-i))
			i = end
		}
		for i := 0; i < len(values); {
			end, d := deltaRunEnd(values, i)
			dst = appendUvarint(dst, zigzag(d))
			i = end
		}
	}
	return dst
}

// runEnd gives the end of the run of equal values that starts at i.
func runEnd(values []int64, i int) int {
	end := i + 1
	for end < len(values) && values[end] == values[i] {
		end++
	}
	return end
}

// deltaRunEnd gives the end of the run of equal differences that starts at i,
// and the difference. Before the first value is 0.
func deltaRunEnd(values []int64, i int) (int, int64) {
	d := values[i]
	if i > 0 {
		d -= values[i-1]
	}
	end := i + 1
	for end < len(values) && values[end]-values[end-1] == d {
		end++
	}
	return end, d
}
