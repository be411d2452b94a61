package ingest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/ingest/source"
)

// A schema that changes while the source stays is a reason to load: the rows may
// not conform any more.
func TestChangedSchemaLoadsAgain(t *testing.T) {
	p := &publication{}
	p.rows.Store(3)
	server := httptest.NewServer(http.HandlerFunc(p.ServeHTTP))
	t.Cleanup(server.Close)
	for _, place := range []string{"file", "url"} {
		t.Run(place, func(t *testing.T) {
			st := openStore(t).(remembering)
			dir := t.TempDir()
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			schema := func(most int) string {
				return fmt.Sprintf(`{"name": "s", "fields": [{"name": "id", "type": "integer", "constraints": {"maximum": %d}}, {"name": "nom", "type": "string"}]}`, most)
			}
			write("d.csv", "id,nom\n0,n\n1,n\n2,n\n")
			d := catalog.Dataset{ID: "d", Title: geo.Localized{FR: "D"}, Key: "id", Schema: "s.json", Source: catalog.Source{File: "d.csv", Every: catalog.Every(time.Hour)}}
			if place == "url" { // which answers 304 to those who have it
				d.Source = catalog.Source{URL: server.URL + "/d.csv", Every: catalog.Every(time.Hour)}
			}
			for _, step := range []struct {
				most    int
				skipped bool
				version int64
				fails   bool
			}{{9, false, 1, false}, {9, true, 1, false}, {8, false, 2, false}, {8, true, 2, false}, {1, false, 2, true}, {8, true, 2, false}} {
				write("s.json", schema(step.most))
				r, err := ingest.Refresh(t.Context(), st, d, ingest.ApplyOptions{Refreshes: st, Fetch: source.Options{Base: dir, Private: true, Attempts: 1}})
				now, storeErr := st.Dataset(t.Context(), "d")
				if storeErr != nil || now.Current == nil {
					t.Fatal(err, storeErr)
				}
				if (err != nil) != step.fails || r.Skipped != step.skipped || now.Current.Number != step.version {
					t.Errorf("at most %d: skipped %v, version %d, %v", step.most, r.Skipped, now.Current.Number, err)
				}
			}
		})
	}
}
