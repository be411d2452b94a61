package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/server"
	"puy/store"
	"puy/tiles"
	"puy/tiles/pmtiles"
	"puy/tiles/pmtiles/build"
	"puy/tiles/snapshot"
)

const tilesSynopsis = "build DATASET… -o FILE.pmtiles"

func runTiles(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "tiles", tilesSynopsis)
	storeURL := fs.storeFlag()
	out := fs.String("o", "", "the `file` to write")
	opt := build.Options{}
	fs.IntVar(&opt.MinZoom, "min-zoom", 0, "the first `zoom`")
	fs.IntVar(&opt.MaxZoom, "max-zoom", 14, "the last `zoom`")
	fs.IntVar(&opt.Jobs, "jobs", runtime.GOMAXPROCS(0), "the `number` of tiles that are cut at the same time")
	fs.Func("bbox", "only tiles that meet the `box` west,south,east,north in degrees", func(text string) error {
		b, err := parseBox(text)
		opt.Bounds = &b
		return err
	})
	cache := fs.String("cache", "", "the `folder` for what is kept until the archive is whole, also when the command is interrupted (default: beside FILE)")
	asJSON := fs.Bool("json", false, "tell progress and the result as JSON lines on standard output")
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) < 2 || rest[0] != "build" || *out == "" {
		return geo.Errorf(geo.KindUsage, "usage: puy tiles %s", tilesSynopsis)
	}
	if opt.MinZoom < 0 || opt.MinZoom > opt.MaxZoom || opt.MaxZoom > tiles.MaxZoom {
		return geo.Errorf(geo.KindUsage, "zooms go from 0 to %d, --min-zoom not beyond --max-zoom", tiles.MaxZoom)
	}
	if opt.Jobs < 1 || opt.Jobs > 1024 {
		return geo.Errorf(geo.KindUsage, "--jobs wants a number from 1 to 1024")
	}
	if *cache == "" {
		*cache = filepath.Dir(*out)
	}
	// Hours of cutting must not end with a file that has no place.
	if info, err := os.Stat(filepath.Dir(*out)); err != nil || !info.IsDir() {
		return geo.Errorf(geo.KindInvalid, "there is no folder %s to write in", filepath.Dir(*out))
	}
	if info, err := os.Stat(*out); err == nil && !info.Mode().IsRegular() {
		return geo.Errorf(geo.KindInvalid, "%s is not a file", *out)
	}
	st, err := openStore(ctx, env, *storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	a := archiving{store: st, path: *out, work: filepath.Join(*cache, filepath.Base(*out)+".part"), Options: opt, observer: newTilesObserver(env, *asJSON)}
	if err := a.find(ctx, rest[1:]); err != nil {
		return err
	}
	return a.build(ctx)
}

// parseBox reads west,south,east,north; west greater than east crosses the antimeridian.
func parseBox(text string) (geo.Bounds, error) {
	var v [4]float64
	parts := strings.Split(text, ",")
	ok := len(parts) == len(v)
	for i := range min(len(parts), len(v)) {
		var err error
		limit := 180.0
		if i%2 == 1 {
			limit = 90
		}
		v[i], err = strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		ok = ok && err == nil && v[i] >= -limit && v[i] <= limit
	}
	if !ok || v[1] > v[3] {
		return geo.Bounds{}, fmt.Errorf("west,south,east,north in degrees are expected")
	}
	return geo.Bounds{MinX: v[0], MinY: v[1], MaxX: v[2], MaxY: v[3]}, nil
}

// archiving is what one command builds.
type archiving struct {
	store      store.Store
	path, work string
	build.Options
	observer *tilesObserver

	datasets []store.Dataset
	portal   catalog.Portal
}

// find reads the datasets' present versions, which hold for the whole build.
func (a *archiving) find(ctx context.Context, ids []string) error {
	seen := map[string]bool{}
	for _, id := range ids {
		d, err := a.store.Dataset(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case d.Source.IsArchive():
			return geo.Errorf(geo.KindInvalid, "%s is an archive of tiles already: %s", d.ID, d.Source.PMTiles)
		case d.Current == nil:
			return geo.Errorf(geo.KindNotFound, "%s has no version yet", d.ID)
		case !d.Current.Schema.Spatial():
			return geo.Errorf(geo.KindInvalid, "%s has no geometry and so no tiles", d.ID)
		case seen[d.ID]:
			return geo.Errorf(geo.KindUsage, "%s is named twice", d.ID)
		}
		seen[d.ID] = true
		a.datasets = append(a.datasets, d)
	}
	var err error
	a.portal, err = a.store.Portal(ctx)
	return err
}

// key tells apart builds that may not go on with one another's work.
func (a *archiving) key() (string, error) {
	type source struct {
		ID       string
		Version  int64
		Loaded   time.Time
		Checksum string
		Rows     int64
		Edits    int64
		Schema   geo.Schema
	}
	key := struct {
		Snapshot, MinZoom, MaxZoom int
		Bounds                     *geo.Bounds
		Sources                    []source
	}{snapshot.FormatVersion, a.MinZoom, a.MaxZoom, a.Bounds, nil}
	for _, d := range a.datasets {
		v := d.Current
		key.Sources = append(key.Sources, source{d.ID, v.Number, v.Loaded.UTC(), v.Checksum, v.Rows, v.Edits, v.Schema})
	}
	b, err := json.Marshal(key)
	return string(b), err
}

func (a *archiving) build(ctx context.Context) (err error) {
	key, err := a.key()
	if err != nil {
		return err
	}
	w, err := pmtiles.Create(a.work, key)
	if err != nil {
		return err
	}
	defer w.Close()
	a.observer.begin(w)
	layers, closeAll, err := a.layers(ctx, w)
	if err != nil {
		return err
	}
	a.observer.cutting()
	a.Observe = a.observer.progress
	err = build.Run(ctx, w, layers, a.Options)
	closeAll()
	if err != nil {
		return err
	}
	if n, _, _ := w.Counts(); n == 0 {
		if err := w.Discard(); err != nil {
			return err
		}
		return geo.Errorf(geo.KindInvalid, "no tile of these zooms and this box has features")
	}
	h, err := w.Finish(ctx, a.path, a.describe())
	if err != nil {
		return err
	}
	a.observer.end(a.path, h)
	return nil
}

// layers opens the snapshots of all datasets, which stand in the work folder so
// that a build that goes on cuts from the very same features.
func (a *archiving) layers(ctx context.Context, w *pmtiles.Writer) (layers []build.Layer, closeAll func(), err error) {
	closeAll = func() {
		for _, l := range layers {
			l.Snapshot.Close()
		}
	}
	source := server.TileSource(a.store, nil)
	for _, d := range a.datasets {
		path := w.Path(d.ID + ".snapshot")
		snap, err := snapshot.Open(path)
		if kind := geo.KindOf(err); err != nil && (kind == geo.KindNotFound || kind == geo.KindInvalid) {
			if err = snapshot.Build(ctx, path, d.Current.Schema, source.Features(ctx, d.ID, d.Current.Number, nil), snapshot.Generalised(d.Tiles)); err == nil {
				snap, err = snapshot.Open(path)
			}
		}
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("packing %s: %w", d.ID, err)
		}
		layers = append(layers, build.Layer{ID: d.ID, Snapshot: snap})
	}
	return layers, closeAll, nil
}
