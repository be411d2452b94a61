// Command downloads measures files of whole datasets: it loads a file with bin/puy
// into both stores, and downloads it in each format, each time from a server that
// has just begun. It prints Markdown. PUY_TEST_POSTGRES names the server to use;
// see internal/pgtest/run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
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

	"puy/bench/process"
	"puy/server/transfer"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "downloads:", err)
		os.Exit(1)
	}
}

// bench is what all measurements share.
type bench struct {
	out    io.Writer
	puy    string
	dir    string
	coding string
	filter string
}

func run(ctx context.Context, args []string, stdout io.Writer, getenv func(string) string) error {
	fs := flag.NewFlagSet("downloads", flag.ContinueOnError)
	b := bench{out: stdout}
	fs.StringVar(&b.puy, "puy", "bin/puy", "the program to measure")
	fs.StringVar(&b.coding, "coding", "identity", "the content coding to ask for")
	fs.StringVar(&b.filter, "filter", "", "a CQL2 filter; empty for whole files")
	data := fs.String("data", "bench/data/streets.geojsonl", "the file to load")
	stores := fs.String("stores", "postgis,gpkg", "which stores")
	formats := fs.String("formats", "", "which formats; empty for all")
	if err := fs.Parse(args); err != nil {
		return err
	}
	var err error
	if b.dir, err = os.MkdirTemp("", "puy-bench-*"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	fmt.Fprintf(b.out, "%s, %d cores, %s; %s\n\n| store | format | seconds | rows/s | MB | peak memory MB | of it not files |\n|---|---|---|---|---|---|---|\n",
		runtime.Version(), runtime.NumCPU(), time.Now().Format(time.DateOnly), filepath.Base(*data))
	for name := range strings.SplitSeq(*stores, ",") {
		store := "gpkg:" + filepath.Join(b.dir, "downloads.gpkg")
		if name == "postgis" {
			store = getenv("PUY_TEST_POSTGRES")
		}
		load := exec.CommandContext(ctx, b.puy, "ingest", *data, "--id", "downloads", "--store", store)
		if text, err := load.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, text)
		}
		for _, f := range transfer.Formats() {
			if *formats != "" && !slices.Contains(strings.Split(*formats, ","), f.Name) {
				continue
			}
			if err := b.measure(ctx, name, store, f.Name); err != nil {
				return fmt.Errorf("%s, %s: %w", name, f.Name, err)
			}
		}
	}
	return nil
}

// measure downloads one file from a new server.
func (b *bench) measure(ctx context.Context, name, store, format string) error {
	server, err := process.Start(ctx, b.dir, nil, b.puy, "serve", "--store", store, "--cache", filepath.Join(b.dir, "cache"))
	if err != nil {
		return err
	}
	defer server.Stop()
	if _, err := server.Wait(ctx, func() error { return ready(ctx, "http://"+server.Host+"/readyz") }); err != nil {
		return err
	}
	query := ""
	if b.filter != "" {
		query = "?" + url.Values{"filter": {b.filter}}.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+server.Host+"/downloads/downloads."+format+query, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Encoding", b.coding)
	start := time.Now()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the server answers %s", res.Status)
	}
	if err != nil {
		return err
	}
	took := time.Since(start)
	var rows float64
	if _, err := fmt.Sscan(res.Header.Get("OGC-NumberMatched"), &rows); err != nil {
		return err
	}
	peak, anonymous := server.Memory()
	_, err = fmt.Fprintf(b.out, "| %s | %s | %.2f | %.0f | %.0f | %d | %d |\n", name, format, took.Seconds(), rows/took.Seconds(), float64(n)/1e6, peak, anonymous)
	return err
}

func ready(ctx context.Context, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", res.Status)
	}
	return nil
}
