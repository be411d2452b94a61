package geojson_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/geojson"
)

// writeLines writes n short lines with five properties, as a sequence or a collection.
func writeLines(tb testing.TB, path string, n int, sequence bool) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var b []byte
	seed := uint32(1)
	next := func(n uint32) uint32 {
		seed = seed*1664525 + 1013904223
		return (seed >> 8) % n
	}
	if !sequence {
		b = append(b, "{\"type\":\"FeatureCollection\",\"features\":[\n"...)
	}
	for i := range n {
		if i > 0 && !sequence {
			b = append(b, ",\n"...)
		}
		b = fmt.Appendf(b, `{"type":"Feature","properties":{"id":%d,"insee":"%05d","nom":"Rue numéro %d","largeur":%d.%d,"eclairee":%t,"maj":"2024-%02d-%02d"},"geometry":{"type":"LineString","coordinates":[`,
			i, 63000+next(400), next(100000), next(10), next(10), next(2) == 0, 1+next(12), 1+next(28))
		x, y := 2.8+float64(next(600000))/1e6, 45.5+float64(next(500000))/1e6
		for j := range 4 {
			if j > 0 {
				b = append(b, ',')
			}
			b = fmt.Appendf(b, "[%.6f,%.6f]", x, y)
			x, y = x+float64(next(1000))/1e6, y+float64(next(1000))/1e6
		}
		b = append(b, "]}}"...)
		if sequence {
			b = append(b, '\n')
		}
		if len(b) > 1<<20 {
			if _, err := f.Write(b); err != nil {
				tb.Fatal(err)
			}
			b = b[:0]
		}
	}
	if !sequence {
		b = append(b, "]}"...)
	}
	if _, err := f.Write(b); err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkRead(b *testing.B) {
	const rows = 100_000
	for _, sequence := range []bool{false, true} {
		name := "collection"
		if sequence {
			name = "sequence"
		}
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "lines.geojson")
			writeLines(b, path, rows, sequence)
			src, err := format.OpenSource(path, "")
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(src.Size())
			b.ReportAllocs()
			for b.Loop() {
				r, err := geojson.Format().Open(context.Background(), src, format.Options{})
				if err != nil {
					b.Fatal(err)
				}
				var f geo.Feature
				n := 0
				for {
					if err := r.Read(&f); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != rows {
					b.Fatalf("%d rows", n)
				}
				r.Close()
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkAppendFeature(b *testing.B) {
	path := filepath.Join(b.TempDir(), "lines.geojson")
	writeLines(b, path, 1, false)
	src, err := format.OpenSource(path, "")
	if err != nil {
		b.Fatal(err)
	}
	r, err := geojson.Format().Open(context.Background(), src, format.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	var f geo.Feature
	if err := r.Read(&f); err != nil {
		b.Fatal(err)
	}
	schema := r.Layer().Schema
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = geojson.AppendFeature(dst[:0], &schema, &f, 7)
	}
	b.SetBytes(int64(len(dst)))
}
