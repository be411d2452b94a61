package ingest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/geojson"
	"puy/ingest"
	"puy/store"
	"puy/store/gpkg"
)

var update = flag.Bool("update", false, "rewrite what the cases want")

// TestCases loads the source of each testdata/*.txtar and compares the report
// and the stored features. A case holds a file in.*, and may hold dataset.yaml
// and accept (a share, as 0.5). Adding a test is adding a file; go test
// ./ingest -update writes what it wants.
func TestCases(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			report, features := runCase(t, archive)
			checkFile(t, archive, "want.report", report)
			checkFile(t, archive, "want.features", features)
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func checkFile(t *testing.T, archive *txtar.Archive, name string, got []byte) {
	t.Helper()
	for i := range archive.Files {
		if archive.Files[i].Name != name {
			continue
		}
		if diff := cmp.Diff(string(archive.Files[i].Data), string(got)); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		archive.Files[i].Data = got
		return
	}
	if !*update {
		t.Errorf("the case has no %s", name)
	}
	archive.Files = append(archive.Files, txtar.File{Name: name, Data: got})
}

func runCase(t *testing.T, archive *txtar.Archive) (report, features []byte) {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	d := catalog.Dataset{ID: "case", Title: geo.Localized{FR: "Cas"}}
	opt := ingest.Options{}
	var in string
	for _, f := range archive.Files {
		switch {
		case strings.HasPrefix(f.Name, "in."):
			in = filepath.Join(dir, f.Name)
			if err := os.WriteFile(in, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		case f.Name == "dataset.yaml":
			var err error
			if d, err = catalog.ParseDataset(f.Name, f.Data, &catalog.Portal{}); err != nil {
				t.Fatal(err)
			}
		case f.Name == "accept":
			if err := json.Unmarshal(f.Data, &opt.AcceptErrors); err != nil {
				t.Fatal(err)
			}
		}
	}
	st := openStore(t)
	if err := st.PutDataset(ctx, d); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(in, "")
	if err != nil {
		t.Fatal(err)
	}
	r, loadErr := ingest.Load(ctx, st, d, src, opt)
	return reportText(t, r, loadErr), featureText(t, st, d.ID)
}

// reportText is the report without what changes from run to run.
func reportText(t *testing.T, r *ingest.Report, loadErr error) []byte {
	t.Helper()
	r.Started, r.Seconds, r.Checksum, r.Gate = time.Time{}, 0, "", nil
	var kept *catalog.Version
	kept, r.Version = r.Version, nil
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if kept != nil {
		text = append(text, "version loaded\n"...)
	}
	if loadErr != nil {
		text = append(text, "error "+geo.KindOf(loadErr).String()+": "+loadErr.Error()+"\n"...)
	}
	return text
}

func featureText(t *testing.T, st store.Store, id string) []byte {
	t.Helper()
	d, err := st.Dataset(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if d.Current == nil {
		return []byte("none\n")
	}
	var text []byte
	for f, err := range st.Features(t.Context(), id, store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		text = append(geojson.AppendFeature(text, &d.Current.Schema, f, 7), '\n')
	}
	return text
}

func openStore(t *testing.T) store.Store {
	t.Helper()
	st, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "test.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// TestBadSourceKeepsGoodVersion loads a good file and then a bad one.
func TestBadSourceKeepsGoodVersion(t *testing.T) {
	st := openStore(t)
	d := catalog.Dataset{ID: "places", Title: geo.Localized{FR: "Places"}, Key: "id"}
	if err := st.PutDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	load := func(name, text string) (*ingest.Report, error) {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		return ingest.Load(t.Context(), st, d, src, ingest.Options{})
	}
	if _, err := load("a.csv", "id,nom,lon,lat\n1,Jaude,3.08,45.77\n2,Delille,3.09,45.78\n"); err != nil {
		t.Fatal(err)
	}
	before := featureText(t, st, d.ID)
	for name, text := range map[string]string{
		"duplicate.csv": "id,nom,lon,lat\n1,Jaude,3.08,45.77\n1,Delille,3.09,45.78\n",
		"outside.csv":   "id,nom,lon,lat\n1,Jaude,45.77,203.08\n",
		"empty.csv":     "id,nom,lon,lat\n",
		"cut.geojson":   `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":1},"geometry":null},{"type":"Fea`,
		"page.csv":      "<!DOCTYPE html><html><body>404</body></html>",
	} {
		if _, err := load(name, text); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
		if after := featureText(t, st, d.ID); !bytes.Equal(before, after) {
			t.Errorf("%s changed what is served:\n%s", name, after)
		}
	}
}

// cancelling ends a load from its observer.
type cancelling struct {
	cancel context.CancelFunc
}

func (c cancelling) Progress(p ingest.Progress) {
	if p.Phase == ingest.Loading {
		c.cancel()
	}
}
func (cancelling) Problem(ingest.Entry) {}

func TestCancelledLoadLeavesNothing(t *testing.T) {
	st := openStore(t)
	d := catalog.Dataset{ID: "many", Title: geo.Localized{FR: "Many"}}
	if err := st.PutDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "many.csv")
	if err := os.WriteFile(path, []byte("a,b\n"+strings.Repeat("1,x\n", 100_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := ingest.Load(ctx, st, d, src, ingest.Options{Observer: cancelling{cancel}}); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled load: %v", err)
	}
	if got, err := st.Dataset(t.Context(), d.ID); err != nil || got.Current != nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := ingest.Load(t.Context(), st, d, src, ingest.Options{}); err != nil {
		t.Fatalf("the next load: %v", err)
	}
}
