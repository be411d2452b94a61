package server

import (
	"strings"
	"testing"

	"puy/store"
)

// exchange is a request and what must come of it. Of headers, want holds
// "Name: part of the value", and "Name: -" for one that must be absent. Of the
// body it holds "place = value" (see probe), "place ~ part" and "~ part".
type exchange struct {
	request string // method, a blank, path; then headers, one a line
	status  int
	want    string // one a line
}

func exchanges() []exchange {
	return []exchange{
		{"GET /healthz", 200, "~ ok"},
		{"GET /readyz", 200, "~ ok"},
		{"HEAD /readyz", 200, ""},

		// The landing page and what it leads to.
		{"GET /api", 200, `
			Content-Type: application/json
			Access-Control-Allow-Origin: *
			Vary: Accept
			ETag: "
			title = Données du Puy
			links/rel=self/href = {base}/api
			links/rel=service-desc/href = {base}/api/openapi.json
			links/rel=service-desc/type = application/vnd.oai.openapi+json;version=3.0
			links/rel=service-doc/type = text/html
			links/rel=conformance/href = {base}/api/conformance
			links/rel=data/href = {base}/api/collections
			links/rel=data/type = application/json`},
		{"GET /api/", 200, "links/rel=self/href = {base}/api"},
		{"GET /api?lang=en", 200, "title = Data of the Puy\nContent-Language: en"},
		{"GET /api\nAccept-Language: en-GB", 200, "title = Data of the Puy"},
		{"GET /api\nAccept: */*", 200, "Content-Type: application/json"},
		{"GET /api\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200, "Content-Type: text/html\nVary: Accept\nContent-Language: fr\nETag: \""},
		{"GET /api\nAccept: text/html;q=0.5, application/json", 200, "Content-Type: application/json"},
		{"GET /api\nAccept: application/*, text/html;q=0.9", 200, "Content-Type: application/json"},
		{"GET /api\nAccept: TEXT/HTML; charset=utf-8", 200, "Content-Type: text/html"},
		{"GET /api?f=html\nAccept: application/json", 200, "Content-Type: text/html"},
		{"GET /api?f=json\nAccept: text/html", 200, "Content-Type: application/json"},
		{"HEAD /api?f=html", 200, "Content-Type: text/html\nContent-Length: "},
		{"GET /api\nAccept: image/png", 406, "Content-Type: application/problem+json\nAccess-Control-Allow-Origin: *\ndetail ~ application/json, text/html"},
		{"GET /api?f=json", 200, "Content-Type: application/json"},
		{"GET /api?f=gml", 400, "errors/0/parameter = f\nerrors/0/value = gml\nerrors/0/reason = must be one of json, html"},
		{"GET /api?f=json&f=html", 400, "errors/0/parameter = f"},
		{"GET /api?f=html&f=json", 400, "Content-Type: text/html\n~ <code>f="},
		{"GET /api?f=html&unknown=1", 400, "Content-Type: text/html\n~ <code>unknown="},
		{"GET /api?f=html&lang=de", 400, "Content-Type: text/html\n~ <code>lang="},
		{"GET /api?unknown=1", 400, "errors/0/parameter = unknown"},
		{"HEAD /api", 200, "Content-Type: application/json\nContent-Length: "},
		{"GET /api/conformance", 200, `
			conformsTo ~ http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
			conformsTo ~ http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"
			conformsTo ~ http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html"
			conformsTo ~ http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30"`},
		{"GET /api/conformance?x=1", 400, "errors/0/parameter = x"},
		{"GET /api/openapi.html", 200, "Content-Type: text/html\n~ /api/collections/iles/items"},
		{"GET /api/openapi.html?collection=stations&lang=en&q.limit=5&q.bbox=3,45,4,46&q.pm10=&q.filter=pm10+%3E+1", 200,
			"Content-Language: en\n~ {base}/api/collections/stations/items?bbox=3%2C45%2C4%2C46&amp;filter=pm10&#43;%3E&#43;1&amp;limit=5\""},
		{"GET /api/openapi.html?x=1", 400, "errors/0/parameter = x"},
		{"GET /api/openapi.html?f=html", 200, "Content-Type: text/html"},
		{"GET /api/openapi.html?f=json", 400, "errors/0/parameter = f\nerrors/0/reason = must be one of html"},

		// Collections.
		{"GET /api/collections", 200, `
			collections/# = 4
			collections/0/id = iles
			collections/id=interne = absent
			collections/id=promis = absent
			links/rel=self/href = {base}/api/collections`},
		{"GET /api/collections/stations", 200, `
			id = stations
			title = Stations de mesure
			itemType = feature
			itemCount = 250
			attribution = Métropole
			extent/spatial/bbox/0/0 = 3
			extent/spatial/bbox/0/2 = 3.248
			extent/spatial/crs = http://www.opengis.net/def/crs/OGC/1.3/CRS84
			extent/temporal/interval/0/0 = 2024-01-01T12:00:00Z
			crs/0 = http://www.opengis.net/def/crs/OGC/1.3/CRS84
			storageCrs = http://www.opengis.net/def/crs/OGC/1.3/CRS84
			links/rel=self/href = {base}/api/collections/stations
			links/rel=items/href = {base}/api/collections/stations/items
			links/rel=items/type = application/geo+json
			links/rel=license/href ~ https://
			links/rel=describedby/href = {base}/tiles/stations.json`},
		{"GET /api/collections/stations/?lang=en", 200, "title = Air stations"},
		{"GET /api/collections/marches", 200, `
			extent/spatial = absent
			crs = absent
			storageCrs = absent
			links/rel=describedby = absent
			itemType = feature
			extent/temporal/interval/0/0 = 2024-01-01T00:00:00Z`},
		{"GET /api/collections/neuf", 200, "extent = absent\nitemCount = 0"},
		{"GET /api/collections/promis", 404, "status = 404"},
		{"GET /api/collections/interne", 404, "status = 404"},
		{"GET /api/collections/nothing", 404, "Content-Type: application/problem+json\ndetail ~ nothing\ninstance = /api/collections/nothing"},
		{"GET /api/collections/anciennes-stations/items?limit=2", 301, "Location: {base}/api/collections/stations/items?limit=2"},
		{"GET /api/collections/anciennes-stations/items/a%2Fb%20c", 301, "Location: {base}/api/collections/stations/items/a%2Fb%20c"},
		{"GET /api/collections/anciennes-stations", 301, "Location: {base}/api/collections/stations"},

		// Items.
		{"GET /api/collections/stations/items", 200, `
			Content-Type: application/geo+json
			Content-Crs: <http://www.opengis.net/def/crs/OGC/1.3/CRS84>
			ETag: W/"
			Cache-Control: no-cache
			type = FeatureCollection
			features/# = 100
			numberReturned = 100
			numberMatched = 250
			timeStamp ~ Z
			features/0/id = S000
			features/0/geometry/coordinates/0 = 3
			features/0/properties/pm10 = 0.0
			features/0/properties/ouvert = true
			features/0/properties/service = 2024-01-01
			features/0/properties/mesure = 2024-01-01T12:00:00Z
			features/0/properties/polluants/0 = no2
			features/0/properties/détail/a/0 = 1
			features/24/properties/mesure = null
			features/49/geometry = null
			links/rel=self/href = {base}/api/collections/stations/items
			links/rel=collection/href = {base}/api/collections/stations
			links/rel=next/type = application/geo+json
			links/rel=next/href ~ limit=100&offset=100
			links/rel=prev = absent`},
		{"GET /api/collections/stations/items/", 200, "numberReturned = 100"},
		{"GET /api/collections/stations/items\nAccept: application/json", 200, "Content-Type: application/geo+json"},
		{"GET /api/collections/stations/items?f=json&limit=1", 200, "Content-Type: application/geo+json\nlinks/rel=next/href ~ f=json"},
		{"HEAD /api/collections/stations/items?limit=5", 200, "Content-Type: application/geo+json\nETag: W/"},
		{"GET /api/collections/stations/items?limit=20000", 200, "numberReturned = 250\nlinks/rel=next = absent"},
		{"GET /api/collections/neuf/items", 200, "numberMatched = 0\nfeatures/# = 0\nlinks/rel=next = absent"},
		{"GET /api/collections/stations/items?limit=0", 400, "errors/0/parameter = limit"},
		{"GET /api/collections/stations/items?limit=abc&offset=-1&nope=1", 400, "errors/# = 3\nAccess-Control-Allow-Origin: *"},
		{"GET /api/collections/stations/items?limit=abc\nAccept: text/html", 400, "Content-Type: text/html\n~ limit"},
		{"GET /api/collections/nothing/items", 404, "status = 404"},

		// Paging by offset alone.
		{"GET /api/collections/stations/items?limit=10&offset=240", 200, `
			numberReturned = 10
			features/0/id = S240
			links/rel=next = absent
			links/rel=prev/href ~ limit=10&offset=230`},
		{"GET /api/collections/stations/items?limit=10&offset=4", 200, "links/rel=prev/href ~ limit=10&offset=0"},
		{"GET /api/collections/stations/items?limit=10&offset=900", 200, `
			numberReturned = 0
			numberMatched = 250
			links/rel=prev/href = {base}/api/collections/stations/items?limit=10&offset=890`},
		{"GET /api/collections/stations/items?offset=1000001", 400, "errors/0/parameter = offset"},
		{"GET /api/collections/stations/items?cursor=AAAA", 400, "errors/0/parameter = cursor"},
		{"GET /api/collections/stations/items?cursor=AAAAAAAAAAEAAAAAAAAAAcUO5tw", 400, "errors/0/parameter = cursor\ndetail ~ Begin again"},

		// bbox; features without geometry match any.
		{"GET /api/collections/stations/items?bbox=3,45,3.0045,46", 200, "numberMatched = 10\nfeatures/5/geometry = null"},
		{"GET /api/collections/stations/items?bbox=3.1,45.75,3.1,45.75&limit=1", 200, "numberMatched = 6\nnumberReturned = 1"},
		{"GET /api/collections/stations/items?bbox=3,45,-100,3.0045,46,9000", 200, "numberMatched = 10"},
		{"GET /api/collections/iles/items?bbox=177,-20,-177,-10", 200, "numberMatched = 2"},
		{"GET /api/collections/iles/items?bbox=-190,-20,-170,-10", 200, "numberMatched = 2"},
		{"GET /api/collections/iles/items?bbox=-180,-90,180,90", 200, "numberMatched = 3"},
		{"GET /api/collections/marches/items?bbox=3,45,4,46", 200, "numberMatched = 12\nfeatures/0/geometry = null"},
		{"GET /api/collections/stations/items?bbox=1,2,3", 400, "errors/0/parameter = bbox\nerrors/0/value = 1,2,3"},
		{"GET /api/collections/stations/items?bbox=700000,6500000,700001,6500001", 400, "errors/0/parameter = bbox"},
		{"GET /api/collections/stations/items?bbox=3,46,4,45", 400, "errors/0/parameter = bbox"},
		{"GET /api/collections/stations/items?bbox=3,45,4,46&bbox=3,45,4,46", 400, "errors/0/reason ~ more than once"},

		// datetime; features without a time match any.
		{"GET /api/collections/stations/items?datetime=2024-01-05", 200, "numberMatched = 11\nfeatures/0/id = S004"},
		{"GET /api/collections/stations/items?datetime=2024-01-05T12:00:00Z", 200, "numberMatched = 11"},
		{"GET /api/collections/stations/items?datetime=2024-01-05T12:00:01Z", 200, "numberMatched = 10"},
		{"GET /api/collections/stations/items?datetime=../2024-01-05T12:00:00Z", 200, "numberMatched = 15"},
		{"GET /api/collections/stations/items?datetime=0000-01-01T00:00:00Z%2F2024-01-05T23:00:00Z", 200, "numberMatched = 15"},
		{"GET /api/collections/stations/items?datetime=2024-01-05T12:00:00Z/9999-12-31T00:00:00Z", 200, "numberMatched = 246"},
		{"GET /api/collections/stations/items?datetime=../..", 200, "numberMatched = 250"},
		{"GET /api/collections/marches/items?datetime=2024-01-03/2024-01-04", 200, "numberMatched = 2"},
		{"GET /api/collections/iles/items?datetime=1900-01-01", 200, "numberMatched = 3"},
		{"GET /api/collections/stations/items?datetime=2024-01-06/2024-01-05", 400, "errors/0/parameter = datetime"},
		{"GET /api/collections/stations/items?datetime=yesterday", 400, "errors/0/parameter = datetime"},

		// name=value for each scalar field.
		{"GET /api/collections/stations/items?code=S012", 200, "numberMatched = 1\nfeatures/0/id = S012"},
		{"GET /api/collections/stations/items?code=s012", 200, "numberMatched = 0"},
		{"GET /api/collections/stations/items?rang=3", 200, "numberMatched = 25"},
		{"GET /api/collections/stations/items?rang=3&ouvert=true", 200, "numberMatched = 0"},
		{"GET /api/collections/stations/items?pm10=2.5", 200, "numberMatched = 1"},
		{"GET /api/collections/stations/items?pm10=25e-1", 200, "numberMatched = 1"},
		{"GET /api/collections/stations/items?ouvert=false&limit=2", 200, "numberMatched = 125\nlinks/rel=next/href ~ ouvert=false"},
		{"GET /api/collections/stations/items?service=2024-02-01", 200, "numberMatched = 1\nfeatures/0/id = S031"},
		{"GET /api/collections/stations/items?mesure=2024-02-01T13:00:00%2B01:00", 200, "numberMatched = 1"},
		{"GET /api/collections/stations/items?polluants=no2", 200, "numberMatched = 250"},
		{"GET /api/collections/stations/items?polluants=1", 200, "numberMatched = 83"},
		{"GET /api/collections/stations/items?type%20de%20voie=Rue", 200, "numberMatched = 240"},
		{"GET /api/collections/marches/items?limit=3", 200, "numberReturned = 3\nnumberMatched = 12"},
		{"GET /api/collections/stations/items?rang=three", 400, "errors/0/parameter = rang"},
		{"GET /api/collections/stations/items?rang=", 400, "errors/0/parameter = rang"},
		{"GET /api/collections/stations/items?pm10=NaN", 400, "errors/0/parameter = pm10"},
		{"GET /api/collections/stations/items?ouvert=1", 400, "errors/0/parameter = ouvert"},
		{"GET /api/collections/stations/items?service=01/02/2024", 400, "errors/0/parameter = service"},
		{"GET /api/collections/stations/items?mesure=2024", 400, "errors/0/parameter = mesure"},
		{"GET /api/collections/stations/items?d%C3%A9tail=1", 400, "errors/0/parameter = détail"},
		{"GET /api/collections/stations/items?Code=S012", 400, "errors/0/parameter = Code"},
		{"GET /api/collections/stations/items?code=%zz", 400, "errors/0/parameter = code"},
		{"GET /api/collections/stations/items?code=%00", 400, "errors/0/parameter = code"},
		{"GET /api/collections/stations/items?code=';DROP%20TABLE%20x;--", 200, "numberMatched = 0"},

		// One feature.
		{"GET /api/collections/stations/items/S012", 200, `
			Content-Type: application/geo+json
			Content-Crs: <http://www.opengis.net/def/crs/OGC/1.3/CRS84>
			type = Feature
			id = S012
			properties/rang = 2
			links/rel=self/href = {base}/api/collections/stations/items/S012
			links/rel=collection/href = {base}/api/collections/stations`},
		{"GET /api/collections/stations/items/a%2Fb%20c", 200, "id = a/b c\nlinks/rel=self/href = {base}/api/collections/stations/items/a%2Fb%20c"},
		{"GET /api/collections/stations/items/%C3%A9t%C3%A9%3F%23100%25", 200, "id = été?#100%\nlinks/rel=self/href ~ /%C3%A9t%C3%A9%3F%23100%25"},
		{"GET /api/collections/marches/items/M-03", 200, "geometry = null\nproperties/limit = 3"},
		{"HEAD /api/collections/stations/items/S012", 200, "Content-Length: "},
		{"GET /api/collections/stations/items/none", 404, "Content-Type: application/problem+json"},
		{"GET /api/collections/stations/items/S012?x=1", 400, "errors/0/parameter = x"},

		// Methods.
		{"OPTIONS /api/collections/stations/items", 200, "Allow: GET, HEAD, OPTIONS\nAccess-Control-Allow-Methods: GET"},
		{"OPTIONS /api\nOrigin: https://a.example\nAccess-Control-Request-Method: GET", 200, "Access-Control-Max-Age: 86400"},
		{"POST /api/collections/stations/items", 405, "Allow: GET, HEAD, OPTIONS\nContent-Type: application/problem+json"},
		{"DELETE /api/collections/stations/items/S012", 405, "Allow: GET, HEAD, OPTIONS"},
		{"GET /nothing", 404, "Content-Type: application/problem+json\nAccess-Control-Allow-Origin: *"},
		{"POST /nothing", 404, ""},
		{"OPTIONS /nothing", 404, ""},
		{"GET /api?x=" + strings.Repeat("a", 9000), 414, "status = 414"},
	}
}

