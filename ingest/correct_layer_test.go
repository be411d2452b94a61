package ingest_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/ingest"
	"puy/ingest/source"
)

// parking are stands as a publisher has them, and as the national schema wants them.
func parking() (fields []geo.Field, before, after [][]geo.Value) {
	for _, name := range []string{"ID_LOCAL", "code_com", "capacite", "MOBILIER", "gratuit", "date_maj", "largeur", "name"} {
		fields = append(fields, geo.Field{Name: name, Type: geo.TypeText})
	}
	fields[6].Type = geo.TypeNumber
	row := func(largeur float64, texts ...string) (values []geo.Value) {
		for i, s := range texts {
			if i == 6 {
				values = append(values, geo.Number(largeur))
			}
			if s == "" {
				values = append(values, geo.Value{})
				continue
			}
			values = append(values, geo.Text(s))
		}
		return values
	}
	before = [][]geo.Value{
		row(0.30000000000000004, "a", "63113", " 4", "arceau", "Oui", "31/05/2024", " à  l’entrée "),
		row(1e-5, "b ", "63 113", "12", "RACK DOUBLE ETAGE", "non", "2024-06-01", ""),
		row(-7, "c", "6311", "8", "Râtelier", "", "", "12,5"),
	}
	after = [][]geo.Value{
		row(0.30000000000000004, "a", "63113", "4", "ARCEAU", "", "", "à  l’entrée"),
		row(1e-5, "b", "63113", "12", "RACK DOUBLE ETAGE", "", "", ""),
		row(-7, "c", "6311", "8", "RATELIER", "", "", "12,5"),
	}
	for i, n := range []int64{4, 12, 8} {
		after[i][2] = geo.Integer(n)
	}
	after[0][4], after[1][4] = geo.Boolean(true), geo.Boolean(false)
	after[0][5], after[1][5] = geo.Date(19874), geo.Date(19875)
	return fields, before, after
}

func point(x, y float64) geo.Geometry { return shapeOf(geom.NewPointFlat(geom.XY, []float64{x, y})) }

func shapeOf(t geom.T) geo.Geometry {
	g, err := geo.NewGeometry(t)
	if err != nil {
		panic(err)
	}
	return g
}

// square has the corners of a unit that no short decimals spell, and runs clockwise.
func square(x, y, unit float64) geo.Geometry {
	return shapeOf(geom.NewPolygonFlat(geom.XY, []float64{x, y, x, y + unit, x + unit, y + unit, x + unit, y, x, y}, []int{10}))
}

