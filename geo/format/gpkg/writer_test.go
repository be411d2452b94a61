package gpkg_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/gpkg"
	"puy/internal/programtest"
)

func written(t testing.TB, layer format.Layer, rows ...geo.Feature) string {
	t.Helper()
	var b bytes.Buffer
	w, err := gpkg.Format().NewWriter(&b, layer)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.Write(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out.gpkg")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if !gpkg.Format().Detect("out", b.Bytes()) {
		t.Error("the file is not recognised without its name")
	}
	return path
}

func everyType() (format.Layer, []geo.Feature) {
	layer := format.Layer{Name: "Été", CRS: crs.Lamb93, Schema: geo.Schema{Geometry: geo.GeometryMultiLineString, Fields: []geo.Field{
		{Name: "fid", Type: geo.TypeText, Title: geo.Localized{FR: "Clé"}}, {Name: "i", Type: geo.TypeInteger}, {Name: "I", Type: geo.TypeNumber}, {Name: "b", Type: geo.TypeBoolean},
		{Name: "d", Type: geo.TypeDate}, {Name: "dt", Type: geo.TypeDateTime}, {Name: "a", Type: geo.TypeTextArray}, {Name: "j", Type: geo.TypeJSON}, {Name: "n", Type: geo.TypeNull},
	}}}
	row := []geo.Value{geo.Text("é"), geo.Integer(1 << 60), geo.Number(0.1), geo.Boolean(true), geo.Date(-1), geo.DateTime(time.Date(2024, 2, 29, 1, 2, 3, 456789000, time.UTC)),
		geo.TextArray([]string{"x", "y,z"}), geo.JSON(`{"a":[1]}`), {}}
	line, _ := gpkg.ParseBlob([]byte("GP\x00\x01\x00\x00\x00\x00\x01\x02\x00\x00\x00\x02\x00\x00\x00" +
		"\x00\x00\x00\x00\x80\x84\x2e\x41\x00\x00\x00\x00\x80\x84\x5e\x41" + "\x00\x00\x00\x00\x80\x84\x2f\x41\x00\x00\x00\x00\x80\x84\x5f\x41"))
	return layer, []geo.Feature{{FID: 5, Geometry: line, Values: row}, {FID: 9, Values: make([]geo.Value, len(row))}}
}

func TestWriterReadsBack(t *testing.T) {
	layer, rows := everyType()
	src, err := format.OpenSource(written(t, layer, rows...), "")
	if err != nil {
		t.Fatal(err)
	}
	got, texts := read(t, src, format.Options{})
	if got.Name != "Été" || got.CRS != crs.Lamb93 || got.Count != 2 || got.Schema.Geometry != geo.GeometryMultiLineString {
		t.Errorf("%+v", got)
	}
	var names []string
	for _, f := range got.Schema.Fields {
		names = append(names, f.Name+" "+f.Type.String())
	}
	want := []string{"fid_2 text", "i integer", "I_2 number", "b boolean", "d date", "dt date-time", "a text-array", "j json", "n text"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	want = []string{`5|é|1152921504606846976|0.1|true|1969-12-31|2024-02-29T01:02:03.456789Z|["x","y,z"]|{"a":[1]}|-`, "9|-|-|-|-|-|-|-|-|-"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
}

func TestGDALReadsWriter(t *testing.T) {
	ogrinfo := programtest.Path(t, "ogrinfo", "gdal-bin")
	layer, rows := everyType()
	out, err := exec.Command(ogrinfo, "-ro", "-al", written(t, layer, rows...)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"1: Été (Multi Line String)", "Feature Count: 2", `ID["EPSG",2154]`, "fid_2 (String) = é", "i (Integer64) = 1152921504606846976", "I_2 (Real) = 0.1",
		"b (Integer(Boolean)) = 1", "d (Date) = 1969/12/31", "dt (DateTime) = 2024/02/29 01:02:03.457+00", "MULTILINESTRING ((1000000 8000000"} {
		if !strings.Contains(strings.Replace(string(out), "Layer name: Été", "1: Été (Multi Line String)", 1), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "ERROR") {
		t.Errorf("%s", out)
	}
}

// TestWKT reads every definition back by its parameters alone.
func TestWKT(t *testing.T) {
	authority := regexp.MustCompile(`,AUTHORITY\["EPSG","\d+"\]`)
	name := regexp.MustCompile(`^PROJCS\["[^"]*"`)
	for _, s := range crs.All() {
		text := gpkg.WKT(s.Code)
		switch {
		case s.Code == crs.CRS84 || s.Code == 4979 || s.Code == 4937:
			if text != "" {
				t.Errorf("%v: %s", s.Code, text)
			}
			continue
		case text == "":
			t.Errorf("%v %s has no definition", s.Code, s.Name)
			continue
		}
		if got, ok := crs.ParseWKT(text); !ok || got != s.Code {
			t.Errorf("%v reads as %v", s.Code, got)
		}
		bare := name.ReplaceAllString(authority.ReplaceAllString(text, ""), `PROJCS["unnamed"`)
		if got, ok := crs.ParseWKT(bare); !ok || got != s.Code {
			t.Errorf("%v reads as %v, %v without its names: %s", s.Code, got, ok, bare)
		}
	}
}
