package gtfs_test

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/gtfs"
)

// pack makes a feed of files by their paths, and gives its source.
func pack(t testing.TB, files map[string]string) *format.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "feed.zip")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for name, content := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// row is a feature by names, with its geometry as text.
type row map[string]string

// load reads a layer; problems are those of rejected rows, notes the layer's warnings.
func load(t testing.TB, src *format.Source, opt format.Options) (layer format.Layer, rows []row, problems []geo.Problem) {
	t.Helper()
	r, err := gtfs.Format().Open(context.Background(), src, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	layer = r.Layer()
	for {
		var f geo.Feature
		err := r.Read(&f)
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			problems = append(problems, bad.Problems...)
			continue
		}
		if errors.Is(err, io.EOF) {
			return layer, rows, problems
		}
		if err != nil {
			t.Fatal(err)
		}
		one := row{"#": f.ID}
		for i, v := range f.Values {
			if !v.IsNull() {
				one[layer.Schema.Fields[i].Name] = v.String()
			}
		}
		if !f.Geometry.IsNull() {
			one["@"] = positions(f.Geometry)
		}
		rows = append(rows, one)
	}
}

// positions writes a geometry as "x y,x y;x y…", a semicolon between lines.
func positions(g geo.Geometry) string {
	var parts []string
	ends := map[int]bool{}
	flat := g.T().FlatCoords()
	for _, end := range g.T().Ends() {
		ends[end] = true
	}
	for i := 0; i < len(flat); i += 2 {
		text := strings.TrimSpace(string(geo.AppendNumber(nil, flat[i])) + " " + string(geo.AppendNumber(nil, flat[i+1])))
		if ends[i] {
			text = ";" + text
		}
		parts = append(parts, text)
	}
	return strings.ReplaceAll(strings.Join(parts, ","), ",;", ";")
}

// small is a feed with two routes, one of them without a shape.
func small() map[string]string {
	return map[string]string{
		"agency.txt":   "\ufeffagency_name,agency_url\r\n\"T, C\",https://example.org\r\n",
		"routes.txt":   "route_type,route_id,route_color,route_short_name,route_long_name,couleur_plan\r\n0,A,ff0000,A,\"Ligne \"\"A\"\"\",rouge\r\n704,B,,12,,\r\n",
		"trips.txt":    "route_id,service_id,trip_id,shape_id,direction_id\nA,week,a1,s1,0\nA,week,a2,s2,1\nA,sun,a3,s1,0\nA,sun,a4,s3,0\nB,sun,b1,,0\nB,sun,b2,,0\nB,sun,b3,,1\n",
		"calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nweek,1,1,1,1,1,0,0,20260105,20260630\n",
		"calendar_dates.txt": "service_id,date,exception_type\n" +
			"sun,20260301,1\nsun,20260201,1\nweek,20261231,2\n",
		"shapes.txt": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" +
			"s1,45.2,3.2,10\ns2,45.9,3.9,1\ns1,45.1,3.1,2\ns2,45.8,3.8,2\ns1,45.3,3.3,11\ns3,45.1,3.1,0\ns3,45.2,3.2,1\ns3,45.3,3.3,4\n",
		"stops.txt": "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,zone_id\n" +
			"g,Gare,45.5,3.5,1,,\nq1, Quai 1 ,45.51,3.51,,g,01\nq2,Quai 2,45.52,3.52,0,g,01\nn,Nœud,,,3,g,\nb,Aire,,,4,q1,\n",
		"stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" +
			"a1,24:10:00,25:59:59,q1,1\nb1,,,q1,5\nb1,,,g,7\nb2,08:00:00,08:00:00,q2,9\nb2,08:00:00,08:00:00,q1,2\nb2,08:00:00,08:00:00,g,30\nb3,1:2:3,1:2:3,q1,0\nb3,,,q2,1\n",
	}
}

