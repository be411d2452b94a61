package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// fillVersions loads three versions of stations: in the second S000 is gone,
// S001 has another value, S002 has moved and SNEW is new; the third is the first
// again. Of iles, which has no key, there are two.
func fillVersions(t *testing.T, s store.Store) (loaded []time.Time) {
	fill(t, s)
	note := func() { time.Sleep(1100 * time.Millisecond); loaded = append(loaded, time.Now()) }
	note()
	d, err := s.Dataset(t.Context(), "stations")
	if err != nil {
		t.Fatal(err)
	}
	rows := stations(t)
	rows[1].Values[2] = geo.Number(99.5)
	rows[2] = row(t, rows[2].ID, rows[2].Values, 4, 46)
	added := row(t, "SNEW", rows[0].Values, 3, 45)
	added.Values = append([]geo.Value{geo.Text("SNEW")}, added.Values[1:]...)
	load(t, s, d.Dataset, stationSchema(), append(rows[1:len(rows):len(rows)], added))
	note()
	load(t, s, d.Dataset, stationSchema(), stations(t))
	note()
	load(t, s, catalog.Dataset{ID: "iles", Title: geo.Localized{FR: "Îles"}}, &geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}}},
		[]*geo.Feature{row(t, "", []geo.Value{geo.Text("seule")}, 0, 0)})
	return loaded
}

type changePage struct {
	From, To int64
	Keyed    bool
	Counts   struct{ RowsBefore, RowsAfter, Inserted, Updated, Deleted, Unchanged int64 }
	Changes  []struct {
		Op, ID        string
		FID           int64
		Before, After json.RawMessage
	}
	Links []struct{ Rel, Href string }
}

func (p *changePage) link(rel string) string {
	for _, l := range p.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func (p *changePage) text() string {
	var list []string
	for _, c := range p.Changes {
		list = append(list, strings.TrimSpace(fmt.Sprint(c.Op, " ", c.ID)))
	}
	return strings.Join(list, ", ")
}

func TestVersionsAndChanges(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fillVersions(t, s)
		c := start(t, s, nil)
		var list struct {
			Keyed    bool
			Versions []struct {
				Version, Rows                               int64
				Current                                     bool
				Base, Inserted, Updated, Deleted, Unchanged *int64
				Source                                      string
			}
		}
		c.get("/api/collections/stations/versions", &list)
		if len(list.Versions) != 3 || !list.Keyed || !list.Versions[0].Current || list.Versions[1].Current || list.Versions[2].Base != nil {
			t.Fatalf("%+v", list)
		}
		two := list.Versions[1]
		if two.Version != 2 || *two.Base != 1 || *two.Inserted != 1 || *two.Updated != 2 || *two.Deleted != 1 || *two.Unchanged != stationCount-3 || two.Source != "stations.csv" {
			t.Errorf("%+v", two)
		}
		var one struct {
			UpdatedFields []struct {
				Field string
				Rows  int64
			}
			UpdatedGeometries int64
		}
		c.get("/api/collections/stations/versions/2", &one)
		if fmt.Sprint(one) != "{[{pm10 1}] 1}" {
			t.Errorf("%+v", one)
		}

		var page changePage
		c.get("/api/collections/stations/versions/2/changes", &page)
		if page.From != 1 || page.To != 2 || page.text() != "delete S000, update S001, update S002, insert SNEW" || page.Counts.Updated != 2 || page.Counts.RowsBefore != stationCount {
			t.Fatalf("%s of %+v", page.text(), page)
		}
		for i, want := range [][2]string{{`{"geometry":{"type":"Point","coordinates":[3,45.75]},"properties":{"code":"S000"`, ""},
			{`{"properties":{"pm10":0.25}}`, `{"properties":{"pm10":99.5}}`},
			{`{"geometry":{"type":"Point","coordinates":[3.002,45.75]},"properties":{}}`, `{"geometry":{"type":"Point","coordinates":[4,46]},"properties":{}}`},
			{"", `{"geometry":{"type":"Point","coordinates":[3,45]},"properties":{"code":"SNEW"`}} {
			if !strings.HasPrefix(string(page.Changes[i].Before), want[0]) || !strings.HasPrefix(string(page.Changes[i].After), want[1]) {
				t.Errorf("%s: %s → %s", page.Changes[i].ID, page.Changes[i].Before, page.Changes[i].After)
			}
		}
		for query, want := range map[string]string{
			"?from=1&to=3": "", "?from=1&to=2&op=update": "update S001, update S002", "?from=2&to=1&op=insert": "insert S000",
			"": "insert S000, update S001, update S002, delete SNEW", "?from=2&op=delete": "delete SNEW", "?from=2&to=2": "",
		} {
			page = changePage{}
			c.get("/api/collections/stations/changes"+query, &page)
			if page.text() != want {
				t.Errorf("%q: %s; want %s", query, page.text(), want)
			}
		}
		var all []string
		for next := "/api/collections/stations/changes?limit=1"; next != ""; next = page.link("next") {
			page = changePage{}
			c.get(next, &page)
			all = append(all, page.text())
			if len(all) > 5 {
				t.Fatal("the pages do not end")
			}
		}
		if got := strings.Join(all, ", "); got != "insert S000, update S001, update S002, delete SNEW" {
			t.Error(got)
		}
		page = changePage{}
		c.get("/api/collections/iles/changes", &page)
		if page.Keyed || len(page.Changes) != 0 || page.Counts.RowsBefore != 3 || page.Counts.RowsAfter != 1 {
			t.Errorf("without keys: %+v", page)
		}
		for path, status := range map[string]int{
			"stations/versions/9": 404, "stations/versions/x": 404, "stations/versions/01": 404, "stations/versions/0": 404, "stations/changes?from=x": 400, "stations/changes?to=-1": 400,
			"stations/changes?from=9": 404, "stations/changes?op=x": 400, "stations/changes?cursor=x": 400, "stations/changes?f=html": 200,
			"stations/versions?f=html": 200, "stations/versions/2?f=html": 200, "stations/versions/2/changes?f=html&lang=en": 200, "stations/versions/2/changes?from=1": 400,
		} {
			if a := c.ask("GET", "/api/collections/"+path); a.status != status {
				t.Errorf("%s: %d %.200s", path, a.status, a.body)
			}
		}
		a := c.ask("GET", "/api/collections/stations/changes")
		if b := c.ask("GET", "/api/collections/stations/changes", "If-None-Match: "+a.header.Get("ETag")); b.status != 304 {
			t.Errorf("again: %d", b.status)
		}
		if _, err := s.Prune(t.Context(), "stations", catalog.Keep{Versions: 1}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"stations/versions/2", "stations/versions/2/changes", "stations/changes?from=1", "stations/changes", "stations/items?asof=1"} {
			if a := c.ask("GET", "/api/collections/"+path); a.status != 410 {
				t.Errorf("%s of a version that is gone: %d %.200s", path, a.status, a.body)
			}
		}
	})
}

