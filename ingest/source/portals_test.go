package source

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
)

func TestOpendatasoft(t *testing.T) {
	exports, processed := 0, "2026-11-22T03:00:00+00:00"
	s := catalog.Source{Dataset: "arbres", Opendatasoft: serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/explore/v2.1/catalog/datasets/arbres":
			fmt.Fprintf(w, `{"dataset_id":"arbres","metas":{"default":{"data_processed":%q}}}`, processed)
		case "/api/explore/v2.1/catalog/datasets/arbres/exports/csv":
			exports++
			w.Header().Set("Content-Disposition", `attachment; filename="arbres.csv"`)
			io.WriteString(w, "id\n1\n")
		default:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error_code":"ODSAPINotFoundError"}`)
		}
	})}
	s.Export = "csv"
	text, f, err := openHere(t, s, Mark{}, Options{})
	if err != nil || text != "id\n1\n" || f.Name() != "arbres.csv" {
		t.Fatalf("%q, %v", text, err)
	}
	mark := f.Mark
	if _, f, err = openHere(t, s, mark, Options{}); err != nil || !f.Unchanged() || exports != 1 {
		t.Errorf("after %d exports: %v", exports, err)
	}
	processed = "2026-11-23T03:00:00+00:00"
	if _, f, err = openHere(t, s, mark, Options{}); err != nil || f.Unchanged() {
		t.Errorf("processed again: %v", err)
	}
	s.Dataset = "vieux"
	if _, _, err = openHere(t, s, Mark{}, Options{}); geo.KindOf(err) != geo.KindUnavailable || !strings.Contains(err.Error(), "404") {
		t.Errorf("no dataset: %v", err)
	}
}

func TestCKANAndUdata(t *testing.T) {
	const resources = `"resources":[
		{"id":"r1","name":"Pistes","title":"","format":"CSV","url":"/files/pistes.csv"},
		{"id":"r2","name":"","title":"Notice","format":"pdf","url":"/files/notice.pdf"},
		{"id":"r3","name":"Stationnement","format":"csv","url":"/files/autres.csv"}]`
	address := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path + "?" + r.URL.RawQuery {
		case "/api/3/action/package_show?id=velo":
			io.WriteString(w, `{"success":true,"result":{`+resources+`}}`)
		case "/api/3/action/package_show?id=closed":
			io.WriteString(w, `{"success":false,"error":{"__type":"Authorization Error"}}`)
		case "/api/1/datasets/velo/?":
			io.WriteString(w, `{"id":"5f","slug":"velo",`+resources+`}`)
		case "/api/1/datasets/vide/?":
			io.WriteString(w, `{"resources":[]}`)
		case "/files/pistes.csv?":
			io.WriteString(w, "pistes")
		case "/files/notice.pdf?":
			io.WriteString(w, "notice")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	for _, test := range []struct{ dataset, resource, text, err string }{
		{"velo", "r1", "pistes", ""}, {"velo", "Pistes", "pistes", ""}, {"velo", "Notice", "notice", ""}, {"velo", "PDF", "notice", ""},
		{"velo", "csv", "", `"csv" does not tell which of 3 resources is meant`}, {"velo", "", "", "does not tell which of 3"}, {"velo", "shp", "", "does not tell"},
		{"velo", "r3", "", "404"}, {"absent", "r1", "", "404"},
	} {
		for _, s := range []catalog.Source{{CKAN: address}, {Udata: address}} {
			s.Dataset, s.Resource = test.dataset, test.resource
			text, _, err := openHere(t, s, Mark{}, Options{})
			if text != test.text || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("%+v: %q, %v", test, text, err)
			}
		}
	}
	if _, _, err := openHere(t, catalog.Source{CKAN: address, Dataset: "closed"}, Mark{}, Options{}); geo.KindOf(err) != geo.KindUnavailable {
		t.Errorf("closed: %v", err)
	}
	if _, _, err := openHere(t, catalog.Source{Udata: address, Dataset: "vide"}, Mark{}, Options{}); err == nil || !strings.Contains(err.Error(), "has no resource") {
		t.Errorf("empty: %v", err)
	}
}

func TestFolder(t *testing.T) {
	base := t.TempDir()
	write := func(name, text string, age time.Duration) {
		t.Helper()
		path := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write("in/2026-01.csv", "\ufeffid;n\r\n1;a\r\n", time.Hour)
	write("in/2026-02.csv", "id;n\r\n2;b", 2*time.Hour)
	write("in/.hidden.csv", "id;n\n9;z\n", 0)
	write("in/readme.txt", "text", 0)
	write("mixed/a.csv", "id;n\n1;a\n", 0)
	write("mixed/b.csv", "id,n\n1,a\n", 0)
	write("json/a.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"n":1}}]}`, 0)
	write("json/b.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"n":2}}]}`, 0)
	write("cut/a.geojson", `{"type":"FeatureCollection","features":[`, 0)
	for _, test := range []struct {
		source    catalog.Source
		text, err string
	}{
		{catalog.Source{Folder: "in", Pattern: "*.csv"}, "\ufeffid;n\r\n1;a\r\n", ""},
		{catalog.Source{Folder: "in"}, "text", ""},
		{catalog.Source{Folder: "in", Pattern: "*.csv", Take: catalog.TakeAll}, "\ufeffid;n\r\n1;a\r\n2;b\n", ""},
		{catalog.Source{Folder: "json", Take: catalog.TakeAll}, "{\"type\":\"FeatureCollection\",\"features\":[\n" +
			`{"type":"Feature","geometry":null,"properties":{"n":1}},` + "\n" + `{"type":"Feature","geometry":null,"properties":{"n":2}}` + "\n]}\n", ""},
		{catalog.Source{Folder: "mixed", Take: catalog.TakeAll}, "", "b.csv does not have the header of the files before"},
		{catalog.Source{Folder: "cut", Take: catalog.TakeAll}, "", "a.geojson cannot be joined"},
		{catalog.Source{Folder: "in", Pattern: "*.shp"}, "", "has no file *.shp"},
		{catalog.Source{Folder: "in", Pattern: "[", Take: catalog.TakeAll}, "", "is not a pattern"},
		{catalog.Source{Folder: "absent"}, "", "there is no folder"},
	} {
		text, _, err := openHere(t, test.source, Mark{}, Options{Base: base})
		if text != test.text || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%+v: %q, %v", test.source, text, err)
		}
	}
}
