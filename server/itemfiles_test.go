package server

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/crs"
	"puy/server/transfer"
	"puy/store"
)

func itemFileExchanges() []exchange {
	const items = "GET /api/collections/stations/items"
	return []exchange{
		{items + "?f=csv&limit=2", 200, `
			Content-Type: text/csv; charset=utf-8
			Content-Disposition: inline; filename="stations.csv"
			Content-Crs: <http://www.opengis.net/def/crs/OGC/1.3/CRS84>
			OGC-NumberMatched: 250
			OGC-NumberReturned: 2
			Vary: Accept
			ETag: W/"
			Link: <{base}/api/collections/stations/items?f=csv&limit=2>; rel="self"; type="text/csv"
			Link: f=csv&limit=2&offset=2>; rel="next"; type="text/csv"
			Link: <{base}/api/collections/stations>; rel="collection"
			Link: f=gpkg&limit=2>; rel="alternate"; type="application/geopackage+sqlite3"; title="GeoPackage"
			Link: f=geojson&limit=2>; rel="alternate"; type="application/geo+json"
			~ S001,1,0.25`},
		{items + "?limit=2\nAccept: text/csv", 200, "Content-Type: text/csv\nLink: f=csv&limit=2&offset=2>; rel=\"next\""},
		{items + "?limit=2\nAccept: application/flatgeobuf;q=0.9, application/geopackage+sqlite3;q=0.5, */*;q=0.1", 200, "Content-Type: application/flatgeobuf"},
		{items + "?limit=2\nAccept: application/geo+json, text/csv;q=0.9", 200, "Content-Type: application/geo+json\nnumberReturned = 2"},
		{items + "?limit=2\nAccept: */*", 200, "Content-Type: application/geo+json\nnumberReturned = 2"},
		{items + "?limit=2&f=csv\nAccept: application/geo+json", 200, "Content-Type: text/csv"},
		{items + "?limit=2&f=jsonfg", 200, "Content-Type: application/geo+json\nLink: rel=\"profile\"\nfeatures/# = 2\nconformsTo/0 ~ json-fg"},
		{items + "?limit=2&offset=2&f=geojsonseq", 200, "Link: limit=2&offset=0>; rel=\"prev\"\n~ S002"},
		{items + "?limit=1&f=geojson", 200, "numberReturned = 1\nlinks/rel=alternate/type = text/csv\nlinks/rel=alternate/href ~ f=csv&limit=1"},
		{"HEAD /api/collections/stations/items?f=gpkg", 200, "Content-Type: application/geopackage+sqlite3\nContent-Disposition: stations.gpkg"},
		{items + "?f=gpkg&crs=" + lambert93, 200, "Content-Crs: <" + lambert93 + ">"},
		{items + "?f=csv&sortby=-pm10&properties=code&limit=1", 200, "~ S249\nLink: sortby=-pm10>; rel=\"next\""},
		{items + "?f=fgb&sortby=-pm10&skipGeometry=true&limit=1", 200, "Content-Type: application/flatgeobuf"},
		{items + "?f=csv&rang=3", 200, "OGC-NumberMatched: 25\nOGC-NumberReturned: 25"},
		{items + "?f=gml", 400, "errors/0/parameter = f\nerrors/0/reason ~ must be one of geojson, json, csv, \nerrors/0/reason ~ gpkg"},
		{items + "?f=geojsonseq&crs=" + lambert93, 400, "errors/0/parameter = crs\nContent-Disposition: -\nLink: -"},
		{items + "?f=csv&limit=0", 400, "errors/0/parameter = limit"},
		{items + "?f=csv&cursor=x", 400, "errors/0/parameter = cursor"},
		{items + "\nAccept: image/png", 406, "Content-Type: application/problem+json"},
		{"GET /api/collections/neuf/items?f=csv", 200, "OGC-NumberMatched: 0\nOGC-NumberReturned: 0\n~ nom"},
		{"GET /api/collections/marches/items?f=csv", 200, "OGC-NumberReturned: 12\nContent-Type: text/csv"},
		{"GET /api/collections/stations/items/S001?f=csv", 400, "errors/0/parameter = f"},
		{"GET /api/collections/stations?lang=en", 200, `
			links/title=Features as CSV/rel = items
			links/title=Features as CSV/href = {base}/api/collections/stations/items?f=csv
			links/title=Features as CSV/type = text/csv
			links/rel=enclosure/href = {base}/downloads/stations.geojson
			links/rel=enclosure/type = application/geo+json
			links/title=Download as GeoPackage/href = {base}/downloads/stations.gpkg`},
		{"GET /api/collections/stations", 200, "links/title=Télécharger en CSV/type = text/csv\nlinks/title=Objets en CSV/rel = items"},
		{"GET /api/openapi.json", 200, `
			servers/0/url = {base}/api
			paths ~ "/downloads/stations.{format}"
			paths ~ "operationId":"getDownload.marches"
			paths ~ "application/flatgeobuf":{"schema":{"format":"binary","type":"string"}}
			paths ~ "text/csv":{"schema":{"type":"string"}}`},
	}
}

