package gml_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/gml"
	"puy/internal/formattest"
)

func source(t testing.TB, text string) *format.Source {
	t.Helper()
	return formattest.Source(t, "a.gml", text)
}

// rows reads a layer as "field:type … geometry z n crs ids warnings", and each row as "id value|… WKT".
func rows(t testing.TB, src *format.Source, opt format.Options) ([]string, error) {
	r, err := gml.Format().Open(t.Context(), src, opt)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	l := r.Layer()
	head := ""
	for _, f := range l.Schema.Fields {
		head += fmt.Sprintf("%s:%s ", f.Name, f.Type)
	}
	head += fmt.Sprintf("%s z=%v n=%d %s ids=%v", l.Schema.Geometry, l.Schema.HasZ, l.Count, l.CRS, l.HasIDs)
	for _, w := range l.Warnings {
		head += "; " + string(w.Rule) + " " + w.Value + w.Detail
	}
	out := []string{head}
	for {
		var f geo.Feature
		err := r.Read(&f)
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			out = append(out, "! "+bad.Error())
			continue
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		line := f.ID + " "
		for _, v := range f.Values {
			line += v.String() + "|"
		}
		text := "-"
		if !f.Geometry.IsNull() {
			if text, err = wkt.Marshal(f.Geometry.T()); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, line+" "+text)
	}
}

// wfs1 puts features in an answer of WFS 1.0.
func wfs1(features string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:t="urn:t">` +
		`<gml:boundedBy><gml:null>unknown</gml:null></gml:boundedBy>` + features + `</wfs:FeatureCollection>`
}

// wfs2 puts features in an answer of WFS 2.0.
func wfs2(features string) string {
	return `<?xml version='1.0'?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:t="urn:t" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
		`numberMatched="10" numberReturned="2">` + features + `</wfs:FeatureCollection>`
}

// geometry puts geometries in one feature each.
func geometries(list ...string) string {
	var b strings.Builder
	for _, g := range list {
		b.WriteString("<wfs:member><t:f><t:geom>" + g + "</t:geom></t:f></wfs:member>")
	}
	return strings.Replace(wfs2(b.String()), `numberMatched="10"`, "", 1)
}

