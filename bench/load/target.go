package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// contender is one program with one target.
type contender struct {
	name  string
	reset func(ctx context.Context) error // brings the target back to nothing, unmeasured
	args  []string
	env   []string
}

// result is what the runs of a contender took.
type result struct {
	seconds   []float64
	processor []float64 // seconds of user and system
	peakMB    float64
}

func (r *result) add(ctx context.Context, c contender, stderr io.Writer) error {
	if err := c.reset(ctx); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stderr = stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return err
	}
	r.seconds = append(r.seconds, time.Since(start).Seconds())
	r.processor = append(r.processor, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peakMB = max(r.peakMB, float64(usage.Maxrss)/1024)
	}
	return nil
}

func (r *result) median() float64 { return median(r.seconds) }

func median(all []float64) float64 {
	s := slices.Clone(all)
	slices.Sort(s)
	return s[len(s)/2]
}

// targets are the stores that are loaded into, and those of ogr2ogr beside them.
type targets struct {
	server, dir  string
	ours, theirs string // of PostgreSQL, the second as GDAL reads it
}

func newTargets(server, dir string) (targets, error) {
	t := targets{server: server, dir: dir}
	var err error
	if t.ours, err = databaseURL(server, "puy_bench_ours"); err != nil {
		return t, err
	}
	theirs, err := databaseURL(server, "puy_bench_theirs")
	if err == nil {
		t.theirs, err = keywords(theirs)
	}
	return t, err
}

// of gives puy and ogr2ogr with a file and the kind of store.
func (t targets) of(store, puy, file, key string) (ours, theirs contender) {
	remove := func(names ...string) func(context.Context) error {
		return func(context.Context) error {
			for _, name := range names {
				if err := os.RemoveAll(filepath.Join(t.dir, name)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	if store == "postgis" {
		return contender{"puy ingest, PostGIS", func(ctx context.Context) error { return recreate(ctx, t.server, "puy_bench_ours", false) },
				[]string{puy, "ingest", file, "--id", "lines", "--key", key, "--store", t.ours}, nil},
			contender{"ogr2ogr, PostGIS (PG_USE_COPY=YES)", func(ctx context.Context) error { return recreate(ctx, t.server, "puy_bench_theirs", true) },
				append([]string{"ogr2ogr", "-f", "PostgreSQL", t.theirs, file, "-nln", "lines", "-lco", "GEOMETRY_NAME=geom"}, reading(file)...), []string{"PG_USE_COPY=YES"}}
	}
	return contender{"puy ingest, GeoPackage", remove("puy.gpkg", "puy.gpkg-wal", "puy.gpkg-shm", "puy.gpkg-lock"),
			[]string{puy, "ingest", file, "--id", "lines", "--key", key, "--store", "gpkg:" + filepath.Join(t.dir, "puy.gpkg")}, nil},
		contender{"ogr2ogr, GeoPackage", remove("ogr.gpkg"),
			append([]string{"ogr2ogr", "-f", "GPKG", filepath.Join(t.dir, "ogr.gpkg"), file, "-nln", "lines"}, reading(file)...), nil}
}

// reading gives what ogr2ogr must be told to read a file as puy does of itself.
func reading(file string) []string {
	if filepath.Ext(file) == ".csv" {
		return []string{"-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO", "-oo", "AUTODETECT_TYPE=YES", "-a_srs", "EPSG:4326"}
	}
	return nil
}

// databaseURL gives the URL of another database of the same server.
func databaseURL(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// keywords gives a URL in the form key=value, which GDAL reads.
func keywords(address string) (string, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("PG:host='%s' port=%d user='%s' password='%s' dbname='%s'", c.Host, c.Port, c.User, c.Password, c.Database), nil
}

func recreate(ctx context.Context, server, name string, extension bool) error {
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, "drop database if exists "+name); err != nil {
		return err
	}
	if _, err := admin.Exec(ctx, "create database "+name); err != nil {
		return err
	}
	if !extension {
		return nil
	}
	target, err := databaseURL(server, name)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, target)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "create extension postgis")
	return err
}
