package server

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// featurePage is what paging needs of a page.
type featurePage struct {
	Features []struct {
		ID         string         `json:"id"`
		Properties map[string]any `json:"properties"`
	} `json:"features"`
	Links []struct {
		Rel, Href string
	} `json:"links"`
	NumberMatched  *int64 `json:"numberMatched"`
	NumberReturned int64  `json:"numberReturned"`
}

func (p *featurePage) link(rel string) string {
	for _, l := range p.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// walk follows next from path, changes each link, and gives all ids and the
// number of pages.
func walk(t *testing.T, c *client, path string, matched int64, change func(href string) string) (ids []string, pages int) {
	t.Helper()
	for path != "" {
		var p featurePage
		c.get(path, &p)
		if int64(len(p.Features)) != p.NumberReturned {
			t.Errorf("%s: numberReturned is %d of %d", path, p.NumberReturned, len(p.Features))
		}
		if p.NumberMatched == nil || *p.NumberMatched != matched {
			t.Errorf("%s: numberMatched is %v; want %d", path, p.NumberMatched, matched)
		}
		for _, f := range p.Features {
			ids = append(ids, f.ID)
		}
		if pages++; pages > 300 {
			t.Fatal("the pages do not end")
		}
		if path = p.link("next"); path != "" && change != nil {
			path = change(path)
		}
	}
	return ids, pages
}

// edited changes the query of an address.
func edited(t *testing.T, href string, change func(q url.Values)) string {
	t.Helper()
	u, err := url.Parse(href)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	change(q)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestPagingReachesEveryFeatureOnce(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		want, _ := walk(t, c, "/api/collections/stations/items?limit=1000", stationCount, nil)
		if len(want) != stationCount {
			t.Fatalf("%d features; want %d", len(want), stationCount)
		}
		for _, w := range []struct {
			name, path    string
			matched       int64
			pages, result int
			change        func(string) string
		}{
			{"as given", "/api/collections/stations/items?limit=7", stationCount, 36, stationCount, nil},
			{"exact pages", "/api/collections/stations/items?limit=50", stationCount, 5, stationCount, nil},
			{"cursor only", "/api/collections/stations/items?limit=100", stationCount, 3, stationCount, func(href string) string {
				return edited(t, href, func(q url.Values) { q.Del("offset") })
			}},
			{"offset only", "/api/collections/stations/items?limit=100", stationCount, 3, stationCount, func(href string) string {
				return edited(t, href, func(q url.Values) { q.Del("cursor") })
			}},
			{"another limit", "/api/collections/stations/items?limit=3", stationCount, 2, stationCount, func(href string) string {
				return edited(t, href, func(q url.Values) { q.Set("limit", "10000") })
			}},
			{"filtered", "/api/collections/stations/items?limit=20&ouvert=true&bbox=3,45,4,46&datetime=../..", 125, 7, 125, nil},
		} {
			ids, pages := walk(t, c, w.path, w.matched, w.change)
			if pages != w.pages || len(ids) != w.result {
				t.Errorf("%s: %d features on %d pages; want %d on %d", w.name, len(ids), pages, w.result, w.pages)
			}
			if w.result == stationCount {
				if diff := cmp.Diff(want, ids); diff != "" {
					t.Errorf("%s: %s", w.name, diff)
				}
			}
		}
	})
}

// ArcGIS finds out how to page from the next link of a page of five.
func TestNextLinkNamesTheOffset(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		var p featurePage
		c.get("/api/collections/stations/items?limit=5&type%20de%20voie=Rue", &p)
		u, err := url.Parse(p.link("next"))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if q.Get("offset") != "5" || q.Get("limit") != "5" || q.Get("cursor") == "" || q.Get("type de voie") != "Rue" {
			t.Error(u)
		}
		// A cursor goes before an offset, and is of one collection only.
		var at featurePage
		c.get(edited(t, p.link("next"), func(q url.Values) { q.Set("offset", "200") }), &at)
		if at.Features[0].ID != "S005" {
			t.Errorf("the page begins at %s; want S005", at.Features[0].ID)
		}
		other := strings.Replace(p.link("next"), "/stations/", "/iles/", 1)
		other = edited(t, other, func(q url.Values) { q.Del("type de voie") })
		if a := c.ask("GET", other); a.status != 400 || probe(a.body, "errors/0/parameter") != "cursor" {
			t.Errorf("another collection's cursor: %d %s", a.status, a.body)
		}
		for i := range len(q.Get("cursor")) {
			b := []byte(q.Get("cursor"))
			if b[i]++; b[i] > 'y' {
				b[i] = 'A'
			}
			if a := c.ask("GET", "/api/collections/stations/items?cursor="+url.QueryEscape(string(b))); a.status != 400 {
				t.Errorf("a cursor with character %d changed: %d", i, a.status)
			}
		}
	})
}

// A reader who pages through a dataset while it is replaced sees the version
// it began with, as long as the store keeps it.
func TestPagingKeepsToItsVersion(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		schema := &geo.Schema{Key: "id", Fields: []geo.Field{{Name: "id", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}}}
		put := func(version int64) {
			var rows []*geo.Feature
			for i := range 20 {
				id := "r" + strconv.Itoa(i)
				rows = append(rows, row(t, id, []geo.Value{geo.Text(id), geo.Integer(version)}))
			}
			load(t, s, catalog.Dataset{ID: "rows", Title: geo.Localized{FR: "Lignes"}, Key: "id"}, schema, rows)
		}
		put(1)
		c := start(t, s, nil)
		var first featurePage
		a := c.get("/api/collections/rows/items?limit=5", &first)
		put(2)
		if err := c.server.Catalogue().Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		var second featurePage
		c.get(first.link("next"), &second)
		if got := second.Features[0].Properties["n"]; got != 1.0 {
			t.Errorf("the second page is of version %v; want 1", got)
		}
		c.get("/api/collections/rows/items?limit=5", &second)
		if got := second.Features[0].Properties["n"]; got != 2.0 {
			t.Errorf("a new first page is of version %v; want 2", got)
		}
		if again := c.ask("GET", "/api/collections/rows/items?limit=5", "If-None-Match: "+a.header.Get("ETag")); again.status != 200 {
			t.Errorf("the ETag of version 1 still holds: %d", again.status)
		}
		for version := int64(3); version <= 5; version++ {
			put(version)
		}
		if err := c.server.Catalogue().Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a := c.ask("GET", first.link("next")); a.status != 410 || probe(a.body, "detail") == "absent" {
			t.Errorf("a cursor of a dropped version: %d %s", a.status, a.body)
		}
	})
}
