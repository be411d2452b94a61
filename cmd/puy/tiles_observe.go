package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"puy/tiles/pmtiles"
	"puy/tiles/pmtiles/build"
)

// tilesObserver tells a person or a program how a build of tiles goes, in the
// same three forms as a load.
type tilesObserver struct {
	line progressLine
	out  io.Writer
	json *json.Encoder // nil for people

	started time.Time
	packed  time.Time // when cutting began
	before  uint64    // tiles of an earlier build
}

func newTilesObserver(env *environment, asJSON bool) *tilesObserver {
	o := &tilesObserver{line: newProgressLine(env.stderr), out: env.stdout}
	if asJSON {
		o.json, o.line.every = json.NewEncoder(env.stdout), time.Second
	}
	return o
}

type tilesEvent struct {
	Event    string          `json:"event"` // start, progress, report
	Resumed  uint64          `json:"resumed,omitempty"`
	Progress *build.Progress `json:"progress,omitempty"`
	Report   *tilesReport    `json:"report,omitempty"`
}

type tilesReport struct {
	File     string  `json:"file"`
	Tiles    uint64  `json:"tiles"`
	Contents uint64  `json:"contents"`
	Bytes    uint64  `json:"bytes"`
	MinZoom  int     `json:"minzoom"`
	MaxZoom  int     `json:"maxzoom"`
	Seconds  float64 `json:"seconds"`
}

func (o *tilesObserver) write(e tilesEvent) {
	o.json.Encode(e) //nolint:errcheck // a reader that went away must not break the build
}

func (o *tilesObserver) begin(w *pmtiles.Writer) {
	o.started = time.Now()
	o.packed = o.started
	o.before, _, _ = w.Counts()
	if o.json != nil {
		o.write(tilesEvent{Event: "start", Resumed: o.before})
		return
	}
	o.line.shown = o.started
	if o.before > 0 {
		fmt.Fprintf(o.out, "tiles: going on after %d tiles of an earlier build\n", o.before)
	}
}

// cutting tells that the datasets are packed.
func (o *tilesObserver) cutting() { o.packed = time.Now() }

func (o *tilesObserver) progress(p build.Progress) {
	now := time.Now()
	if !o.line.due(now) {
		return
	}
	if o.json != nil {
		o.write(tilesEvent{Event: "progress", Progress: &p})
		return
	}
	elapsed := now.Sub(o.packed)
	line := fmt.Sprintf("tiles: zoom %d, %d tiles, %.0f tiles/s, %.1f MB", p.Zoom, p.Tiles, float64(p.Tiles-o.before)/elapsed.Seconds(), float64(p.Bytes)/1e6)
	o.line.show(line, elapsed, int64(p.Done), int64(p.Total))
}

func (o *tilesObserver) end(path string, h pmtiles.Header) {
	o.line.clear()
	r := tilesReport{path, h.AddressedTiles, h.TileContents, h.Tiles.Offset + h.Tiles.Length, h.MinZoom, h.MaxZoom, time.Since(o.started).Seconds()}
	if o.json != nil {
		o.write(tilesEvent{Event: "report", Report: &r})
		return
	}
	fmt.Fprintf(o.out, "%s: %d tiles, %d of them different, zooms %d to %d, %.1f MB in %.1f s\n",
		r.File, r.Tiles, r.Contents, r.MinZoom, r.MaxZoom, float64(r.Bytes)/1e6, r.Seconds)
}
