package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
)

func cursors() []cursor {
	return []cursor{
		{version: 1, fid: 1},
		{version: 1 << 62, fid: 1 << 62, backward: true},
		{version: 3, fid: 7, values: []geo.Value{{}, geo.Text("é,\x00"), geo.Text(""), geo.Integer(-1 << 63), geo.Number(-0.1), geo.Boolean(true), geo.Boolean(false),
			geo.Date(-1), geo.DateTime(time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC))}},
		{version: 3, fid: 7, absent: true},
	}
}

func FuzzDecodeCursor(f *testing.F) {
	for i, c := range cursors() {
		f.Add(c.encode("stations", "-nom"), "stations", []string{"-nom", "nom"}[i%2])
	}
	f.Add("AAAAAAAAAAEAAAAAAAAAAcUO5tw", "x", "")
	f.Fuzz(func(t *testing.T, text, dataset, order string) {
		// The checksum stands in the fuzzer's way: with the right one it gets to the rest.
		if b, err := base64.RawURLEncoding.DecodeString(text); err == nil && len(b) > 4 {
			b = binary.BigEndian.AppendUint32(b[:len(b)-4:len(b)-4], checksum(b[:len(b)-4], dataset, order))
			text = base64.RawURLEncoding.EncodeToString(b)
		}
		c, ok := decodeCursor(text, dataset, order)
		if ok && (c.encode(dataset, order) != text || c.version < 1 || c.fid < 1) {
			t.Errorf("%q is read as %v, which is written %q", text, c, c.encode(dataset, order))
		}
	})
}

func TestCursorIsOfOneDatasetAndOrder(t *testing.T) {
	for _, c := range cursors() {
		text := c.encode("stations", "-nom")
		got, ok := decodeCursor(text, "stations", "-nom")
		if !ok || !slices.Equal(got.values, c.values) || got.version != c.version || got.fid != c.fid || got.backward != c.backward || got.absent != c.absent {
			t.Errorf("%v, %v; want %v", got, ok, c)
		}
		for _, other := range [][2]string{{"iles", "-nom"}, {"stations", "nom"}, {"stations", ""}, {"stations\x00-nom", ""}} {
			if _, ok := decodeCursor(text, other[0], other[1]); ok {
				t.Errorf("%q takes it", other)
			}
		}
		for i := range len(text) {
			b := []byte(text)
			if b[i]++; b[i] > 'y' {
				b[i] = 'A'
			}
			if _, ok := decodeCursor(string(b), "stations", "-nom"); ok {
				t.Errorf("with character %d changed, it is taken", i)
			}
		}
	}
	if _, ok := decodeCursor(cursor{fid: 5}.encode("stations", ""), "stations", ""); ok {
		t.Error("version 0 is taken")
	}
}

// Cursors of 20 bytes, of before there was any order but that of fids, are refused.
func TestOldCursor(t *testing.T) {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, 1), 100)
	b = binary.BigEndian.AppendUint32(b, crc32.Update(crc32.ChecksumIEEE(b), crc32.IEEETable, []byte("stations")))
	if c, ok := decodeCursor(base64.RawURLEncoding.EncodeToString(b), "stations", ""); ok {
		t.Error("taken as", c)
	}
}

func TestCursorStaysShort(t *testing.T) {
	c := cursor{version: 1, fid: 2, values: []geo.Value{geo.Integer(1), geo.Text(strings.Repeat("é", 400))}}
	text := c.encode("d", "a,b")
	got, ok := decodeCursor(text, "d", "a,b")
	if diff := cmp.Diff(cursor{version: 1, fid: 2, absent: true}.encode("d", "a,b"), text); diff != "" || !ok || !got.absent || got.values != nil {
		t.Error(diff, got, ok)
	}
	c.values[1] = geo.Text(strings.Repeat("é", 240))
	if got, ok = decodeCursor(c.encode("d", "a,b"), "d", "a,b"); !ok || !slices.Equal(got.values, c.values) {
		t.Error(got, ok)
	}
}
