package ingest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/ingest/source"
)

// publisher is a web server that answers as bad ones do.
func publisher(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/good.csv", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "id,n\n1,2\n") })
	mux.HandleFunc("/empty.csv", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("/page.csv", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<!doctype html><html></html>") })
	mux.HandleFunc("/cut.csv", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "id,n\n1,2\n")
	})
	mux.Handle("/loop.csv", http.RedirectHandler("/loop.csv", http.StatusFound))
	mux.Handle("/file.csv", http.RedirectHandler("file:///etc/hostname", http.StatusFound))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// TestApplyDownloads applies a dataset whose address holds a password, which
// neither errors nor versions may tell.
func TestApplyDownloads(t *testing.T) {
	s := publisher(t)
	t.Setenv("TMPDIR", t.TempDir())
	for name, want := range map[string]struct {
		kind geo.ErrorKind
		text string
	}{
		"good.csv":   {},
		"empty.csv":  {geo.KindInvalid, "is empty"},
		"page.csv":   {geo.KindInvalid, "HTML"},
		"cut.csv":    {geo.KindUnavailable, "broke off after 9 bytes"},
		"loop.csv":   {geo.KindUnavailable, "redirects"},
		"file.csv":   {geo.KindUnavailable, "redirects"},
		"absent.csv": {geo.KindUnavailable, "404"},
	} {
		t.Run(name, func(t *testing.T) {
			st := openStore(t)
			address := strings.Replace(s.URL, "://", "://user:secret@", 1) + "/" + name
			d := catalog.Dataset{ID: "far", Title: geo.Localized{FR: "Loin"}, Source: catalog.Source{URL: address}}
			err := ingest.Apply(t.Context(), st, &catalog.Catalogue{Datasets: []catalog.Dataset{d}}, ingest.ApplyOptions{Fetch: source.Options{Private: true, Attempts: 1}})
			if want.text == "" {
				got, storeErr := st.Dataset(t.Context(), "far")
				if err != nil || storeErr != nil || got.Current == nil || got.Current.Source != s.URL+"/good.csv" {
					t.Errorf("%v, %v, %+v", err, storeErr, got.Current)
				}
			} else if geo.KindOf(err) != want.kind || !strings.Contains(err.Error(), want.text) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v %v", geo.KindOf(err), err)
			}
			if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "puy-source-*")); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestApplyAgain applies a catalogue twice, written with empty lists that a
// store may give back as none.
func TestApplyAgain(t *testing.T) {
	st := openStore(t)
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte("id,n\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &catalog.Catalogue{
		Portal: catalog.Portal{Title: geo.Localized{FR: "Portail"}, Themes: map[string]catalog.Theme{}, Languages: []string{}},
		Datasets: []catalog.Dataset{{ID: "near", Title: geo.Localized{FR: "Près"}, Aliases: []string{}, Keywords: []string{}, Fields: []catalog.Field{},
			Source: catalog.Source{File: path}}},
	}
	apply := func() (revision int64) {
		if err := ingest.Apply(t.Context(), st, c, ingest.ApplyOptions{}); err != nil {
			t.Fatal(err)
		}
		revision, err := st.Revision(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return revision
	}
	if first, second := apply(), apply(); first != second {
		t.Errorf("the second time wrote something: revision %d, then %d", first, second)
	}
	versions, err := st.Versions(t.Context(), "near")
	if err != nil || len(versions) != 1 {
		t.Errorf("%v, %v", versions, err)
	}
}
