package walk

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"

	"puy/tiles/mvt"
)

// Content is what a tile holds.
type Content struct {
	Layers map[string]Layer
	Raw    int // bytes of the tile, uncompressed
}

// Layer counts what a layer of a tile holds.
type Layer struct{ Features, Vertices, Properties int }

// Fetch gets one tile and reads it. Statuses 204 and 404 are empty tiles.
func Fetch(ctx context.Context, t Template, p Place) (Content, error) {
	c := client{ctx: ctx}
	defer c.close()
	var body bytes.Buffer
	status, _, header, err := c.get(t.Expand(p), &body)
	if err != nil {
		return Content{}, err
	}
	switch status {
	case http.StatusNoContent, http.StatusNotFound:
		return Content{}, nil
	case http.StatusOK:
	default:
		return Content{}, fmt.Errorf("%s: status %d: %.200s", t.Expand(p), status, body.Bytes())
	}
	raw := body.Bytes()
	if header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(&body)
		if err == nil {
			raw, err = io.ReadAll(z)
		}
		if err != nil {
			return Content{}, fmt.Errorf("%s: %w", t.Expand(p), err)
		}
	}
	return contentOf(raw)
}

func contentOf(raw []byte) (Content, error) {
	layers, err := mvt.Decode(raw)
	if err != nil {
		return Content{}, err
	}
	c := Content{Layers: map[string]Layer{}, Raw: len(raw)}
	for _, l := range layers {
		n := Layer{Features: len(l.Features)}
		for _, f := range l.Features {
			n.Properties += len(f.Properties)
			for _, part := range f.Parts {
				n.Vertices += len(part)
			}
		}
		c.Layers[l.Name] = n
	}
	return c, nil
}

// Likeness is how alike the tiles of two servers are.
type Likeness struct {
	Tiles       int      `json:"tiles"`
	Different   int      `json:"different"` // beyond the tolerance, or unreadable
	A           Layer    `json:"a"`         // all layers together
	B           Layer    `json:"b"`
	Worst       float64  `json:"worst"` // the largest relative difference in features
	Differences []string `json:"differences,omitempty"`
}

// maxDifferences bounds what is told.
const maxDifferences = 10

// Compare fetches the same tiles from both servers and compares the features of
// each layer. Tiles differ where the counts differ by more than the tolerance, a
// share, and by more than one feature. Where each has one layer, its name does
// not matter. Where b is empty, the tiles of a are only read.
func Compare(ctx context.Context, a, b Template, places []Place, tolerance float64) (Likeness, error) {
	var like Likeness
	for _, p := range places {
		if err := ctx.Err(); err != nil {
			return like, err
		}
		like.Tiles++
		ca, err := Fetch(ctx, a, p)
		if err != nil {
			like.differ("%s: A: %v", p, err)
			continue
		}
		cb := ca
		if b != "" {
			if cb, err = Fetch(ctx, b, p); err != nil {
				like.differ("%s: B: %v", p, err)
				continue
			}
		}
		like.A, like.B = like.A.plus(ca.total()), like.B.plus(cb.total())
		if text, share := difference(ca, cb, tolerance); text != "" {
			like.differ("%s: %s", p, text)
			like.Worst = max(like.Worst, share)
		} else {
			like.Worst = max(like.Worst, share)
		}
	}
	return like, nil
}

func (l *Likeness) differ(format string, args ...any) {
	l.Different++
	if len(l.Differences) < maxDifferences {
		l.Differences = append(l.Differences, fmt.Sprintf(format, args...))
	}
}

// difference says what is unlike beyond the tolerance, and gives the largest
// difference even where it is not.
func difference(a, b Content, tolerance float64) (text string, share float64) {
	counts := map[string][2]int{}
	for name, l := range a.Layers {
		counts[name] = [2]int{l.Features, 0}
	}
	for name, l := range b.Layers {
		counts[name] = [2]int{counts[name][0], l.Features}
	}
	if len(a.Layers) <= 1 && len(b.Layers) <= 1 {
		counts = map[string][2]int{"the layer": {a.total().Features, b.total().Features}}
	}
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		n := counts[name]
		apart := math.Abs(float64(n[0] - n[1]))
		relative := over(apart, float64(max(n[0], n[1])))
		share = max(share, relative)
		if apart > 1 && relative > tolerance && text == "" {
			text = fmt.Sprintf("%s has %d features in A, %d in B", name, n[0], n[1])
		}
	}
	return text, share
}

func (c Content) total() (sum Layer) {
	for _, l := range c.Layers {
		sum = sum.plus(l)
	}
	return sum
}

func (l Layer) plus(m Layer) Layer {
	return Layer{l.Features + m.Features, l.Vertices + m.Vertices, l.Properties + m.Properties}
}
