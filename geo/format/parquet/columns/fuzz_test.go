package columns_test

import (
	"bytes"
	"fmt"
	"testing"

	reference "github.com/parquet-go/parquet-go"

	"puy/geo"
)

// seeds are small files in all codecs and both versions of pages.
func seeds(t *testing.T) [][]byte {
	list, _ := flatRows(12)
	nest := []nested{{Tags: []string{"a", "b"}, Bare: []int32{1}, Places: []place{{"p", 1}}, Map: map[string]int64{"k": 1}, Group: &place{"g", 2}}, {}}
	files := [][]byte{write(t, 8), written(t, list, reference.Compression(&reference.Lz4Raw)), written(t, list, reference.Compression(&reference.Gzip)),
		written(t, nest, reference.Compression(&reference.Snappy)), written(t, nest, reference.DataPageVersion(1))}
	return append(files, written(t, list, reference.DataPageVersion(1), reference.Compression(&reference.Brotli)))
}

// FuzzRead reads whatever it is given, which must end with rows or an error that
// blames the file.
func FuzzRead(f *testing.F) {
	var t testing.T
	for _, s := range seeds(&t) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := readRows(b); err != nil {
			if kind := geo.KindOf(err); kind != geo.KindInvalid && kind != geo.KindLimit {
				t.Fatalf("%v of kind %v", err, kind)
			}
		}
	})
}

func TestDamagedFilesGiveErrors(t *testing.T) {
	for i, whole := range seeds(t) {
		for n := range len(whole) {
			if _, err := readRows(whole[:n]); err == nil {
				t.Errorf("file %d cut at %d is read", i, n)
			}
		}
		want, err := readRows(whole)
		if err != nil {
			t.Fatal(err)
		}
		for at := range whole {
			damaged := bytes.Clone(whole)
			damaged[at] ^= 0x55
			if got, err := readRows(damaged); err != nil && geo.KindOf(err) == geo.KindInternal {
				t.Errorf("file %d, byte %d: %v", i, at, err)
			} else if err == nil && len(got) != len(want) {
				t.Errorf("file %d, byte %d: %d rows of %d", i, at, len(got), len(want))
			}
		}
	}
}

// TestClaimsAreNotBelieved gives counts and sizes that no memory has.
func TestClaimsAreNotBelieved(t *testing.T) {
	huge := []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}
	for name, footer := range map[string][]byte{
		"a list":       append([]byte{0x29, 0xfc}, huge...),
		"bytes":        append([]byte{0x68}, huge...),
		"rows":         append(append([]byte{0x29, 0x2c, 0x48, 1, 's', 0x15, 2, 0, 0x15, 2, 0x25, 0, 0x18, 1, 'a', 0, 0x16}, huge...), 0x19, 0x1c, 0x19, 0x1c, 0, 0x26, 2, 0, 0),
		"deep nesting": bytes.Repeat([]byte{0x1c}, 10000),
		"a map":        append(append([]byte{0x1b}, huge...), 0x11, 0),
	} {
		file := append([]byte("PAR1"), footer...)
		file = fmt.Appendf(file, "%c%c%c%cPAR1", len(footer)&255, len(footer)>>8, 0, 0)
		if _, err := readRows(file); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
