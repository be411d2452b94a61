package server

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/ingest"
	"puy/store"
	"puy/tiles"
	"puy/tiles/mvt"
)

// giant writes a GeoJSON file with one polygon of n vertices around 3° E, 45° N,
// half a degree in radius.
func giant(t *testing.T, n int) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "giant.geojson")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	out.WriteString(`{"type":"Feature","properties":{"nom":"Lac"},"geometry":{"type":"Polygon","coordinates":[[`)
	for i := range n + 1 {
		// Every ray from the middle meets the ring once, so that it is valid.
		a := 2 * math.Pi * float64(i%n) / float64(n)
		r := 0.5 * (1 + 0.2*math.Sin(9*a) + 0.02*math.Sin(900*a) + 0.002*math.Sin(90_000*a))
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(out, "[%.9f,%.9f]", 3+r*math.Cos(a), 45+r*math.Sin(a))
	}
	out.WriteString("]]}}")
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// highest gives the most memory in use until it is called.
func highest() func() uint64 {
	stop, found := make(chan struct{}), make(chan uint64)
	go func() {
		most := uint64(0)
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-stop:
				found <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(stop); return <-found }
}

// A polygon of 1.7 million vertices is loaded and drawn in bounded time and memory.
// The limits are several times what it takes: they find what grows with the square.
func TestGiantPolygon(t *testing.T) {
	src := giant(t, 1_700_000)
	onEachStore(t, func(t *testing.T, s store.Store) {
		memory := highest()
		begin := time.Now()
		d := catalog.Dataset{ID: "lac", Title: geo.Localized{FR: "Lac"}}
		if err := s.PutDataset(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if _, err := ingest.Load(t.Context(), s, d, src, ingest.Options{}); err != nil {
			t.Fatal(err)
		}
		c := startTiles(t, s)
		first := c.ask("GET", "/tiles/lac/0/0/0.mvt") // builds the snapshot
		if first.status != 200 {
			t.Fatalf("%d %s", first.status, first.body)
		}
		took := time.Since(begin)
		if took > 2*time.Minute {
			t.Errorf("until the first tile it took %v", took)
		}
		for z := range 15 {
			n := float64(int(1) << z)
			y := math.Pi / 4 // the Mercator latitude of the eastern end of the ring, 45°
			x, row := int((3.5+180)/360*n), int((1-math.Asinh(math.Tan(y))/math.Pi)/2*n)
			start := time.Now()
			a := c.ask("GET", fmt.Sprintf("/tiles/lac/%d/%d/%d.mvt", z, x, row))
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("zoom %d took %v", z, took)
			}
			layers, err := mvt.Decode([]byte(a.body))
			if a.status != 200 || err != nil || len(layers) != 1 || len(layers[0].Features) != 1 || len(a.body) > 500_000 {
				t.Errorf("zoom %d: status %d, %d bytes, %v", z, a.status, len(a.body), err)
			}
		}
		most := memory()
		if most > 1<<30 {
			t.Errorf("%d MB of memory", most>>20)
		}
		t.Logf("%v until the first tile, %d MB of memory", took, most>>20)
	})
}

// A tile that takes too long is given up: the client shall come again, and the
// log names the dataset.
func TestSlowTile(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		var log bytes.Buffer
		c := startTilesWith(t, s, func(o *tiles.Options) {
			o.Patience, o.Log = 1, slog.New(slog.NewTextHandler(&log, nil))
		})
		a := c.ask("GET", "/tiles/stations/0/0/0.mvt")
		if a.status != 503 || a.header.Get("Retry-After") == "" || a.header.Get("ETag") != "" || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d %v %s", a.status, a.header, a.body)
		}
		if !strings.Contains(log.String(), "a tile took too long") || !strings.Contains(log.String(), "dataset=stations") {
			t.Errorf("the log: %s", log.String())
		}
	})
}
