// Command load measures how fast bin/puy brings a GeoJSON text sequence into
// both stores, side by side with ogr2ogr on the same file, whole processes and
// their peak memory. It prints a Markdown table.
//
// PUY_TEST_POSTGRES names the PostgreSQL server to use; see internal/pgtest/run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/bench/lines"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// contender is one program with one target.
type contender struct {
	name  string
	reset func(ctx context.Context) error // brings the target back to nothing, unmeasured
	args  []string
	env   []string
}

type result struct {
	seconds []float64
	peakMB  float64
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer, getenv func(string) string) error {
	fs := flag.NewFlagSet("load", flag.ContinueOnError)
	n := fs.Int("n", 1_000_000, "features")
	runs := fs.Int("runs", 3, "runs of each; the median is told")
	puy := fs.String("puy", "bin/puy", "the program to measure")
	if err := fs.Parse(args); err != nil {
		return err
	}
	server := getenv("PUY_TEST_POSTGRES")
	if server == "" {
		return fmt.Errorf("PUY_TEST_POSTGRES is not set")
	}
	dir, err := os.MkdirTemp("", "puy-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "lines.geojsonl")
	size, err := generate(file, *n)
	if err != nil {
		return err
	}
	all, err := contenders(server, dir, file, *puy)
	if err != nil {
		return err
	}
	results := make([]result, len(all))
	for range *runs { // interleaved, so that a busy moment hits all alike
		for i, c := range all {
			if err := results[i].add(ctx, c, stderr); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	fmt.Fprintf(stdout, "%d features, %d MB of GeoJSON text sequence, median of %d runs\n\n", *n, size>>20, *runs)
	fmt.Fprintln(stdout, "| what | seconds | rows/s | peak memory |\n|---|---|---|---|")
	for i, c := range all {
		s := results[i].median()
		fmt.Fprintf(stdout, "| %s | %.2f | %.0f | %.0f MB |\n", c.name, s, float64(*n)/s, results[i].peakMB)
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

func contenders(server, dir, file, puy string) ([]contender, error) {
	ours, err := databaseURL(server, "puy_bench_ours")
	if err != nil {
		return nil, err
	}
	theirs, err := databaseURL(server, "puy_bench_theirs")
	if err != nil {
		return nil, err
	}
	if theirs, err = keywords(theirs); err != nil {
		return nil, err
	}
	fresh := func(name string, extension bool) func(context.Context) error {
		return func(ctx context.Context) error { return recreate(ctx, server, name, extension) }
	}
	remove := func(names ...string) func(context.Context) error {
		return func(context.Context) error {
			for _, name := range names {
				if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return []contender{
		{"puy ingest, PostGIS", fresh("puy_bench_ours", false), []string{puy, "ingest", file, "--id", "lines", "--key", "id", "--store", ours}, nil},
		{"ogr2ogr, PostGIS (PG_USE_COPY=YES)", fresh("puy_bench_theirs", true),
			[]string{"ogr2ogr", "-f", "PostgreSQL", theirs, file, "-nln", "lines", "-lco", "GEOMETRY_NAME=geom"}, []string{"PG_USE_COPY=YES"}},
		{"puy ingest, GeoPackage", remove("puy.gpkg", "puy.gpkg-wal", "puy.gpkg-shm"),
			[]string{puy, "ingest", file, "--id", "lines", "--key", "id", "--store", "gpkg:" + filepath.Join(dir, "puy.gpkg")}, nil},
		{"ogr2ogr, GeoPackage", remove("ogr.gpkg"), []string{"ogr2ogr", "-f", "GPKG", filepath.Join(dir, "ogr.gpkg"), file, "-nln", "lines"}, nil},
	}, nil
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
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peakMB = max(r.peakMB, float64(usage.Maxrss)/1024)
	}
	return nil
}

func (r *result) median() float64 {
	s := slices.Clone(r.seconds)
	slices.Sort(s)
	return s[len(s)/2]
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
