package known_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
)

// samples gives a small file of every format in which a missing end can be told.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{
		"gpx": []byte(`<?xml version="1.0"?><gpx><trk><name>a</name><trkseg><trkpt lat="1" lon="2"><ele>3</ele></trkpt><trkpt lat="1.5" lon="2"/></trkseg></trk></gpx>`),
		"gml": []byte(`<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><wfs:member><t:a gml:id="a.1"><t:n>1</t:n>` +
			`<t:g><gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>45 3</gml:pos></gml:Point></t:g></t:a></wfs:member></wfs:FeatureCollection>`),
		"decp": []byte(`<marches><marche><id>1</id><acheteur><id>21630113100013</id></acheteur><montant>40000</montant><titulaires><titulaire><id>1</id></titulaire>` +
			`<titulaire><id>2</id></titulaire></titulaires></marche></marches>`),
		"jsontable": []byte(`{"results":[{"a":1,"b":"é","c":[1,2]},{"a":2.5,"o":{"x":null}}]}`),
		"topojson":  []byte(`{"type":"Topology","arcs":[[[0,0],[1,1]]],"objects":{"a":{"type":"GeometryCollection","geometries":[{"type":"LineString","arcs":[0],"properties":{"n":"é"}}]}}}`),
		"gtfs":      []byte(pack(t, "routes.txt", "route_id,route_short_name\n1,A\n2,é\n", "trips.txt", "route_id,trip_id,service_id\n1,1,1\n1,2,1\n")),
	}
	layer := format.Layer{Name: "a", CRS: crs.WGS84, Schema: geo.Schema{Geometry: geo.GeometryLineString, Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}}}}
	line, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, []float64{3, 45, 4, 46, 5, 45}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shp", "kml", "kmz", "geojson", "fgb"} {
		f, _ := known.Lookup(name)
		var b bytes.Buffer
		w, err := f.NewWriter(&b, layer)
		for i := 0; err == nil && i < 3; i++ {
			err = w.Write(&geo.Feature{FID: int64(i + 1), Geometry: line, Values: []geo.Value{geo.Text("Été"), geo.Integer(int64(i))}})
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(name, err)
		}
		all[name] = b.Bytes()
	}
	return all
}

// load reads all of b, and gives the first error and the number of good rows.
func load(t *testing.T, path string, b []byte) (rows int, err error) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		return 0, err
	}
	f, err := known.Detect(src)
	if err != nil {
		return 0, err
	}
	r, err := f.Open(context.Background(), src, format.Options{})
	if err != nil {
		return 0, err
	}
	defer r.Close()
	var first error
	for {
		var f geo.Feature
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return rows, first
		}
		if _, ok := errors.AsType[*format.BadRow](err); err != nil && !ok {
			return rows, err
		}
		if err == nil {
			rows++
		} else if first == nil {
			first = err
		}
	}
}

// TestDamage cuts each sample everywhere and spoils each of its bytes: a part is
// never taken for the whole, and what is wrong is the file's fault.
func TestDamage(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for name, b := range samples(t) {
		path := filepath.Join(t.TempDir(), "a."+name)
		whole, err := load(t, path, b)
		if err != nil || whole == 0 {
			t.Fatalf("%s: %d rows, %v", name, whole, err)
		}
		fault := func(err error) bool {
			_, bad := errors.AsType[*format.BadRow](err)
			return bad || geo.KindOf(err) == geo.KindInvalid || geo.KindOf(err) == geo.KindLimit
		}
		end := len(bytes.TrimRight(b, "\n"))
		for n := 1; n < end; n += 1 + len(b)/100 {
			rows, err := load(t, path, b[:n])
			if err == nil || !fault(err) {
				t.Errorf("%s: the first %d of %d bytes give %d rows, %v", name, n, len(b), rows, err)
			}
		}
		for at := 0; at < len(b); at += 1 + len(b)/100 {
			spoilt := bytes.Clone(b)
			spoilt[at] ^= 0xff
			if _, err := load(t, path, spoilt); err != nil && !fault(err) {
				t.Errorf("%s: with byte %d spoilt: %v", name, at, err)
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "puy-*"))
	if len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}