func TestItemsAsFiles(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, func(c *Config) { c.Temp = t.TempDir() })
		for _, e := range itemFileExchanges() {
			e.check(t, c)
		}
	})
}

// The pages of each format, which Link headers join, hold every feature once.
func TestPagesOfFiles(t *testing.T) {
	next := regexp.MustCompile(`<([^>]+)>; rel="next"`)
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		temp := t.TempDir()
		c := start(t, s, func(c *Config) { c.Temp = temp })
		for _, f := range transfer.Formats() {
			query := "/api/collections/stations/items?limit=90&f=" + f.Name
			page := chosen{query: "?f=" + f.Name, fields: parts()[0].fields, crs: crs.CRS84}
			sizes := []int{90, 90, 70}
			for i, path := 0, query; path != ""; i++ {
				a := c.ask("GET", path)
				if a.status != 200 || i == len(sizes) {
					t.Fatalf("%s: %d %s", path, a.status, a.body)
				}
				if f.Name == "geojson" {
					path = probe(a.body, "links/rel=next/href")
					if path == "absent" {
						path = ""
					}
					continue
				}
				file := filepath.Join(t.TempDir(), "file"+f.Extensions[0])
				if err := os.WriteFile(file, []byte(a.body), 0o600); err != nil {
					t.Fatal(err)
				}
				page.rows = sizes[i]
				page.readBack(t, f, file)
				if got := a.header.Get("OGC-NumberReturned"); got != strconv.Itoa(sizes[i]) || a.header.Get("OGC-NumberMatched") != "250" {
					t.Errorf("%s, page %d: %v", f.Name, i, a.header)
				}
				m := next.FindStringSubmatch(strings.Join(a.header.Values("Link"), ", "))
				if path = ""; m != nil {
					path = m[1]
				}
			}
		}
		// A page that grows too large ends before its limit.
		small := start(t, s, func(c *Config) { c.Temp, c.PageBytes = temp, 10_000 })
		if a := small.ask("GET", "/api/collections/stations/items?limit=250&f=csv"); len(next.FindStringSubmatch(strings.Join(a.header.Values("Link"), ", "))) == 0 ||
			a.header.Get("OGC-NumberReturned") == "250" {
			t.Errorf("a page of %d bytes: %v", len(a.body), a.header)
		}
		// An error before the end is no page.
		broken := start(t, wide{&breaking{Store: s, after: 200}}, func(c *Config) { c.Temp = temp })
		if a := broken.ask("GET", "/api/collections/stations/items?limit=250&f=csv"); a.status != 200 || len(a.body) < 7_000_000 {
			t.Errorf("a page of seven megabytes: %d, %d bytes", a.status, len(a.body))
		}
		broken = start(t, &breaking{Store: s, after: 200, err: geo.Errorf(geo.KindInternal, "the disk is gone")}, func(c *Config) { c.Temp = temp })
		for _, f := range transfer.Formats() {
			if a := broken.ask("GET", "/api/collections/stations/items?limit=250&f="+f.Name); f.Name != "geojson" &&
				(a.status != 500 || a.header.Get("Link") != "" || a.header.Get("Content-Disposition") != "" || a.header.Get("Content-Type") != "application/problem+json") {
				t.Errorf("%s of a store that fails: %d %v", f.Name, a.status, a.header)
			}
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
}
