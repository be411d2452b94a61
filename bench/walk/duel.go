package walk

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// Duel says how two servers are measured side by side.
type Duel struct {
	A, B    Template // B may be empty: A alone
	Clients []int
	Rounds  int // walks of each, in turn; 0 means 1
	Warm    int // requests before each pair of walks that are not measured
	// Fresh asks for no tile twice: each walk has a part of the places of its own,
	// the same for A and B.
	Fresh bool
	Options
	Check     int     // tiles of each zoom whose content is compared; 0 means none
	Tolerance float64 // see Compare
}

// Row is what a duel came to at one zoom with some clients.
type Row struct {
	Zoom    int     `json:"zoom"`
	Clients int     `json:"clients"`
	A       Figures `json:"a"`
	B       Figures `json:"b,omitzero"`
}

// Ratio tells how many times as fast as B A is.
func (r Row) Ratio() float64 { return over(r.A.Rate(), r.B.Rate()) }

// Result is a whole duel.
type Result struct {
	Rows []Row            `json:"rows"`
	Like map[int]Likeness `json:"content,omitempty"` // by zoom
}

// Run walks the places zoom by zoom in the order of their first appearance.
func (d Duel) Run(ctx context.Context, places []Place) (Result, error) {
	result := Result{Like: map[int]Likeness{}}
	var zooms []int
	byZoom := map[int][]Place{}
	for _, p := range places {
		if byZoom[p.Z] == nil {
			zooms = append(zooms, p.Z)
		}
		byZoom[p.Z] = append(byZoom[p.Z], p)
	}
	for _, z := range zooms {
		rows, err := d.zoom(ctx, z, byZoom[z])
		if err != nil {
			return result, err
		}
		result.Rows = append(result.Rows, rows...)
		if d.Check > 0 {
			like, err := Compare(ctx, d.A, d.B, byZoom[z][:min(d.Check, len(byZoom[z]))], d.Tolerance)
			if err != nil {
				return result, err
			}
			result.Like[z] = like
		}
	}
	return result, nil
}

func (d Duel) zoom(ctx context.Context, z int, places []Place) ([]Row, error) {
	rounds := max(d.Rounds, 1)
	parts := [][]Place{places}
	warm := places
	if d.Fresh {
		n := len(d.Clients)*rounds + 1
		parts = deal(places, n)
		if parts == nil {
			return nil, fmt.Errorf("zoom %d has only %d tiles for %d walks that are each to have their own", z, len(places), n)
		}
		warm, parts = parts[n-1], parts[:n-1]
	}
	var rows []Row
	for _, clients := range d.Clients {
		row := Row{Zoom: z, Clients: clients}
		for range rounds {
			part := parts[0]
			if d.Fresh {
				parts = parts[1:]
			}
			for _, side := range []struct {
				t    Template
				into *Figures
			}{{d.A, &row.A}, {d.B, &row.B}} {
				if side.t == "" {
					continue
				}
				opt := d.Options
				opt.Clients = clients
				if d.Warm > 0 {
					if _, err := Run(ctx, side.t, warm, Options{Clients: clients, Count: d.Warm, Bust: d.Bust, Time: 5 * time.Second}); err != nil {
						return nil, err
					}
				}
				figures, err := Run(ctx, side.t, part, opt)
				if err != nil {
					return nil, err
				}
				*side.into = side.into.and(figures)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// deal gives n parts of about the same tiles: the first, the n-th after it and
// so on. Nil where there are too few.
func deal(places []Place, n int) [][]Place {
	if len(places) < n {
		return nil
	}
	parts := make([][]Place, n)
	for i, p := range places {
		parts[i%n] = append(parts[i%n], p)
	}
	return parts
}

// WriteTable writes a result as Markdown.
func (r Result) WriteTable(w io.Writer, a, b string) {
	alone := !slices.ContainsFunc(r.Rows, func(row Row) bool { return row.B.Requests > 0 })
	if alone {
		fmt.Fprintln(w, "| zoom | clients | tiles | p50 ms | p99 ms | tiles/s | KB a tile | failed |\n|---|---|---|---|---|---|---|---|")
	} else {
		fmt.Fprintf(w, "| zoom | clients | tiles | %s: p50 ms | p99 ms | tiles/s | KB a tile | %s: p50 ms | p99 ms | tiles/s | KB a tile | ratio | failed |\n", a, b)
		fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	}
	for _, row := range r.Rows {
		fmt.Fprintf(w, "| %d | %d | %d | %.2f | %.2f | %.1f | %.1f |", row.Zoom, row.Clients, row.A.Requests, row.A.P50, row.A.P99, row.A.Rate(), row.A.KB())
		if !alone {
			fmt.Fprintf(w, " %.2f | %.2f | %.1f | %.1f | %.2f |", row.B.P50, row.B.P99, row.B.Rate(), row.B.KB(), row.Ratio())
		}
		fmt.Fprintf(w, " %d |\n", row.A.Failed+row.B.Failed)
	}
	zooms := make([]int, 0, len(r.Like))
	for z := range r.Like {
		zooms = append(zooms, z)
	}
	slices.Sort(zooms)
	for _, z := range zooms {
		l := r.Like[z]
		fmt.Fprintf(w, "\nContent at zoom %d: %d of %d tiles differ; features %d and %d, vertices %d and %d, attributes %d and %d; worst %.1f %%\n",
			z, l.Different, l.Tiles, l.A.Features, l.B.Features, l.A.Vertices, l.B.Vertices, l.A.Properties, l.B.Properties, 100*l.Worst)
		for _, text := range l.Differences {
			fmt.Fprintln(w, "-", text)
		}
	}
	for _, row := range r.Rows {
		for _, f := range []Figures{row.A, row.B} {
			if f.Failure != "" {
				fmt.Fprintf(w, "\nFirst failure at zoom %d, %d clients: %s\n", row.Zoom, row.Clients, f.Failure)
			}
		}
	}
}

// Check gives an error where a request failed or tiles differ.
func (r Result) Check() error {
	for _, row := range r.Rows {
		if n := row.A.Failed + row.B.Failed; n > 0 {
			return fmt.Errorf("%d requests failed at zoom %d", n, row.Zoom)
		}
	}
	for z, l := range r.Like {
		if l.Different > 0 {
			return fmt.Errorf("%d of %d tiles differ at zoom %d", l.Different, l.Tiles, z)
		}
	}
	return nil
}
