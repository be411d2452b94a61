package gpkg_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/store/gpkg"
)

// childVariable makes the test binary load instead of testing: it holds the
// path of the store.
const childVariable = "PUY_TEST_LOAD_INTO"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		if err := loadForEver(path); err != nil {
			fmt.Println("error:", err)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// loadForEver loads version after version and tells where it is, line by line.
func loadForEver(path string) error {
	s, err := gpkg.Open(context.Background(), path, gpkg.Options{})
	if err != nil {
		return err
	}
	for {
		l, err := s.Begin(context.Background(), "d", spec())
		if err != nil {
			return err
		}
		fmt.Println("begun")
		for i := range 20000 {
			if err := l.Write(context.Background(), point(int64(i+1), "child")); err != nil {
				return err
			}
			if i%5000 == 0 {
				fmt.Println("written")
			}
		}
		fmt.Println("committing")
		if _, _, err := l.Duplicates(context.Background(), 1); err != nil {
			return err
		}
		fmt.Println("unique")
		if _, err := l.Commit(context.Background(), store.Outcome{}); err != nil {
			return err
		}
		fmt.Println("committed")
	}
}

func spec() store.LoadSpec {
	return store.LoadSpec{Keyed: true, Schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "by", Type: geo.TypeText}}}}
}

func point(fid int64, by string) *geo.Feature {
	g, err := geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{float64(fid%360) - 180, float64(fid%170) - 85}))
	if err != nil {
		panic(err)
	}
	return &geo.Feature{FID: fid, ID: fmt.Sprint("k", fid), Geometry: g, Values: []geo.Value{geo.Text(by)}}
}

// load makes one version of n points.
func load(t testing.TB, s *gpkg.Store, n int, by string) catalog.Version {
	t.Helper()
	ctx := context.Background()
	l, err := s.Begin(ctx, "d", spec())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := l.Write(ctx, point(int64(i+1), by)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := l.Duplicates(ctx, 1); err != nil {
		t.Fatal(err)
	}
	v, err := l.Commit(ctx, store.Outcome{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestKilledLoad kills a process at several moments of a load. What is served
// is whole, nothing is left, and the next load works at once.
func TestKilledLoad(t *testing.T) {
	for _, moment := range []string{"begun", "written", "committing", "unique"} {
		t.Run(moment, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "puy.gpkg")
			s := open(t, path)
			defer s.Close()
			ctx := context.Background()
			if err := s.PutDataset(ctx, catalog.Dataset{ID: "d"}); err != nil {
				t.Fatal(err)
			}
			load(t, s, 10, "parent")
			before := tables(t, path)
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), childVariable+"="+path)
			child.Stderr = os.Stderr
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for lines.Scan() && lines.Text() != moment {
			}
			if lines.Text() != moment {
				t.Fatalf("the child ended with %q", lines.Text())
			}
			if moment != "unique" { // from there on the version may be complete at any time
				if _, err := s.Begin(ctx, "d", spec()); geo.KindOf(err) != geo.KindConflict {
					t.Errorf("a second load meets %v, want a conflict", err)
				}
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			child.Wait()

			d, err := s.Dataset(ctx, "d")
			if err != nil {
				t.Fatal(err)
			}
			want, by := 10, "parent"
			if d.Current.Number > 1 && moment == "unique" {
				want, by = 20000, "child"
			} else if d.Current.Number != 1 {
				t.Fatalf("version %d is current", d.Current.Number)
			} else if after := tables(t, path); !slices.Equal(before, after) {
				t.Errorf("tables were\n%v\nare\n%v", before, after)
			}
			n := 0
			for f, err := range s.Features(ctx, "d", store.Query{}) {
				if err != nil {
					t.Fatal(err)
				}
				if f.Values[0].Text() != by {
					t.Fatalf("feature %d is by the %s", f.FID, f.Values[0].Text())
				}
				n++
			}
			if n != want {
				t.Errorf("%d features, want %d", n, want)
			}
			load(t, s, 11, "parent")
			if got, _, err := s.Count(ctx, "d", store.Query{}, 0); err != nil || got != 11 {
				t.Errorf("after the next load %d features, %v", got, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			files, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(files) != 1 {
				t.Errorf("left beside the store: %v, %v", files, err)
			}
		})
	}
}

// TestOpenSweeps finds the lock that a killed load left.
func TestOpenSweeps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "puy[1].gpkg")
	for _, left := range []string{"-load-d", "-load-d.db", "-load-e.db"} {
		if err := os.WriteFile(path+left, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("left beside the store: %v, %v", files, err)
	}
}
