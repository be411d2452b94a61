package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"puy/bench/walk"
)

// zooms tells sizes and times of all zooms of all sets, as they are by default.
func (s *suite) zooms(ctx context.Context) error {
	polygons := "communes.fgb"
	if _, err := os.Stat(filepath.Join(s.data, polygons)); err != nil {
		polygons = "coverage.geojsonl"
	}
	for _, set := range [][2]string{{coastline, "coastline.geojsonl"}, {"polygons", polygons}, {"points", "points.geojsonl"}, {"streets", "streets.geojsonl"}} {
		id, file := set[0], set[1]
		if err := s.load(ctx, id, file, false); err != nil {
			return err
		}
		if err := s.everyZoom(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *suite) everyZoom(ctx context.Context, id string) error {
	p, err := s.serve(ctx, 0)
	if err != nil {
		return err
	}
	defer p.Stop()
	var levels []int
	for z := range 15 {
		levels = append(levels, z)
	}
	places, err := s.places(ctx, id, levels, 400)
	if err != nil {
		return err
	}
	t := p.template(id)
	if _, err := p.first(ctx, t, places[0]); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n## %s, every zoom, one client, uncached (the densest tiles and others)\n\n", id)
	fmt.Fprintln(s.out, "| zoom | tiles | p50 ms | p99 ms | max ms | KB a tile | largest, KB uncompressed | unreadable |\n|---|---|---|---|---|---|---|---|")
	for z := range 15 {
		var part []walk.Place
		for _, place := range places {
			if place.Z == z {
				part = append(part, place)
			}
		}
		f, err := walk.Run(ctx, t, part, walk.Options{Time: s.time, Repeat: len(part) < 100, Count: max(len(part), 100)})
		if err != nil {
			return err
		}
		largest, bad := 0, 0
		for _, place := range part[:min(len(part), 100)] {
			c, err := walk.Fetch(ctx, t, place)
			if err != nil {
				bad++
			}
			largest = max(largest, c.Raw)
		}
		fmt.Fprintf(s.out, "| %d | %d | %.2f | %.2f | %.2f | %.1f | %.1f | %d |\n", z, len(part), f.P50, f.P99, f.Max, f.KB(), float64(largest)/1000, bad+f.Failed)
	}
	return nil
}

// growth sets the coastline in pairs of vertices beside the coastline in lines
// of ten, on the same tiles.
func (s *suite) growth(ctx context.Context) error {
	if err := s.load(ctx, coastline, "coastline.geojsonl", false); err != nil {
		return err
	}
	if err := s.load(ctx, pairs, "pairs.geojsonl", false); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n## Snapshot of %s, 10.4 million\n\n", pairs)
	if err := s.snapshot(ctx, pairs); err != nil {
		return err
	}
	places, err := s.places(ctx, coastline, []int{14, 12, 10, 8, 6, 4}, s.tiles)
	if err != nil {
		return err
	}
	p, err := s.serve(ctx, 0)
	if err != nil {
		return err
	}
	defer p.Stop()
	d := walk.Duel{A: p.template(pairs), B: p.template(coastline), Clients: []int{1}, Warm: 20, Options: walk.Options{Time: s.time}}
	for _, t := range []walk.Template{d.A, d.B} {
		if _, err := p.first(ctx, t, places[0]); err != nil {
			return err
		}
	}
	result, err := d.Run(ctx, mixed(places))
	if err != nil {
		return err
	}
	result.WriteTable(s.out, "10.4 M pairs", "1.24 M lines")
	peak, anonymous := p.Memory()
	fmt.Fprintf(s.out, "\nMemory of the server: peak %d MB, %d MB of it not file pages\n", peak, anonymous)
	return nil
}

// pmtiles sets `puy tiles build` beside tippecanoe on the same file, whole
// processes. TIPPECANOE names the program where it is not in the path.
func (s *suite) pmtiles(ctx context.Context) error {
	if err := s.load(ctx, coastline, "coastline.geojsonl", false); err != nil {
		return err
	}
	fmt.Fprintln(s.out, "\n## PMTiles of the coastline, zooms 0 to 12\n\n| what | seconds | peak memory | size |\n|---|---|---|---|")
	tippecanoe := os.Getenv("TIPPECANOE")
	if tippecanoe == "" {
		tippecanoe = "tippecanoe"
	}
	ours, theirs := filepath.Join(s.dir, "puy.pmtiles"), filepath.Join(s.dir, "tippecanoe.pmtiles")
	err := s.archive(ctx, "puy tiles build, from PostGIS", ours, s.puy, "tiles", "build", coastline, "--max-zoom", "12", "-o", ours, "--store", s.database)
	if err != nil {
		return err
	}
	if _, err := exec.LookPath(tippecanoe); err != nil {
		fmt.Fprintln(s.out, "| tippecanoe is not installed | | | |")
		return nil
	}
	return s.archive(ctx, "tippecanoe -P, from GeoJSON", theirs, tippecanoe, "-q", "-f", "-P", "-z", "12", "-l", coastline, "-o", theirs,
		"--drop-densest-as-needed", filepath.Join(s.data, "coastline.geojsonl"))
}

func (s *suite) archive(ctx context.Context, what, path string, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", what, err, out)
	}
	took, peak := time.Since(start), int64(0)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = usage.Maxrss >> 10
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "| %s | %.1f | %d MB | %.1f MB |\n", what, took.Seconds(), peak, float64(info.Size())/1e6)
	return nil
}