const lonLat = ` srsName="urn:ogc:def:crs:OGC:1.3:CRS84"`

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{
			"WFS 1.0",
			wfs1(`<gml:featureMember><t:voie fid="voie.1"><gml:boundedBy><gml:Box srsName="EPSG:4326"/></gml:boundedBy><t:nom>Rue de l&#39;Été</t:nom><t:n>1</t:n>` +
				`<t:geom><gml:MultiLineString srsName="http://www.opengis.net/gml/srs/epsg.xml#4326"><gml:lineStringMember><gml:LineString><gml:coordinates decimal="." cs="," ts=" ">3.1,45.7 3.2,45.8</gml:coordinates></gml:LineString>` +
				`</gml:lineStringMember></gml:MultiLineString></t:geom></t:voie></gml:featureMember>` +
				`<gml:featureMember><t:voie fid="voie.2"><t:n>2</t:n></t:voie></gml:featureMember>`),
			[]string{"nom:text n:integer MultiLineString z=false n=2 EPSG:4326 ids=true", "voie.1 Rue de l'Été|1| MULTILINESTRING ((3.1 45.7, 3.2 45.8))", "voie.2 |2| -"},
		},
		{
			"WFS 1.1, latitude first, the CRS of the envelope",
			wfs1(`<gml:featureMembers><t:p gml:id="fid--1a"><gml:boundedBy><gml:Envelope srsName="urn:x-ogc:def:crs:EPSG:4326"><gml:lowerCorner>45 3</gml:lowerCorner></gml:Envelope></gml:boundedBy>` +
				`<t:d>2024-02-29</t:d><t:geom><gml:Point><gml:pos>45.7 3.1</gml:pos></gml:Point></t:geom></t:p><t:p gml:id="fid--1b"><t:d/></t:p></gml:featureMembers>`),
			[]string{"d:date Point z=false n=2 EPSG:4326 ids=false", " 2024-02-29| POINT (3.1 45.7)", " | -"},
		},
		{
			"WFS 2.0, nested, repeated and linked properties",
			wfs2(`<wfs:member><t:lieu gml:id="lieu.1"><t:nom>a</t:nom><t:nom>b</t:nom><t:adresse><t:Adresse><t:cp>63000</t:cp></t:Adresse></t:adresse><t:lien xlink:href="#x"/>` +
				`<t:geom><gml:Point srsName="http://www.opengis.net/def/crs/EPSG/0/2154"><gml:pos>700000 6600000</gml:pos></gml:Point></t:geom><t:label><gml:Point><gml:pos>0 0</gml:pos></gml:Point></t:label></t:lieu></wfs:member>` +
				`<wfs:member><wfs:FeatureCollection><wfs:member><t:lieu gml:id="lieu.2"/></wfs:member></wfs:FeatureCollection></wfs:member><wfs:truncatedResponse/>`),
			[]string{"nom:text adresse.Adresse.cp:text lien:text Point z=false n=2 EPSG:2154 ids=true; ignored 1 geometries after the first of their feature; ignored 1 values after the first of a repeated property; " +
				"ignored the server says that its answer broke off; ignored the server gave 2 of 10 features",
				"lieu.1 a|63000|#x| POINT (700000 6600000)", "lieu.2 ||| -"},
		},
		{
			"every geometry",
			geometries(`<gml:Polygon`+lonLat+`><gml:interior><gml:LinearRing><gml:posList>1 1 2 1 2 2 1 1</gml:posList></gml:LinearRing></gml:interior><gml:exterior><gml:LinearRing><gml:pos>0 0</gml:pos><gml:pos>9 0</gml:pos><gml:pos>9 9</gml:pos></gml:LinearRing></gml:exterior></gml:Polygon>`,
				`<gml:MultiSurface><gml:surfaceMember><gml:Surface><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring><gml:curveMember><gml:LineString><gml:posList>0 0 1 0 1 1</gml:posList></gml:LineString></gml:curveMember>`+
					`<gml:curveMember><gml:OrientableCurve orientation="-"><gml:baseCurve><gml:LineString><gml:posList>0 0 1 1</gml:posList></gml:LineString></gml:baseCurve></gml:OrientableCurve></gml:curveMember></gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface></gml:surfaceMember></gml:MultiSurface>`,
				`<gml:MultiCurve srsDimension="3"><gml:curveMembers><gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>0 0 5 1 1 6</gml:posList></gml:LineStringSegment><gml:LineStringSegment><gml:posList>1 1 6 2 2 7</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMembers></gml:MultiCurve>`,
				`<gml:MultiPoint><gml:pointMembers><gml:Point><gml:pos>1 2</gml:pos></gml:Point><gml:Point><gml:coordinates>3,4</gml:coordinates></gml:Point></gml:pointMembers></gml:MultiPoint>`,
				`<gml:MultiGeometry><gml:geometryMember><gml:Point><gml:coord><gml:X>1</gml:X><gml:Y>2</gml:Y></gml:coord></gml:Point></gml:geometryMember><gml:geometryMember><gml:LineString><gml:coordinates cs=" " ts=";" decimal=",">1,5 2;3 4</gml:coordinates></gml:LineString></gml:geometryMember></gml:MultiGeometry>`,
				`<gml:CompositeSurface><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">0 0 1 0 1 1 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember>`+
					`<gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>0 0 1 1 0 1 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:CompositeSurface>`,
				`<gml:Point><gml:pos>1 2 3</gml:pos></gml:Point>`, `<gml:MultiPolygon/>`),
			[]string{"Geometry z=true n=8 OGC:CRS84 ids=false",
				"  POLYGON ((0 0, 9 0, 9 9, 0 0), (1 1, 2 1, 2 2, 1 1))", "  MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))", "  MULTILINESTRING Z ((0 0 5, 1 1 6, 2 2 7))", "  MULTIPOINT (1 2, 3 4)",
				"  GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1.5 2, 3 4))", "  MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((0 0, 1 1, 0 1, 0 0)))", "  POINT Z (1 2 3)", "  -"},
		},
		{
			"geometries that are wrong",
			geometries(`<gml:Point`+lonLat+`><gml:pos>1</gml:pos></gml:Point>`, `<gml:Point><gml:pos>1 NaN</gml:pos></gml:Point>`, `<gml:LineString><gml:posList>1 2</gml:posList></gml:LineString>`,
				`<gml:Curve><gml:segments><gml:ArcString><gml:posList>0 0 1 1 2 0</gml:posList></gml:ArcString></gml:segments></gml:Curve>`, `<gml:Point srsName="EPSG:2154"><gml:pos>1 2</gml:pos></gml:Point>`,
				`<gml:Point srsDimension="9"><gml:pos>1 2</gml:pos></gml:Point>`, `<gml:Solid/>`, `<gml:Point><gml:coordinates>1 2</gml:coordinates></gml:Point>`),
			[]string{"Geometry z=false n=8 OGC:CRS84 ids=false",
				"! row 1:  geometry 1 coordinates do not make positions of 2", `! row 2:  geometry a coordinate is not a number: "NaN"`, "! row 3:  geometry a line has only one position",
				"! row 4:  geometry the geometry has an element ArcString; only straight lines are read", "! row 5:  geometry the coordinates are in EPSG:2154, those of other features in OGC:CRS84",
				"! row 6:  geometry a position has 9 coordinates", "! row 7:  geometry a Solid is not a simple feature", `! row 8:  geometry a position has only one coordinate: "1 2"`},
		},
		{"an unknown CRS", geometries(`<gml:Point srsName="urn:ogc:def:crs:EPSG::27572"><gml:pos>1 2</gml:pos></gml:Point>`),
			[]string{"Point z=false n=1  ids=false; unknown-crs urn:ogc:def:crs:EPSG::27572", "  POINT (1 2)"}},
		{"nothing", wfs1(""), []string{"Geometry z=false n=0  ids=false"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := rows(t, source(t, test.text), format.Options{})
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	src := source(t, wfs1(`<gml:featureMember><t:a><t:x>1</t:x><t:g><gml:Point srsName="EPSG:27572"><gml:pos>1 2</gml:pos></gml:Point></t:g></t:a></gml:featureMember><gml:featureMember><t:b/></gml:featureMember>`))
	names, err := gml.Format().Layers(t.Context(), src)
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	got, err := rows(t, src, format.Options{Layer: "t:A", CRS: crs.Lamb93, Types: map[string]geo.FieldType{"x": geo.TypeText}})
	if diff := cmp.Diff([]string{"x:text Point z=false n=1 EPSG:2154 ids=false", " 1| POINT (1 2)"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if got, err = rows(t, src, format.Options{Layer: "a", Geometry: format.NoGeometryColumn}); err != nil || got[1] != " 1| -" {
		t.Error(got, err)
	}
	for _, opt := range []format.Options{{}, {Layer: "c"}, {Layer: "a", X: "x"}} {
		if _, err := rows(t, src, opt); geo.KindOf(err) != geo.KindInvalid {
			t.Error(err)
		}
	}
	text := wfs1(`<gml:featureMember><t:a><t:x>`)
	for text, says := range map[string]string{strings.TrimSuffix(text, "</wfs:FeatureCollection>"): "breaks off", text: "not valid XML", wfs1("&x;"): "line 1"} {
		if _, err := rows(t, source(t, text), format.Options{}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), says) {
			t.Error(err)
		}
	}
}

// FuzzRead reads bytes as a file: the second pass gives what the first found.
func FuzzRead(f *testing.F) {
	f.Add([]byte(wfs1(`<gml:featureMember><t:a fid="a.1"><t:x>1</t:x><t:g><gml:Point srsName="EPSG:4326"><gml:coordinates>1,2</gml:coordinates></gml:Point></t:g></t:a></gml:featureMember>`)))
	f.Add([]byte(geometries(`<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing><gml:posList>0 0 9 0 9 9 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>`,
		`<gml:MultiCurve srsDimension="3"><gml:curveMember><gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>0 0 5 1 1 6</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:MultiCurve>`,
		`<gml:Point><gml:coord><gml:X>1</gml:X></gml:coord></gml:Point>`)))
	f.Add([]byte("<a/>"))
	path := filepath.Join(f.TempDir(), "a.gml")
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 || os.WriteFile(path, b, 0o600) != nil {
			return
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		r, err := gml.Format().Open(t.Context(), src, format.Options{})
		if err != nil {
			if geo.KindOf(err) == geo.KindInternal {
				t.Fatal(err)
			}
			return
		}
		defer r.Close()
		layer := r.Layer()
		for n := int64(0); ; n++ {
			var f geo.Feature
			err := r.Read(&f)
			if errors.Is(err, io.EOF) {
				if n != layer.Count {
					t.Fatalf("%d rows of %d", n, layer.Count)
				}
				return
			}
			if _, ok := errors.AsType[*format.BadRow](err); err != nil && !ok {
				t.Fatal(err)
			}
			if err == nil && (!layer.Schema.Geometry.Accepts(f.Geometry.Type()) || !f.Geometry.Finite()) {
				t.Fatalf("%s in a layer of %s", f.Geometry.Type(), layer.Schema.Geometry)
			}
			f.Geometry.AppendWKB(nil)
		}
	})
}
