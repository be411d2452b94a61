package fgb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
)

// FuzzRead reads bytes as a file, once with its size known and once without, as
// when it is gzip: both must tell the same, and without panic.
func FuzzRead(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.fgb")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		known, errKnown := readAll(b, int64(len(b)))
		unknown, errUnknown := readAll(b, -1)
		if (errKnown == nil) != (errUnknown == nil) || known != unknown {
			t.Fatalf("with size %v %v, without %v %v", known, errKnown, unknown, errUnknown)
		}
	})
}

type tally struct{ rows, bad, ordinates int }

func readAll(b []byte, size int64) (tally, error) {
	var n tally
	start := func() (*stream, error) {
		s := &stream{in: bufio.NewReader(bytes.NewReader(b)), name: "x", left: size}
		return s, s.start()
	}
	first, err := start()
	if err != nil {
		return n, err
	}
	found, err := scanStream(context.Background(), first)
	if err != nil {
		return n, err
	}
	second, err := start()
	if err != nil {
		return n, err
	}
	r := &reader{stream: second}
	r.describe(found, format.Options{})
	var f geo.Feature
	for {
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if _, ok := errors.AsType[*format.BadRow](err); ok {
			n.bad++
			continue
		}
		if err != nil {
			return n, err
		}
		n.rows++
		f.Geometry.EachFlat(func(flat []float64, _ int) { n.ordinates += len(flat) })
		if 3*len(b) < n.ordinates {
			return n, errors.New("more ordinates than bytes")
		}
		f.Geometry.AppendWKB(nil)
	}
}
