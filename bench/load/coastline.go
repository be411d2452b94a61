package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// formats are those that the coastline is loaded from, by extension.
var formats = []string{"fgb", "gpkg", "shp", "parquet", "geojsonl", "csv"}

// coastRows is how many lines the coastline of bench/sets has.
const coastRows = 1_236_204

// coastline loads the same lines from each format into each store, checks them
// without loading, and prints one row a format and store.
func coastline(ctx context.Context, t targets, puy, data string, chosen, into []string, runs int, stdout, stderr io.Writer) error {
	fmt.Fprintf(stdout, "%d lines, median of %d runs; check is puy check of the same file, s are processor seconds\n\n", coastRows, runs)
	fmt.Fprintln(stdout, "| format | MB | store | puy rows/s | s | peak memory | ogr2ogr rows/s | peak memory | ratio | check rows/s | s | peak memory |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, format := range chosen {
		if !slices.Contains(formats, format) {
			return fmt.Errorf("no format %q: there are %s", format, strings.Join(formats, ", "))
		}
		file, err := coastFile(ctx, data, format, puy, t.dir)
		if err != nil {
			return err
		}
		size, err := bytes(file)
		if err != nil {
			return err
		}
		check := contender{"puy check", func(context.Context) error { return nil }, []string{puy, "check", file}, nil}
		for _, store := range into {
			ours, theirs := t.of(store, puy, file, "id")
			all := []contender{ours, check}
			if format != "parquet" || readsParquet(ctx) {
				all = append(all, theirs)
			}
			results := make([]result, 3)
			for range runs { // interleaved, so that a busy moment hits all alike
				for i, c := range all {
					if err := results[i].add(ctx, c, stderr); err != nil {
						return fmt.Errorf("%s of %s: %w", c.name, file, err)
					}
				}
			}
			other := "| – | – | – |"
			if len(all) == 3 {
				r := &results[2]
				other = fmt.Sprintf("| %.0f | %.0f MB | %.2f |", coastRows/r.median(), r.peakMB, r.median()/results[0].median())
			}
			row := func(r *result) string {
				return fmt.Sprintf("%.0f | %.1f | %.0f MB ", coastRows/r.median(), median(r.processor), r.peakMB)
			}
			fmt.Fprintf(stdout, "| %s | %d | %s | %s%s %s|\n", format, size>>20, store, row(&results[0]), other, row(&results[1]))
		}
	}
	return nil
}

// coastFile gives the coastline in a format; what is not there yet is made of the
// FlatGeobuf, once.
func coastFile(ctx context.Context, data, format, puy, dir string) (string, error) {
	file, from := filepath.Join(data, "coastline."+format), filepath.Join(data, "coastline.fgb")
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return file, err
	}
	draft := filepath.Join(data, "draft-coastline."+format)
	var commands [][]string
	switch format {
	case "parquet": // GDAL of many systems does not write it
		store := "gpkg:" + filepath.Join(dir, "export.gpkg")
		commands = [][]string{{puy, "ingest", from, "--id", "coastline", "--key", "id", "--store", store}, {puy, "export", "coastline", "-o", draft, "--store", store}}
	case "gpkg":
		commands = [][]string{{"ogr2ogr", "-f", "GPKG", draft, from}}
	case "shp":
		// Its files belong together by name, and are made under it; the .shp is what is asked for.
		commands = [][]string{{"ogr2ogr", "-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8", file, from}}
	case "csv":
		commands = [][]string{{"ogr2ogr", "-f", "CSV", "-lco", "GEOMETRY=AS_WKT", draft, from}}
	default:
		return "", fmt.Errorf("%s is missing: make bench-data", file)
	}
	for _, args := range commands {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	if format == "shp" {
		return file, nil
	}
	return file, os.Rename(draft, file)
}

// bytes gives the size of a file, of a Shapefile with what belongs to it.
func bytes(file string) (int64, error) {
	files := []string{file}
	if base, ok := strings.CutSuffix(file, ".shp"); ok {
		files = append(files, base+".dbf", base+".shx")
	}
	sum := int64(0)
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, nil
}

// readsParquet tells whether ogr2ogr of this machine does.
func readsParquet(ctx context.Context) bool {
	out, err := exec.CommandContext(ctx, "ogrinfo", "--formats").Output()
	return err == nil && strings.Contains(string(out), "Parquet")
}
