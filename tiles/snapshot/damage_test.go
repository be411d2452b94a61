package snapshot

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
)

// smallFile gives the bytes of a snapshot with every kind of geometry and column.
func smallFile(tb testing.TB) []byte {
	tb.Helper()
	shapes := []geom.T{
		geom.NewPointFlat(geom.XY, []float64{3, 45}),
		geom.NewMultiPointFlat(geom.XY, []float64{3, 45, 4, 46}),
		geom.NewLineStringFlat(geom.XY, []float64{-170, -60, 170, 60, 100, 30}),
		geom.NewPolygonFlat(geom.XY, []float64{0, 0, 40, 40, 0, 40, 0, 0, 10, 20, 10, 30, 20, 30, 10, 20}, []int{8, 16}),
	}
	// Too small for most zooms, so that others stand in their place.
	for i := range 20 {
		x := 3 + 0.001*float64(i)
		shapes = append(shapes, geom.NewPolygonFlat(geom.XY, []float64{x, 45, x + 0.001, 45, x + 0.001, 45.001, x, 45.001, x, 45}, []int{10}),
			geom.NewLineStringFlat(geom.XY, []float64{x, 44, x + 0.0005, 44.0005, x + 0.001, 44}))
	}
	schema := geo.Schema{Geometry: geo.GeometryAny, Fields: []geo.Field{{Name: "name", Type: geo.TypeText}, {Name: "unique", Type: geo.TypeInteger}}}
	features := func(yield func(*geo.Feature, error) bool) {
		for i := range 300 {
			g, err := geo.NewGeometry(shapes[i%len(shapes)])
			f := geo.Feature{FID: int64(i), Geometry: g, Values: []geo.Value{geo.Text("a"), geo.Integer(int64(i))}}
			if !yield(&f, err) {
				return
			}
		}
	}
	path := filepath.Join(tb.TempDir(), "x")
	if err := Build(context.Background(), path, schema, features, Options{Cluster: &catalog.Cluster{Sum: []string{"unique"}, By: "name"}}); err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestOpenRefusesDamage(t *testing.T) {
	good := smallFile(t)
	open := func(b []byte) error {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	if err := open(good); err != nil {
		t.Fatal(err)
	}
	h, err := parseHeader(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range h.sections {
		if s.length == 0 {
			continue
		}
		for _, at := range []uint64{s.offset, s.offset + s.length - 1} {
			b := append([]byte(nil), good...)
			b[at] ^= 0x10
			if err := open(b); geo.KindOf(err) != geo.KindInvalid {
				t.Errorf("byte %d of section %d changed: %v", at-s.offset, s.kind, err)
			}
		}
	}
	for at := range headerSize + len(h.sections)*entrySize {
		b := append([]byte(nil), good...)
		b[at] ^= 0x10
		if err := open(b); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("byte %d of the header changed: %v", at, err)
		}
	}
	for _, n := range []int{0, 1, headerSize - 1, headerSize, len(good) / 2, len(good) - 1} {
		if err := open(good[:n]); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); geo.KindOf(err) != geo.KindNotFound {
		t.Errorf("no file: %v", err)
	}
}

// reseal makes all checksums right that can be, so that what lies behind them
// is tried.
func reseal(b []byte) {
	le := binary.LittleEndian
	if len(b) < headerSize {
		return
	}
	copy(b, magic)
	le.PutUint32(b[8:], FormatVersion)
	le.PutUint32(b[12:], nodeSize)
	le.PutUint64(b[40:], uint64(len(b)))
	n := min(uint64(le.Uint32(b[48:])), uint64(len(b)-headerSize)/entrySize)
	le.PutUint32(b[48:], uint32(n))
	for i := range n {
		e := b[headerSize+i*entrySize:]
		offset, length := le.Uint64(e[8:]), le.Uint64(e[16:])
		if offset <= uint64(len(b)) && length <= uint64(len(b))-offset {
			le.PutUint32(e[24:], crc32.Checksum(b[offset:offset+length], crcTable()))
		}
	}
	le.PutUint32(b[60:], headerChecksum(b[:headerSize+n*entrySize]))
}

// FuzzSnapshot changes a few places of a good file, makes the checksums right
// and cuts: an error or a tile, never a panic.
func FuzzSnapshot(f *testing.F) {
	good := smallFile(f)
	h, err := parseHeader(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(16), uint64(1)<<40, uint32(48), uint64(3), uint16(0))
	for _, s := range h.sections {
		f.Add(uint32(s.offset), uint64(0xffffffffffffffff), uint32(s.offset+s.length/2), uint64(0), uint16(0))
	}
	f.Fuzz(func(t *testing.T, at1 uint32, v1 uint64, at2 uint32, v2 uint64, drop uint16) {
		b := append([]byte(nil), good[:len(good)-int(drop)%len(good)]...)
		for _, change := range []struct {
			at uint32
			v  uint64
		}{{at1, v1}, {at2, v2}} {
			if at := int(change.at) % len(good); at+8 <= len(b) {
				binary.LittleEndian.PutUint64(b[at:], change.v)
			}
		}
		reseal(b)
		s, err := parse(b)
		if err != nil {
			if geo.KindOf(err) != geo.KindInvalid {
				t.Fatal(err)
			}
			return
		}
		var scratch Scratch
		for _, zxy := range [][3]int{{0, 0, 0}, {1, 1, 0}, {6, 32, 23}, {24, 8_500_000, 6_000_000}} {
			if _, _, err := s.AppendMVT(nil, "l", zxy[0], zxy[1], zxy[2], &scratch); err != nil && geo.KindOf(err) != geo.KindInvalid {
				t.Fatal(err)
			}
		}
	})
}
