package server

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"puy/store"
)

// documents are addresses of every kind of resource that the API has.
func documents() []string {
	return []string{
		"/api", "/api/conformance", "/api/collections", "/api/collections/stations", "/api/collections/marches", "/api/collections/neuf",
		"/api/collections/stations/schema", "/api/collections/stations/queryables", "/api/collections/stations/sortables",
		"/api/collections/stations/items", "/api/collections/stations/items?limit=10&offset=20&bbox=3,45,4,46", "/api/collections/marches/items?limit=5",
		"/api/collections/neuf/items", "/api/collections/iles/items", "/api/collections/stations/items/S012", "/api/collections/marches/items/M-01",
		"/api/collections/stations/items/a%2Fb%20c",
		"/api/tiles", "/api/tiles/WebMercatorQuad", "/api/tiles/WebMercatorQuad?collections=iles,stations", "/api/collections/stations/tiles",
		"/api/collections/stations/tiles/WebMercatorQuad", "/api/tileMatrixSets", "/api/tileMatrixSets/WebMercatorQuad",
		"/api/styles", "/api/styles/stations", "/api/styles/stations/metadata", "/api/collections/stations/styles", "/api/collections?limit=2&offset=2",
	}
}

// The page of a document has each of the document's links (OGC 17-069r4
// requirement html-content), and is well formed.
func TestPagesShowEveryLink(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		for _, path := range documents() {
			for _, lang := range []string{"fr", "en"} {
				document := c.ask("GET", path, "Accept: application/json", "Accept-Language: "+lang)
				answer := c.ask("GET", path, "Accept: text/html", "Accept-Language: "+lang)
				if document.status != 200 || answer.status != 200 || !strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") {
					t.Errorf("%s: %d as JSON, %d %s as a page", path, document.status, answer.status, answer.header.Get("Content-Type"))
					continue
				}
				vary := strings.Split(strings.Join(answer.header.Values("Vary"), ", "), ", ")
				for _, name := range []string{"Accept", "Accept-Language", "Accept-Encoding"} {
					if !slices.Contains(vary, name) {
						t.Errorf("%s varies by %s only", path, vary)
					}
				}
				if answer.header.Get("ETag") == document.header.Get("ETag") || answer.header.Get("ETag") == "" {
					t.Errorf("%s: the page has the ETag %s, the document %s", path, answer.header.Get("ETag"), document.header.Get("ETag"))
				}
				page := readPage(t, path, answer.body)
				if page.lang != lang {
					t.Errorf("%s: a page in %q for a reader of %s", path, page.lang, lang)
				}
				for _, href := range hrefs(t, document.body) {
					if strings.Contains(href, "{") { // no address yet: shown as a text
						if !strings.Contains(html.UnescapeString(answer.body), href) {
							t.Errorf("%s: the page lacks the template %s", path, href)
						}
					} else if !slices.Contains(page.links, href) {
						t.Errorf("%s: the page lacks the link %s", path, href)
					}
				}
			}
		}
	})
}

// Whatever a page links to is there, and so is what its map draws.
func TestPagesLeadSomewhere(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		asked := map[string]bool{}
		drawn, maps := 0, 0 // without the map's code no page has a map
		for _, path := range append(documents(), "/api/openapi.html?collection=stations&q.limit=5") {
			a := c.ask("GET", path, "Accept: text/html")
			links := readPage(t, path, a.body).links
			if strings.Contains(a.body, "<puy-map") && strings.Contains(path, "/items") {
				maps++
			}
			if features := regexp.MustCompile(`"geojson":"([^"]+)"`).FindStringSubmatch(a.body); features != nil {
				var address string
				if err := json.Unmarshal([]byte(`"`+features[1]+`"`), &address); err != nil {
					t.Fatal(err)
				}
				links = append(links, c.base+address)
				drawn++
			}
			for _, link := range links {
				if strings.HasPrefix(link, "/") {
					link = c.base + link
				}
				if asked[link] || !strings.HasPrefix(link, c.base) || strings.HasPrefix(link, c.base+"/tiles/") {
					continue
				}
				asked[link] = true
				if a := c.ask("HEAD", link); a.status != 200 && (a.status != 303 || !strings.HasPrefix(link, c.base+"/datasets/")) {
					t.Errorf("%s links to %s, which answers %d", path, link, a.status)
				}
			}
		}
		if drawn != maps || len(asked) < 40 {
			t.Errorf("%d maps of %d and %d links were checked", drawn, maps, len(asked))
		}
	})
}

// A page is the same until its document changes, and HEAD tells what GET does.
func TestPagesAreRevalidated(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		for _, path := range append(documents(), "/api/openapi.html") {
			a := c.ask("GET", path, "Accept: text/html")
			again := c.ask("GET", path, "Accept: text/html", "If-None-Match: "+a.header.Get("ETag"))
			if again.status != http.StatusNotModified || again.body != "" || again.header.Get("ETag") != a.header.Get("ETag") || again.header.Get("Vary") == "" {
				t.Errorf("%s again: %d with the ETag %s, want 304 with %s", path, again.status, again.header.Get("ETag"), a.header.Get("ETag"))
			}
			other := c.ask("GET", path, "Accept: application/json", "If-None-Match: "+a.header.Get("ETag"))
			if path != "/api/openapi.html" && other.status != http.StatusOK {
				t.Errorf("%s as JSON with the ETag of the page: %d", path, other.status)
			}
			head := c.ask("HEAD", path, "Accept: text/html")
			if head.status != 200 || head.body != "" || head.header.Get("ETag") != a.header.Get("ETag") {
				t.Errorf("HEAD %s: %d with the ETag %s", path, head.status, head.header.Get("ETag"))
			}
		}
	})
}

