package known_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"path/filepath"
	"runtime"
	"testing"

	"puy/geo"
)

// endless gives a gzip file of head and a gigabyte without end of a letter, some
// megabytes long: members of a gzip file may follow each other.
func endless(t *testing.T, head string) []byte {
	t.Helper()
	member := func(content []byte) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write(content)
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	all := []io.Reader{bytes.NewReader(member([]byte(head)))}
	block := member(bytes.Repeat([]byte("x"), 16<<20))
	for range 64 {
		all = append(all, bytes.NewReader(block))
	}
	b, err := io.ReadAll(io.MultiReader(all...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEndless reads a value of a gigabyte in each format of text: it is refused with
// a reason, and memory stays bounded.
func TestEndless(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const megabytes = 512
	for file, head := range map[string]string{
		"a.geojson.gz":     `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"a":"`,
		"a.geojsonl.gz":    `{"type":"Feature","geometry":null,"properties":{"a":1}}` + "\n" + `{"type":"Feature","geometry":null,"properties":{"a":"`,
		"a.csv.gz":         "nom,n\na,1\n",
		"quoted.csv.gz":    "nom,n\na,1\n\"",
		"headless.csv.gz":  "",
		"a.kml.gz":         `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>`,
		"attribute.kml.gz": `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark id="`,
		"a.gpx.gz":         `<gpx version="1.1"><wpt lat="1" lon="2"><name>`,
		"a.gml.gz":         `<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><wfs:member><t:a gml:id="a.1"><t:n>`,
		"a.topojson.gz":    `{"type":"Topology","arcs":[],"objects":{"a":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2],"properties":{"n":"`,
	} {
		t.Run(file, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			rows, err := load(t, filepath.Join(t.TempDir(), file), endless(t, head))
			runtime.ReadMemStats(&after)
			if err == nil || !fault(err) {
				t.Errorf("%d rows, %v", rows, err)
			}
			if e := geo.Errorf(geo.KindInvalid, "%w", err); len(e.Error()) > 1000 {
				t.Errorf("an error of %d bytes", len(e.Error()))
			}
			if grown := int64(after.Sys-before.Sys) >> 20; grown > megabytes {
				t.Errorf("%d MB more", grown)
			}
			t.Logf("%v; %d MB more", err, int64(after.Sys-before.Sys)>>20)
		})
	}
}
