package gtfs_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/gtfs"
)

// with gives the small feed with other files in place of some of its own.
func with(pairs ...string) map[string]string {
	feed := small()
	for i := 0; i < len(pairs); i += 2 {
		feed[pairs[i]] = pairs[i+1]
	}
	return feed
}

func TestBadStops(t *testing.T) {
	src := pack(t, with("stops.txt", "stop_id,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding\n"+
		"ok,45,3,,,1\nnone,,,0,ok,\nzero,0,0,,,\ntext,45,x,,,\n,45,3,,,\nlost,,,3,nowhere,\ncircle,,,4,circle,\nshort,45\nlong,45,3,,,,more\ncomma,\"45,5\",\"3,5\",,,\nyes,45,3,,,yes\n"))
	layer, rows, problems := load(t, src, format.Options{Layer: "stops"})
	want := []geo.Problem{
		{Row: 2, Column: "stop_lat", Rule: geo.RuleGeometry, Detail: "it has no coordinates"},
		{Row: 3, Column: "stop_lat", Value: "0", Rule: geo.RuleGeometry, Detail: "0, 0 is in the ocean, and stands for a place that is not known"},
		{Row: 4, Column: "stop_lon", Value: "x", Rule: geo.RuleGeometry, Detail: "it is not a number"},
		{Row: 5, Column: "stop_id", Rule: geo.RuleMissingKey},
		{Row: 6, Column: "parent_station", Rule: geo.RuleGeometry, Detail: "neither it nor what it belongs to has coordinates"},
		{Row: 7, Column: "parent_station", Rule: geo.RuleGeometry, Detail: "neither it nor what it belongs to has coordinates"},
		{Row: 8, Rule: geo.RuleColumns, Detail: "2 cells where the header has 6"},
		{Row: 9, Rule: geo.RuleColumns, Detail: "7 cells where the header has 6"},
		{Row: 11, Column: "wheelchair_boarding", Value: "yes", Rule: geo.RuleType, Detail: "not of type integer"},
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}
	if layer.Count != 11 || len(rows) != 2 || rows[1]["@"] != "3.5 45.5" {
		t.Errorf("%d: %v", layer.Count, rows)
	}
	notes := details(layer)
	for _, says := range []string{"1 stops of a parent that is not there; the first is row 6", "8 times at stops that are not there; the first is row 1"} {
		if !strings.Contains(notes, says) {
			t.Errorf("%s is not in %s", says, notes)
		}
	}
}

func details(layer format.Layer) string {
	var all []string
	for _, p := range layer.Warnings {
		all = append(all, p.Column+"="+p.Value+": "+p.Detail)
	}
	return strings.Join(all, "\n")
}

func TestOddRoutesAreTold(t *testing.T) {
	feed := with(
		"routes.txt", "route_id;route_type;route_color;route_text_color;route_short_name\nA;3;#AbCdEf;red;1\nA;3;00000;;1\nC;99;;;2\nD;1501;;;2\nE;bus;;;2\n",
		"shapes.txt", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns1,45,3,1\ns2,45,3,1\ns2,45,3,2\ns2,46,x,3\ns2,46,4,-1\n,46,4,1\ns4,45,3,1\ns4,29.1,3,2\ns4,46,3,3\ns2,46\n",
		"calendar.txt", "service_id,monday,start_date,end_date\nweek,1,20260230,20260101\n",
		"trips.txt", "route_id,service_id,trip_id,shape_id\nA,week,a1,s1\nA,none,a2,s2\nA,sun,a3,s9\nZ,sun,a4,s1\n")
	layer, rows, problems := load(t, pack(t, feed), format.Options{Layer: "routes"})
	want := `route_text_color=red: 1 routes whose colour is not six hexadecimal digits, which get the default one; the first is row 1
route_color=: 3 routes without a colour, which get the default one; the first is row 3
route_text_color=: 3 routes without a colour, which get the default one; the first is row 3
route_type=99: 1 routes of a type that is not known; the first is row 3
shapes.txt=46 x: 1 points without coordinates, which are left out; the first is row 4
shapes.txt=-1: 1 points whose sequence is not a number, which are left out; the first is row 5
shapes.txt=: 1 points without a shape; the first is row 6
shapes.txt=29.1 3: 2 points far away from the one before, which are kept; the first is row 8
shapes.txt=: 1 rows with more or fewer cells than the header; the first is row 10
calendar.txt=20260230: 1 services whose dates cannot be read; the first is row 1
trips.txt=week: 2 trips of services that are not there
trips.txt=s1: 1 trips along shapes of one point, which are no lines
trips.txt=s9: 1 trips along shapes that are not there
trips.txt=Z: 1 trips of routes that are not there; the first is row 4`
	if diff := cmp.Diff(want, details(layer)); diff != "" {
		t.Error(diff)
	}
	for i, fill := range []string{"#ABCDEF", "#FFFFFF", "#FFFFFF", "#FFFFFF"} {
		if rows[i]["route_color"] != fill || rows[i]["@"] != "" {
			t.Errorf("%v", rows[i])
		}
	}
	// The repeated id is for the load to tell, which compares ids anyway.
	if rows[0]["#"] != rows[1]["#"] || rows[2]["mode"] != "" || rows[3]["mode"] != "taxi" {
		t.Errorf("%v", rows)
	}
	bad := []geo.Problem{{Row: 5, Column: "route_type", Value: "bus", Rule: geo.RuleType, Detail: "not of type integer"}}
	if diff := cmp.Diff(bad, problems); diff != "" {
		t.Error(diff)
	}
	_, rows, problems = load(t, pack(t, feed), format.Options{Layer: "shapes"})
	bad = []geo.Problem{{Row: 1, Rule: geo.RuleGeometry, Detail: "a line of one position"}, {Row: 2, Rule: geo.RuleGeometry, Detail: "a line of one position"}}
	if diff := cmp.Diff(bad, problems); diff != "" || len(rows) != 1 {
		t.Error(diff, rows)
	}
}

