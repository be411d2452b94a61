package portal

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
)

var update = flag.Bool("update", false, "write the golden files")

// shelf is a store of a few rows in memory.
type shelf struct {
	portal   catalog.Portal
	datasets []store.Dataset
	features map[string][]*geo.Feature
	reports  map[string]string
	states   map[string]store.Refresh
}

func (s *shelf) Portal(context.Context) (catalog.Portal, error)    { return s.portal, nil }
func (s *shelf) Datasets(context.Context) ([]store.Dataset, error) { return s.datasets, nil }
func (s *shelf) Revision(context.Context) (int64, error)           { return 1, nil }
func (s *shelf) Watch(ctx context.Context, _ func())               { <-ctx.Done() }

func (s *shelf) Features(_ context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		given := int64(0)
		for _, f := range s.features[id] {
			if f.FID <= q.After || q.FIDs != nil && q.FIDs[0] != f.FID || q.Limit > 0 && given == q.Limit {
				continue
			}
			given++
			if !yield(f, nil) {
				return
			}
		}
	}
}

func (s *shelf) Feature(_ context.Context, id, featureID string) (*geo.Feature, error) {
	for _, f := range s.features[id] {
		if f.ID == featureID {
			return f, nil
		}
	}
	return nil, geo.Errorf(geo.KindNotFound, "dataset %s has no feature %s", id, featureID)
}

func (s *shelf) Report(_ context.Context, id string, _ int64) (json.RawMessage, error) {
	return json.RawMessage(s.reports[id]), nil
}

func (s *shelf) Refresh(_ context.Context, id string) (store.Refresh, error) {
	return s.states[id], nil
}

// fixture is a portal with a spatial dataset of invented values, whose first
// text is hostile, a table of 60 rows, and a dataset without a version.
func fixture() *shelf {
	loaded := time.Date(2026, 11, 1, 8, 30, 0, 0, time.UTC)
	stations := geo.Schema{Geometry: geo.GeometryPoint, Key: "code", Fields: []geo.Field{
		{Name: "code", Type: geo.TypeText, Title: geo.Localized{FR: "Code", EN: "Code"}},
		{Name: "nom", Type: geo.TypeText, Title: geo.Localized{FR: "Nom", EN: "Name"}},
		{Name: "no2", Type: geo.TypeNumber, Unit: "ug/m3", Title: geo.Localized{FR: "Dioxyde d’azote"}},
		{Name: "jour", Type: geo.TypeDate, Title: geo.Localized{FR: "Jour", EN: "Day"}},
	}}
	contracts := geo.Schema{Fields: []geo.Field{
		{Name: "objet", Type: geo.TypeText, Title: geo.Localized{FR: "Objet", EN: "Subject"}},
		{Name: "montant", Type: geo.TypeInteger, Unit: "EUR", Title: geo.Localized{FR: "Montant", EN: "Amount"}},
	}}
	s := &shelf{
		portal: catalog.Portal{
			Title: geo.Localized{FR: "Métropole d’essai", EN: "Test metropolis"}, Languages: []string{"fr", "en"},
			Themes:     map[string]catalog.Theme{"air": {Title: geo.Localized{FR: "Qualité de l’air", EN: "Air quality"}}},
			Publishers: map[string]catalog.Publisher{"met": {Name: "La Métropole", URL: "https://example.org/"}},
		},
		datasets: []store.Dataset{
			{Dataset: catalog.Dataset{ID: "stations", Aliases: []string{"capteurs"}, Demo: true, Theme: "air", Publisher: "met", Licence: "lov2", Frequency: "daily",
				Title: geo.Localized{FR: "Stations de mesure", EN: "Monitoring stations"}, Description: geo.Localized{FR: "Où l’air est mesuré."}},
				Current: &catalog.Version{Number: 2, Loaded: loaded, Rows: 1, Schema: stations, Source: "/srv/private/stations.csv", Checksum: "ab12",
					Extent: geo.Bounds{MinX: 3, MinY: 45.7, MaxX: 3.2, MaxY: 45.8}}},
			{Dataset: catalog.Dataset{ID: "marches", Title: geo.Localized{FR: "Marchés publics", EN: "Public contracts"}},
				Current: &catalog.Version{Number: 1, Loaded: loaded, Rows: 60, Schema: contracts, Extent: geo.EmptyBounds()}},
			{Dataset: catalog.Dataset{ID: "vide", Title: geo.Localized{FR: "À venir", EN: "To come"}}},
		},
		features: map[string][]*geo.Feature{},
	}
	s.features["stations"] = []*geo.Feature{{FID: 7, ID: "FR/01", Values: []geo.Value{
		geo.Text("FR/01"), geo.Text("<script>alert(1)</script>"), geo.Number(12.5), geo.Date(20758)}}}
	for i := range int64(60) {
		s.features["marches"] = append(s.features["marches"], &geo.Feature{FID: i + 1, ID: strings.Repeat("i", int(i+1)),
			Values: []geo.Value{geo.Text("Travaux"), geo.Integer(10000 + i)}})
	}
	return s
}

