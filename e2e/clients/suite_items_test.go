package clients

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"

	"puy/geo"
	"puy/geo/relate"
)

// items is a page of features.
type items struct {
	Type                          string
	TimeStamp                     string
	NumberMatched, NumberReturned *int
	Links                         []link
	Features                      []feature
}

type feature struct {
	Type     string
	ID       string
	Geometry json.RawMessage
	Links    []link
}

// shape gives the geometry of f, nil where it has none.
func (f *feature) shape(t *testing.T) geom.T {
	t.Helper()
	if string(f.Geometry) == "null" {
		return nil
	}
	var g geom.T
	if err := geojson.Unmarshal(f.Geometry, &g); err != nil {
		t.Fatalf("%s: %v", f.ID, err)
	}
	return g
}

// testItems follows annex A.2.7: each collection as it is, in boxes, in times and
// in pages of other sizes.
func (s *suite) testItems(t *testing.T) {
	for _, c := range s.collections {
		at, _ := linkTo(c.Links, "items", typeGeoJSON)
		s.checkItems(t, at.Href, nil)
		if spatial := c.Extent.Spatial; spatial != nil {
			own := spatial.BBox[0]
			if n := len(s.checkItems(t, at.Href, nil, "bbox", box(own)).Features); n == 0 {
				t.Errorf("%s has nothing within its extent", c.ID)
			}
			for _, b := range [][]float64{{-1.5, 50, 1.5, 53}, {-80, -5, -70, 5}, {177, 65, -177, 70}, {-180, 85, 180, 90}, {-180, -90, 180, -85},
				{own[0], own[1], (own[0] + own[2]) / 2, (own[1] + own[3]) / 2}} {
				s.checkItems(t, at.Href, b, "bbox", box(b))
			}
		}
		if temporal := c.Extent.Temporal; temporal != nil {
			for _, text := range times(t, temporal.Interval[0]) {
				s.checkItems(t, at.Href, nil, "datetime", text)
			}
		}
		for _, limit := range []int{1, 100, 10000} {
			if page := s.checkItems(t, at.Href, nil, "limit", strconv.Itoa(limit)); len(page.Features) > limit {
				t.Errorf("%s: %d features for limit=%d", c.ID, len(page.Features), limit)
			}
		}
	}
}

// box writes bounds as the suite does: seven decimals, no digit before the point
// where there is but a zero.
func box(b []float64) string {
	texts := make([]string, len(b))
	for i, v := range b {
		texts[i] = strings.Replace(strconv.FormatFloat(v, 'f', 7, 64), "0.", ".", 1)
		if math.Abs(v) >= 1 {
			texts[i] = strconv.FormatFloat(v, 'f', 7, 64)
		}
	}
	return strings.Join(texts, ",")
}

// times are an instant, an interval, and a day with a period after it.
func times(t *testing.T, interval []*string) []string {
	t.Helper()
	if interval[0] == nil || interval[1] == nil {
		return nil
	}
	begin, err := time.Parse(time.RFC3339, *interval[0])
	if err != nil {
		t.Fatal(err)
	}
	end, err := time.Parse(time.RFC3339, *interval[1])
	if err != nil {
		t.Fatal(err)
	}
	quarter := end.Sub(begin) / 4
	first := begin.Add(quarter)
	return []string{begin.Format(time.RFC3339Nano), first.Format(time.RFC3339Nano) + "/" + first.Add(quarter).Format(time.RFC3339Nano),
		first.Format(time.DateOnly) + "/P2D"}
}

