package source

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
)

// TestFeed packs the folder of a GTFS feed: the same files are the same bytes.
func TestFeed(t *testing.T) {
	dir := t.TempDir()
	feed := filepath.Join(dir, "réseau")
	if err := os.Mkdir(feed, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(feed, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("stops.txt", "stop_id\n1\n")
	write("routes.txt", "route_id\n1\n")
	write(".DS_Store", "x")
	opt := Options{Base: dir, Temp: t.TempDir()}
	sum := func(s catalog.Source) string {
		t.Helper()
		f, err := Open(t.Context(), s, Mark{}, opt)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		sum, err := f.Checksum()
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	first := sum(catalog.Source{Folder: "réseau"})
	at := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(feed, "stops.txt"), at, at); err != nil {
		t.Fatal(err)
	}
	if again := sum(catalog.Source{Folder: "réseau", Take: catalog.TakeAll}); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	write("routes.txt", "route_id\n2\n")
	if changed := sum(catalog.Source{Folder: "réseau"}); changed == first {
		t.Error("a changed file changes nothing")
	}

	f, err := OpenFeed(t.Context(), feed, opt)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range z.File {
		names = append(names, entry.Name)
	}
	z.Close()
	if diff := cmp.Diff([]string{"routes.txt", "stops.txt"}, names); diff != "" || f.Name() != "réseau.zip" || f.Public != "réseau/" {
		t.Error(diff, f.Name(), f.Public)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f, err = Open(t.Context(), catalog.Source{Folder: "réseau", Take: catalog.TakeNewest}, Mark{}, opt)
	if err != nil || f.Name() != "stops.txt" {
		t.Errorf("the newest file: %v, %v", f, err)
	}
	small := opt
	small.MaxBytes = 15
	if _, err := OpenFeed(t.Context(), feed, small); geo.KindOf(err) != geo.KindLimit {
		t.Error(err)
	}
	if _, err := OpenFeed(t.Context(), dir, opt); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "is a folder, not a file") {
		t.Error(err)
	}
	if left, err := os.ReadDir(opt.Temp); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}
