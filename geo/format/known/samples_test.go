package known_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/internal/osmtest"
)

// written by hand, of formats that have no writer.
var byHand = map[string]func(t *testing.T) string{
	"gpx": func(*testing.T) string {
		return `<?xml version="1.0"?><gpx><trk><name>a</name><trkseg><trkpt lat="1" lon="2"><ele>3</ele></trkpt><trkpt lat="1.5" lon="2"/></trkseg></trk></gpx>`
	},
	"gml": func(*testing.T) string {
		return `<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"><wfs:member><t:a gml:id="a.1"><t:n>1</t:n>` +
			`<t:g><gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>45 3</gml:pos></gml:Point></t:g></t:a></wfs:member></wfs:FeatureCollection>`
	},
	"topojson": func(*testing.T) string {
		return `{"type":"Topology","arcs":[[[0,0],[1,1]]],"objects":{"a":{"type":"GeometryCollection","geometries":[{"type":"LineString","arcs":[0],"properties":{"n":"é"}}]}}}`
	},
	"decp": func(*testing.T) string {
		return `<marches><marche><id>1</id><acheteur><id>21630113100013</id></acheteur><montant>40000</montant><titulaires><titulaire><id>1</id></titulaire>` +
			`<titulaire><id>2</id></titulaire></titulaires></marche></marches>`
	},
	"jsontable": func(*testing.T) string {
		return `{"results":[{"a":1,"b":"é","c":[1,2]},{"a":2.5,"o":{"x":null}}]}`
	},
	"ods": func(t *testing.T) string {
		return pack(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml",
			`<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="a">`+
				`<table:table-row><table:table-cell><text:p>nom</text:p></table:table-cell><table:table-cell><text:p>n</text:p></table:table-cell></table:table-row>`+
				`<table:table-row><table:table-cell><text:p>Été</text:p></table:table-cell><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row>`+
				`</table:table></office:spreadsheet></office:body></office:document-content>`)
	},
	"osmpbf": func(*testing.T) string {
		nodes := osmtest.Dense(osmtest.Zlib, osmtest.Node{ID: 1, Lon: 3, Lat: 45}, osmtest.Node{ID: 2, Lon: 3.1, Lat: 45}, osmtest.Node{ID: 3, Lon: 3.1, Lat: 45.1})
		ways := osmtest.Ways(osmtest.Raw, osmtest.Way{ID: 1, Refs: []int64{1, 2, 3}, Tags: []string{"highway", "cycleway", "name", "Été"}}, osmtest.Way{ID: 2, Refs: []int64{3, 1}, Tags: []string{"highway", "path"}})
		return string(osmtest.File(nodes, ways))
	},
	"xls": func(t *testing.T) string {
		b, err := os.ReadFile("../xls/testdata/xlwt.xls")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	},
	"gtfs": func(t *testing.T) string {
		return pack(t, "agency.txt", "agency_id,agency_name,agency_url,agency_timezone\n1,T2C,https://example.org,Europe/Paris\n",
			"routes.txt", "route_id,agency_id,route_short_name,route_long_name,route_type\nA,1,A,Ligne A,0\n",
			"stops.txt", "stop_id,stop_name,stop_lat,stop_lon\ns1,Jaude,45.77,3.08\ns2,Gare,45.78,3.1\n",
			"trips.txt", "route_id,service_id,trip_id\nA,w,t1\n",
			"stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nt1,08:00:00,08:00:00,s1,1\nt1,08:05:00,08:05:00,s2,2\n",
			"calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nw,1,1,1,1,1,0,0,20260101,20261231\n")
	},
}

// anyEnd are formats that a cut leaves well-formed where it falls between lines or
// values, so that only the rest is asked of them.
var anyEnd = map[string]bool{"csv": true, "geojsonseq": true}

// samples gives a small file of every format that is read: one that has none fails
// the test, so that no format is forgotten.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	layer := format.Layer{Name: "a", CRS: crs.WGS84, Schema: geo.Schema{Geometry: geo.GeometryLineString, Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}}}}
	line, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, []float64{3, 45, 4, 46, 5, 45}))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range known.Formats() {
		if f.Open == nil {
			continue
		}
		if make := byHand[f.Name]; make != nil {
			all[f.Name] = []byte(make(t))
			continue
		}
		if f.NewWriter == nil {
			t.Errorf("there is no sample of %s to damage", f.Name)
			continue
		}
		var b bytes.Buffer
		layer.TempDir = t.TempDir()
		w, err := f.NewWriter(&b, layer)
		for i := 0; err == nil && i < 3; i++ {
			err = w.Write(&geo.Feature{FID: int64(i + 1), Geometry: line, Values: []geo.Value{geo.Text("Été"), geo.Integer(int64(i))}})
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(f.Name, err)
		}
		all[f.Name] = b.Bytes()
	}
	return all
}
