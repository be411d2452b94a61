package main

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"puy/bench/process"
	"puy/bench/walk"
)

// server is a tile server that was started.
type server struct{ *process.Process }

func (s *suite) start(ctx context.Context, program string, args ...string) (server, error) {
	p, err := process.Start(ctx, s.dir, []string{"PUY_TEST_POSTGRES=" + s.database}, program, args...)
	return server{p}, err
}

// serve starts puy with a folder for its snapshots and a cache of so many bytes.
func (s *suite) serve(ctx context.Context, cacheBytes int) (server, error) {
	return s.start(ctx, s.puy, "serve", "--store", s.database, "--cache", filepath.Join(s.dir, "cache"), "--tile-cache", strconv.Itoa(cacheBytes), "--log-level", "warn")
}

func (p server) template(dataset string) walk.Template {
	return walk.Template("http://" + p.Host + "/tiles/" + dataset + "/{z}/{x}/{y}.mvt")
}

// first waits for the first answer to a tile, and tells how long after the
// program's start it came.
func (p server) first(ctx context.Context, t walk.Template, place walk.Place) (time.Duration, error) {
	return p.Wait(ctx, func() error {
		_, err := walk.Fetch(ctx, t, place)
		return err
	})
}
