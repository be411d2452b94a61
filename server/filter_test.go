package server

import (
	"net/url"
	"slices"
	"strconv"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/geo/cql2"
	"puy/geo/cql2/eval"
	"puy/store"
	"puy/store/storetest"
)

// filterExchanges ask for stations S000 to S249: rang is i%10, pm10 i/4, ouvert
// for even i, mesure noon of day i of 2024, or null for each twenty-fifth.
func filterExchanges() []exchange {
	const items = "GET /api/collections/stations/items?limit=1&"
	text := func(filter string) string { return items + "filter=" + url.QueryEscape(filter) }
	json := func(filter string) string { return items + "filter-lang=cql2-json&filter=" + url.QueryEscape(filter) }
	const epsg = "http://www.opengis.net/def/crs/EPSG/0/"
	return []exchange{
		{text("rang = 3"), 200, "numberMatched = 25\nfeatures/0/properties/code = S003"},
		{items + "filter=(rang%20=%203)%20AND%20(%22type%20de%20voie%22%20%3D%20'Rue')", 200, "numberMatched = 25"},
		{items + "filter=(rang+%3D+3)+AND+(pm10+%3E+30)&filter-lang=cql2-text", 200, "numberMatched = 13"},
		{text("rang = 3") + "&ouvert=false&bbox=3,45,3.1,46", 200, "numberMatched = 10"},
		{text("rang = 3") + "&ouvert=true", 200, "numberMatched = 0"},
		{text(`mesure < TIMESTAMP('2024-01-05T12:00:00.000Z')`), 200, "numberMatched = 4"},
		{text("(NOT (rang IN (1,2,3))) AND (CASEI(code) LIKE CASEI('s00%'))"), 200, "numberMatched = 5"},
		{text("mesure IS NULL"), 200, "numberMatched = 10"},
		{text("A_CONTAINS(polluants, ('no2','1'))"), 200, "numberMatched = 83"},
		{text("S_INTERSECTS(geom,BBOX(2.9995,45,3.0105,46))"), 200, "numberMatched = 11"},
		{text("S_INTERSECTS(geom,BBOX(45,2.9995,46,3.0105))") + "&filter-crs=" + epsg + "4326", 200, "numberMatched = 11"},
		{text("S_INTERSECTS(geom,BBOX(699900,6516000,700778,6517000))") + "&filter-crs=" + epsg + "2154", 200, "numberMatched = 11"},
		{text("S_INTERSECTS(geom,BBOX(699900,6516000,700778,6517000))") + "&crs=" + epsg + "2154&filter-crs=" + epsg + "2154", 200, "features/0/geometry/coordinates/0 = 700000"},
		{json(`{"op":"and","args":[{"op":"=","args":[{"property":"rang"},3]},{"op":"isNull","args":[{"property":"geom"}]}]}`), 200, "numberMatched = 0"},
		{json(`{"op":"between","args":[{"property":"pm10"},1,2]}`), 200, "numberMatched = 5"},
		{"GET /api/collections/marches/items?filter=" + url.QueryEscape("montant > 2000 AND notification < DATE('2024-01-06')"), 200, "numberMatched = 2"},
		{items + "q=ETE", 200, "numberMatched = 1\nfeatures/0/id = été?#100%"},
		{items + "q=rue+s01", 200, "numberMatched = 10"},
		{items + "q=s01,S02", 200, "numberMatched = 20"},
		{items + "q=0%25", 200, "numberMatched = 1"},
		{items + "q=_", 200, "numberMatched = 0"},

		{text("rang ="), 400, "errors/0/parameter = filter\nerrors/0/value = rang =\nerrors/0/reason ~ column 7"},
		{text("rien = 1"), 400, "errors/0/parameter = filter\nerrors/0/reason ~ rien"},
		{text("rang = 'x'"), 400, "errors/0/parameter = filter\nerrors/0/reason ~ column"},
		{text("code = 'x') OR (1=1"), 400, "errors/0/parameter = filter"},
		{text("S_INTERSECTS(geom,POINT(90 180))"), 400, "errors/0/parameter = filter"},
		{text("f(rang) = 1"), 400, "errors/0/parameter = filter"},
		{items + "filter=", 400, "errors/0/parameter = filter"},
		{items + "filter=rang=1&filter=rang=2", 400, "errors/0/parameter = filter"},
		{items + "filter=%00", 400, "errors/0/parameter = filter"},
		{items + "filter=%ff", 400, "errors/0/parameter = filter"},
		{items + "filter=rang=1&filter-lang=ecql", 400, "errors/0/parameter = filter-lang"},
		{items + "filter-lang=", 400, "errors/0/parameter = filter-lang"},
		{items + "filter=rang=1&filter-crs=EPSG:4326", 400, "errors/0/parameter = filter-crs"},
		{json("rang = 1"), 400, "errors/0/parameter = filter"},
		{json(`{"op":"=","args":[{"property":"rang"}]}`), 400, "errors/0/parameter = filter"},
		{items + "q=", 400, "errors/0/parameter = q"},
	}
}

func TestFilters(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		for _, e := range filterExchanges() {
			e.check(t, c)
		}
	})
}

// The filters of the stores' own test select the same over HTTP, in both
// encodings, as the evaluator does.
func TestEveryKindOfFilter(t *testing.T) {
	schema, features, filters := storetest.Filters()
	rows := make([]*geo.Feature, len(features))
	for i := range rows {
		rows[i] = &features[i]
	}
	onEachStore(t, func(t *testing.T, s store.Store) {
		load(t, s, catalog.Dataset{ID: "d", Title: geo.Localized{FR: "Données"}}, &schema, rows)
		c := start(t, s, nil)
		for _, text := range filters {
			e, err := cql2.ParseText(text)
			if err != nil {
				t.Fatal(text, err)
			}
			f, err := eval.Compile(e, &schema)
			if err != nil {
				t.Fatal(text, err)
			}
			var want []string
			for i, row := range rows {
				if f.Match(row) {
					want = append(want, strconv.Itoa(i+1))
				}
			}
			for language, written := range map[string]string{"cql2-text": text, "cql2-json": cql2.JSON(e)} {
				query := url.Values{"filter": {written}, "filter-lang": {language}, "limit": {"1000"}, "properties": {"n"}, "skipGeometry": {"true"}}
				var p featurePage
				c.get("/api/collections/d/items?"+query.Encode(), &p)
				var got []string
				for _, f := range p.Features {
					got = append(got, f.ID)
				}
				if !slices.Equal(got, want) || p.NumberMatched == nil || *p.NumberMatched != int64(len(want)) {
					t.Errorf("%s: %d features, %v are said to match; want %d", written, len(got), p.NumberMatched, len(want))
				}
			}
		}
	})
}
