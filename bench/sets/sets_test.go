package sets_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/bench/sets"
)

type feature struct {
	Properties map[string]any
	Geometry   struct {
		Type        string
		Coordinates json.RawMessage
	}
}

func read(t *testing.T, text []byte) []feature {
	t.Helper()
	var all []feature
	for line := range strings.Lines(string(text)) {
		var f feature
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, f)
	}
	return all
}

func TestCoast(t *testing.T) {
	const shores = "> Shore Bin # 7, Level 1\n0\t0\n1\t0.5\n2\t0\n3\t0\n> Shore Bin # 8, Level 3\n9\t9\n> Shore Bin # 9, Level 2\n5\t5\n6\t6\n"
	for vertices, want := range map[int][]string{
		2: {"7 [[0.000000,0.000000],[1.000000,0.500000]]", "7 [[1.000000,0.500000],[2.000000,0.000000]]", "7 [[2.000000,0.000000],[3.000000,0.000000]]",
			"9 [[5.000000,5.000000],[6.000000,6.000000]]"},
		3: {"7 [[0.000000,0.000000],[1.000000,0.500000],[2.000000,0.000000]]", "7 [[2.000000,0.000000],[3.000000,0.000000]]",
			"9 [[5.000000,5.000000],[6.000000,6.000000]]"},
	} {
		var out bytes.Buffer
		n, err := sets.Coast(&out, strings.NewReader(shores), vertices)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range read(t, out.Bytes()) {
			got = append(got, fmt.Sprint(f.Properties["bin"], " ", string(f.Geometry.Coordinates)))
		}
		if diff := cmp.Diff(want, got); diff != "" || n != len(want) {
			t.Errorf("%d vertices, %d lines: %s", vertices, n, diff)
		}
	}
	for _, bad := range []string{"> Coast 7\n", "> Shore Bin # 7, Level 1\n0 0\n", "> Shore Bin # 7, Level 1\nx\t0\n"} {
		if _, err := sets.Coast(&bytes.Buffer{}, strings.NewReader(bad), 10); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// Every side of every polygon is also its neighbour's, the other way round, or
// lies on the edge of the whole.
func TestCoverage(t *testing.T) {
	const side = 7
	var out bytes.Buffer
	if err := sets.Coverage(&out, side); err != nil {
		t.Fatal(err)
	}
	sides, area := map[[4]float64]int{}, 0.0
	polygons := read(t, out.Bytes())
	for _, f := range polygons {
		var rings [][][2]float64
		if err := json.Unmarshal(f.Geometry.Coordinates, &rings); err != nil {
			t.Fatal(err)
		}
		ring := rings[0]
		if ring[0] != ring[len(ring)-1] {
			t.Errorf("polygon %v is open", f.Properties["id"])
		}
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			sides[[4]float64{a[0], a[1], b[0], b[1]}]++
			area += (a[0]*b[1] - b[0]*a[1]) / 2
		}
	}
	lone := 0
	for s, n := range sides {
		if n != 1 {
			t.Errorf("side %v is there %d times", s, n)
		}
		if sides[[4]float64{s[2], s[3], s[0], s[1]}] == 0 {
			lone++
		}
	}
	if want := 4 * side * 16; lone != want || len(polygons) != side*side || area < 95.99 || area > 96.01 {
		t.Errorf("%d polygons, %d sides without a neighbour instead of %d, area %v", len(polygons), lone, want, area)
	}
}

// The same arguments give the same bytes.
func TestFixed(t *testing.T) {
	for name, write := range map[string]func(io.Writer, int) error{"points": sets.Points, "streets": sets.Streets} {
		var first, second bytes.Buffer
		if err := write(&first, 500); err != nil {
			t.Fatal(err)
		}
		if err := write(&second, 500); err != nil {
			t.Fatal(err)
		}
		if n := len(read(t, first.Bytes())); n != 500 || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: %d features, or not the same ones again", name, n)
		}
	}
}