func TestEncodings(t *testing.T) {
	latin := "stop_id,stop_name,stop_lat,stop_lon\n\xe9,Caf\xe9,45,3\n"
	feed := with("stops.txt", latin, "stop_times.txt", strings.ReplaceAll(small()["stop_times.txt"], ",q1,", ",\xe9,"))
	layer, rows, _ := load(t, pack(t, feed), format.Options{Layer: "stops"})
	if layer.Encoding != "windows-1252" || len(rows) != 1 || rows[0]["stop_name"] != "Café" || rows[0]["routes"] != `["A","12"]` {
		t.Errorf("%v %v", layer, rows)
	}
	wide := "\xff\xfe"
	for _, c := range []byte("stop_id,stop_lat,stop_lon\nq1,45,3\n") {
		wide += string([]byte{c, 0})
	}
	if _, rows, _ = load(t, pack(t, with("stops.txt", wide)), format.Options{Layer: "stops"}); len(rows) != 1 || rows[0]["routes"] != `["A","12"]` {
		t.Errorf("%v", rows)
	}
}

func TestRefused(t *testing.T) {
	long := "stop_id,stop_lat,stop_lon\n\"a" + strings.Repeat("x,1,2\n", 12<<20)
	for _, c := range []struct {
		feed        map[string]string
		layer, says string
		kind        geo.ErrorKind
	}{
		{with("routes.txt", ""), "routes", "routes.txt is empty", geo.KindInvalid},
		{with("stops.txt", "\n\n"), "stops", "stops.txt is empty", geo.KindInvalid},
		{with("stops.txt", "id,name\n1,2\n"), "stops", "stops.txt has no column stop_id", geo.KindInvalid},
		{with("trips.txt", "trip_id\n1\n"), "routes", "trips.txt has no column route_id", geo.KindInvalid},
		{with("stops.txt", long), "stops", "takes more than", geo.KindLimit},
		{small(), "agency", `no layer "agency"; it has routes, stops, shapes`, geo.KindInvalid},
		{small(), "", "several layers: routes, stops, shapes", geo.KindInvalid},
	} {
		_, err := gtfs.Format().Open(t.Context(), pack(t, c.feed), format.Options{Layer: c.layer})
		if geo.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}

// TestLimits goes beyond bounds that a small file can reach.
func TestLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes a million rows")
	}
	t.Setenv("TMPDIR", t.TempDir())
	points, ids := "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"+strings.Repeat("s,1,1,1\n", 1_000_001), strings.Builder{}
	ids.WriteString("route_id\n")
	for i := range 200_001 {
		fmt.Fprintln(&ids, i)
	}
	for layer, c := range map[string]struct {
		feed map[string]string
		says string
	}{
		"shapes": {with("shapes.txt", points), "the shape s has more than 1000000 points"},
		"routes": {with("routes.txt", ids.String()), "routes.txt has more than 200000 different ids"},
	} {
		_, err := gtfs.Format().Open(t.Context(), pack(t, c.feed), format.Options{Layer: layer})
		if geo.KindOf(err) != geo.KindLimit || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
}

func TestOptions(t *testing.T) {
	src := pack(t, small())
	layer, rows, _ := load(t, src, format.Options{Layer: "STOPS", Geometry: format.NoGeometryColumn, Types: map[string]geo.FieldType{"location_type": geo.TypeText}})
	if layer.Schema.Spatial() || layer.Schema.Fields[layer.Schema.Index("location_type")].Type != geo.TypeText || rows[1]["zone_id"] != "01" || rows[1]["@"] != "" {
		t.Errorf("%+v %v", layer, rows)
	}
	want := map[string]string{"stop_id": "Identifiant de l’arrêt", "routes": "Lignes"}
	got := maps.Collect(func(yield func(string, string) bool) {
		for _, f := range layer.Schema.Fields {
			if _, asked := want[f.Name]; asked && !yield(f.Name, f.Title.FR) {
				return
			}
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
