package selection

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/eval"
	"puy/geo/cql2/predicate"
	"puy/server/answer"
	"puy/store"
)

func dataset() *store.Dataset {
	return &store.Dataset{Dataset: catalog.Dataset{ID: "lieux", Time: "jour"}, Current: &catalog.Version{Number: 7,
		Extent: geo.Bounds{MinX: 2.9, MinY: 45.5, MaxX: 3.3, MaxY: 46},
		Schema: geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger},
			{Name: "jour", Type: geo.TypeDate}, {Name: "note", Type: geo.TypeText}, {Name: "limit", Type: geo.TypeInteger}}}}}
}

func read(d *store.Dataset, query string) (Selection, error) {
	p := answer.ReadParams(httptest.NewRecorder(), httptest.NewRequest("GET", "/?"+query, nil))
	s := Read(p, d)
	return s, p.Done()
}

const epsg = "http://www.opengis.net/def/crs/EPSG/0/"

func TestRead(t *testing.T) {
	for _, c := range []struct{ query, filter string }{
		{"", ""},
		{"filter=n=1", "n = 1"},
		{"filter=(n%20%3D%201)%20AND%20(nom='a+b')", "n = 1 AND nom = 'a b'"},
		{"filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":">","args":[{"property":"n"},3]}`), "n > 3"},
		{"filter=S_INTERSECTS(geom,POINT(45%203))&filter-crs=" + epsg + "4326", "S_INTERSECTS(geom, POINT(3 45))"},
		{"q=Rue", "ACCENTI(CASEI(nom)) LIKE ACCENTI(CASEI('%Rue%')) OR ACCENTI(CASEI(note)) LIKE ACCENTI(CASEI('%Rue%'))"},
	} {
		s, err := read(dataset(), c.query)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		got := ""
		if s.Query.Filter != nil {
			got = cql2.Text(s.Query.Filter)
		}
		if got != c.filter || (s.Key == "") != (c.query == "") || s.Query.Version != 7 {
			t.Errorf("%s: filter %s, key %q; want %s", c.query, got, s.Key, c.filter)
		}
	}
}

// Requests that say the same in other words share a key; others do not.
func TestKey(t *testing.T) {
	groups := [][]string{
		{"n=1&nom=a", "nom=a&n=1"}, {"n=1"}, {"nom=1"}, {"filter=n=1", "filter=%20n%20=1&crs=" + epsg + "2154", "filter=(n=1)&filter-lang=cql2-text"},
		{"bbox=1,2,3,4", "bbox=1.0,2,3,4e0"}, {"bbox=1,2,3,5"}, {"datetime=2024-01-01", "datetime=2024-01-01/2024-01-01"}, {"q=a"}, {"q=a,b"}, {"q=a+b"},
	}
	seen := map[string]int{}
	for i, group := range groups {
		for _, query := range group {
			s, err := read(dataset(), query)
			if err != nil {
				t.Fatal(query, err)
			}
			if other, ok := seen[s.Key]; ok && other != i {
				t.Errorf("%s has the key of %s", query, groups[other][0])
			}
			if first, _ := read(dataset(), group[0]); first.Key != s.Key {
				t.Errorf("%s has another key than %s", query, group[0])
			}
			seen[s.Key] = i
		}
	}
}

func TestRefused(t *testing.T) {
	for query, want := range map[string]string{
		"filter=":                                    "empty",
		"filter=n=":                                  "column 3",
		"filter=n='x'":                               "column",
		"filter=rien=1":                              `"rien"`,
		"filter=n":                                   "condition",
		"filter=n=1&filter=n=2":                      "more than once",
		"filter=n=1&filter-lang=ecql":                "cql2-text",
		"filter={}&filter-lang=cql2-json":            "column",
		"filter=n=1&filter-crs=x":                    "crs",
		"filter=S_INTERSECTS(geom,POINT(900%203))":   "range",
		"filter=" + strings.Repeat("(", 100):         "deep",
		"filter=" + strings.Repeat("n=1+AND+", 2000): "more than 8192",
		"q=":                                     "word",
		"q=,,+":                                  "word",
		"q=" + strings.Repeat("a+", 17):          "too many",
		"n=1.5":                                  "whole",
		"bbox=1,2,3":                             "four",
		"bbox-crs=" + epsg + "2154&bbox=2,2,1,1": "lower corner",
		"limit=1":                                "not a parameter",
	} {
		_, err := read(dataset(), query)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v; want %s", query, err, want)
		}
	}
}

// A box of Lambert 93 is a curved quadrilateral in degrees.
func TestProjectedBoxIsExact(t *testing.T) {
	s, err := read(dataset(), "bbox-crs="+epsg+"2154&bbox=700000,6500000,720000,6520000")
	if err != nil || s.Query.Bounds == nil || s.Query.Filter == nil {
		t.Fatal(s, err)
	}
	if _, err := predicate.Check(s.Query.Filter, &dataset().Current.Schema); err != nil {
		t.Error(err)
	}
	if s, err = read(dataset(), "bbox-crs="+epsg+"3857&bbox=333000,5740000,334000,5750000"); err != nil || s.Query.Bounds == nil || s.Query.Filter != nil {
		t.Error(s, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "filter=n=1", "filter={}&filter-lang=cql2-json", "q=a,b%25", "bbox=1,2,3,4&bbox-crs=" + epsg + "2154", "datetime=../2024-01-01"} {
		f.Add(seed)
	}
	d := dataset()
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = query
		p := answer.ReadParams(httptest.NewRecorder(), r)
		s := Read(p, d)
		if p.Done() != nil || s.Query.Filter == nil {
			return
		}
		if _, err := predicate.Check(s.Query.Filter, &d.Current.Schema); err != nil {
			t.Errorf("%q is taken, and does not go with the schema: %v", query, err)
		}
	})
}

// Maps that are zoomed out ask for boxes far beyond what a system can show.
func TestProjectedBoxesBeyondTheSystem(t *testing.T) {
	for _, c := range []struct {
		system, box string
		world       bool
	}{
		{"2154", "-20037508,-20048966,20037508,20048966", true}, {"32631", "-20037508,-20048966,20037508,20048966", true}, {"3857", "-1e9,-1e9,1e9,1e9", true}, {"2154", "-1e300,-1e300,1e300,1e300", true},
		{"2154", "650000,-20048966,20037508,20048966", false}, {"32631", "450000,-1e7,2e7,2e7", false}, {"2154", "-1e7,-1e7,1e7,6600000", false},
	} {
		s, err := read(dataset(), "bbox-crs="+epsg+c.system+"&bbox="+c.box)
		if err != nil {
			t.Errorf("%v: %v", c, err)
			continue
		}
		// The place 3.05, 45.7 lies in all of them.
		inside := &geo.Feature{Values: make([]geo.Value, 5)}
		if inside.Geometry, err = geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{3.05, 45.7})); err != nil {
			t.Fatal(err)
		}
		if b := s.Query.Bounds; b == nil || !b.Intersects(geo.Bounds{MinX: 3.05, MinY: 45.7, MaxX: 3.05, MaxY: 45.7}) || c.world != (s.Query.Filter == nil) {
			t.Errorf("%v: %v %v", c, b, s.Query.Filter)
			continue
		}
		if c.world {
			continue
		}
		f, err := eval.Compile(s.Query.Filter, &dataset().Current.Schema)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Match(inside) {
			t.Errorf("%v: the place is not inside %s", c, cql2.Text(s.Query.Filter))
		}
	}
}
