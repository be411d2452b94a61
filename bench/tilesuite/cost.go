package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sys/unix"

	"puy/bench/walk"
	"puy/tiles/snapshot"
)

// cost is the processor time of tiles that are cut and compressed, one after
// another, in this process: unlike the time that a client waits it is the same
// whatever else the machine does.
type cost struct {
	cut, packed []time.Duration // ascending
}

// The level at which the service compresses large tiles.
const gzipLevel = 2

const costRounds = 3 // of each place the cheapest counts, which found its pages in memory

func (s *suite) cost(ctx context.Context, id string, places []walk.Place) (c cost, err error) {
	files, err := filepath.Glob(filepath.Join(s.dir, "cache", id+".*.snapshot"))
	if err != nil || len(files) != 1 {
		return c, fmt.Errorf("%d snapshots of %s: %w", len(files), id, err)
	}
	snap, err := snapshot.Open(files[0])
	if err != nil {
		return c, err
	}
	defer snap.Close()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var (
		scratch snapshot.Scratch
		tile    []byte
		out     bytes.Buffer
	)
	z, err := gzip.NewWriterLevel(&out, gzipLevel)
	if err != nil {
		return c, err
	}
	for _, p := range places {
		cut, packed := time.Duration(1<<62), time.Duration(1<<62)
		for range costRounds {
			frame, err := snapshot.Mercator(p.Z, p.X, p.Y)
			if err != nil {
				return c, err
			}
			start := threadTime()
			if tile, _, err = snap.AppendTile(ctx, tile[:0], id, frame, snapshot.Selection{}, &scratch); err != nil {
				return c, err
			}
			cut = min(cut, threadTime()-start)
			start = threadTime()
			out.Reset()
			z.Reset(&out)
			if _, err := z.Write(tile); err != nil {
				return c, err
			}
			if err := z.Close(); err != nil {
				return c, err
			}
			packed = min(packed, threadTime()-start)
		}
		c.cut, c.packed = append(c.cut, cut), append(c.packed, packed)
	}
	slices.Sort(c.cut)
	slices.Sort(c.packed)
	return c, nil
}

// threadTime gives the processor time of this thread.
func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// milliseconds gives the 50th and 99th percentile and the most.
func milliseconds(sorted []time.Duration) (p50, p99, most float64) {
	ms := func(p float64) float64 {
		return float64(walk.Percentile(sorted, p)) / float64(time.Millisecond)
	}
	return ms(50), ms(99), ms(100)
}
