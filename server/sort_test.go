package server

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

func TestSortAndProperties(t *testing.T) {
	const items = "GET /api/collections/stations/items?limit=3&"
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		for _, e := range []exchange{
			{items + "sortby=-code", 200, "features/0/id = été?#100%\nfeatures/1/id = a/b c\nfeatures/2/id = S249"},
			{items + "sortby=code", 200, "features/0/id = S000\nlinks/rel=self/href ~ sortby=code\nlinks/rel=next/href ~ sortby=code"},
			{items + "sortby=+code", 200, "features/0/id = S000"},
			{items + "sortby=%2Bcode", 200, "features/0/id = S000\nlinks/rel=next/href ~ sortby=%2Bcode"},
			{items + "sortby=-rang,ouvert,-pm10", 200, "features/0/id = S249\nfeatures/1/id = S239"},
			{items + "sortby=mesure&filter=rang%3D4", 200, "features/0/id = S004\nnumberMatched = 25"},
			{items + "sortby=-mesure", 200, "features/0/properties/mesure = null"},
			{items + "sortby=-type+de+voie,code", 200, "features/0/id = S024"},
			{items + "sortby=rien", 400, "errors/0/parameter = sortby\nerrors/0/value = rien\nerrors/0/reason ~ sortables"},
			{items + "sortby=polluants", 400, "errors/0/parameter = sortby"},
			{items + "sortby=d%C3%A9tail", 400, "errors/0/parameter = sortby"},
			{items + "sortby=geom", 400, "errors/0/parameter = sortby"},
			{items + "sortby=", 400, "errors/0/parameter = sortby"},
			{items + "sortby=code,", 400, "errors/0/parameter = sortby"},
			{items + "sortby=code,-code", 400, "errors/0/parameter = sortby\nerrors/0/reason ~ twice"},
			{items + "sortby=code;DROP", 400, "errors/0/parameter = sortby"},
			{items + "sortby=code&sortby=rang", 400, "errors/0/parameter = sortby"},

			{items + "properties=rang,code", 200, `
				features/0/properties/code = S000
				features/0/properties/rang = 0
				features/0/properties/pm10 = absent
				features/0/geometry/type = Point
				links/rel=next/href ~ properties=rang%2Ccode`},
			{items + "properties=rang&sortby=-code&skipGeometry=true", 200, `
				features/1/id = a/b c
				features/1/properties/rang = 7
				features/1/properties/code = absent
				features/1/geometry = null`},
			{items + "exclude-properties=rang,geom", 200, "features/0/properties/code = S000\nfeatures/0/properties/rang = absent\nfeatures/0/geometry = null"},
			{items + "properties=geom", 200, "features/0/properties = {}\nfeatures/0/geometry/type = Point"},
			{items + "properties=rien", 400, "errors/0/parameter = properties"},
			{items + "properties=", 400, "errors/0/parameter = properties"},
			{items + "exclude-properties=rien", 400, "errors/0/parameter = exclude-properties"},
			{items + "skipGeometry=yes", 400, "errors/0/parameter = skipGeometry"},
			{"GET /api/collections/marches/items?properties=geom", 400, "errors/0/parameter = properties"},
			{"OPTIONS /api/collections/stations/items", 204, "Allow: GET, HEAD, OPTIONS\nAccess-Control-Allow-Methods: GET, HEAD, OPTIONS"},
			{"OPTIONS /api", 204, "Allow: GET, HEAD, OPTIONS"},
			{"OPTIONS /api/collections/stations/items/S001", 204, "Allow: GET, HEAD, OPTIONS"},
			{"OPTIONS /api/nothing", 404, ""},
		} {
			e.check(t, c)
		}
	})
}

