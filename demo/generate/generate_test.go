package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/known"
)

const catalogDir = "../catalog"

func TestCommittedFilesAreWhatIsGenerated(t *testing.T) {
	first, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	second, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	committed, err := filepath.Glob(filepath.Join(catalogDir, "data", "*"))
	if err != nil || len(committed) != len(first) {
		t.Errorf("%d files are committed, %d generated %v", len(committed), len(first), err)
	}
	total := 0
	for name, content := range first {
		total += len(content)
		if !bytes.Equal(content, second[name]) {
			t.Errorf("%s differs between two runs", name)
		}
		there, err := os.ReadFile(filepath.Join(catalogDir, "data", name))
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(content, there) {
			t.Errorf("%s is not what the generator writes: run go run ./demo/generate", name)
		}
	}
	if total >= 2_000_000 {
		t.Errorf("the files have %d bytes; they must stay under 2 MB", total)
	}
}

// TestCatalogue reads every dataset with the declared options: each row is good,
// each declared field is there, each key is unique.
func TestCatalogue(t *testing.T) {
	c, err := catalog.Load(catalogDir)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, d := range c.Datasets {
		t.Run(d.ID, func(t *testing.T) {
			if !d.Demo || !strings.Contains(d.Title.FR, "données de démonstration") || !strings.Contains(d.Title.EN, "demonstration data") ||
				!strings.Contains(strings.ToLower(d.Description.FR), "données de démonstration") || !strings.Contains(strings.ToLower(d.Description.EN), "demonstration data") {
				t.Error("does not say that it is a demonstration")
			}
			layer, features := read(t, c, d)
			keys := map[string]bool{}
			for _, f := range features {
				key := f.Values[layer.Schema.Index(d.Key)].String()
				if key == "" || keys[key] {
					t.Errorf("row %d: the key %q is empty or stands twice", f.FID, key)
				}
				keys[key] = true
				if layer.Schema.Spatial() && !near(f.Geometry.Bounds()) {
					t.Errorf("row %d lies at %v", f.FID, f.Geometry.Bounds())
				}
			}
			for _, declared := range d.Fields {
				i := layer.Schema.Index(declared.Name)
				if i < 0 {
					t.Errorf("the file has no field %s", declared.Name)
				} else if got := layer.Schema.Fields[i].Type; got != declared.Type && got != geo.TypeNull {
					t.Errorf("%s is %v, declared %v", declared.Name, got, declared.Type)
				}
			}
			total += len(features)
		})
	}
	if len(c.Datasets) < 6 || total < 2000 {
		t.Errorf("%d datasets with %d features", len(c.Datasets), total)
	}
}

func near(b geo.Bounds) bool {
	return b.MinX > 2.9 && b.MaxX < 3.35 && b.MinY > 45.6 && b.MaxY < 45.9
}

