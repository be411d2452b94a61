package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"puy/bench/lines"
)

// generated loads n generated lines from a GeoJSON text sequence.
func generated(ctx context.Context, t targets, puy string, n, runs int, stdout, stderr io.Writer) error {
	file := filepath.Join(t.dir, "lines.geojsonl")
	size, err := generate(file, n)
	if err != nil {
		return err
	}
	var all []contender
	for _, store := range stores {
		ours, theirs := t.of(store, puy, file, "id")
		all = append(all, ours, theirs)
	}
	results := make([]result, len(all))
	for range runs { // interleaved, so that a busy moment hits all alike
		for i, c := range all {
			if err := results[i].add(ctx, c, stderr); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	fmt.Fprintf(stdout, "%d features, %d MB of GeoJSON text sequence, median of %d runs\n\n", n, size>>20, runs)
	fmt.Fprintln(stdout, "| what | seconds | rows/s | peak memory |\n|---|---|---|---|")
	for i, c := range all {
		s := results[i].median()
		fmt.Fprintf(stdout, "| %s | %.2f | %.0f | %.0f MB |\n", c.name, s, float64(n)/s, results[i].peakMB)
	}
	fmt.Fprintf(stdout, "\nPostGIS: puy is %.2f times as fast as ogr2ogr; GeoPackage: %.2f times.\n",
		results[1].median()/results[0].median(), results[3].median()/results[2].median())
	return nil
}

func generate(path string, n int) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	if err := lines.Write(f, n); err != nil {
		return 0, err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	return size, f.Close()
}
