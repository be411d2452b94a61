package known_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// laughs is a document type whose entity unpacks to a gigabyte.
const laughs = `<!DOCTYPE x [<!ENTITY a "0123456789"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">` +
	`<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY bomb "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>`

// TestEntities gives documents that define entities, of what they hold themselves and
// of other files: none is unpacked, and no other file is read.
func TestEntities(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("the secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	external := `<!DOCTYPE x [<!ENTITY bomb SYSTEM "file://` + secret + `">]>`
	quadratic := `<!DOCTYPE x [<!ENTITY bomb "` + strings.Repeat("a", 1<<20) + `">]>`
	documents := map[string]func(doctype, text string) string{
		"a.kml": func(d, x string) string {
			return d + `<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>` + x + `</name><Point><coordinates>3,45</coordinates></Point></Placemark></kml>`
		},
		"a.gpx": func(d, x string) string {
			return d + `<gpx version="1.1"><wpt lat="1" lon="2"><name>` + x + `</name></wpt></gpx>`
		},
		"a.gml": func(d, x string) string {
			return d + `<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><wfs:member><t:a gml:id="a.1"><t:n>` + x + `</t:n></t:a></wfs:member></wfs:FeatureCollection>`
		},
		"a.ods": func(d, x string) string {
			return pack(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", d+`<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table>`+
				`<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>`+x+`</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`)
		},
	}
	for file, document := range documents {
		path := filepath.Join(t.TempDir(), file)
		if rows, err := load(t, path, []byte(document("", "x"))); rows != 1 || err != nil {
			t.Errorf("%s without entities: %d rows, %v", file, rows, err)
		}
		for name, doctype := range map[string]string{"laughs": laughs, "external": external, "quadratic": quadratic} {
			start := time.Now()
			rows, err := load(t, path, []byte(document(doctype, strings.Repeat("&bomb;", 100))))
			if err == nil || !fault(err) || strings.Contains(err.Error(), "the secret") {
				t.Errorf("%s, %s: %d rows, %v", file, name, rows, err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s, %s: %v", file, name, took)
			}
		}
	}
}

// TestTraversal reads an archive whose entries lie outside of it by their names:
// what they hold is read, and nothing is written there.
func TestTraversal(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	outside := filepath.Join(t.TempDir(), "a.csv")
	for _, name := range []string{"../../../../../../../../" + outside, outside, `..\..\a.csv`, "/etc/a.csv", "a\x00b.csv"} {
		path := filepath.Join(t.TempDir(), "a.zip")
		if rows, err := load(t, path, []byte(pack(t, name, "nom,n\na,1\n"))); err != nil || rows != 1 {
			t.Errorf("%q: %d rows, %v", name, rows, err)
		}
		if _, err := os.Stat(outside); err == nil {
			t.Errorf("%q was written", name)
		}
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestSymlinks reads an archive with a symbolic link to another file: it is not
// followed, nor taken for a file of its own.
func TestSymlinks(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(secret, []byte("nom,n\nsecret,1\nsecret,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for target, also := range map[string]bool{secret: false, "../../../../../../../.." + secret: false, "b.csv": true} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		link := &zip.FileHeader{Name: "a.csv"}
		link.SetMode(fs.ModeSymlink | 0o777)
		w, err := z.CreateHeader(link)
		if err == nil {
			_, err = io.WriteString(w, target)
		}
		if err == nil && also {
			if w, err = z.Create("b.csv"); err == nil {
				_, err = io.WriteString(w, "nom,n\nsecret,1\nsecret,2\n")
			}
		}
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, err := load(t, filepath.Join(t.TempDir(), "a.zip"), b.Bytes())
		if also && (rows != 2 || err != nil) || !also && (rows > 0 || err == nil || !fault(err)) {
			t.Errorf("a link to %s: %d rows, %v", target, rows, err)
		}
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestBombs reads archives of a few kilobytes that unpack to gigabytes: one that says
// so, one that says less than it holds, and archives inside archives.
func TestBombs(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	zeros := bomb(t, 600<<20)
	lie := bytes.Clone(zeros)
	at := bytes.Index(lie, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lie[at+24:], 1000)
	nested := []byte(pack(t, "a.zip", string(zeros)))
	for range 4 {
		nested = []byte(pack(t, "a.zip", string(nested)))
	}
	for name, b := range map[string][]byte{"a bomb": zeros, "a bomb that lies": lie, "nested": nested} {
		start := time.Now()
		rows, err := load(t, filepath.Join(t.TempDir(), "a.zip"), b)
		if rows > 0 || err == nil || !fault(err) {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// bomb is a zip archive of one table of so many zeros.
func bomb(t *testing.T, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.csv")
	block := make([]byte, 1<<20)
	for i := 0; err == nil && i < size; i += len(block) {
		_, err = w.Write(block)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNoNumbers gives coordinates that are no finite numbers: no row has them.
func TestNoNumbers(t *testing.T) {
	for file, content := range map[string]string{
		"nan.geojson":    `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[NaN,45]}}`,
		"huge.geojson":   `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1e999,45]}}`,
		"nan.kml":        `<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Point><coordinates>NaN,45</coordinates></Point></Placemark></kml>`,
		"inf.gpx":        `<gpx version="1.1"><wpt lat="inf" lon="2"/></gpx>`,
		"inf.gml":        `<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><wfs:member><t:a gml:id="a.1"><t:g><gml:Point><gml:pos>INF 3</gml:pos></gml:Point></t:g></t:a></wfs:member></wfs:FeatureCollection>`,
		"huge.topojson":  `{"type":"Topology","arcs":[],"objects":{"a":{"type":"Point","coordinates":[1e999,2]}}}`,
		"wkt.csv":        "wkt,n\nPOINT(3 45),1\nPOINT(NaN 45),2\n",
		"infinite.csv":   "wkt,n\nPOINT(3 45),1\nPOINT(3 Infinity),2\n",
		"nul.geojson":    "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1\x00,45]}}",
		"longitudes.csv": "lon,lat\n3,45\n1e999,45\n",
	} {
		rows, err := load(t, filepath.Join(t.TempDir(), file), []byte(content))
		if err == nil || !fault(err) {
			t.Errorf("%s: %d rows, %v", file, rows, err)
		}
	}
}