func TestAsOf(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		loaded := fillVersions(t, s)
		c := start(t, s, nil)
		var page struct {
			NumberMatched int64
			Features      []struct{ ID string }
			Links         []struct{ Rel, Href string }
		}
		for asof, first := range map[string]string{"1": "S000", "2": "S001", "3": "S000", loaded[0].Format(time.RFC3339): "S000",
			loaded[1].Format(time.RFC3339): "S001", loaded[2].UTC().Format(time.RFC3339Nano): "S000"} {
			seen, pages := 0, 0
			for next := "/api/collections/stations/items?limit=100&asof=" + url.QueryEscape(asof); next != ""; pages++ {
				a := c.get(next, &page)
				if pages == 0 && page.Features[0].ID != first {
					t.Errorf("asof %s begins with %s", asof, page.Features[0].ID)
				}
				if !strings.Contains(a.body, "asof=") || page.NumberMatched != stationCount {
					t.Errorf("asof %s: %d features, links without asof? %.300s", asof, page.NumberMatched, a.body[len(a.body)-300:])
				}
				seen += len(page.Features)
				next = ""
				for _, l := range page.Links {
					if l.Rel == "next" {
						next = l.Href
					}
				}
			}
			if seen != stationCount || pages != 3 {
				t.Errorf("asof %s: %d features on %d pages", asof, seen, pages)
			}
			a := c.ask("GET", "/downloads/stations.csv?asof="+url.QueryEscape(asof))
			if a.status != 200 || strings.Contains(a.body, "SNEW") != (first == "S001") || strings.Count(a.body, "\n") < stationCount {
				t.Errorf("the file as of %s: %d, %.100s", asof, a.status, a.body)
			}
		}
		now, then := c.ask("GET", "/downloads/stations.csv"), c.ask("GET", "/downloads/stations.csv?asof=2")
		if now.header.Get("ETag") == then.header.Get("ETag") || !strings.Contains(then.header.Get("Content-Disposition"), "_v2") {
			t.Errorf("headers of another version: %v", then.header)
		}
		for query, status := range map[string]int{"asof=x": 400, "asof=0": 400, "asof=9": 404, "asof=1990-01-01T00:00:00Z": 404, "asof=2999-01-01T00:00:00Z": 400,
			"asof=1&asof=2": 400, "asof=": 400, "asof=2&pm10=99.5": 200} {
			for _, door := range []string{"/api/collections/stations/items?", "/downloads/stations.csv?"} {
				if a := c.ask("GET", door+query); a.status != status {
					t.Errorf("%s%s: %d %.200s", door, query, a.status, a.body)
				}
			}
		}
		if _, err := s.Prune(t.Context(), "stations", catalog.Keep{Versions: 1}); err != nil {
			t.Fatal(err)
		}
		for _, asof := range []string{"1", "2", loaded[1].UTC().Format(time.RFC3339)} {
			for _, door := range []string{"/api/collections/stations/items?asof=", "/downloads/stations.csv?asof="} {
				if a := c.ask("GET", door+asof); a.status != 410 || !strings.Contains(a.body, "no longer kept") {
					t.Errorf("%s%s: %d %.200s", door, asof, a.status, a.body)
				}
			}
		}
	})
}

