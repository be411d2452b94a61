// Command items measures pages of features: it loads a million lines of ten
// vertices with bin/puy into both stores, and asks the server for first and deep
// pages of several sizes, plain, filtered and sorted. It prints Markdown.
// PUY_TEST_POSTGRES names the server to use; see internal/pgtest/run. With
// -beside it asks servers that run already, and compares them.
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
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/bench/lines"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "items:", err)
		os.Exit(1)
	}
}

// bench is what all measurements share.
type bench struct {
	out     io.Writer
	puy     string
	dir     string
	n       int64
	time    time.Duration
	clients []int
	limits  []int64
	plain   bool
	beside  []contender
}

func run(ctx context.Context, args []string, stdout io.Writer, getenv func(string) string) error {
	fs := flag.NewFlagSet("items", flag.ContinueOnError)
	b := bench{out: stdout}
	fs.StringVar(&b.puy, "puy", "bin/puy", "the program to measure")
	fs.Int64Var(&b.n, "n", 1_000_000, "features")
	fs.DurationVar(&b.time, "time", 5*time.Second, "duration of one walk")
	fs.BoolVar(&b.plain, "plain", true, "take answers uncompressed; false: gzip")
	clients := fs.String("clients", "1,4", "how many clients ask at once")
	limits := fs.String("limits", "10,1000,10000", "sizes of pages")
	stores := fs.String("stores", "postgis,gpkg", "which stores")
	fs.Func("beside", "compare running servers: name=http://…/items, once each; -n tells how many features they have", func(text string) error {
		c, err := parseContender(text)
		b.beside = append(b.beside, c)
		return err
	})
	keep := fs.String("keep", "", "a `folder` for the data, which stays; what is there is not loaded again")
	if err := fs.Parse(args); err != nil {
		return err
	}
	for text := range strings.SplitSeq(*clients, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-clients: %w", err)
		}
		b.clients = append(b.clients, n)
	}
	for text := range strings.SplitSeq(*limits, ",") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("-limits: %w", err)
		}
		b.limits = append(b.limits, n)
	}
	if len(b.beside) > 0 {
		fmt.Fprintf(b.out, "%s, %d cores, %s; %d features\n", runtime.Version(), runtime.NumCPU(), time.Now().Format(time.DateOnly), b.n)
		return b.compare(ctx)
	}
	b.dir = *keep
	if b.dir == "" {
		dir, err := os.MkdirTemp("", "puy-bench-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		b.dir = dir
	}
	if err := b.prepare(); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%s, %d cores, %s; %d lines of ten vertices with five fields\n", runtime.Version(), runtime.NumCPU(), time.Now().Format(time.DateOnly), b.n)
	for name := range strings.SplitSeq(*stores, ",") {
		store := "gpkg:" + filepath.Join(b.dir, "items.gpkg")
		if name == "postgis" {
			var err error
			if store, err = database(ctx, getenv("PUY_TEST_POSTGRES"), *keep == ""); err != nil {
				return err
			}
		}
		if err := b.measure(ctx, name, store); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// prepare writes the file to load, and its catalogue.
func (b *bench) prepare() error {
	file, err := filepath.Abs(filepath.Join(b.dir, "lines.geojsonl"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); err != nil {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := lines.WriteTen(f, int(b.n)); err != nil {
			return err
		}
	}
	catalog := filepath.Join(b.dir, "catalog")
	if err := os.MkdirAll(catalog, 0o755); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"portal.yaml": "title: {fr: Mesures, en: Measurements}\n",
		"lines.yaml":  fmt.Sprintf("id: lines\ntitle: {fr: Lignes, en: Lines}\nlicence: lov2\nkey: id\ntime: date\nsource: {file: %q}\n", file),
	} {
		if err := os.WriteFile(filepath.Join(catalog, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// load brings the file into a store, unless it is there.
func (b *bench) load(ctx context.Context, store string) error {
	if out, err := exec.CommandContext(ctx, b.puy, "list", "--store", store).CombinedOutput(); err == nil && strings.Contains(string(out), "lines") {
		return nil
	}
	out, err := exec.CommandContext(ctx, b.puy, "ingest", "--catalog", filepath.Join(b.dir, "catalog"), "--store", store).CombinedOutput()
	if err != nil {
		return fmt.Errorf("loading: %w: %s", err, out)
	}
	return nil
}

// database gives one of its own on a server, new if it must be fresh.
func database(ctx context.Context, server string, fresh bool) (string, error) {
	if server == "" {
		return "", fmt.Errorf("PUY_TEST_POSTGRES is not set")
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	const name = "puy_bench_items"
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil {
		return "", err
	}
	if there && fresh {
		if _, err := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			return "", err
		}
	}
	if !there || fresh {
		if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
			return "", err
		}
	}
	u.Path = "/" + name
	return u.String(), nil
}
