package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// canceller is an output that ends the command at its first progress.
type canceller struct {
	cancel context.CancelFunc
	mu     sync.Mutex
	text   bytes.Buffer
}

func (c *canceller) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if bytes.Contains(b, []byte(`"progress"`)) {
		c.cancel()
	}
	return c.text.Write(b)
}

// A build that is interrupted goes on when it is asked for again, and gives the
// same file as one that is not. When the data is new, it starts anew.
func TestTilesBuildResumes(t *testing.T) {
	dir := t.TempDir()
	store := "gpkg:" + filepath.Join(dir, "puy.gpkg")
	run := func(ctx context.Context, out *canceller, args ...string) int {
		t.Helper()
		var problems bytes.Buffer
		code := Run(ctx, append(args, "--store", store), strings.NewReader(""), out, &problems, func(string) string { return "" })
		if code != exitOK && code != exitInterrupted {
			t.Fatalf("%v: %d, %s", args, code, &problems)
		}
		return code
	}
	ingest := func(n int) {
		t.Helper()
		text := []byte("id,lon,lat\n")
		for i := range n {
			text = fmt.Appendf(text, "%d,%.5f,%.5f\n", i, float64(i*i%3571)/50, float64(i*7%997)/20)
		}
		path := filepath.Join(dir, "points.csv")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		run(t.Context(), &canceller{cancel: func() {}}, "ingest", path, "--id", "points", "--key", "id")
	}
	build := func(ctx context.Context, out *canceller, name string) (int, string) {
		t.Helper()
		code := run(ctx, out, "tiles", "build", "points", "-o", filepath.Join(dir, name), "--max-zoom", "9", "--jobs", "1", "--json")
		return code, out.text.String()
	}
	interrupted := func(name string) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if code, said := build(ctx, &canceller{cancel: cancel}, name); code != exitInterrupted {
			t.Fatalf("exit code %d, %s", code, said)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); !os.IsNotExist(err) {
			t.Fatalf("half an archive: %v", err)
		}
	}
	whole := func(name string) (said string, content []byte) {
		t.Helper()
		_, said = build(t.Context(), &canceller{cancel: func() {}}, name)
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return said, content
	}
	ingest(3000)
	said, want := whole("a.pmtiles")
	if strings.Contains(said, "resumed") {
		t.Errorf("a first build says %s", said)
	}
	interrupted("b.pmtiles")
	said, got := whole("b.pmtiles")
	if !strings.Contains(said, `"resumed":`) || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, not the same %d; %s", len(got), len(want), said)
	}
	interrupted("c.pmtiles")
	ingest(2000)
	said, got = whole("c.pmtiles")
	if strings.Contains(said, `"resumed":`) || bytes.Equal(got, want) {
		t.Errorf("a build of another version went on with %s", said)
	}
}
