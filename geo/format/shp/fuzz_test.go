package shp

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
)

// members gives the files of all fixtures with extension ext.
func members(f *testing.F, ext string) [][]byte {
	f.Helper()
	paths, err := filepath.Glob("testdata/*.zip")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	var all [][]byte
	for _, p := range paths {
		z, err := zip.OpenReader(p)
		if err != nil {
			f.Fatal(err)
		}
		for _, member := range z.File {
			if path.Ext(member.Name) != ext || path.Base(member.Name)[0] == '.' {
				continue
			}
			r, err := member.Open()
			if err != nil {
				f.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				f.Fatal(err)
			}
			all = append(all, b)
		}
		z.Close()
	}
	return all
}

func memory(name string, b []byte) *part {
	if b == nil {
		return nil
	}
	return &part{name: name, size: int64(len(b)), open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

type tally struct{ rows, bad, ordinates int }

// readAll reads a layer as open does.
func readAll(l *layerFiles) (n tally, count int64, err error) {
	seen, err := scan(context.Background(), l)
	if err != nil {
		return n, 0, err
	}
	r := &reader{files: &collection{}, last: max(seen.shapes, seen.records), spatial: true}
	defer r.Close()
	if l.dbf != nil {
		if r.table, err = openTable(l.dbf); err != nil {
			return n, 0, err
		}
		if err := r.describe(l, seen, format.Options{}); err != nil {
			return n, 0, err
		}
	}
	switch {
	case l.shp == nil:
	case seen.indexed:
		x, err := openIndexed(l)
		if err != nil {
			return n, 0, err
		}
		r.shapes = x
	default:
		s, err := openSequence(l)
		if err != nil {
			return n, 0, err
		}
		r.shapes = s
	}
	var f geo.Feature
	for {
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return n, seen.rows(), nil
		}
		if _, ok := errors.AsType[*format.BadRow](err); ok {
			n.bad++
			continue
		}
		if err != nil {
			return n, 0, err
		}
		n.rows++
		f.Geometry.EachFlat(func(flat []float64, _ int) { n.ordinates += len(flat) })
		f.Geometry.AppendWKB(nil)
	}
}

// FuzzMain reads bytes as a main file, with and without an index.
func FuzzMain(f *testing.F) {
	for i, b := range members(f, ".shp") {
		f.Add(b, members(f, ".shx")[i])
	}
	f.Fuzz(func(t *testing.T, main, index []byte) {
		if _, err := scan(t.Context(), &layerFiles{shp: memory("a.shp", main)}); err == nil {
			n, count, err := readAll(&layerFiles{shp: memory("a.shp", main)})
			if err != nil || count != int64(n.rows+n.bad) {
				t.Fatalf("%+v of %d rows, %v", n, count, err)
			}
			if n.ordinates > len(main) {
				t.Fatalf("%d ordinates of %d bytes", n.ordinates, len(main))
			}
		}
		n, count, err := readAll(&layerFiles{shp: memory("a.shp", main), shx: memory("a.shx", index)})
		if err == nil && count != int64(n.rows+n.bad) {
			t.Fatalf("by index: %+v of %d rows", n, count)
		}
	})
}

// FuzzTable reads bytes as a table: what the first pass accepts the second reads.
func FuzzTable(f *testing.F) {
	for _, b := range members(f, ".dbf") {
		f.Add(b, "")
	}
	f.Add(foxPro(), "ANSI 1252")
	f.Fuzz(func(t *testing.T, table []byte, cpg string) {
		l := &layerFiles{dbf: memory("a.dbf", table), cpg: memory("a.cpg", []byte(cpg))}
		if _, err := scan(t.Context(), l); err != nil {
			return
		}
		n, count, err := readAll(l)
		if err != nil || count != int64(n.rows+n.bad) {
			t.Fatalf("%+v of %d rows, %v", n, count, err)
		}
	})
}