// The documentation tells every operation and parameter of the definition, in
// the words of its language.
func TestDocumentationTellsTheDefinition(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		d, _ := fetchDefinition(t, c)
		for _, lang := range []string{"fr", "en"} {
			a := c.ask("GET", "/api/openapi.html?collection=stations&lang="+lang)
			page := readPage(t, "openapi.html", a.body)
			for path, methods := range d.Paths {
				if part := strings.Split(path, "/"); len(part) > 2 && (part[1] == "collections" || part[1] == "downloads") && !strings.HasPrefix(part[2], "stations") {
					continue
				}
				if !strings.Contains(a.body, "<code>"+path+"</code>") {
					t.Errorf("in %s: nothing on %s", lang, path)
				}
				for _, p := range methods["get"].Parameters {
					if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
						p = d.Components.Parameters[name]
					}
					if !strings.Contains(a.body, "<code>"+p.Name+"</code>") {
						t.Errorf("in %s: nothing on the parameter %s of %s", lang, p.Name, path)
					}
				}
			}
			if lang == "fr" && page.english > 0 {
				t.Errorf("%d texts are in English: %s", page.english, regexp.MustCompile(`<[a-z]+[^>]* lang="en"[^>]*>[^<]*`).FindAllString(a.body, -1))
			}
		}
	})
}

func TestPagesDescribeDataToSearchEngines(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		for path, want := range map[string]map[string]string{
			"/api?f=html":             {"@type": "DataCatalog", "dataset/0/@type": "Dataset"},
			"/api/collections?f=html": {"@type": "DataCatalog", "dataset/1/@id": c.base + "/datasets/marches"},
			"/api/collections/stations?f=html": {"@type": "Dataset", "@id": c.base + "/datasets/stations", "name": "Stations de mesure", "distribution/0/@type": "DataDownload",
				"distribution/0/contentUrl": c.base + "/api/collections/stations/items", "spatialCoverage/geo/@type": "GeoShape"},
			"/fr/datasets/stations": {"@type": "Dataset", "distribution/0/encodingFormat": "application/geo+json"},
			"/fr/":                  {"@type": "DataCatalog"},
			"/api/collections/stations/items/S012?f=html": {"@type": "Place", "geo/@type": "GeoCoordinates"},
		} {
			a := c.ask("GET", path)
			match := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(a.body)
			if match == nil {
				t.Errorf("%s describes nothing", path)
				continue
			}
			for place, value := range want {
				if got := probe(match[1], place); got != value {
					t.Errorf("%s: %s is %s, want %s", path, place, got, value)
				}
			}
		}
	})
}

// A server without pages promises none.
func TestServerWithoutPages(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, func(c *Config) { c.Pages = nil })
		for _, e := range []exchange{
			{"GET /api\nAccept: text/html, */*;q=0.1", 200, "Content-Type: application/json\nlinks/rel=alternate = absent\nlinks/rel=service-doc = absent"},
			{"GET /api?f=html", 400, "~ f"},
			{"GET /api/openapi.html", 404, ""},
		} {
			e.check(t, c)
		}
		if a := c.ask("GET", "/api/conformance"); strings.Contains(a.body, "conf/html") {
			t.Error("pages are claimed")
		}
	})
}

// hrefs gives the addresses of all links in a JSON document.
func hrefs(t *testing.T, document string) []string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		t.Fatal(err)
	}
	var list []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				walk(element)
			}
		case map[string]any:
			if href, ok := v["href"].(string); ok && v["rel"] != nil {
				list = append(list, href)
			}
			for _, member := range v {
				walk(member)
			}
		}
	}
	walk(value)
	if len(list) == 0 && strings.Contains(document, `"rel"`) {
		t.Fatal("no links were found")
	}
	return list
}

// webPage is what the tests need of an HTML page.
type webPage struct {
	lang    string
	links   []string
	english int // elements whose language is English
}

var (
	void    = regexp.MustCompile(`<(meta|link|input|img|br)\b([^>]*)>`)
	boolean = regexp.MustCompile(` (checked|selected|open)([ >])`)
)

// readPage reads a page as XML, once what HTML leaves out is filled in: what is
// not well formed fails. Each id must be there once, and each reference to one lead to it.
func readPage(t *testing.T, name, body string) webPage {
	t.Helper()
	text := boolean.ReplaceAllString(void.ReplaceAllString(body, "<$1$2/>"), ` $1=""$2`)
	d := xml.NewDecoder(strings.NewReader(text))
	d.Entity = xml.HTMLEntity
	var page webPage
	ids := map[string]int{}
	var references []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, _ := d.InputPos()
			t.Fatalf("%s is not well formed: %v: %s", name, err, strings.Split(text, "\n")[line-1])
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range element.Attr {
			switch {
			case a.Name.Local == "id":
				ids[a.Value]++
			case a.Name.Local == "for" || a.Name.Local == "aria-labelledby" || a.Name.Local == "aria-describedby":
				references = append(references, a.Value)
			case a.Name.Local == "href" && element.Name.Local == "a":
				page.links = append(page.links, a.Value)
			case a.Name.Local == "lang" && element.Name.Local == "html":
				page.lang = a.Value
			case a.Name.Local == "lang" && a.Value == "en" && element.Name.Local != "a":
				page.english++
			}
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s has the id %q %d times", name, id, n)
		}
	}
	for _, id := range references {
		if ids[id] == 0 {
			t.Errorf("%s refers to the id %q, which it lacks", name, id)
		}
	}
	return page
}