// Pages in any order, forward and backward, are the whole, sorted.
func TestSortedPaging(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		var whole featurePage
		c.get("/api/collections/stations/items?limit=1000", &whole)
		for _, sortby := range []string{"", "-code", "rang", "-rang,pm10", "mesure", "-mesure,-rang", "type de voie,-service", "ouvert,-type de voie,mesure"} {
			var want []string
			for _, i := range sorted(&whole, sortby) {
				want = append(want, whole.Features[i].ID)
			}
			path := "/api/collections/stations/items?limit=60"
			if sortby != "" {
				path += "&sortby=" + url.QueryEscape(sortby)
			}
			var forward, backward [][]string
			var last string
			follow := func(path, rel string) (pages [][]string) {
				for path != "" {
					var p featurePage
					c.get(path, &p)
					var ids []string
					for _, f := range p.Features {
						ids = append(ids, f.ID)
					}
					if pages = append(pages, ids); len(pages) > 10 {
						t.Fatalf("%s: the pages do not end", sortby)
					}
					last, path = path, p.link(rel)
				}
				return pages
			}
			forward = follow(path, "next")
			if diff := gocmp.Diff(want, slices.Concat(forward...)); diff != "" {
				t.Errorf("sortby=%s: %s", sortby, diff)
			}
			backward = follow(last, "prev")
			slices.Reverse(backward)
			if diff := gocmp.Diff(forward, backward); diff != "" {
				t.Errorf("sortby=%s, backward: %s", sortby, diff)
			}
			// From the middle back: first what is whole, then the rest; and on again.
			middle := edited(t, c.base+path, func(q url.Values) { q.Set("offset", "70") })
			pages := follow(middle, "prev")
			slices.Reverse(pages)
			if diff := gocmp.Diff(want[:130], slices.Concat(pages...)); diff != "" || len(pages) != 3 || len(pages[0]) != 10 {
				t.Errorf("sortby=%s, from the middle: %d pages, %s", sortby, len(pages), diff)
			}
			if diff := gocmp.Diff(want, slices.Concat(follow(last, "next")...)); diff != "" {
				t.Errorf("sortby=%s, on from the first: %s", sortby, diff)
			}
		}
	})
}

// sorted gives the places of features in an order, null as the greatest value.
func sorted(p *featurePage, sortby string) []int {
	places := make([]int, len(p.Features))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(i, j int) int {
		descending := false
		for name := range strings.SplitSeq(sortby, ",") {
			name, descending = strings.CutPrefix(name, "-")
			a, b := p.Features[i].Properties[name], p.Features[j].Properties[name]
			c := 0
			switch x := a.(type) {
			case nil:
				if c = 1; b == nil {
					c = 0
				}
			case float64:
				c = cmp.Compare(x, b.(float64))
			case bool:
				c = strings.Compare(strconv.FormatBool(x), strconv.FormatBool(b.(bool)))
			case string:
				if c = -1; b != nil {
					c = strings.Compare(x, b.(string))
				}
			}
			if descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		if descending {
			return j - i
		}
		return i - j
	})
	return places
}

// A cursor of an older version, which had other fields, is of that version; one
// of another order is refused; what does not fit into it is looked up.
func TestSortedCursors(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		put := func(field string) {
			var rows []*geo.Feature
			for i := range 9 {
				rows = append(rows, row(t, "r"+strconv.Itoa(i), []geo.Value{geo.Text("r" + strconv.Itoa(i)), geo.Text(strings.Repeat("x", 2000) + strconv.Itoa(i))}))
			}
			load(t, s, catalog.Dataset{ID: "rows", Title: geo.Localized{FR: "Lignes"}, Key: "id"},
				&geo.Schema{Key: "id", Fields: []geo.Field{{Name: "id", Type: geo.TypeText}, {Name: field, Type: geo.TypeText}}}, rows)
		}
		put("long")
		c := start(t, s, nil)
		ids := func(href string, p *featurePage) (all string) {
			c.get(href, p)
			for _, f := range p.Features {
				all += f.ID + " "
			}
			return all
		}
		var p featurePage
		if got := ids("/api/collections/rows/items?limit=4&sortby=-long", &p); got != "r8 r7 r6 r5 " || len(p.link("next")) > 200 {
			t.Error(got, p.link("next"))
		}
		next := p.link("next")
		other := edited(t, next, func(q url.Values) { q.Set("sortby", "long") })
		if a := c.ask("GET", other); a.status != 400 || probe(a.body, "errors/0/parameter") != "cursor" {
			t.Errorf("with another order: %d %s", a.status, a.body)
		}
		put("other")
		if err := c.server.Catalogue().Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		p = featurePage{}
		if got := ids(next, &p); got != "r4 r3 r2 r1 " || p.Features[0].Properties["long"] == nil {
			t.Error(got, p.Features[0].Properties)
		}
		before := p.link("prev")
		p = featurePage{}
		if got := ids(before, &p); got != "r8 r7 r6 r5 " || p.link("prev") != "" {
			t.Error(got, p.link("prev"))
		}
		if a := c.ask("GET", "/api/collections/rows/items?sortby=long"); a.status != 400 {
			t.Errorf("the field of an older version: %d", a.status)
		}
		// The feature of a cursor without values is deleted.
		p = featurePage{}
		ids("/api/collections/rows/items?limit=4&sortby=other", &p)
		if _, err := s.Edit(t.Context(), "rows", []store.Edit{{Kind: store.Delete, Feature: geo.Feature{ID: "r3"}}}); err != nil {
			t.Fatal(err)
		}
		if a := c.ask("GET", p.link("next")); a.status != 410 {
			t.Errorf("the feature is gone: %d %s", a.status, a.body)
		}
	})
}