// site serves the fixture as package server does, under a public URL with a path.
func site(t *testing.T) http.Handler {
	t.Helper()
	return serve(t, fixture())
}

func serve(t *testing.T, s *shelf) http.Handler {
	t.Helper()
	c, err := live.New(t.Context(), s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	p, err := New(c.View, s, s)
	if err != nil {
		t.Fatal(err)
	}
	r := chi.NewRouter()
	frame := answer.Frame{Base: func(*http.Request) string { return "https://portail.example/geo" }, Log: slog.New(slog.DiscardHandler), Page: p.ErrorPage()}
	r.Use(frame.Wrap)
	p.Mount(r)
	return r
}

func get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

// built matches what depends on whether npm has built the map.
var built = regexp.MustCompile(`(?s)<script type="module".*?</script>|<puy-map.*</script>|-[0-9a-f]{8}\.(css|svg)`)

func TestPagesAreAsTheGoldenFiles(t *testing.T) {
	h := site(t)
	for file, path := range map[string]string{
		"home.fr.html": "/fr/", "home.en.html": "/en/", "spatial.fr.html": "/fr/datasets/stations", "table.en.html": "/en/datasets/marches?cursor=50",
		"item.fr.html": "/fr/datasets/stations/items/FR%2F01", "access.fr.html": "/fr/api", "empty.fr.html": "/fr/datasets/vide",
	} {
		t.Run(file, func(t *testing.T) {
			w := get(h, path)
			if w.Code != http.StatusOK {
				t.Fatalf("%s: status %d\n%s", path, w.Code, w.Body)
			}
			got := built.ReplaceAllString(w.Body.String(), "")
			golden := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (run with -update to accept):\n%s", path, diff)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	h := site(t)
	for _, c := range []struct {
		path, language, location string
		status                   int
		holds                    string
	}{
		{path: "/", status: 200, holds: `<html lang="fr">`},
		{path: "/", language: "en-GB,en;q=0.9,fr;q=0.5", status: 200, holds: `<html lang="en">`},
		{path: "/", language: "de", status: 200, holds: `<html lang="fr">`},
		{path: "/fr", status: 308, location: "/geo/fr/"},
		{path: "/datasets/stations", language: "en", status: 303, location: "/geo/en/datasets/stations"},
		{path: "/datasets/capteurs", status: 301, location: "/geo/datasets/stations"},
		{path: "/en/datasets/capteurs", status: 301, location: "/geo/en/datasets/stations"},
		{path: "/fr/datasets/stations/features/7", status: 303, location: "/geo/fr/datasets/stations/items/FR%2F01"},
		{path: "/fr/datasets/stations/features/8", status: 404},
		{path: "/fr/datasets/absent", status: 404, holds: "Page introuvable"},
		{path: "/en/datasets/absent", status: 404, holds: "Page not found"},
		{path: "/fr/datasets/stations/items/x", status: 404, holds: "Page introuvable"},
		{path: "/fr/datasets/marches?cursor=x", status: 400, holds: "Adresse incorrecte"},
		{path: "/fr/datasets/marches?utm_source=lettre", status: 200, holds: "/geo/fr/datasets/marches?cursor=25#table-title"},
		{path: "/static/nothing.js", status: 404},
	} {
		w := get(h, c.path, "Accept-Language", c.language)
		if w.Code != c.status || w.Header().Get("Location") != c.location || !strings.Contains(w.Body.String(), c.holds) {
			t.Errorf("%s in %q: status %d, location %q, holds %q: %v; want %d, %q", c.path, c.language, w.Code, w.Header().Get("Location"),
				c.holds, strings.Contains(w.Body.String(), c.holds), c.status, c.location)
		}
		if c.location == "" && !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'") {
			t.Errorf("%s has no strict content security policy", c.path)
		}
	}
}

func TestPagesKeepSecrets(t *testing.T) {
	body := get(site(t), "/fr/datasets/stations").Body.String()
	if strings.Contains(body, "/srv/private") {
		t.Error("the page tells where the source lies on the operator's disk")
	}
	if strings.Contains(body, "<script>alert") {
		t.Error("a value is not escaped")
	}
}

func TestStaticFilesAreKeptForEver(t *testing.T) {
	h := site(t)
	name := regexp.MustCompile(`/static/portal-[0-9a-f]{8}\.css`).FindString(get(h, "/fr/").Body.String())
	plain := get(h, name)
	if plain.Code != 200 || plain.Header().Get("Cache-Control") != forever || plain.Header().Get("Content-Encoding") != "" {
		t.Fatalf("%s: %d %v", name, plain.Code, plain.Header())
	}
	packed := get(h, name, "Accept-Encoding", "br;q=0, gzip")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() >= plain.Body.Len() {
		t.Errorf("%s is not sent compressed: %v", name, packed.Header())
	}
	if body, err := io.ReadAll(plain.Body); err != nil || !strings.Contains(string(body), "--paper") {
		t.Errorf("%s is not the style sheet: %v", name, err)
	}
}
