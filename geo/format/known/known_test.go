package known_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/internal/cfbtest"
)

func source(t *testing.T, name, content string) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "upload")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, name)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func zipped(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// compound makes a compound file of a stream.
func compound(name string) string { return string(cfbtest.File(cfbtest.Stream{Name: name})) }

func TestDetect(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.geojson", `{"type":"FeatureCollection","features":[]}`, "geojson"},
		{"export", "\ufeff\n {\n\"type\":\"Point\",\"coordinates\":[1,2]}", "geojson"},
		{"a.csv", `{"type":"FeatureCollection","features":[]}`, "geojson"},
		{"a.geojsonl", `{"type":"Feature"}`, "geojsonseq"},
		{"a.json", "\x1e{\"type\":\"Feature\"}", "geojsonseq"},
		{"A.CSV", "one column\nof text\n", "csv"},
		{"a.geojson", "a;b\n1;2\n", "csv"},
		{"a.txt", "a\tb\n1\t2\n", "csv"},
		{"a.json", `{"objects":{"type":1},"type" : "Topology"}`, "topojson"},
		{"a.json", `{"type":"FeatureCollection","features":[{"type":"Topology"}]}`, "geojson"},
		{"export?format=csv", "a,b\r\n1,2\r\n", "csv"},
		{"a.csv", "\xff\xfea\x00;\x00b\x00\n\x001\x00;\x002\x00", "csv"},
		{"PAR1.csv", "PAR1;b\n1;2\n", "csv"},
		{"a.zip", zipped(t, "x/a.SHP", "x/a.dbf"), "shp"},
		{"upload", "\x00\x00\x27\x0a" + strings.Repeat("\x00", 24) + "\xe8\x03\x00\x00", "shp"},
		{"export", "\ufeff<?xml version=\"1.0\"?>\n<!-- a <gpx> --><kml xmlns=\"http://www.opengis.net/kml/2.2\"/>", "kml"},
		{"a.zip", zipped(t, "files/x.png", "doc.kml"), "kmz"},
		{"a.zip", zipped(t, "a.kml", "b.kml"), "zip"},
		{"a.zip", zipped(t, "lisezmoi.txt", "données.csv"), "zip"},
		{"a.zip", zipped(t, "x/y.zip"), "zip"},
		{"a.xml", "<?xml version=\"1.0\"?><gpx/>", "gpx"},
		{"a.json", `[{"id":"1","acheteur":{"id":"1"},"titulaires":[],"codeCPV":"4"}]`, "decp"},
		{"a.xml", "<marches><marche><acheteur/></marche></marches>", "decp"},
		{"a.json", `{"total_count":1,"results":[{"a":1}]}`, "jsontable"},
		{"a.json", `[{"type":"Feature"}]`, "geojson"},
		{"getfeature", "<wfs:FeatureCollection xmlns:wfs=\"http://www.opengis.net/wfs/2.0\"/>", "gml"},
		{"a.bin", "fgb\x03fgb\x00\x00\x00\x00\x00", "fgb"},
		{"a.csv", zipped(t, "[Content_Types].xml", "xl/workbook.xml"), "xlsx"},
		{"a.zip", zipped(t, "mimetype", "content.xml"), "ods"},
		{"a.csv", compound("Workbook"), "xls"},
		{"export", compound("BOOK"), "xls"},
		{"a.zip", zipped(t, "lisezmoi.pdf", "plan.kml", "Réseau/agency.txt", "Réseau/STOPS.txt"), "gtfs"},
		{"a.zip", zipped(t, "stops.txt"), "zip"},
		{"a.bin", "PAR1\x15\x04\x15", "parquet"},
		{"a.csv", "\x00\x00\x00\x0e\x0a\x09OSMHeader\x18\xae\x01", "osmpbf"},
	} {
		f, err := known.Detect(source(t, c.name, c.content))
		if err != nil || f.Name != c.want {
			t.Errorf("%s %.30q: got %q, %v, want %s", c.name, c.content, f.Name, err, c.want)
		}
	}
}

func TestDetectNamesWhatItDoesNotRead(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.csv", "<!DOCTYPE html>\n<html><body>a,b\nc,d</body></html>", "is an HTML page"},
		{"a.geojson", "\n<html>{}</html>", "is an HTML page"},
		{"a.csv", `<?xml version="1.0"?><ows:ExceptionReport/>`, "an error message of a web service"},
		{"a.gml", `<gml:Dictionary xmlns:gml="http://www.opengis.net/gml"/>`, "is GML without a collection of features"},
		{"a.zip", zipped(t, "a.png", "b.tif"), "a.zip is a zip archive"},
		{"a.osm", "<?xml version='1.0'?><osm version='0.6'/>", "OpenStreetMap XML (send the same extract in PBF, .osm.pbf"},
		{"a.osm.bz2", "BZh91AY", "OpenStreetMap data in XML (send the same extract in PBF, .osm.pbf)"},
		{"a.xml", "<osmChange version='0.6'/>", "a change file of OpenStreetMap"},
		{"a.csv", "\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00", "a worksheet of Excel 4"},
		{"a.doc", compound("WordDocument"), "a Word document (.doc)"},
		{"a.xls", compound("EncryptedPackage"), "a document protected by a password"},
		{"a.xls", compound("anything"), "an old Office document that is not a workbook"},
		{"a.csv", "%PDF-1.7\n%\x00\x01", "a PDF document"},
		{"a.gpkg", "SQLite format 3\x00" + strings.Repeat("\x00", 84), "an SQLite database that is not a GeoPackage"},
		{"a.bin", "\x01\x02\x03\x04", "the format of a.bin is not known"},
		{"a", "hello world\n", "the format of a is not known"},
	} {
		_, err := known.Detect(source(t, c.name, c.content))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "puy reads ") || geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s %.30q: got %v, want %s", c.name, c.content, err, c.want)
		}
	}
}

func TestDamagedArchive(t *testing.T) {
	for name, content := range map[string]string{"a zip archive": "PK\x03\x04broken", "a document": compound("Workbook")[:1024]} {
		_, err := known.Detect(source(t, "a", content))
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "a is a damaged "+strings.TrimPrefix(name, "a ")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLookup(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range known.Formats() {
		if seen[f.Name] || f.Detect == nil || f.Open == nil && f.NewWriter == nil || f.Title == "" || f.MediaType == "" || len(f.Extensions) == 0 {
			t.Errorf("%q is incomplete or there twice", f.Name)
		}
		seen[f.Name] = true
		for _, name := range []string{f.Name, strings.ToUpper(f.Name), f.Extensions[0]} {
			if got, ok := known.Lookup(name); !ok || got.Name != f.Name {
				t.Errorf("Lookup(%s): %q", name, got.Name)
			}
		}
	}
	for _, name := range []string{"geojson", "geojsonseq", "csv", "fgb", "gpkg", "parquet", "xlsx", "ods", "xls", "shp", "kml", "kmz", "gpx", "gml", "topojson", "jsonfg", "decp", "jsontable", "osmpbf"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
	if _, ok := known.Lookup("docx"); ok {
		t.Error("docx was found")
	}
}
