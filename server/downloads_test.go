package server

import (
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/internal/programtest"
	"puy/server/transfer"
	"puy/store"
)

const lambert93 = "http://www.opengis.net/def/crs/EPSG/0/2154"

// chosen is a part of the stations, and what a file of it must have.
type chosen struct {
	query  string
	rows   int
	fields []string
	crs    crs.Code
	first  [2]float64 // as PROJ's cs2cs gives it
}

func parts() []chosen {
	var all []string
	for _, f := range stationSchema().Fields {
		all = append(all, f.Name)
	}
	return []chosen{
		{"", 250, all, crs.CRS84, [2]float64{3, 45.75}},
		{"?filter=rang%3D0%20and%20pm10%3E2&crs=" + lambert93, 24, all, crs.Lamb93, [2]float64{700777.445, 6516711.290}},
		{"?bbox=3.0005,45,3.0105,46&properties=pm10,code", 15, []string{"code", "pm10"}, crs.CRS84, [2]float64{3.001, 45.75}},
		{"?sortby=-code&exclude-properties=polluants,détail,type%20de%20voie&code=S003", 1, all[:6], crs.CRS84, [2]float64{3.003, 45.75}},
		{"?rang=3&datetime=2024-03-01/..&ouvert=false", 19, all, crs.CRS84, [2]float64{3.063, 45.75}},
	}
}

