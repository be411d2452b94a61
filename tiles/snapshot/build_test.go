package snapshot_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/tiles/snapshot"
)

func TestBuildIsTheSameEveryTime(t *testing.T) {
	var files [2][]byte
	for i := range files {
		path := filepath.Join(t.TempDir(), "x")
		if err := snapshot.Build(t.Context(), path, lineSchema, lines(3000), snapshot.Options{}); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two builds of the same features differ")
	}
}

func TestBuildThatFailsLeavesNothing(t *testing.T) {
	broken := errors.New("the stream broke")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tc := range map[string]struct {
		ctx      context.Context
		features iter.Seq2[*geo.Feature, error]
		want     error
	}{
		"stream": {t.Context(), func(yield func(*geo.Feature, error) bool) {
			for f := range lines(10) {
				if !yield(f, nil) {
					return
				}
			}
			yield(nil, broken)
		}, broken},
		"context": {canceled, lines(5000), context.Canceled},
	} {
		dir := t.TempDir()
		err := snapshot.Build(tc.ctx, filepath.Join(dir, "x"), lineSchema, tc.features, snapshot.Options{})
		files, _ := os.ReadDir(dir)
		if !errors.Is(err, tc.want) || len(files) != 0 {
			t.Errorf("%s: error %v, files %v", name, err, files)
		}
	}
}

func TestTileOutOfRange(t *testing.T) {
	s := build(t, lineSchema, lines(1))
	for _, zxy := range [][3]int{{-1, 0, 0}, {25, 0, 0}, {0, 1, 0}, {3, 8, 0}, {3, 0, 8}, {3, -1, 0}, {3, 0, -1}} {
		if _, _, err := s.AppendMVT(nil, "l", zxy[0], zxy[1], zxy[2], new(snapshot.Scratch)); geo.KindOf(err) != geo.KindNotFound {
			t.Errorf("%v: %v", zxy, err)
		}
	}
}

func TestCutDoesNotAllocate(t *testing.T) {
	s := build(t, lineSchema, lines(20_000))
	var scratch snapshot.Scratch
	var tile []byte
	allocs := testing.AllocsPerRun(20, func() {
		var err error
		if tile, _, err = s.AppendMVT(tile[:0], "lines", 8, 129, 91, &scratch); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations a tile", allocs)
	}
}
