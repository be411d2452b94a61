package kml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/internal/formattest"
)

// document puts elements in a Document called Villes.
func document(elements string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>Villes</name>` +
		elements + "</Document></kml>"
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		schema     string
		rows       []string
		warnings   string
	}{
		{
			"elements, data and styles",
			document(`<Style id="a"><IconStyle/></Style><Placemark id="p1"><name>Clermont &amp; C&eacute;zallier</name><styleUrl>#a</styleUrl>` +
				`<description><![CDATA[<b>Été</b>]]></description><ExtendedData><Data name="pop"><displayName>P</displayName><value> 147865 </value></Data>` +
				`<Data name="code_insee"><value>63113</value></Data></ExtendedData><Point><coordinates> 3.08,45.77,0 </coordinates></Point></Placemark>` +
				`<Placemark><ExtendedData><Data name="pop"><value/></Data></ExtendedData></Placemark><NetworkLink/><GroundOverlay/>`),
			"id:text name:text description:text pop:integer code_insee:text Point z=false OGC:CRS84 n=2",
			[]string{"1 t:p1 t:Clermont & Cézallier t:<b>Été</b> i:147865 t:63113 POINT (3.08 45.77)", "2 n: n: n: n: n: -"},
			"ignored 2 styles, or references to styles, are not read\nignored 1 links to other files are not followed\nignored 1 overlays, which are images, are not read",
		},
		{
			"a schema",
			document(`<Schema name="s" id="s"><SimpleField type="int" name="i"><displayName>Rang</displayName></SimpleField><SimpleField type="double" name="x"/>` +
				`<SimpleField type="bool" name="b"/><SimpleField type="string" name="s"/><SimpleField type="string" name="d"/><SimpleField type="int" name="not"/><SimpleField type="string" name="none"/></Schema>` +
				`<Placemark><ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="i">007</SimpleData><SimpleData name="x">+1.5e2</SimpleData><SimpleData name="b">1</SimpleData>` +
				`<SimpleData name="s">12</SimpleData><SimpleData name="d">2024-02-29</SimpleData><SimpleData name="not">x</SimpleData></SchemaData></ExtendedData></Placemark>`),
			"i:integer x:number b:boolean s:text d:date not:text none:text None z=false OGC:CRS84 n=1",
			[]string{"1 i:7 n:150 b:true t:12 d:2024-02-29 t:x n: -"}, "",
		},
		{
			"folders and every geometry",
			document(`<Folder><name>A</name><Placemark><LineString><coordinates>0,0 1,1,5` + "\n\t" + `2 , 2</coordinates></LineString></Placemark>` +
				`<Folder><name>B</name><Placemark><Polygon><innerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,1</coordinates></LinearRing></innerBoundaryIs>` +
				`<outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder></Folder>` +
				`<Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point><Point><coordinates>3,4</coordinates></Point></MultiGeometry></Placemark>` +
				`<Placemark><MultiGeometry><Point><coordinates>1,2</coordinates></Point><MultiGeometry><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing></MultiGeometry></MultiGeometry></Placemark>` +
				`<Placemark><gx:Track><when>2024-01-01T10:00:00Z</when><gx:coord>1 2 3</gx:coord><gx:coord/><when>2024-01-01T11:00:00Z</when><gx:coord>4 5 6</gx:coord></gx:Track></Placemark>`),
			"folder:text begin:date-time end:date-time Geometry z=true OGC:CRS84 n=5",
			[]string{
				"1 t:A n: n: LINESTRING Z (0 0 0, 1 1 5, 2 2 0)",
				"2 t:A / B n: n: POLYGON Z ((0 0 0, 9 0 0, 9 9 0, 0 0 0), (1 1 0, 2 1 0, 2 2 0, 1 1 0))",
				"3 n: n: n: MULTIPOINT Z (1 2 0, 3 4 0)",
				"4 n: n: n: GEOMETRYCOLLECTION Z (POINT Z (1 2 0), LINESTRING Z (0 0 0, 1 0 0, 1 1 0, 0 0 0))",
				"5 n: d:2024-01-01T10:00:00Z d:2024-01-01T11:00:00Z LINESTRING Z (1 2 3, 4 5 6)",
			}, "",
		},
		{
			"rows that are wrong",
			document(`<Placemark><name>a</name><Point><coordinates>1</coordinates></Point></Placemark><Placemark><Point><coordinates>1,nan</coordinates></Point></Placemark>` +
				`<Placemark><Point><coordinates>1,2 3,4</coordinates></Point></Placemark><Placemark><Point><coordinates>1,0x2</coordinates></Point></Placemark>` +
				`<Placemark><Polygon><innerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark><Placemark><Point/></Placemark>`),
			"name:text Geometry z=false OGC:CRS84 n=6",
			[]string{
				`!1  geometry a position has only one coordinate: "1"`, `!2  geometry a coordinate is not a number: "1,nan"`, "!3  geometry a point has 2 positions",
				`!4  geometry a coordinate is not a number: "1,0x2"`, "!5  geometry a polygon has an inner boundary and no outer one", "6 n: -",
			}, "",
		},
		{
			"prefixes, no Document, remains after the root",
			`<k:kml xmlns:k="http://earth.google.com/kml/2.1"><k:Placemark><k:name>x</k:name></k:Placemark></k:kml></k:kml><`,
			"name:text None z=false OGC:CRS84 n=1", []string{"1 t:x -"}, "",
		},
		{"nothing", document(""), "Geometry z=false OGC:CRS84 n=0", []string{}, ""},
		{
			"Windows-1252", "<?xml version='1.0' encoding='UTF-8'?><kml><Placemark><name>\xc9t\xe9</name></Placemark></kml>",
			"name:text None z=false OGC:CRS84 n=1", []string{"1 t:Été -"}, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			layer, got, err := rows(formattest.Source(t, "a.kml", []byte(test.text)), format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.rows, got); diff != "" {
				t.Error(diff)
			}
			if schemaText(layer) != test.schema {
				t.Errorf("schema\n got %s\nwant %s", schemaText(layer), test.schema)
			}
			if w := warnings(layer); w != test.warnings {
				t.Errorf("warnings\n got %s\nwant %s", w, test.warnings)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	src := formattest.Source(t, "a.kml", []byte(document(`<Placemark><name>12</name><Point><coordinates>700000,6600000</coordinates></Point></Placemark>`)))
	layer, got, err := rows(src, format.Options{CRS: crs.Lamb93, Layer: "Villes", Types: map[string]geo.FieldType{"name": geo.TypeInteger}})
	if err != nil || layer.CRS != crs.Lamb93 || got[0] != "1 i:12 POINT (700000 6600000)" || layer.Name != "Villes" {
		t.Error(layer, got, err)
	}
	if layer, got, err = rows(src, format.Options{Geometry: format.NoGeometryColumn}); err != nil || layer.Schema.Spatial() || got[0] != "1 t:12 -" {
		t.Error(layer, got, err)
	}
	for _, opt := range []format.Options{{Layer: "other"}, {X: "x"}, {Geometry: "geom"}, {Encoding: "klingon"}} {
		if _, _, err := rows(src, opt); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	bomb := `<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>`
	tests := []struct {
		name, text string
		kind       geo.ErrorKind
		says       string
	}{
		{"a document that breaks off", strings.TrimSuffix(document("<Placemark><name>a"), "</Document></kml>"), geo.KindInvalid, "breaks off at line 2"},
		{"an entity bomb", bomb, geo.KindInvalid, "line 1"},
		{"another element's end", "<kml>\n<Placemark></Folder></kml>", geo.KindInvalid, "line 2: </Folder> closes what was not opened"},
		{"no root", "<?xml version='1.0'?>\n", geo.KindInvalid, "has no content"},
		{"depth", strings.Repeat("<Folder>", 2000), geo.KindLimit, "nested more than 100 deep"},
		{"depth in a text", "<kml><Placemark><name>" + strings.Repeat("<b>", 1e6), geo.KindLimit, "nested more than 100 deep"},
		{"attributes", "<kml" + strings.Repeat(` a=""`, 1e5) + ">", geo.KindLimit, "more than 50000 attributes"},
		{"a long token", "<kml><Placemark><name>" + strings.Repeat("x", 33<<20) + "</name></Placemark></kml>", geo.KindLimit, "more than 32 MB"},
		{"a long text", "<kml><Placemark><name>" + strings.Repeat(strings.Repeat("x", 1<<20)+"<b/>", 33) + "</name></Placemark></kml>", geo.KindLimit, "more than 32 MB"},
		{"values", "<kml><Placemark><ExtendedData>" + many(5000, `<Data name="%d"/>`) + "</ExtendedData></Placemark></kml>", geo.KindLimit, "more than 4096 values"},
		{"a long row", "<kml><Placemark><ExtendedData><SchemaData>" + many(40, `<SimpleData name="%d">`+strings.Repeat("x", 1<<20)+`</SimpleData>`) + "</SchemaData></ExtendedData></Placemark></kml>",
			geo.KindLimit, "more than 32 MB of text"},
	}
	for _, test := range tests {
		_, _, err := rows(formattest.Source(t, "a.kml", []byte(test.text)), format.Options{})
		if geo.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), "a.kml") {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestManyFields has more fields in the file than a layer may have.
func TestManyFields(t *testing.T) {
	text := "<kml>"
	for i := range 5 {
		text += "<Placemark><ExtendedData>" + many(1000, `<Data name="`+string(rune('a'+i))+`%d"><value>1</value></Data>`) + "</ExtendedData></Placemark>"
	}
	layer, got, err := rows(formattest.Source(t, "a.kml", []byte(text+"</kml>")), format.Options{})
	if err != nil || len(got) != 5 || len(layer.Schema.Fields) != 4095 || warnings(layer) != "ignored fields after the first 4096" {
		t.Errorf("%d rows, %d fields, %s %v", len(got), len(layer.Schema.Fields), warnings(layer), err)
	}
}