func TestCorrectLayers(t *testing.T) {
	degrees := []geo.Geometry{point(3.08+1.0/3e7, 45.77), point(3.0812345678901234, 45.77+1.0/3e9), {}}
	areas := []geo.Geometry{square(3.08+1.0/3e7, 45.77, 1.0/3e5), square(3.1, 45.8, 1e-4), {}}
	metres := []geo.Geometry{square(707_000+1.0/3, 6_520_000, 10.0/3), square(707_100, 6_520_000.1, 1.0/7), square(707_200, 6_520_000, 5)}
	for _, c := range []struct {
		from, to, name string
		crs            crs.Code
		shapes         []geo.Geometry
	}{
		{"geojson", "geojson", "a.geojson", crs.CRS84, degrees},
		{"geojson", "geojson", "a.geojson", 2154, metres},
		{"geojsonseq", "geojsonseq", "a.geojsonl", crs.CRS84, degrees},
		{"gpkg", "gpkg", "a.gpkg", crs.WGS84, degrees},
		{"gpkg", "gpkg", "a.gpkg", 2154, metres},
		{"fgb", "fgb", "a.fgb", 2154, metres},
		{"parquet", "parquet", "a.parquet", 2154, metres},
		{"shp", "shp", "a.zip", crs.WGS84, degrees},
		{"shp", "shp", "a.zip", 2154, metres},
		{"kml", "kml", "a.kml", crs.CRS84, degrees},
		{"kmz", "kmz", "a.kmz", crs.CRS84, areas},
		{"xlsx", "xlsx", "a.xlsx", crs.CRS84, degrees},
		{"xlsx", "xlsx", "a.xlsx", 2154, metres},
	} {
		t.Run(c.from+" "+c.crs.String(), func(t *testing.T) {
			fields, before, after := parking()
			kind := c.shapes[0].Type()
			layer := format.Layer{Name: "stands", CRS: c.crs, Count: -1, Exact: true, Schema: geo.Schema{Fields: fields, Geometry: kind}}
			src := write(t, c.from, c.name, layer, before, c.shapes)
			d := catalog.Dataset{ID: "x", Schema: "cycle-parking", Title: geo.Localized{FR: "X"}}
			st := openStore(t)
			if err := st.PutDataset(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			r, _ := ingest.Load(t.Context(), st, d, src, ingest.Options{DryRun: true})
			faulty := r.Rules["enum"] > 0 && r.Rules["pattern"] > 0 && r.Rules["old-spelling"] == 2
			if !faulty {
				t.Fatalf("the source has no faults to correct: %v", r.Rules)
			}
			corrected, correction := correct(t, d, src, r, c.name)
			want := ingest.Correction{Format: c.to, Rows: 3, Cells: 9, Columns: 2}
			switch c.from { // some have no spaces around values
			case "shp":
				want.Cells = 8
			case "kml", "kmz":
				want.Cells = 6
			}
			if diff := cmp.Diff(want, correction); diff != "" {
				t.Error(diff)
			}
			now, _ := ingest.Load(t.Context(), st, d, corrected, ingest.Options{DryRun: true})
			wantRules := map[geo.Rule]int64{"pattern": 1}
			for _, same := range []geo.Rule{"extra-column", "unchecked", "no-geometry", "missing-column", "required", "guessed-crs", "outside-territory", "french-insee"} {
				if n := r.Rules[same]; n > 0 {
					wantRules[same] = n
				}
			}
			if diff := cmp.Diff(wantRules, now.Rules); diff != "" {
				t.Errorf("rules that are left: %s", diff)
			}
			compare(t, src, corrected, after)
		})
	}
}

// TestCorrectedFormat tells in which format corrected files are.
func TestCorrectedFormat(t *testing.T) {
	for _, c := range []struct {
		report       ingest.Report
		want         string
		name, refuse string
	}{
		{ingest.Report{Format: "csv"}, "csv", "A.CSV", ""},
		{ingest.Report{Format: "csv"}, "csv", "a.xlsx", "the corrected file is written as CSV: call it a.csv"},
		{ingest.Report{Format: "xls"}, "xlsx", "a.xls", "the corrected file is written as Excel (XLSX), since puy does not write Excel 97–2003 (XLS) like this: call it a.xlsx"},
		{ingest.Report{Format: "ods", Geometry: geo.GeometryPoint, CRS: "EPSG:4326"}, "xlsx", "a.xlsx", ""},
		{ingest.Report{Format: "gml", Geometry: geo.GeometryPolygon, CRS: "EPSG:2154"}, "gpkg", "a.gpkg", ""},
		{ingest.Report{Format: "topojson"}, "csv", "a.csv", ""},
		{ingest.Report{Format: "zip", Geometry: geo.GeometryPoint, CRS: "OGC:CRS84"}, "gpkg", "a.zip", "the corrected file is written as GeoPackage, since puy does not write zip like this: call it a.gpkg"},
		{ingest.Report{Format: "geojsonseq", Geometry: geo.GeometryPoint, CRS: "EPSG:2154"}, "gpkg", "a.gpkg", ""},
		{ingest.Report{Format: "fgb", Geometry: geo.GeometryPoint, CRS: "EPSG:2154"}, "fgb", "a.fgb", ""},
	} {
		if f := ingest.CorrectedFormat(&c.report); f.Name != c.want {
			t.Errorf("%s: %s, want %s", c.report.Format, f.Name, c.want)
		}
		text := ""
		if err := ingest.CheckCorrectedName(&c.report, c.name); err != nil {
			text = err.Error()
		}
		if text != c.refuse {
			t.Errorf("%s: %q, want %q", c.name, text, c.refuse)
		}
	}
}

// write makes a source of features.
func write(t *testing.T, formatName, name string, layer format.Layer, values [][]geo.Value, shapes []geo.Geometry) *format.Source {
	t.Helper()
	f, _ := known.Lookup(formatName)
	var b bytes.Buffer
	w, err := f.NewWriter(&b, layer)
	for i := 0; err == nil && i < len(values); i++ {
		err = w.Write(&geo.Feature{FID: int64(i + 1), Geometry: shapes[i], Values: values[i]})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return sourceOf(t, name, b.Bytes())
}

func sourceOf(t *testing.T, name string, content []byte) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func correct(t *testing.T, d catalog.Dataset, src *format.Source, r *ingest.Report, name string) (*format.Source, ingest.Correction) {
	t.Helper()
	if err := ingest.CheckCorrectedName(r, name); err != nil {
		t.Error(err)
	}
	var b bytes.Buffer
	correction, err := ingest.Correct(t.Context(), d, src, r, source.Options{}, &b)
	if err != nil {
		t.Fatal(err)
	}
	return sourceOf(t, name, b.Bytes()), correction
}

// readAll gives the layer and the features of a source.
func readAll(t *testing.T, src *format.Source) (layer format.Layer, features []geo.Feature) {
	t.Helper()
	f, err := known.Detect(src)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), src, format.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		var f geo.Feature
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return r.Layer(), features
		}
		if err != nil {
			t.Fatal(err)
		}
		features = append(features, f)
	}
}

// compare compares two sources: geometry bit by bit and values with those that are wanted.
func compare(t *testing.T, src, corrected *format.Source, want [][]geo.Value) {
	t.Helper()
	old, before := readAll(t, src)
	layer, after := readAll(t, corrected)
	if len(after) != len(before) || layer.CRS != old.CRS || layer.Schema.Geometry != old.Schema.Geometry || len(layer.Schema.Fields) != len(old.Schema.Fields) {
		t.Fatalf("%d of %d features, %v %v, were %v %v", len(after), len(before), layer.CRS, layer.Schema, old.CRS, old.Schema)
	}
	for i, f := range after {
		if !bytes.Equal(f.Geometry.AppendWKB(nil), before[i].Geometry.AppendWKB(nil)) || f.ID != before[i].ID || f.FID != before[i].FID {
			t.Errorf("feature %d: id %q, was %q, %v, was %v", i+1, f.ID, before[i].ID, f.Geometry.T(), before[i].Geometry.T())
		}
		id := f.Values[layer.Schema.Index("id_local")]
		row := slices.IndexFunc(want, func(row []geo.Value) bool { return row[0] == id })
		if row < 0 {
			t.Errorf("feature %d is called %q", i+1, id)
			continue
		}
		for j, name := range []string{"id_local", "code_com", "capacite", "mobilier", "gratuit", "date_maj", "largeur", "name"} {
			if got, v := f.Values[layer.Schema.Index(name)], want[row][j]; got.String() != v.String() {
				t.Errorf("row %d, %s: %q, want %q", i+1, name, got, v)
			}
		}
	}
}
