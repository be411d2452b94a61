package clients

import (
	"net/http"
	"regexp"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo/crs"
)

const unsupported = "http://www.opengis.net/def/crs/0/unsupported"

// testSystems follows OGC 18-058r1 annex A.1.
func (s *suite) testSystems(t *testing.T) {
	form := regexp.MustCompile(`^http://www\.opengis\.net/def/crs/[A-Z]+/[0-9.]+/[A-Za-z0-9]+$`)
	for _, c := range s.collections {
		if c.Extent.Spatial == nil {
			if len(c.CRS) > 0 || c.StorageCRS != "" {
				t.Errorf("%s has no geometry, but systems: %v", c.ID, c.CRS)
			}
			continue
		}
		if len(c.CRS) == 0 || c.CRS[0] != crs84 || !slices.Contains(c.CRS, c.StorageCRS) {
			t.Errorf("%s has the systems %v and is stored in %s", c.ID, c.CRS, c.StorageCRS)
		}
		for _, uri := range c.CRS {
			if !form.MatchString(uri) {
				t.Errorf("%s has the system %s", c.ID, uri)
			}
		}
	}
}

// testCRS follows annex A.2.1. The suites do not compare the coordinates; here
// they are brought back. That the transforms are PROJ's is told in geo/crs.
func (s *suite) testCRS(t *testing.T) {
	for _, c := range s.collections {
		at, _ := linkTo(c.Links, "items", typeGeoJSON)
		one, id := s.first(t, c)
		for _, address := range []string{at.Href, one} {
			if r := s.get(t, address, typeGeoJSON); r.status != http.StatusOK || r.header.Get("Content-Crs") != "<"+crs84+">" {
				t.Errorf("%s: %d in %s", r.url, r.status, r.header.Get("Content-Crs"))
			}
			if r := s.get(t, address, typeGeoJSON, "crs", unsupported); r.status != http.StatusBadRequest {
				t.Errorf("%s: %d", r.url, r.status)
			}
		}
		var plain items
		s.read(t, at.Href, typeGeoJSON, &plain)
		for _, uri := range c.CRS {
			var page items
			r := s.read(t, at.Href, typeGeoJSON, &page, "crs", uri)
			var alone feature
			o := s.read(t, one, typeGeoJSON, &alone, "crs", uri)
			if r.header.Get("Content-Crs") != "<"+uri+">" || o.header.Get("Content-Crs") != "<"+uri+">" {
				t.Errorf("%s: %s and %s", r.url, r.header.Get("Content-Crs"), o.header.Get("Content-Crs"))
			}
			if len(page.Features) != len(plain.Features) {
				t.Fatalf("%s: %d features, and %d without crs", r.url, len(page.Features), len(plain.Features))
			}
			for i := range page.Features {
				compareBack(t, r.url, uri, &page.Features[i], &plain.Features[i])
				if page.Features[i].ID == id {
					compareBack(t, o.url, uri, &alone, &plain.Features[i])
				}
			}
		}
	}
}

// compareBack looks that a feature in another system is the one in CRS84, where
// rings may turn the other way round (RFC 7946 section 3.1.6).
func compareBack(t *testing.T, where, uri string, f, plain *feature) {
	t.Helper()
	g, want := f.shape(t), plain.shape(t)
	if (g == nil) != (want == nil) || f.ID != plain.ID {
		t.Fatalf("%s: %s is not %s", where, f.ID, plain.ID)
	}
	if g == nil {
		return
	}
	transform, system := transformOf(t, uri)
	got, wanted := parts(g), parts(want)
	if g.Layout() != want.Layout() || len(got) != len(wanted) {
		t.Fatalf("%s: %s is %v in %d parts, not %v in %d", where, f.ID, g.Layout(), len(got), want.Layout(), len(wanted))
	}
	for i, part := range got {
		if system.YX {
			crs.SwapXY(part, g.Stride())
		}
		transform.ToLonLat(part, g.Stride())
		if !near(part, wanted[i], g.Stride()) && !near(turned(part, g.Stride()), wanted[i], g.Stride()) {
			t.Errorf("%s: %s comes back with %v for %v", where, f.ID, part, wanted[i])
		}
	}
}

