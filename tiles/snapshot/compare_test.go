package snapshot_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"

	"puy/tiles/mvt"
	"puy/tiles/snapshot"
)

type appendMVT func(dst []byte, layer string, z, x, y int, scratch *snapshot.Scratch) ([]byte, int, error)

func byID(t *testing.T, b []byte) map[uint64]mvt.Feature {
	t.Helper()
	layers, err := mvt.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	found := map[uint64]mvt.Feature{}
	for _, l := range layers {
		for _, f := range l.Features {
			found[f.ID] = f
		}
	}
	return found
}

// compareTile gives how many features both tiles have and how many only one.
func compareTile(t *testing.T, ours appendMVT, db *pgx.Conn, table, columns string, z, x, y int) (both, only int) {
	t.Helper()
	b, _, err := ours(nil, table, z, x, y, new(snapshot.Scratch))
	if err != nil {
		t.Fatal(err)
	}
	var theirs []byte
	err = db.QueryRow(t.Context(), fmt.Sprintf(`SELECT ST_AsMVT(tile, '%s', 4096, 'g', 'fid') FROM (
		SELECT %s, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 80, true) AS g
		FROM %s) AS tile WHERE g IS NOT NULL`, table, columns, table), z, x, y).Scan(&theirs)
	if err != nil {
		t.Fatal(err)
	}
	return compareBytes(t, fmt.Sprintf("tile %d/%d/%d", z, x, y), b, theirs)
}

// compareBytes compares two tiles.
func compareBytes(t *testing.T, tile string, ours, theirs []byte) (both, only int) {
	t.Helper()
	got, want := byID(t, ours), byID(t, theirs)
	// What is thinner than a unit may be kept by one and rounded away by the other,
	// and so may a point on the very border.
	thin := func(f mvt.Feature) bool {
		if f.Type == mvt.Points {
			p := f.Parts[0][0]
			return min(p.X, p.Y) <= -79 || max(p.X, p.Y) >= 4096+79
		}
		area, length, extent := measure(f)
		if onBorder(f) {
			return true
		}
		return extent <= 1.5 || f.Type == mvt.Polygon && area <= length
	}
	for id, f := range got {
		if _, ok := want[id]; !ok {
			only++
			if !thin(f) {
				t.Errorf("%s: feature %d is ours alone: %v", tile, id, f.Parts)
			}
		}
	}
	for id, w := range want {
		g, ok := got[id]
		if !ok {
			only++
			if !thin(w) {
				t.Errorf("%s: feature %d is missing: %v", tile, id, w.Parts)
			}
			continue
		}
		both++
		if len(g.Properties) != len(w.Properties) {
			t.Errorf("%s: feature %d has %v, want %v", tile, id, g.Properties, w.Properties)
		}
		for key, value := range w.Properties {
			if fmt.Sprint(g.Properties[key]) != fmt.Sprint(value) {
				t.Errorf("%s: feature %d has %s = %v, want %v", tile, id, key, g.Properties[key], value)
			}
		}
		gotArea, gotLength, _ := measure(g)
		wantArea, wantLength, _ := measure(w)
		// Where rounding makes a ring touch itself PostGIS takes the tip off.
		tolerance := 2.5
		if g.Type == mvt.Points {
			tolerance = math.Sqrt2
		}
		if d := max(farthest(g, w), farthest(w, g)); g.Type != w.Type || d > tolerance {
			t.Errorf("%s: feature %d is %.1f units off\n got %v\nwant %v", tile, id, d, g.Parts, w.Parts)
		}
		if math.Abs(gotArea-wantArea) > 2+max(gotLength, wantLength)/2 {
			t.Errorf("%s: feature %d has the area %.0f, want %.0f", tile, id, gotArea, wantArea)
		}
	}
	return both, only
}

// onBorder tells whether a feature lies along the very border of the buffer.
func onBorder(f mvt.Feature) bool {
	on := [4]bool{true, true, true, true}
	for _, part := range f.Parts {
		for _, p := range part {
			on = [4]bool{on[0] && p.X <= -79, on[1] && p.Y <= -79, on[2] && p.X >= 4096+79, on[3] && p.Y >= 4096+79}
		}
	}
	return on != [4]bool{}
}
