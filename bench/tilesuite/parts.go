package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"puy/bench/walk"
)

const (
	coastline = "coastline"     // as datasets are by default
	whole     = "coastline-all" // every feature at every zoom
	pairs     = "pairs"
	streets   = "streets-all"
)

// build measures the snapshot: from the start of a server that has none to its
// first tile, then from a restart.
func (s *suite) build(ctx context.Context) error {
	if err := s.load(ctx, coastline, "coastline.geojsonl", false); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n## Snapshot of %s\n\n", coastline)
	if err := s.snapshot(ctx, coastline); err != nil {
		return err
	}
	if info, err := os.Stat(filepath.Join(s.data, "coastline.fgb")); err == nil {
		fmt.Fprintf(s.out, "- the FlatGeobuf: %d MB\n", info.Size()>>20)
	}
	return nil
}

func (s *suite) snapshot(ctx context.Context, id string) error {
	if err := os.RemoveAll(filepath.Join(s.dir, "cache")); err != nil {
		return err
	}
	place := walk.At(-4.5, 48.4, 12)
	for _, what := range []string{"built and first tile", "restart to first tile", "again"} {
		p, err := s.serve(ctx, 0)
		if err != nil {
			return err
		}
		took, err := p.first(ctx, p.template(id), place)
		peak, anonymous := p.Memory()
		p.Stop()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "- %s: %.3f s, peak memory %d MB, %d MB of it not file pages\n", what, took.Seconds(), peak, anonymous)
	}
	return filepath.Walk(filepath.Join(s.dir, "cache"), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			fmt.Fprintf(s.out, "- %s: %d MB\n", filepath.Base(path), info.Size()>>20)
		}
		return err
	})
}

// uncached sets puy beside the database, with every feature: over the very table
// that puy stores, and over a copy of it that lies in Web Mercator already, in the
// order of its index. The coastline is sparse, the streets are crowded.
func (s *suite) uncached(ctx context.Context) error {
	for _, set := range [][2]string{{streets, "streets.geojsonl"}, {whole, "coastline.geojsonl"}} {
		id, file := set[0], set[1]
		if err := s.load(ctx, id, file, true); err != nil {
			return err
		}
		stored, planar := `data."`+id+`"`, `public."`+id+`-3857"`
		for _, sql := range []string{"DROP TABLE IF EXISTS " + planar, "CREATE TABLE " + planar + " AS SELECT * FROM " + stored + " ORDER BY geom",
			"ALTER TABLE " + planar + " ALTER geom TYPE geometry USING ST_Transform(geom, 3857)",
			"CREATE INDEX ON " + planar + " USING gist (geom)", "VACUUM ANALYZE " + planar} {
			if _, err := s.conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		for _, table := range []string{"data." + id, "public." + id + "-3857"} {
			fmt.Fprintf(s.out, "\n## Uncached, puy beside ST_AsMVT over %s\n\n", table)
			if err := s.beside(ctx, id, []string{"-table", table, "-without", "id"}, 20); err != nil {
				return err
			}
		}
	}
	return nil
}

// asByDefault does the same with generalised tiles, whose content is another.
func (s *suite) asByDefault(ctx context.Context) error {
	if err := s.load(ctx, coastline, "coastline.geojsonl", false); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n## Uncached, puy as it is by default beside ST_AsMVT with every feature\n\n")
	return s.beside(ctx, coastline, []string{"-table", "data." + coastline, "-without", "id"}, 50)
}

func (s *suite) beside(ctx context.Context, id string, reference []string, check int) error {
	places, err := s.places(ctx, id, []int{14, 12, 10}, s.tiles)
	if err != nil {
		return err
	}
	ours, err := s.serve(ctx, 0)
	if err != nil {
		return err
	}
	defer ours.Stop()
	theirs, err := s.start(ctx, filepath.Join(s.dir, "stasmvt"), reference...)
	if err != nil {
		return err
	}
	defer theirs.Stop()
	d := walk.Duel{A: ours.template(id), B: walk.Template("http://" + theirs.Host + "/tiles/{z}/{x}/{y}"), Clients: []int{1, 4, 16}, Warm: 20, Check: check, Tolerance: 0.01}
	d.Time = s.time
	for _, side := range []struct {
		p server
		t walk.Template
	}{{ours, d.A}, {theirs, d.B}} {
		if _, err := side.p.first(ctx, side.t, places[0]); err != nil {
			return err
		}
	}
	result, err := d.Run(ctx, mixed(places))
	if err != nil {
		return err
	}
	result.WriteTable(s.out, "puy", "ST_AsMVT")
	return nil
}

// mixed puts dense and sparse tiles of each zoom in turn, so that a walk that is
// cut short has met both.
func mixed(places []walk.Place) []walk.Place {
	byZoom := map[int][]walk.Place{}
	var zooms []int
	for _, p := range places {
		if byZoom[p.Z] == nil {
			zooms = append(zooms, p.Z)
		}
		byZoom[p.Z] = append(byZoom[p.Z], p)
	}
	out := make([]walk.Place, 0, len(places))
	for _, z := range zooms {
		all := byZoom[z]
		half := (len(all) + 1) / 2
		for i := range half {
			out = append(out, all[i])
			if half+i < len(all) {
				out = append(out, all[half+i])
			}
		}
	}
	return out
}

// cached sets a tile of about 10 KB from the cache beside a handler that writes
// as many bytes.
func (s *suite) cached(ctx context.Context) error {
	if err := s.load(ctx, coastline, "coastline.geojsonl", false); err != nil {
		return err
	}
	ours, err := s.serve(ctx, 256<<20)
	if err != nil {
		return err
	}
	defer ours.Stop()
	places, err := s.places(ctx, coastline, []int{11}, 400)
	if err != nil {
		return err
	}
	t := ours.template(coastline)
	if _, err := ours.first(ctx, t, places[0]); err != nil {
		return err
	}
	var chosen []walk.Place
	size := 0.0
	for _, p := range places {
		f, err := walk.Run(ctx, t, []walk.Place{p}, walk.Options{})
		if err != nil {
			return err
		}
		if len(chosen) < 16 && f.KB() > 9.5 && f.KB() < 10.5 {
			chosen, size = append(chosen, p), size+f.KB()
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("there is no tile of 10 KB")
	}
	bare, err := s.start(ctx, filepath.Join(s.dir, "stasmvt"), "-bare", fmt.Sprint(int(1000*size/float64(len(chosen)))))
	if err != nil {
		return err
	}
	defer bare.Stop()
	time.Sleep(200 * time.Millisecond)
	fmt.Fprintf(s.out, "\n## Cached, %d tiles of 10 KB beside a bare handler\n\n", len(chosen))
	d := walk.Duel{A: t, B: walk.Template("http://" + bare.Host + "/{z}/{x}/{y}"), Clients: []int{1, 16}, Rounds: 3, Warm: 1000}
	d.Time, d.Repeat = min(s.time, 5*time.Second), true
	result, err := d.Run(ctx, chosen)
	if err != nil {
		return err
	}
	result.WriteTable(s.out, "puy", "bare handler")
	return nil
}