// checkItems asks for a page and looks at all that the suite looks at in it;
// within, unless it is nil, is the box that its geometries must meet.
func (s *suite) checkItems(t *testing.T, at string, within []float64, query ...string) *items {
	t.Helper()
	before := time.Now().Add(-time.Second)
	var page items
	r := s.read(t, at, typeGeoJSON, &page, query...)
	if page.Type != "FeatureCollection" || page.Features == nil {
		t.Fatalf("%s is a %q: %.300s", r.url, page.Type, r.body)
	}
	s.checkLinks(t, r.url, page.Links, typeGeoJSON)
	if made, err := time.Parse(time.RFC3339, page.TimeStamp); err != nil || made.Before(before) || made.After(time.Now().Add(time.Second)) {
		t.Errorf("%s was made at %s: %v", r.url, page.TimeStamp, err)
	}
	if page.NumberReturned == nil || *page.NumberReturned != len(page.Features) {
		t.Errorf("%s has %d features and says %v", r.url, len(page.Features), page.NumberReturned)
	}
	if page.NumberMatched == nil {
		t.Errorf("%s tells no numberMatched", r.url)
	} else if n := len(page.Features) + s.following(t, page.Links); n != *page.NumberMatched {
		t.Errorf("%s and what follows have %d features and say %d", r.url, n, *page.NumberMatched)
	}
	world := []float64{-180, -90, 180, 90}
	for i := range page.Features {
		f := &page.Features[i]
		g := f.shape(t)
		if f.ID == "" || f.Type != "Feature" {
			t.Errorf("%s: a %q with the id %q", r.url, f.Type, f.ID)
		}
		if g == nil {
			continue
		}
		if b := g.Bounds(); b.Min(0) < world[0] || b.Min(1) < world[1] || b.Max(0) > world[2] || b.Max(1) > world[3] {
			t.Errorf("%s: %s is not in CRS84: %v", r.url, f.ID, b)
		}
		if within != nil && i < 100 && !meets(t, within, g) {
			t.Errorf("%s: %s is outside", r.url, f.ID)
		}
	}
	return &page
}

// following counts the features on the pages after one, with the largest limit.
func (s *suite) following(t *testing.T, links []link) (n int) {
	t.Helper()
	for pages := 0; ; pages++ {
		next, ok := linkTo(links, "next", "")
		if !ok {
			return n
		}
		for pair := range strings.SplitSeq(next.Href[strings.IndexByte(next.Href, '?')+1:], "&") {
			if name, _, ok := strings.Cut(pair, "="); !ok || name == "" {
				t.Errorf("the address of the next page is no list of names and values: %s", next.Href)
			}
		}
		var page items
		s.read(t, next.Href, typeGeoJSON, &page, "limit", "10000")
		if n += len(page.Features); len(page.Features) == 0 || pages > 3 {
			t.Errorf("after %d features, %d on page %d", n, len(page.Features), pages)
			return n
		}
		links = page.Links
	}
}

// meets tells whether g shares a point with a box, which may cross the antimeridian.
func meets(t *testing.T, b []float64, g geom.T) bool {
	t.Helper()
	shape, err := geo.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	parts := [][]float64{b}
	if b[0] > b[2] {
		parts = [][]float64{{b[0], b[1], 180, b[3]}, {-180, b[1], b[2], b[3]}}
	}
	for _, p := range parts {
		area, err := geo.NewGeometry(geom.NewPolygonFlat(geom.XY, []float64{p[0], p[1], p[2], p[1], p[2], p[3], p[0], p[3], p[0], p[1]}, []int{10}))
		if err != nil {
			t.Fatal(err)
		}
		prepared, err := relate.Prepare(area)
		if err != nil {
			t.Fatal(err)
		}
		if holds, err := prepared.Test(relate.Intersects, shape); err != nil {
			t.Fatal(err)
		} else if holds {
			return true
		}
	}
	return false
}

// first gives the address and the id of the first feature of a collection.
func (s *suite) first(t *testing.T, c collection) (address, id string) {
	t.Helper()
	at, _ := linkTo(c.Links, "items", typeGeoJSON)
	var page items
	s.read(t, at.Href, typeGeoJSON, &page)
	if len(page.Features) == 0 {
		t.Fatalf("%s is empty", c.ID)
	}
	id = page.Features[0].ID
	return fmt.Sprintf("%s/%s", at.Href, url.PathEscape(id)), id
}

// testFeature follows annex A.2.8.
func (s *suite) testFeature(t *testing.T) {
	for _, c := range s.collections {
		at, id := s.first(t, c)
		var f feature
		r := s.read(t, at, typeGeoJSON, &f)
		if f.ID != id || f.Type != "Feature" || r.header.Get("Content-Type") != typeGeoJSON {
			t.Errorf("%s is the %s %q in %s", r.url, f.Type, f.ID, r.header.Get("Content-Type"))
		}
		s.checkLinks(t, r.url, f.Links, typeGeoJSON, "collection")
		if r := s.get(t, at+"x-none", typeGeoJSON); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", r.url, r.status)
		}
	}
}