// parts gives the positions of each point, line and ring, as copies.
func parts(g geom.T) (all [][]float64) {
	flat, start := g.FlatCoords(), 0
	cut := func(ends []int) {
		for _, end := range ends {
			all, start = append(all, slices.Clone(flat[start:end])), end
		}
	}
	cut(g.Ends())
	for _, ends := range g.Endss() {
		cut(ends)
	}
	if start == 0 {
		cut([]int{len(flat)})
	}
	return all
}

// near compares longitudes and latitudes: two millionths of a degree are as much
// as a rounded metre's thousandth makes.
func near(a, b []float64, stride int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if d := a[i] - b[i]; i%stride < 2 && (d > 2e-6 || d < -2e-6) {
			return false
		}
	}
	return true
}

func turned(flat []float64, stride int) []float64 {
	out := make([]float64, 0, len(flat))
	for i := len(flat) - stride; i >= 0; i -= stride {
		out = append(out, flat[i:i+stride]...)
	}
	return out
}

func transformOf(t *testing.T, uri string) (*crs.Transform, crs.System) {
	t.Helper()
	code, ok := crs.Parse(uri)
	if !ok {
		t.Fatalf("%s is not known", uri)
	}
	transform, err := crs.New(code)
	if err != nil {
		t.Fatal(err)
	}
	return transform, transform.System()
}

// testBoundsCRS follows annex A.2.2. The suite turns the corners alone, so that it
// takes a part of the features for an answer; here the box is a tenth larger and
// all of them must be there.
func (s *suite) testBoundsCRS(t *testing.T) {
	for _, c := range s.collections {
		if c.Extent.Spatial == nil {
			continue
		}
		at, _ := linkTo(c.Links, "items", typeGeoJSON)
		own := c.Extent.Spatial.BBox[0]
		limit := "100"
		if c.ID == "grille" { // features on the edge of the extent, and more of them than a page
			limit = "10000"
		}
		want := s.ids(t, at.Href, "limit", limit, "bbox", box(own))
		if diff := s.ids(t, at.Href, "limit", limit, "bbox", box(own), "bbox-crs", crs84); !slices.Equal(diff, want) {
			t.Errorf("%s: the default of bbox-crs is another: %v", c.ID, diff)
		}
		if r := s.get(t, at.Href, typeGeoJSON, "bbox", "5,49,6,50", "bbox-crs", unsupported); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d", r.url, r.status)
		}
		dx, dy := (own[2]-own[0])/10, (own[3]-own[1])/10
		for _, uri := range c.CRS {
			transform, system := transformOf(t, uri)
			for name, b := range map[string][]float64{"own": own, "larger": {own[0] - dx, own[1] - dy, own[2] + dx, own[3] + dy}} {
				b = slices.Clone(b)
				transform.FromLonLat(b, 2)
				if system.YX {
					crs.SwapXY(b, 2)
				}
				got := s.ids(t, at.Href, "limit", limit, "bbox", box(b), "bbox-crs", uri)
				for _, id := range got {
					if !slices.Contains(want, id) {
						t.Errorf("%s in %s, %s: %s is outside", c.ID, uri, name, id)
					}
				}
				if name == "larger" && len(got) != len(want) {
					t.Errorf("%s in %s: %d features of %d", c.ID, uri, len(got), len(want))
				}
			}
		}
	}
}

func (s *suite) ids(t *testing.T, at string, query ...string) []string {
	t.Helper()
	var page items
	s.read(t, at, typeGeoJSON, &page, query...)
	all := make([]string, len(page.Features))
	for i, f := range page.Features {
		all[i] = f.ID
	}
	return all
}
