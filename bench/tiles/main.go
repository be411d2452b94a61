// Command tiles sets two tile servers side by side: it asks both for the same
// tiles over HTTP, in turn, checks that their content is alike, and prints how
// fast each answers. With one server it tells that one's figures.
//
//	go run ./bench/tiles -a 'http://127.0.0.1:8080/tiles/coastline/{z}/{x}/{y}.mvt' \
//	  -b 'http://127.0.0.1:3000/coastline/{z}/{x}/{y}' -bbox -6,47,-1,49 -zooms 14,12,10
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"puy/bench/walk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tiles:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	fs := flag.NewFlagSet("tiles", flag.ContinueOnError)
	var d walk.Duel
	fs.StringVar((*string)(&d.A), "a", "", "the tile `URL` of the one server, with {z}, {x} and {y}")
	fs.StringVar((*string)(&d.B), "b", "", "that of the other; without it the first stands alone")
	names := fs.String("names", "A,B", "what to call them")
	list := fs.String("list", "", "a `file` of tiles, a line each: z/x/y; - is standard input")
	bbox := fs.String("bbox", "-180,-85,180,85", "without -list: the `box` west,south,east,north to take tiles from")
	zooms := fs.String("zooms", "14,12,10", "without -list: their zooms")
	n := fs.Int("n", 1000, "without -list: tiles a zoom")
	seed := fs.Uint64("seed", 63, "without -list: which tiles")
	clients := fs.String("clients", "1,4,16", "how many clients ask at once")
	fs.IntVar(&d.Rounds, "rounds", 1, "walks of each server, in turn")
	fs.IntVar(&d.Warm, "warm", 20, "requests before each walk that do not count")
	fs.BoolVar(&d.Fresh, "fresh", false, "ask for no tile twice: each walk has its own part of the tiles")
	fs.BoolVar(&d.Repeat, "repeat", false, "begin anew at the end of the tiles, until -count or -time")
	fs.StringVar(&d.Bust, "bust", "", "a query `parameter` that gets another value each time, against caches")
	fs.IntVar(&d.Count, "count", 0, "requests of a walk at most")
	fs.DurationVar(&d.Time, "time", 0, "duration of a walk at most")
	fs.IntVar(&d.Check, "check", 50, "tiles a zoom whose content is compared")
	fs.Float64Var(&d.Tolerance, "tolerance", 0.01, "the `share` of features by which like tiles may differ")
	strict := fs.Bool("strict", false, "fail where content differs or a request failed")
	asJSON := fs.Bool("json", false, "print JSON instead of a table")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if d.A == "" {
		return fmt.Errorf("-a is wanted: a tile URL with {z}, {x} and {y}")
	}
	for _, t := range []walk.Template{d.A, d.B} {
		if t != "" && t.Expand(walk.Place{}) == string(t) {
			return fmt.Errorf("%s has no {z}, {x} and {y}", t)
		}
	}
	if d.Repeat && d.Count == 0 && d.Time == 0 {
		return fmt.Errorf("-repeat wants an end: -count or -time")
	}
	var err error
	if d.Clients, err = numbers(*clients); err != nil {
		return fmt.Errorf("-clients: %w", err)
	}
	places, err := read(*list)
	if err == nil && *list == "" {
		places, err = choose(*bbox, *zooms, *n, *seed)
	}
	if err != nil {
		return err
	}
	result, err := d.Run(ctx, places)
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(result)
	} else {
		a, b, _ := strings.Cut(*names, ",")
		result.WriteTable(stdout, a, b)
	}
	if err == nil && *strict {
		err = result.Check()
	}
	return err
}

func read(path string) ([]walk.Place, error) {
	switch path {
	case "":
		return nil, nil
	case "-":
		return walk.ReadPlaces(os.Stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return walk.ReadPlaces(f)
}

func choose(bbox, zooms string, n int, seed uint64) ([]walk.Place, error) {
	var box [4]float64
	parts := strings.Split(bbox, ",")
	if len(parts) != len(box) {
		return nil, fmt.Errorf("-bbox wants west,south,east,north")
	}
	for i, part := range parts {
		var err error
		if box[i], err = strconv.ParseFloat(part, 64); err != nil {
			return nil, fmt.Errorf("-bbox: %w", err)
		}
	}
	levels, err := numbers(zooms)
	if err != nil {
		return nil, fmt.Errorf("-zooms: %w", err)
	}
	var places []walk.Place
	for _, z := range levels {
		places = append(places, walk.Within(box, z, n, seed)...)
	}
	return places, nil
}

func numbers(text string) ([]int, error) {
	var all []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}
