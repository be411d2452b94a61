package pmtiles_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"testing"

	"puy/tiles/pmtiles"
)

// verify checks a whole archive as the specification describes it, with a
// reader of its own, and gives all tiles by id.
func verify(t *testing.T, path string) map[uint64][]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	if string(b[:8]) != "PMTiles\x03" || b[96] != 1 || b[97] != 2 {
		t.Fatalf("header %q", b[:127])
	}
	// Root, metadata, leaves and tiles follow each other without a gap.
	at := uint64(127)
	var sections [4][]byte
	for i := range sections {
		offset, length := u64(8+16*i), u64(16+16*i)
		if offset != at {
			t.Fatalf("section %d begins at %d, not at %d", i, offset, at)
		}
		at += length
		sections[i] = b[offset:at]
	}
	if at != uint64(len(b)) || len(sections[0])+127 > 16384 {
		t.Fatalf("%d bytes of %d are used, root of %d", at, len(b), len(sections[0]))
	}
	c := checker{t: t, leaves: sections[2], data: sections[3], tiles: map[uint64][]byte{}, contents: map[uint64]uint64{}}
	c.directory(sections[0], 0)
	if got := [3]uint64{uint64(len(c.tiles)), c.entries, uint64(len(c.contents))}; got != [3]uint64{u64(72), u64(80), u64(88)} {
		t.Errorf("%d addressed, entries, contents, and the header tells %d %d %d", got, u64(72), u64(80), u64(88))
	}
	if c.end != uint64(len(sections[3])) || c.leafEnd != uint64(len(sections[2])) {
		t.Errorf("%d of %d bytes of tiles and %d of %d of leaves are used", c.end, len(sections[3]), c.leafEnd, len(sections[2]))
	}
	first, _, _, _ := pmtiles.ZXY(c.first)
	last, _, _, _ := pmtiles.ZXY(c.next - 1)
	if int(b[100]) != first || int(b[101]) != last {
		t.Errorf("zooms %d to %d, and the header tells %d to %d", first, last, b[100], b[101])
	}
	return c.tiles
}

type checker struct {
	t            *testing.T
	leaves, data []byte
	tiles        map[uint64][]byte
	contents     map[uint64]uint64 // lengths by offset
	entries      uint64
	first, next  uint64 // ids
	end, leafEnd uint64 // of what was named so far
}

func (c *checker) directory(packed []byte, least uint64) {
	c.t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		c.t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		c.t.Fatal(err)
	}
	in := bytes.NewReader(b)
	column := func(n uint64) []uint64 {
		values := make([]uint64, n)
		for i := range values {
			if values[i], err = binary.ReadUvarint(in); err != nil {
				c.t.Fatal(err)
			}
		}
		return values
	}
	n := column(1)[0]
	ids, runs, lengths, offsets := column(n), column(n), column(n), column(n)
	if n == 0 || in.Len() > 0 {
		c.t.Fatalf("%d entries, %d bytes left", n, in.Len())
	}
	for i := range ids {
		if i > 0 {
			ids[i] += ids[i-1]
		}
		if offsets[i] == 0 {
			offsets[i] = offsets[i-1] + lengths[i-1]
		} else {
			offsets[i]--
		}
		if i == 0 && ids[i] < least {
			c.t.Fatalf("a leaf from %d begins with %d", least, ids[i])
		}
		if runs[i] > 0 {
			c.run(ids[i], runs[i], offsets[i], lengths[i])
			continue
		}
		if offsets[i] != c.leafEnd {
			c.t.Fatalf("a leaf at %d, after those up to %d", offsets[i], c.leafEnd)
		}
		c.leafEnd += lengths[i]
		c.directory(c.leaves[offsets[i]:c.leafEnd], ids[i])
	}
}

func (c *checker) run(id, run, offset, length uint64) {
	c.t.Helper()
	if c.entries == 0 {
		c.first = id
	} else if id < c.next {
		c.t.Fatalf("tile %d comes after %d", id, c.next-1)
	}
	known, ok := c.contents[offset]
	switch {
	case ok && known != length, !ok && offset != c.end, length == 0:
		c.t.Fatalf("tile %d lies at %d, %d bytes; %d bytes are used so far", id, offset, length, c.end)
	case !ok:
		c.contents[offset] = length
		c.end += length
	}
	c.entries++
	c.next = id + run
	for i := range run {
		c.tiles[id+i] = c.data[offset : offset+length]
	}
}
