package source

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/gml"
)

// collection serves n features in pages of size, as an OGC API Features server.
func collection(n, size int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/collections/pistes/items" || r.URL.Query().Get("limit") == "" || r.URL.Query().Get("apikey") != "k" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		from, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		w.Header().Set("Content-Type", "application/geo+json")
		fmt.Fprintf(w, `{"type": "FeatureCollection", "timeStamp": "%d", "numberMatched": %d, "features": [`, from, n)
		for i := from; i < min(from+size, n); i++ {
			if i > from {
				io.WriteString(w, ",")
			}
			fmt.Fprintf(w, `{"type":"Feature", "id": %d, "geometry": null, "properties": {}}`, i)
		}
		io.WriteString(w, `], "links": [{"rel": "self", "href": "x"}`)
		if from+size < n {
			// As behind a proxy that takes https, and without the key.
			fmt.Fprintf(w, `, {"rel": "next", "href": "https://%s/api/collections/pistes/items?limit=1000&offset=%d"}`, strings.Split(r.Host, ":")[0], from+size)
		}
		io.WriteString(w, `]}`)
	}
}

func TestOAPIFFollowsPages(t *testing.T) {
	s := catalog.Source{OAPIF: serve(t, collection(25, 10)) + "/api?apikey=k", Collection: "pistes"}
	text, f, err := openHere(t, s, Mark{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Features []struct{ ID int } }
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	for i, feature := range got.Features {
		if feature.ID != i {
			t.Fatalf("feature %d has id %d", i, feature.ID)
		}
	}
	if len(got.Features) != 25 || !strings.HasSuffix(f.Public, "/api/collections/pistes") || f.Name() != "pistes.geojson" {
		t.Errorf("%d features of %s, %s", len(got.Features), f.Public, f.Name())
	}
	if again, _, _ := openHere(t, s, Mark{}, Options{}); again != text {
		t.Error("the same features do not make the same file")
	}
}

func TestOAPIFRefuses(t *testing.T) {
	page := func(rest string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{}}]`+rest+`}`)
		}
	}
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		kind   geo.ErrorKind
		text   string
	}{
		{"fewer than there are", page(`,"numberMatched":3`), geo.KindUnavailable, "has 3 features, but its pages only gave 1"},
		{"another host", page(`,"links":[{"rel":"next","href":"http://example.org/x"}]`), geo.KindInvalid, "another host, example.org"},
		{"another port", page(`,"links":[{"rel":"next","href":"http://127.0.0.1:1/x"}]`), geo.KindInvalid, "another host"},
		{"a file", page(`,"links":[{"rel":"next","href":"file:///etc/passwd"}]`), geo.KindInvalid, "another host"},
		{"a circle", page(`,"links":[{"rel":"next","href":"?limit=1000"}]`), geo.KindInvalid, "circle"},
		{"no next address", page(`,"links":[{"rel":"next","href":"http://[x"}]`), geo.KindInvalid, "no address"},
		{"a page for people", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<!doctype html>") }, geo.KindInvalid, "not GeoJSON"},
		{"half an answer", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"type":"FeatureCollection","features":[{"type":"Feature"`)
		}, geo.KindInvalid, "not GeoJSON"},
		{"another document", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"collections":[]}`) }, geo.KindInvalid, "not a GeoJSON FeatureCollection"},
		{"no collection", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }, geo.KindUnavailable, "404"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := openHere(t, catalog.Source{OAPIF: serve(t, test.answer), Collection: "c"}, Mark{}, Options{})
			if geo.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v %v", geo.KindOf(err), err)
			}
		})
	}
}

// wfs serves n points in pages, at most of size, as WFS 2.0 servers do.
func wfs(n, size int, matched string, prolog string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		count, _ := strconv.Atoi(q.Get("count"))
		from, _ := strconv.Atoi(q.Get("startIndex"))
		if q.Get("service") != "WFS" || q.Get("request") != "GetFeature" || q.Get("version") != "2.0.0" || q.Get("typeNames") != "ma:arbres" || q.Get("map") != "m" {
			io.WriteString(w, `<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception><ows:ExceptionText>Unknown type</ows:ExceptionText></ows:Exception></ows:ExceptionReport>`)
			return
		}
		to := min(n, from+min(count, size))
		if q.Get("outputFormat") == "application/json" {
			fmt.Fprintf(w, `{"type":"FeatureCollection","numberMatched":%d,"features":[`, n)
			for i := from; i < to; i++ {
				fmt.Fprintf(w, `%s{"type":"Feature","id":"arbres.%d","geometry":{"type":"Point","coordinates":[3,45]},"properties":{"n":%d}}`, strings.Repeat(",", min(i-from, 1)), i, i)
			}
			io.WriteString(w, `]}`)
			return
		}
		fmt.Fprintf(w, `%s<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:ma="http://example.org/ma" timeStamp="%d" numberReturned="%d"%s>`, prolog, from, to-from, matched)
		for i := from; i < to; i++ {
			fmt.Fprintf(w, `<wfs:member><ma:arbres gml:id="arbres.%d"><ma:n>%d</ma:n><ma:nom>Ch`+"\xeane"+`</ma:nom><ma:geom><gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>45.7 3.%d</gml:pos></gml:Point></ma:geom></ma:arbres></wfs:member>`, i, i, i%10)
		}
		io.WriteString(w, `</wfs:FeatureCollection>`)
	}
}

const latin1 = `<?xml version="1.0" encoding="ISO-8859-1"?>`

func TestWFSPages(t *testing.T) {
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		want    int
	}{
		{"one page", wfs(12, 100, "", latin1), 12},
		{"a server with pages of its own", wfs(25, 10, ` numberMatched="25"`, latin1), 25},
		{"a last page that is full", wfs(10_000, 5000, ` numberMatched="unknown"`, latin1), 10_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := catalog.Source{WFS: serve(t, test.handler) + "/ows?map=m", TypeName: "ma:arbres"}
			f, err := Open(t.Context(), s, Mark{}, Options{Temp: t.TempDir(), Private: true})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r, err := gml.Format().Open(t.Context(), f.Source, format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var feature geo.Feature
			n := 0
			for ; ; n++ {
				if err := r.Read(&feature); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				if id := fmt.Sprintf("arbres.%d", n); feature.ID != id {
					t.Fatalf("feature %d is %s", n, feature.ID)
				}
			}
			if b := feature.Geometry.Bounds(); n != test.want || b.MinY != 45.7 || feature.Values[1].Text() != "Chêne" {
				t.Errorf("%d features, the last at %v with %v", n, b, feature.Values)
			}
		})
	}
}

func TestWFSGeoJSON(t *testing.T) {
	s := catalog.Source{WFS: serve(t, wfs(25, 10, "", "")) + "?map=m", TypeName: "ma:arbres", Output: "application/json"}
	text, f, err := openHere(t, s, Mark{}, Options{})
	if err != nil || strings.Count(text, `"Feature"`) != 25 || f.Name() != "arbres.geojson" {
		t.Errorf("%d features, %v", strings.Count(text, `"Feature"`), err)
	}
}

func TestWFSRefuses(t *testing.T) {
	same := func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<FeatureCollection timeStamp="%s" numberMatched="4"><member><a/></member><member><b/></member></FeatureCollection>`, r.URL.Query().Get("startIndex"))
	}
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		text   string
	}{
		{"an exception", wfs(1, 1, "", ""), "Unknown type"},
		{"no paging", same, "does not page"},
		{"an end too early", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("startIndex") == "0" {
				io.WriteString(w, `<FeatureCollection numberMatched="9"><member><a/></member></FeatureCollection>`)
			} else {
				io.WriteString(w, `<FeatureCollection numberMatched="9"/>`)
			}
		}, "has 9 features, but its pages only gave 1"},
		{"namespaces that come later", func(w http.ResponseWriter, r *http.Request) {
			n := r.URL.Query().Get("startIndex")
			fmt.Fprintf(w, `<FeatureCollection xmlns:a="urn:%s" numberMatched="2"><member><a:x n="%s"/></member></FeatureCollection>`, n, n)
		}, "namespace a=urn:1"},
		{"half a document", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `<FeatureCollection><member><a>`) }, "not GML"},
		{"a page for people", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `<html><body></body></html>`) }, "its root is html"},
		{"no XML", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `hello`) }, "not GML"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := openHere(t, catalog.Source{WFS: serve(t, test.answer), TypeName: "t"}, Mark{}, Options{})
			if err == nil || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v", err)
			}
		})
	}
}