func TestConformance(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		for _, e := range exchanges() {
			e.check(t, c)
		}
	})
}

// check sends the request and compares.
func (e exchange) check(t *testing.T, c *client) {
	t.Helper()
	head, headers, _ := strings.Cut(e.request, "\n")
	method, path, _ := strings.Cut(head, " ")
	name := head[:min(len(head), 100)]
	var list []string
	if headers != "" {
		list = strings.Split(headers, "\n")
	}
	a := c.ask(method, path, list...)
	if a.status != e.status {
		t.Errorf("%s: status %d, want %d: %.300s", name, a.status, e.status, a.body)
		return
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(e.want, "{base}", c.base), "\n") {
		checkLine(t, name, a, strings.TrimSpace(line))
	}
}

func checkLine(t *testing.T, name string, a answered, line string) {
	t.Helper()
	if line == "" {
		return
	}
	if part, ok := strings.CutPrefix(line, "~ "); ok {
		if !strings.Contains(a.body, part) {
			t.Errorf("%s: the body lacks %q: %.300s", name, part, a.body)
		}
	} else if place, want, ok := strings.Cut(line, " = "); ok {
		if got := probe(a.body, place); got != want {
			t.Errorf("%s: %s is %q; want %q", name, place, got, want)
		}
	} else if place, part, ok := strings.Cut(line, " ~ "); ok {
		if got := probe(a.body, place); got == "absent" || !strings.Contains(got, part) {
			t.Errorf("%s: %s is %q; want %q in it", name, place, got, part)
		}
	} else if header, part, ok := strings.Cut(line, ":"); ok {
		got := strings.Join(a.header.Values(header), ", ")
		part = strings.TrimSpace(part)
		if part == "-" && got == "" {
			return
		}
		if part == "-" || got == "" || !strings.Contains(got, part) {
			t.Errorf("%s: header %s is %q; want %q in it", name, header, got, part)
		}
	} else {
		t.Errorf("%s: what is meant by %q?", name, line)
	}
}
