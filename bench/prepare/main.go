// Command prepare makes the data of the tile benchmarks in a folder: what is
// there already stays. Called by scripts/bench-data, which sees to the programs
// that it needs: gmt with the full-resolution shorelines, and ogr2ogr.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"puy/bench/sets"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

// What GSHHG 2.3.7 has; other releases are other data, and other figures.
const (
	coastLines = 1_236_204
	coastPairs = 10_428_452
)

func run(ctx context.Context, args []string, stdout io.Writer) error {
	fs := flag.NewFlagSet("prepare", flag.ContinueOnError)
	dir := fs.String("o", "bench/data", "the folder to write in")
	communes := fs.String("communes", "", "real polygons, in any format that ogr2ogr reads")
	small := fs.Bool("small", false, "leave the coastline in pairs out (1.5 GB)")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		return err
	}
	p := preparation{dir: *dir, out: stdout}
	p.add("coastline.geojsonl", coastline(ctx, 10, coastLines))
	p.add("coastline.fgb", translate(ctx, filepath.Join(*dir, "coastline.geojsonl")))
	if !*small {
		p.add("pairs.geojsonl", coastline(ctx, 2, coastPairs))
	}
	p.add("points.geojsonl", func(w *os.File) error { return sets.Points(w, 1_000_000) })
	p.add("streets.geojsonl", func(w *os.File) error { return sets.Streets(w, 1_000_000) })
	p.add("coverage.geojsonl", func(w *os.File) error { return sets.Coverage(w, 188) })
	if *communes != "" {
		p.add("communes.fgb", translate(ctx, *communes))
	}
	return p.err
}

// preparation makes files one after the other until one fails.
type preparation struct {
	dir string
	out io.Writer
	err error
}

// add makes a file, under another name until it is whole.
func (p *preparation) add(name string, write func(w *os.File) error) {
	path := filepath.Join(p.dir, name)
	if _, err := os.Stat(path); p.err != nil || err == nil {
		return
	}
	// ogr2ogr goes by the extension.
	draft := filepath.Join(p.dir, "draft-"+name)
	defer os.Remove(draft)
	w, err := os.Create(draft)
	if err == nil {
		err = write(w)
		if err2 := w.Close(); err == nil {
			err = err2
		}
	}
	if err == nil {
		err = os.Rename(draft, path)
	}
	if err != nil {
		p.err = fmt.Errorf("%s: %w", name, err)
		return
	}
	if info, err := os.Stat(path); err == nil {
		fmt.Fprintf(p.out, "%s: %d MB\n", path, info.Size()>>20)
	}
}

// coastline streams the shorelines from gmt.
func coastline(ctx context.Context, vertices, want int) func(*os.File) error {
	return func(w *os.File) error {
		gmt := exec.CommandContext(ctx, "gmt", "coast", "-R-180/180/-90/90", "-Df", "-W", "-M", "--GMT_HISTORY=false")
		var complaints strings.Builder
		gmt.Stderr = &complaints
		text, err := gmt.StdoutPipe()
		if err != nil {
			return err
		}
		if err := gmt.Start(); err != nil {
			return err
		}
		n, err := sets.Coast(w, text, vertices)
		if err != nil {
			_ = gmt.Process.Kill() // what it would still say is of no use
			_ = gmt.Wait()
			return err
		}
		if err := gmt.Wait(); err != nil {
			return fmt.Errorf("gmt coast: %w: %s", err, complaints.String())
		}
		if n != want {
			return fmt.Errorf("%d lines instead of %d: GSHHG 2.3.7 at full resolution is wanted (Debian: gmt-gshhg-full)", n, want)
		}
		return nil
	}
}

func translate(ctx context.Context, from string) func(*os.File) error {
	return func(w *os.File) error {
		if err := os.Remove(w.Name()); err != nil { // ogr2ogr makes it itself
			return err
		}
		out, err := exec.CommandContext(ctx, "ogr2ogr", "-f", "FlatGeobuf", "-t_srs", "EPSG:4326", w.Name(), from).CombinedOutput()
		if err != nil {
			return fmt.Errorf("ogr2ogr: %w: %s", err, out)
		}
		return nil
	}
}