// Each file of each part is read back, by puy's own readers and by GDAL.
func TestDownloadsReadBack(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		temp := t.TempDir()
		c := start(t, s, func(c *Config) { c.Temp = temp })
		for _, f := range transfer.Formats() {
			for _, part := range parts() {
				if f.LonLatOnly && part.crs != crs.CRS84 {
					if a := c.ask("GET", "/downloads/stations."+f.Name+part.query); a.status != 400 || probe(a.body, "errors/0/parameter") != "crs" {
						t.Errorf("%s%s: %d %s", f.Name, part.query, a.status, a.body)
					}
					continue
				}
				path := c.save("/downloads/stations."+f.Name+part.query, f)
				part.readBack(t, f, path)
				part.readByGDAL(t, f, path)
			}
			empty := chosen{fields: []string{"nom"}, crs: crs.CRS84}
			empty.readBack(t, f, c.save("/downloads/neuf."+f.Name, f))
			if !f.SpatialOnly {
				table := chosen{rows: 12, fields: []string{"id", "montant", "limit", "notification"}}
				table.readBack(t, f, c.save("/downloads/marches."+f.Name, f))
			}
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
}

// save keeps an answer in a file that is called as the format has it.
func (c *client) save(path string, f format.Format) string {
	c.t.Helper()
	a := c.ask("GET", path)
	if a.status != 200 {
		c.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	file := filepath.Join(c.t.TempDir(), "file"+f.Extensions[0])
	if err := os.WriteFile(file, []byte(a.body), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return file
}

func (p chosen) readBack(t *testing.T, f format.Format, path string) {
	t.Helper()
	if f.Open == nil {
		p.readJSON(t, f, path)
		return
	}
	if p.rows == 0 && strings.HasPrefix(f.Name, "geojson") {
		return // without features it tells no fields
	}
	src, err := format.OpenSource(path, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	if found, err := known.Detect(src); err != nil || found.Name != f.Name {
		t.Errorf("%s%s is taken for %s: %v", f.Name, p.query, found.Name, err)
	}
	r, err := f.Open(t.Context(), src, format.Options{})
	if err != nil {
		t.Fatalf("%s%s: %v", f.Name, p.query, err)
	}
	defer r.Close()
	var names []string
	for _, field := range r.Layer().Schema.Fields {
		names = append(names, field.Name)
	}
	if f.Name == "csv" || f.Name == "xlsx" {
		names = names[:min(len(names), len(p.fields))] // the position comes last
	}
	fields := slices.Clone(p.fields)
	for i, name := range fields {
		if f.Name == "shp" {
			fields[i] = name[:min(len(name), 10)]
		}
	}
	if diff := cmp.Diff(fields, names); diff != "" {
		t.Errorf("%s%s (-want +got):\n%s", f.Name, p.query, diff)
	}
	if got := r.Layer().CRS; p.crs != crs.Unknown && got != p.crs && (p.crs != crs.CRS84 || got != crs.WGS84) && (f.Name != "csv" && f.Name != "xlsx" || got != crs.Unknown) {
		t.Errorf("%s%s is in %s", f.Name, p.query, got)
	}
	rows := 0
	for {
		var row geo.Feature
		if err := r.Read(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s%s, row %d: %v", f.Name, p.query, rows, err)
		}
		if rows++; rows > 1 || p.first == [2]float64{} {
			continue
		}
		b := row.Geometry.Bounds()
		if math.Abs(b.MinX-p.first[0]) > 0.001 || math.Abs(b.MinY-p.first[1]) > 0.001 {
			t.Errorf("%s%s begins at %v", f.Name, p.query, b)
		}
	}
	if rows != p.rows {
		t.Errorf("%s%s has %d rows, not %d", f.Name, p.query, rows, p.rows)
	}
}

// readJSON looks into JSON-FG, which puy only writes.
func (p chosen) readJSON(t *testing.T, f format.Format, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"features/#": geo.Integer(int64(p.rows)).String()}
	switch {
	case p.crs == crs.Lamb93:
		want["coordRefSys"], want["features/0/geometry"], want["features/0/place/coordinates"] = lambert93, "null", "[700777.445,6516711.29]"
		want["features/0/time/timestamp"] = "2024-01-11T12:00:00Z"
	case p.crs == crs.CRS84:
		want["coordRefSys"] = crs.CRS84.URI()
	}
	for place, want := range want {
		if got := probe(string(text), place); got != want {
			t.Errorf("%s%s: %s is %s, not %s", f.Name, p.query, place, got, want)
		}
	}
}

// readByGDAL reads the file as those who download it do.
func (p chosen) readByGDAL(t *testing.T, f format.Format, path string) {
	t.Helper()
	drivers := map[string]string{"geojson": "GeoJSON", "csv": "CSV", "fgb": "FlatGeobuf", "gpkg": "GPKG", "geojsonseq": "GeoJSONSeq", "shp": "ESRI Shapefile", "kml": "LIBKML", "xlsx": "XLSX"}
	driver := drivers[f.Name]
	if driver == "" || f.Name == "kml" && strings.Contains(p.query, "properties") {
		return // GDAL 3.6 of Debian reads neither JSON-FG nor Parquet
	}
	out := ogrinfo(t, "-al", path, "-oo", "X_POSSIBLE_NAMES=x,longitude", "-oo", "Y_POSSIBLE_NAMES=y,latitude")
	if !strings.Contains(out, "using driver `"+driver) {
		t.Errorf("GDAL takes %s%s for something else: %.200s", f.Name, p.query, out)
	}
	if n := strings.Count(out, "\nOGRFeature("); n != p.rows {
		t.Errorf("GDAL reads %d features of %s%s, not %d", n, f.Name, p.query, p.rows)
	}
	if f.Name == "xlsx" {
		return
	}
	for _, field := range p.fields {
		if f.Name != "shp" && !strings.Contains(out, "\n"+field+": ") {
			t.Errorf("GDAL finds no field %s in %s%s", field, f.Name, p.query)
		}
	}
	m := regexp.MustCompile(`POINT (?:Z )?\(([-0-9.]+) ([-0-9.]+)`).FindStringSubmatch(out)
	if m == nil || !near(m[1], p.first[0]) || !near(m[2], p.first[1]) {
		t.Errorf("GDAL finds %v in %s%s", m, f.Name, p.query)
	}
	if code := regexp.MustCompile(`(?m)^    ID\["EPSG",(\d+)\]\]$`).FindStringSubmatch(out); f.Name != "csv" && f.Name != "shp" {
		want := "4326"
		if p.crs == crs.Lamb93 {
			want = "2154"
		}
		// GDAL calls the CRS84 of GeoPackage and FlatGeobuf by its own name.
		if code == nil && !strings.Contains(out, `ID["OGC","CRS84"]`) || code != nil && code[1] != want {
			t.Errorf("GDAL finds %v in %s%s", code, f.Name, p.query)
		}
	}
}

func near(text string, want float64) bool {
	v, err := strconv.ParseFloat(text, 64)
	return err == nil && math.Abs(v-want) < 0.001
}

func ogrinfo(t *testing.T, args ...string) string {
	t.Helper()
	program := programtest.Path(t, "ogrinfo", "gdal-bin")
	out, err := exec.CommandContext(t.Context(), program, slices.Concat([]string{"-ro"}, args)...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR") {
		t.Fatalf("ogrinfo %v: %v: %.2000s", args, err, out)
	}
	return string(out)
}
