// Command load measures how fast bin/puy brings files into both stores, side by
// side with ogr2ogr on the same files, whole processes and their peak memory. It
// prints a Markdown table: of generated lines in a GeoJSON text sequence, or with
// -coastline of the coastline of bench/data in six formats, with puy check of each.
//
// PUY_TEST_POSTGRES names the PostgreSQL server to use; see internal/pgtest/run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

var stores = []string{"postgis", "gpkg"}

func run(ctx context.Context, args []string, stdout, stderr io.Writer, getenv func(string) string) error {
	fs := flag.NewFlagSet("load", flag.ContinueOnError)
	n := fs.Int("n", 1_000_000, "generated lines")
	coast := fs.Bool("coastline", false, "load the coastline from several formats instead")
	data := fs.String("data", "bench/data", "the folder of the coastline; formats that are missing are added")
	chosen := fs.String("formats", strings.Join(formats, ","), "formats of the coastline")
	into := fs.String("stores", strings.Join(stores, ","), "stores that the coastline is loaded into")
	runs := fs.Int("runs", 3, "runs of each; the median is told")
	puy := fs.String("puy", "bin/puy", "the program to measure")
	temp := fs.String("tmp", "", "the folder for what is loaded; empty for the system's")
	if err := fs.Parse(args); err != nil {
		return err
	}
	server := getenv("PUY_TEST_POSTGRES")
	if server == "" {
		return fmt.Errorf("PUY_TEST_POSTGRES is not set")
	}
	dir, err := os.MkdirTemp(*temp, "puy-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	t, err := newTargets(server, dir)
	if err != nil {
		return err
	}
	if *coast {
		return coastline(ctx, t, *puy, *data, strings.Split(*chosen, ","), strings.Split(*into, ","), *runs, stdout, stderr)
	}
	return generated(ctx, t, *puy, *n, *runs, stdout, stderr)
}