func TestRenamedAndRemoved(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		d, err := s.Dataset(t.Context(), "stations")
		if err != nil {
			t.Fatal(err)
		}
		d.Aliases, d.ID = append(d.Aliases, "stations"), "points-de-mesure"
		marches, err := s.Dataset(t.Context(), "marches")
		if err != nil {
			t.Fatal(err)
		}
		marches.Removed = true
		for _, entry := range []catalog.Dataset{d.Dataset, marches.Dataset, {ID: "interne", Internal: true, Removed: true, Title: geo.Localized{FR: "Interne"}}} {
			if err := s.PutDataset(t.Context(), entry); err != nil {
				t.Fatal(err)
			}
		}
		c := startTiles(t, s)
		paths := []string{"/api/collections/ID", "/api/collections/ID/items?limit=1", "/api/collections/ID/items/x", "/api/collections/ID/schema", "/api/collections/ID/versions",
			"/api/collections/ID/changes", "/downloads/ID.csv?limit=1", "/datasets/ID", "/fr/datasets/ID", "/en/datasets/ID/items/x", "/api/collections/ID?f=html"}
		drawn := []string{"/tiles/ID.json", "/tiles/ID/0/0/0.mvt", "/tiles/WorldCRS84Quad/ID/0/0/0.mvt", "/api/collections/ID/tiles", "/api/styles/ID", "/api/collections/ID/styles"}
		for _, path := range append(paths, drawn...) {
			path = strings.ReplaceAll(path, "?limit=1", "")
			a := c.ask("GET", strings.Replace(path, "ID", "stations", 1))
			if a.status != 301 && a.status != 308 || !strings.Contains(a.header.Get("Location"), strings.Replace(path, "ID", "points-de-mesure", 1)) {
				t.Errorf("%s of the former name: %d to %s", path, a.status, a.header.Get("Location"))
			}
			a = c.ask("GET", strings.Replace(path, "ID", "marches", 1))
			if a.status != 410 || !strings.Contains(a.body, "Marchés publics") {
				t.Errorf("%s of a removed dataset: %d %.200s", path, a.status, a.body)
			}
			if a = c.ask("GET", strings.Replace(path, "ID", "interne", 1)); a.status != 404 || strings.Contains(a.body, "Interne") {
				t.Errorf("%s of a dataset that never was public: %d", path, a.status)
			}
		}
		for _, path := range []string{"/api/collections", "/fr/", "/api/openapi.json", "/api/styles"} {
			if a := c.ask("GET", path); a.status != 200 || strings.Contains(a.body, "marches") || path != "/api/styles" && !strings.Contains(a.body, "points-de-mesure") {
				t.Errorf("%s: %d; it lists what was removed, or not what was renamed", path, a.status)
			}
		}
		a := c.ask("GET", "/en/datasets/marches", "Accept: text/html")
		if a.status != 410 || !strings.Contains(a.body, "Public contracts") {
			t.Errorf("the page of a removed dataset: %d %.300s", a.status, a.body)
		}
		if a := c.ask("POST", "/api/collections/marches/items"); a.status != 410 && a.status != 405 {
			t.Errorf("an edit of a removed dataset: %d", a.status)
		}
	})
}
