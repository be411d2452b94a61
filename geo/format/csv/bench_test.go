package csv_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/csv"
)

func BenchmarkRead(b *testing.B) {
	const rows = 100_000
	text := []byte("id;insee;nom;montant;date;lon;lat\n")
	for i := range rows {
		text = fmt.Appendf(text, "%d;%05d;\"Rue \"\"%d\"\"\";%d,%02d;2024-%02d-%02d;%.6f;%.6f\n", i, 63000+i%400, i%5000, i%999, i%100, 1+i%12, 1+i%28,
			2.8+float64(i%6000)/1e4, 45.5+float64(i%5000)/1e4)
	}
	path := filepath.Join(b.TempDir(), "a.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(src.Size())
	b.ReportAllocs()
	for b.Loop() {
		r, err := csv.Format().Open(context.Background(), src, format.Options{})
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
}
