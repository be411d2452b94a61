package geo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"puy/geo"
)

func TestEmptyBounds(t *testing.T) {
	e := geo.EmptyBounds()
	some := geo.Bounds{MinX: 1, MinY: 2, MaxX: 3, MaxY: 4}
	if !e.IsEmpty() || e.CrossesAntimeridian() || e.Split() != nil || e.Intersects(some) || some.Intersects(e) {
		t.Errorf("%v is not empty", e)
	}
	if got := e.Extend(3, 45); got != (geo.Bounds{MinX: 3, MinY: 45, MaxX: 3, MaxY: 45}) || got.IsEmpty() {
		t.Errorf("extended: %v", got)
	}
	if e.Union(some) != some || some.Union(e) != some || !e.Union(e).IsEmpty() {
		t.Error("a union with nothing changes something")
	}
}

func TestUnion(t *testing.T) {
	tests := []struct {
		name       string
		a, b, want geo.Bounds
	}{
		{"apart", geo.Bounds{MinX: 0, MinY: 0, MaxX: 1, MaxY: 1}, geo.Bounds{MinX: 5, MinY: -5, MaxX: 6, MaxY: -4}, geo.Bounds{MinX: 0, MinY: -5, MaxX: 6, MaxY: 1}},
		{"metres", geo.Bounds{MinX: 1e5, MinY: 6e6, MaxX: 2e5, MaxY: 7e6}, geo.Bounds{MinX: 5e5, MinY: 5e6, MaxX: 6e5, MaxY: 6e6}, geo.Bounds{MinX: 1e5, MinY: 5e6, MaxX: 6e5, MaxY: 7e6}},
		{"Fiji and a part of it", geo.Bounds{MinX: 170, MinY: -20, MaxX: -170, MaxY: -10}, geo.Bounds{MinX: 175, MinY: -15, MaxX: 178, MaxY: -12}, geo.Bounds{MinX: 170, MinY: -20, MaxX: -170, MaxY: -10}},
		{"Fiji and east of it", geo.Bounds{MinX: 170, MinY: -20, MaxX: -170, MaxY: -10}, geo.Bounds{MinX: -172, MinY: 0, MaxX: -160, MaxY: 5}, geo.Bounds{MinX: 170, MinY: -20, MaxX: -160, MaxY: 5}},
		{"Fiji and west of it", geo.Bounds{MinX: 170, MinY: -20, MaxX: -170, MaxY: -10}, geo.Bounds{MinX: 150, MinY: 0, MaxX: 160, MaxY: 5}, geo.Bounds{MinX: 150, MinY: -20, MaxX: -170, MaxY: 5}},
		{"two that cross", geo.Bounds{MinX: 170, MinY: 0, MaxX: -175, MaxY: 1}, geo.Bounds{MinX: 178, MinY: 0, MaxX: -170, MaxY: 1}, geo.Bounds{MinX: 170, MinY: 0, MaxX: -170, MaxY: 1}},
		{"round the world", geo.Bounds{MinX: 10, MinY: 0, MaxX: -10, MaxY: 1}, geo.Bounds{MinX: -20, MinY: 0, MaxX: 20, MaxY: 1}, geo.Bounds{MinX: -180, MinY: 0, MaxX: 180, MaxY: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, got := range []geo.Bounds{tt.a.Union(tt.b), tt.b.Union(tt.a)} {
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestIntersects(t *testing.T) {
	fiji := geo.Bounds{MinX: 177, MinY: -20, MaxX: -178, MaxY: -12}
	tests := []struct {
		name string
		a, b geo.Bounds
		want bool
	}{
		{"overlap", geo.Bounds{MinX: 0, MinY: 0, MaxX: 2, MaxY: 2}, geo.Bounds{MinX: 1, MinY: 1, MaxX: 3, MaxY: 3}, true},
		{"a corner", geo.Bounds{MinX: 0, MinY: 0, MaxX: 2, MaxY: 2}, geo.Bounds{MinX: 2, MinY: 2, MaxX: 3, MaxY: 3}, true},
		{"beside", geo.Bounds{MinX: 0, MinY: 0, MaxX: 2, MaxY: 2}, geo.Bounds{MinX: 2.1, MinY: 0, MaxX: 3, MaxY: 3}, false},
		{"above", geo.Bounds{MinX: 0, MinY: 0, MaxX: 2, MaxY: 2}, geo.Bounds{MinX: 0, MinY: 2.1, MaxX: 3, MaxY: 3}, false},
		{"within", geo.Bounds{MinX: 0, MinY: 0, MaxX: 9, MaxY: 9}, geo.Bounds{MinX: 4, MinY: 4, MaxX: 4, MaxY: 4}, true},
		{"west of the antimeridian", fiji, geo.Bounds{MinX: 178, MinY: -18, MaxX: 179, MaxY: -17}, true},
		{"east of the antimeridian", fiji, geo.Bounds{MinX: -179, MinY: -18, MaxX: -178.5, MaxY: -17}, true},
		{"between the two parts", fiji, geo.Bounds{MinX: -170, MinY: -18, MaxX: 170, MaxY: -17}, false},
		{"two that cross", fiji, geo.Bounds{MinX: 179, MinY: -15, MaxX: -179, MaxY: 0}, true},
		{"two that cross, apart in latitude", fiji, geo.Bounds{MinX: 179, MinY: 5, MaxX: -179, MaxY: 6}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.a.Intersects(tt.b) != tt.want || tt.b.Intersects(tt.a) != tt.want {
				t.Errorf("want %v", tt.want)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	got := (geo.Bounds{MinX: 177, MinY: -20, MaxX: -178, MaxY: -12}).Split()
	want := []geo.Bounds{{MinX: 177, MinY: -20, MaxX: 180, MaxY: -12}, {MinX: -180, MinY: -20, MaxX: -178, MaxY: -12}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnionContainsBoth(t *testing.T) {
	// Eighths of a degree keep turns of 360 degrees exact. The antimeridian
	// itself, which has two longitudes, is left out.
	degrees := func(t *rapid.T, label string, limit int) float64 {
		return float64(rapid.IntRange(-8*limit+1, 8*limit-1).Draw(t, label)) / 8
	}
	draw := func(t *rapid.T) geo.Bounds {
		south, north := degrees(t, "south", 90), degrees(t, "north", 90)
		return geo.Bounds{MinX: degrees(t, "west", 180), MinY: min(south, north), MaxX: degrees(t, "east", 180), MaxY: max(south, north)}
	}
	width := func(b geo.Bounds) (w float64) {
		for _, part := range b.Split() {
			w += part.MaxX - part.MinX
		}
		return w
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t), draw(t)
		u := a.Union(b)
		for _, part := range append(a.Split(), b.Split()...) {
			for _, x := range []float64{part.MinX, (part.MinX + part.MaxX) / 2, part.MaxX} {
				if !u.Intersects(geo.EmptyBounds().Extend(x, part.MinY)) || !u.Intersects(geo.EmptyBounds().Extend(x, part.MaxY)) {
					t.Errorf("%v with %v is %v, without longitude %v", a, b, u, x)
				}
			}
		}
		if a.CrossesAntimeridian() || b.CrossesAntimeridian() {
			// No wider than either way round would be.
			if w := width(u); w > 360 || w < max(width(a), width(b)) {
				t.Errorf("%v with %v is %v, %v degrees wide", a, b, u, w)
			}
		}
	})
}