func read(t *testing.T, c *catalog.Catalogue, d catalog.Dataset) (format.Layer, []geo.Feature) {
	t.Helper()
	src, err := format.OpenSource(c.SourcePath(d), "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := known.Detect(src)
	if err != nil {
		t.Fatal(err)
	}
	opt := format.Options{Geometry: d.Source.Geometry, X: d.Source.X, Y: d.Source.Y, Types: map[string]geo.FieldType{}}
	for _, field := range d.Fields {
		opt.Types[field.Name] = field.Type
	}
	for _, r := range d.Source.Delimiter {
		opt.Delimiter = r
	}
	for _, r := range d.Source.Decimal {
		opt.Decimal = r
	}
	r, err := f.Open(t.Context(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []geo.Feature
	for {
		var row geo.Feature
		err := r.Read(&row)
		if err == io.EOF {
			return r.Layer(), all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, *row.Clone())
	}
}

// TestCommunesTileTheTerritory checks the areas as topology: each piece of border
// stands in two communes, once each way, or in one; the latter make one ring whose
// area is the sum of all.
func TestCommunesTileTheTerritory(t *testing.T) {
	all := newTerritory()
	type edge struct{ from, to point }
	edges := map[edge]int{}
	sum := 0.0
	for i, ring := range all.rings {
		name := all.communes[i].name
		if ring[0] != ring[len(ring)-1] || area(ring) <= 0 {
			t.Errorf("%s is not a closed ring in counter-clockwise order", name)
		}
		if where := selfCrossing(ring); where != "" {
			t.Errorf("%s crosses itself at %s", name, where)
		}
		if got, want := area(ring), all.communes[i].surface; math.Abs(got-want) > 0.25*want {
			t.Errorf("%s has %.1f km² on the map, really %.1f", name, got, want)
		}
		sum += area(ring)
		for k := 1; k < len(ring); k++ {
			e := edge{ring[k-1], ring[k]}
			if _, taken := edges[e]; taken {
				t.Errorf("%s overlaps another commune at %v", name, e)
			}
			edges[e] = i
		}
	}
	next := map[point]point{}
	for e := range edges {
		if _, shared := edges[edge{e.to, e.from}]; !shared {
			if _, fork := next[e.from]; fork {
				t.Fatalf("the outline forks at %v", e.from)
			}
			next[e.from] = e.to
		}
	}
	var start point
	for start = range next {
		break
	}
	outline := []point{start}
	for at := next[start]; at != start && len(outline) <= len(next); at = next[at] {
		outline = append(outline, at)
	}
	if len(outline) != len(next) {
		t.Fatalf("the outline has %d pieces, %d of them in one ring: there is a gap inside", len(next), len(outline))
	}
	outline = append(outline, start)
	if diff := math.Abs(area(outline) - sum); diff > 1e-6 {
		t.Errorf("the communes have %.6f km² together, their outline %.6f", sum, area(outline))
	}
	if len(edges) < 600 {
		t.Errorf("only %d pieces of border: they look straight", len(edges))
	}
}

// area gives km², positive where the ring runs counter-clockwise.
func area(ring []point) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1].plane(), ring[i].plane()
		sum += a.x*b.y - b.x*a.y
	}
	return sum / 2
}

// selfCrossing tells where two pieces of a ring that are not neighbours meet.
func selfCrossing(ring []point) string {
	turn := func(a, b, c point) int {
		d := int64(b.lon-a.lon)*int64(c.lat-a.lat) - int64(b.lat-a.lat)*int64(c.lon-a.lon)
		switch {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	}
	n := len(ring) - 1
	for i := range n {
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue
			}
			a, b, c, d := ring[i], ring[i+1], ring[j], ring[j+1]
			if turn(a, b, c)*turn(a, b, d) <= 0 && turn(c, d, a)*turn(c, d, b) <= 0 {
				return fmt.Sprint(a)
			}
		}
	}
	return ""
}

func TestBusLinesHaveARoute(t *testing.T) {
	n := newNetwork(newTerritory(), places())
	for _, l := range busLines() {
		for i, name := range l.through {
			if n.place(name) < 0 {
				t.Fatalf("line %s: there is no place %q", l.name, name)
			}
			if i > 0 && len(n.route(n.place(l.through[i-1]), n.place(name))) == 0 {
				t.Errorf("line %s: no way from %s to %s", l.name, l.through[i-1], name)
			}
		}
	}
}

func TestNumbersOfPublicBodies(t *testing.T) {
	// 216301135 is Clermont-Ferrand's registered number.
	if got := communeSiren("63113"); got != "216301135" {
		t.Errorf("SIREN %s", got)
	}
	if got := withCheckDigit(epci[:8]); got != epci {
		t.Errorf("SIREN %s, want %s", got, epci)
	}
}

func TestAirIndexIsTheWorstPart(t *testing.T) {
	for concentration, want := range map[int]int{0: 1, 40: 1, 41: 2, 120: 3, 121: 4, 340: 5, 341: 6} {
		if got := classOf(concentration, func(l level) int { return l.no2 }); got != want {
			t.Errorf("NO2 at %d µg/m³: class %d, want %d", concentration, got, want)
		}
	}
}
