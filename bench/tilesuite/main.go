// Command tilesuite measures what docs/benchmarks.md states of tiles: it loads
// bench/data with bin/puy into a PostGIS, serves it, and sets it beside the
// database's ST_AsMVT, a bare handler and tippecanoe. It prints Markdown.
// PUY_TEST_POSTGRES names the server to use; see internal/pgtest/run.
//
// Parts: build (snapshot, restart), uncached, default (the same tiles as
// they are by default), cached, zooms (sizes and times of all zooms), growth
// (10.4 million pieces), pmtiles.
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
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/bench/walk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "tilesuite:", err)
		os.Exit(1)
	}
}

// suite is what all parts share.
type suite struct {
	out      io.Writer
	puy      string // the program
	data     string // the folder of bench-data
	dir      string // for what is made on the way
	server   string // the PostgreSQL
	database string // the one of its databases that puy stores in
	time     time.Duration
	tiles    int
	conn     *pgx.Conn
}

func run(ctx context.Context, args []string, stdout io.Writer, getenv func(string) string) error {
	fs := flag.NewFlagSet("tilesuite", flag.ContinueOnError)
	s := suite{out: stdout, server: getenv("PUY_TEST_POSTGRES")}
	fs.StringVar(&s.puy, "puy", "bin/puy", "the program to measure")
	fs.StringVar(&s.data, "data", "bench/data", "the folder of bench-data")
	fs.DurationVar(&s.time, "time", 20*time.Second, "duration of one walk at most")
	fs.IntVar(&s.tiles, "tiles", 2000, "tiles of a zoom")
	parts := fs.String("parts", "build,uncached,default,cached,zooms,growth,pmtiles", "what to measure")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if s.server == "" {
		return fmt.Errorf("PUY_TEST_POSTGRES is not set")
	}
	dir, err := os.MkdirTemp("", "puy-bench-*")
	if err != nil {
		return err
	}
	s.dir = dir
	defer os.RemoveAll(dir)
	if err := s.prepare(ctx); err != nil {
		return err
	}
	defer s.conn.Close(context.WithoutCancel(ctx))
	fmt.Fprintf(s.out, "%s, %d cores, %s\n", runtime.Version(), runtime.NumCPU(), time.Now().Format(time.DateOnly))
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{{"build", s.build}, {"uncached", s.uncached}, {"default", s.asByDefault}, {"cached", s.cached}, {"zooms", s.zooms}, {"growth", s.growth}, {"pmtiles", s.pmtiles}} {
		if !slices.Contains(strings.Split(*parts, ","), part.name) {
			continue
		}
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// prepare makes the database and builds the reference server.
func (s *suite) prepare(ctx context.Context) error {
	u, err := url.Parse(s.server)
	if err != nil {
		return err
	}
	admin, err := pgx.Connect(ctx, s.server)
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	for _, sql := range []string{"DROP DATABASE IF EXISTS puy_bench_tiles WITH (FORCE)", "CREATE DATABASE puy_bench_tiles"} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			return err
		}
	}
	u.Path = "/puy_bench_tiles"
	s.database = u.String()
	if s.conn, err = pgx.Connect(ctx, s.database); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(s.dir, "stasmvt"), "./bench/stasmvt").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// load brings a file of the data into a dataset, unless it is there.
func (s *suite) load(ctx context.Context, id, file string, keepAll bool) error {
	var there bool
	if err := s.conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", pgx.Identifier{"data", id}.Sanitize()).Scan(&there); err != nil || there {
		return err
	}
	catalog := filepath.Join(s.dir, "catalog")
	if err := os.RemoveAll(catalog); err != nil {
		return err
	}
	if err := os.MkdirAll(catalog, 0o755); err != nil {
		return err
	}
	path, err := filepath.Abs(filepath.Join(s.data, file))
	if err != nil {
		return err
	}
	entry := fmt.Sprintf("id: %s\ntitle: {fr: %s, en: %s}\nlicence: lov2\nsource: {file: %q}\n", id, id, id, path)
	if keepAll {
		entry += "tiles: {keep_all: true, max_bytes: 1000000000}\n"
	}
	for name, text := range map[string]string{"portal.yaml": "title: {fr: Mesures, en: Measurements}\n", id + ".yaml": entry} {
		if err := os.WriteFile(filepath.Join(catalog, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	start := time.Now()
	cmd := exec.CommandContext(ctx, s.puy, "ingest", "--catalog", catalog, "--store", s.database, "--accept-errors", "5%")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("loading %s: %w: %s", file, err, out)
	}
	fmt.Fprintf(s.out, "\nLoaded %s as %s in %.1f s\n", file, id, time.Since(start).Seconds())
	return nil
}

// centres gives the middle of every n-th feature.
func (s *suite) centres(ctx context.Context, id string, n int) ([][2]float64, error) {
	table := pgx.Identifier{"data", id}.Sanitize()
	var column string
	err := s.conn.QueryRow(ctx, `SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = $1::regclass AND format_type(atttypid, NULL) = 'geometry'`, table).Scan(&column)
	if err != nil {
		return nil, err
	}
	rows, err := s.conn.Query(ctx, fmt.Sprintf(`SELECT (ST_XMin(%[1]s) + ST_XMax(%[1]s)) / 2, (ST_YMin(%[1]s) + ST_YMax(%[1]s)) / 2
		FROM %[2]s WHERE fid %% $1 = 0 AND NOT ST_IsEmpty(%[1]s)`, column, table), n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (p [2]float64, err error) { return p, r.Scan(&p[0], &p[1]) })
}

// places gives so many tiles of each zoom where the dataset is, the densest among them.
func (s *suite) places(ctx context.Context, id string, zooms []int, tiles int) ([]walk.Place, error) {
	points, err := s.centres(ctx, id, 1)
	if err != nil {
		return nil, err
	}
	var all []walk.Place
	for _, z := range zooms {
		all = append(all, walk.Among(points, z, tiles, 63)...)
	}
	return all, nil
}
