package gpx_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/gpx"
	"puy/internal/formattest"
	"puy/internal/programtest"
)

const outing = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>Sortie</name><time>2024-05-01T00:00:00Z</time></metadata>
<wpt lat="45.7" lon="3.1"><ele>400.5</ele><time>2024-05-01T08:00:00Z</time><name>Départ</name><link href="https://example.org/a"><text>a</text></link><link href="b"/><sat>7</sat></wpt>
<wpt lat="45.8" lon="3.2"><name>Sommet</name></wpt>
<rte><name>Tour</name><number>1</number><rtept lat="1" lon="2"><name>un</name></rtept><rtept lat="3" lon="4"/></rte>
<rte><name>vide</name></rte>
<trk><name>Trace</name><extensions><a:couleur xmlns:a="urn:a">rouge</a:couleur><a:plus xmlns:a="urn:a"><a:note>12</a:note></a:plus></extensions>
<trkseg><trkpt lat="10" lon="20"><time>2024-05-01T08:00:00Z</time></trkpt><trkpt lat="11" lon="21"><ele>5</ele></trkpt><trkpt lat="12" lon="22"/></trkseg>
<trkseg><trkpt lat="13" lon="23"><ele>6</ele></trkpt><trkpt lat="14" lon="24"><ele>7</ele><time>2024-05-01T09:30:00Z</time></trkpt></trkseg>
<trkseg><trkpt lat="0" lon="0"/></trkseg></trk>
<trk><trkseg><trkpt lat="1" lon="1"/><trkpt lat="2" lon="2"/></trkseg></trk></gpx>`

func source(t testing.TB, text string) *format.Source {
	t.Helper()
	return formattest.Source(t, "a.gpx", text)
}

// rows reads a layer as "field:type … geometry z n warnings", and each row as "value|… WKT".
func rows(t testing.TB, src *format.Source, opt format.Options) ([]string, error) {
	r, err := gpx.Format().Open(t.Context(), src, opt)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	l := r.Layer()
	head := ""
	for _, f := range l.Schema.Fields {
		head += fmt.Sprintf("%s:%s ", f.Name, f.Type)
	}
	head += fmt.Sprintf("%s z=%v n=%d %s %s", l.Schema.Geometry, l.Schema.HasZ, l.Count, l.CRS, l.Name)
	for _, w := range l.Warnings {
		head += " " + string(w.Rule) + " " + w.Detail
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
		line := ""
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

func TestRead(t *testing.T) {
	src := source(t, outing)
	names, err := gpx.Format().Layers(t.Context(), src)
	if diff := cmp.Diff([]string{"waypoints", "routes", "tracks", "route_points", "track_points"}, names); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for layer, want := range map[string][]string{
		"waypoints": {"ele:number time:date-time name:text link:text sat:integer Point z=true n=2 OGC:CRS84 a waypoints",
			"400.5|2024-05-01T08:00:00Z|Départ|https://example.org/a|7| POINT Z (3.1 45.7 400.5)", "||Sommet||| POINT (3.2 45.8)"},
		"Routes": {"name:text number:integer LineString z=false n=2 OGC:CRS84 a routes", "Tour|1| LINESTRING (2 1, 4 3)", "vide|| -"},
		"tracks": {"name:text couleur:text note:integer begin:date-time end:date-time MultiLineString z=true n=2 OGC:CRS84 a tracks ignored 1 segments of one position, which are no lines",
			"Trace|rouge|12|2024-05-01T08:00:00Z|2024-05-01T09:30:00Z| MULTILINESTRING Z ((20 10 5, 21 11 5, 22 12 5), (23 13 6, 24 14 7))", "||||| LINESTRING (1 1, 2 2)"},
		"route_points": {"name:text Point z=false n=2 OGC:CRS84 a route_points", "un| POINT (2 1)", "| POINT (4 3)"},
		"track_points": {"time:date-time ele:integer Point z=true n=8 OGC:CRS84 a track_points", "2024-05-01T08:00:00Z|| POINT (20 10)", "|5| POINT Z (21 11 5)", "|| POINT (22 12)",
			"|6| POINT Z (23 13 6)", "2024-05-01T09:30:00Z|7| POINT Z (24 14 7)", "|| POINT (0 0)", "|| POINT (1 1)", "|| POINT (2 2)"},
	} {
		got, err := rows(t, src, format.Options{Layer: layer})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %s %v", layer, diff, err)
		}
	}
}

func TestChoice(t *testing.T) {
	if _, err := rows(t, source(t, outing), format.Options{}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "several layers: waypoints, routes, tracks") {
		t.Error(err)
	}
	if _, err := rows(t, source(t, outing), format.Options{Layer: "x"}); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), `no layer "x"`) {
		t.Error(err)
	}
	got, err := rows(t, source(t, `<gpx version="1.0"><trk><trkseg><trkpt lat="1" lon="2"/><trkpt lat="1" lon="200000"/></trkseg></trk></gpx>`), format.Options{})
	if err != nil || got[1] != " LINESTRING (2 1, 200000 1)" {
		t.Error(got, err)
	}
	if got, err = rows(t, source(t, `<gpx/>`), format.Options{}); err != nil || got[0] != "Point z=false n=0 OGC:CRS84 a waypoints" {
		t.Error(got, err)
	}
}

func TestWrong(t *testing.T) {
	got, err := rows(t, source(t, `<gpx><wpt lat="x" lon="2"/><wpt lon="2"/><wpt lat="1" lon="2"><ele>high</ele></wpt><wpt lat="1" lon="2"/></gpx>`), format.Options{})
	want := []string{"ele:text Point z=false n=4 OGC:CRS84 a waypoints", `! row 1:  geometry lat is not a number: "x"`, `! row 2:  geometry lat is not a number: ""`,
		`! row 3:  geometry ele is not a number: "high"`, "| POINT (2 1)"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for text, says := range map[string]string{
		`<gpx><trk><name>a`: "breaks off",
		`<gpx><wpt></gpx>`:  "line 1",
		`<gpx>&bomb;</gpx>`: "line 1",
		`<gpx><wpt><extensions>` + strings.Repeat("<a>", 200): "deep",
	} {
		if _, err := rows(t, source(t, text), format.Options{}); geo.KindOf(err) == geo.KindInternal || err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "a.gpx") {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

// TestAsGDAL compares names and positions of every layer with what GDAL reads.
func TestAsGDAL(t *testing.T) {
	ogr2ogr := programtest.Path(t, "ogr2ogr", "gdal-bin")
	src := source(t, outing)
	for _, layer := range []string{"waypoints", "routes", "tracks", "route_points", "track_points"} {
		b, err := exec.Command(ogr2ogr, "-f", "GeoJSON", "/vsistdout/", src.Path(), layer).Output()
		if err != nil {
			t.Fatal(err)
		}
		var theirs struct {
			Features []struct {
				Properties struct{ Name *string }
				Geometry   *struct{ Coordinates json.RawMessage }
			}
		}
		if err := json.Unmarshal(b, &theirs); err != nil {
			t.Fatal(err)
		}
		r, err := gpx.Format().Open(t.Context(), src, format.Options{Layer: layer})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		schema := r.Layer().Schema
		at := schema.Index("name")
		for i, want := range theirs.Features {
			var f geo.Feature
			if err := r.Read(&f); err != nil {
				t.Fatalf("%s %d: %v", layer, i, err)
			}
			if want.Properties.Name != nil && (at < 0 || f.Values[at].Text() != *want.Properties.Name) {
				t.Errorf("%s %d: the name is not %s", layer, i, *want.Properties.Name)
			}
			var positions []float64
			f.Geometry.EachFlat(func(flat []float64, stride int) {
				for j := 0; j < len(flat); j += stride {
					positions = append(positions, flat[j], flat[j+1])
				}
			})
			if want.Geometry == nil {
				continue
			}
			var numbers []float64
			for _, n := range strings.FieldsFunc(string(want.Geometry.Coordinates), func(r rune) bool { return strings.ContainsRune("[], \n", r) }) {
				var x float64
				if err := json.Unmarshal([]byte(n), &x); err != nil {
					t.Fatal(err)
				}
				numbers = append(numbers, x)
			}
			if len(numbers) > len(positions) { // GDAL keeps the segment of one position
				numbers = numbers[:len(positions)]
			}
			if diff := cmp.Diff(numbers, positions); diff != "" {
				t.Errorf("%s %d: %s", layer, i, diff)
			}
		}
		var f geo.Feature
		if err := r.Read(&f); !errors.Is(err, io.EOF) {
			t.Errorf("%s has more rows: %v", layer, err)
		}
	}
}

// FuzzRead reads bytes as a file: the second pass gives what the first found, and
// lines have two positions.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{outing, "<gpx/>", `<gpx><wpt lat="1" lon="2"/></gpx>`, `<gpx><trk><trkseg><trkpt lat="1" lon="2"><ele>1</ele></trkpt></trkseg></trk></gpx>`} {
		f.Add([]byte(seed), "")
		f.Add([]byte(seed), "track_points")
		f.Add([]byte(seed), "tracks")
	}
	path := filepath.Join(f.TempDir(), "a.gpx")
	f.Fuzz(func(t *testing.T, b []byte, layer string) {
		if len(b) == 0 || os.WriteFile(path, b, 0o600) != nil {
			return
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		r, err := gpx.Format().Open(t.Context(), src, format.Options{Layer: layer})
		if err != nil {
			if geo.KindOf(err) == geo.KindInternal {
				t.Fatal(err)
			}
			return
		}
		defer r.Close()
		for n := int64(0); ; n++ {
			var f geo.Feature
			err := r.Read(&f)
			if errors.Is(err, io.EOF) {
				if n != r.Layer().Count {
					t.Fatalf("%d rows of %d", n, r.Layer().Count)
				}
				return
			}
			if _, ok := errors.AsType[*format.BadRow](err); err != nil && !ok {
				t.Fatal(err)
			}
			if line, ok := f.Geometry.T().(*geom.LineString); ok && line.NumCoords() < 2 {
				t.Fatal("a line of one position")
			}
		}
	})
}