func TestLayers(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	src := pack(t, small())
	layers, err := gtfs.Format().Layers(t.Context(), src)
	if diff := cmp.Diff([]string{"routes", "stops", "shapes"}, layers); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
	for name, want := range map[string][]row{
		"routes": {
			{"#": "A", "route_id": "A", "route_short_name": "A", "route_long_name": `Ligne "A"`, "route_type": "0", "route_color": "#FF0000", "route_text_color": "#000000", "couleur_plan": "rouge", "agency_name": "T, C",
				"mode": "tram", "trips": "4", "weekdays": "Mo-Fr,Su", "valid_from": "2026-01-05", "valid_to": "2026-06-30", "line_from": "shapes", "@": "3.1 45.1,3.2 45.2,3.3 45.3;3.9 45.9,3.8 45.8"},
			{"#": "B", "route_id": "B", "route_short_name": "12", "route_type": "704", "route_color": "#FFFFFF", "route_text_color": "#000000", "agency_name": "T, C",
				"mode": "bus", "trips": "3", "weekdays": "Su", "valid_from": "2026-02-01", "valid_to": "2026-03-01", "line_from": "stops", "@": "3.51 45.51,3.52 45.52,3.5 45.5;3.51 45.51,3.52 45.52"},
		},
		"stops": {
			{"#": "g", "stop_id": "g", "stop_name": "Gare", "location_type": "1", "route_ids": `["A","B"]`, "routes": `["A","12"]`, "@": "3.5 45.5"},
			{"#": "q1", "stop_id": "q1", "stop_name": "Quai 1", "location_type": "0", "parent_station": "g", "zone_id": "01", "route_ids": `["A","B"]`, "routes": `["A","12"]`, "@": "3.51 45.51"},
			{"#": "q2", "stop_id": "q2", "stop_name": "Quai 2", "location_type": "0", "parent_station": "g", "zone_id": "01", "route_ids": `["B"]`, "routes": `["12"]`, "@": "3.52 45.52"},
			{"#": "n", "stop_id": "n", "stop_name": "Nœud", "location_type": "3", "parent_station": "g", "route_ids": "[]", "routes": "[]", "@": "3.5 45.5"},
			{"#": "b", "stop_id": "b", "stop_name": "Aire", "location_type": "4", "parent_station": "q1", "route_ids": "[]", "routes": "[]", "@": "3.51 45.51"},
		},
		"shapes": {
			{"#": "s1", "shape_id": "s1", "route_id": "A", "route_short_name": "A", "route_long_name": `Ligne "A"`, "route_type": "0", "mode": "tram", "route_color": "#FF0000", "direction_id": "0", "trips": "2", "@": "3.1 45.1,3.2 45.2,3.3 45.3"},
			{"#": "s2", "shape_id": "s2", "route_id": "A", "route_short_name": "A", "route_long_name": `Ligne "A"`, "route_type": "0", "mode": "tram", "route_color": "#FF0000", "direction_id": "1", "trips": "1", "@": "3.9 45.9,3.8 45.8"},
			{"#": "s3", "shape_id": "s3", "route_id": "A", "route_short_name": "A", "route_long_name": `Ligne "A"`, "route_type": "0", "mode": "tram", "route_color": "#FF0000", "direction_id": "0", "trips": "1", "@": "3.1 45.1,3.2 45.2,3.3 45.3"},
		},
	} {
		layer, rows, problems := load(t, src, format.Options{Layer: name})
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if layer.Name != name || layer.CRS != crs.CRS84 || !layer.HasIDs || layer.Schema.Key == "" || layer.Count >= 0 && layer.Count != int64(len(rows)) || len(problems) > 0 {
			t.Errorf("%s: %+v, %v", name, layer, problems)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "puy-*"))
	if len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestOptionalFiles reads feeds without files that feeds may lack, in folders.
func TestOptionalFiles(t *testing.T) {
	feed := small()
	bare := map[string]string{"gtfs/Routes.txt": feed["routes.txt"], "gtfs/trips.txt": feed["trips.txt"], "notes/trips.txt": "x", "other.csv": "a"}
	layer, rows, _ := load(t, pack(t, bare), format.Options{})
	if layer.Schema.Geometry != geo.GeometryNone || len(rows) != 2 || rows[0]["trips"] != "4" || layer.Schema.Index("valid_from") >= 0 || layer.Schema.Index("agency_name") >= 0 {
		t.Errorf("%+v %v", layer, rows)
	}
	delete(feed, "shapes.txt")
	_, rows, _ = load(t, pack(t, feed), format.Options{Layer: "routes"})
	if rows[1]["line_from"] != "stops" || rows[0]["@"] != "" || rows[0]["line_from"] != "" {
		t.Errorf("without shapes: %v", rows)
	}
	delete(feed, "stop_times.txt")
	layer, rows, _ = load(t, pack(t, feed), format.Options{Layer: "stops"})
	want := []geo.Problem{{Rule: geo.RuleIgnored, Value: "stop_times.txt", Detail: "1 file that is not there: which routes serve a stop is not known"}}
	if diff := cmp.Diff(want, layer.Warnings); diff != "" || layer.Schema.Index("routes") >= 0 || len(rows) != 5 {
		t.Error(diff, layer.Schema)
	}
	two := map[string]string{}
	for name, content := range small() {
		two["a/"+name], two["b/"+name] = content, content
	}
	src := pack(t, two)
	layers, err := gtfs.Format().Layers(t.Context(), src)
	if err != nil || len(layers) != 6 {
		t.Fatal(layers, err)
	}
	if _, rows, _ = load(t, src, format.Options{Layer: "b/stops"}); len(rows) != 5 {
		t.Error(rows)
	}
	_, err = gtfs.Format().Open(t.Context(), src, format.Options{Layer: "stops"})
	if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "a/stops") {
		t.Error(err)
	}
}
