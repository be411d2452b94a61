package known_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/known"
)

// selected says what is read of formats that hold several layers.
var selected = map[string]format.Options{"gtfs": {Layer: "stops"}, "osmpbf": {Tags: []string{"highway"}}, "xls": {Layer: "Mesures"}}

// load reads all of b, and gives the first error and the number of good rows.
func load(t *testing.T, path string, b []byte) (rows int, err error) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		return 0, err
	}
	f, err := known.Detect(src)
	if err != nil {
		return 0, err
	}
	r, err := f.Open(context.Background(), src, selected[f.Name])
	if err != nil {
		return 0, err
	}
	defer r.Close()
	var first error
	for {
		var f geo.Feature
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return rows, first
		}
		if _, ok := errors.AsType[*format.BadRow](err); err != nil && !ok {
			return rows, err
		}
		if err == nil {
			rows++
		} else if first == nil {
			first = err
		}
	}
}

// fault tells that an error is the file's.
func fault(err error) bool {
	_, bad := errors.AsType[*format.BadRow](err)
	return bad || geo.KindOf(err) == geo.KindInvalid || geo.KindOf(err) == geo.KindLimit
}

// TestDamage cuts each sample at many places and spoils many of its bytes and bits: a
// part is never taken for the whole, and what is wrong is the file's fault.
func TestDamage(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, b := range samples(t) {
		path := filepath.Join(t.TempDir(), "a."+name)
		whole, err := load(t, path, b)
		if err != nil || whole == 0 {
			t.Errorf("%s: %d rows, %v", name, whole, err)
			continue
		}
		end := len(bytes.TrimRight(b, "\n"))
		for n := 1; n < end; n += 1 + len(b)/100 {
			rows, err := load(t, path, b[:n])
			if err == nil && !(anyEnd[name] && rows <= whole) || err != nil && !fault(err) {
				t.Errorf("%s: the first %d of %d bytes give %d rows, %v", name, n, len(b), rows, err)
			}
		}
		for at := 0; at < len(b); at += 1 + len(b)/100 {
			for _, flip := range []byte{0xff, 1 << (at % 8)} {
				spoilt := bytes.Clone(b)
				spoilt[at] ^= flip
				if _, err := load(t, path, spoilt); err != nil && !fault(err) {
					t.Errorf("%s: with byte %d spoilt by %#x: %v", name, at, flip, err)
				}
			}
			zeros := bytes.Clone(b)
			clear(zeros[at:min(at+8, len(b))])
			if _, err := load(t, path, zeros); err != nil && !fault(err) {
				t.Errorf("%s: with zeros at byte %d: %v", name, at, err)
			}
			most := bytes.Clone(b)
			for i := at; i < min(at+8, len(b)); i++ {
				most[i] = 0xff
			}
			if at+8 < len(b) {
				most[at+7] = 0x7f // nine quintillions, as a count of 64 bits
			}
			if _, err := load(t, path, most); err != nil && !fault(err) {
				t.Errorf("%s: with a huge number at byte %d: %v", name, at, err)
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "puy-*"))
	if len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}
