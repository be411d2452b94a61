package server

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/store"
)

// extremes are questions at the edges of what values, times, places and the
// language can be.
func extremes() []url.Values {
	const epsg = "http://www.opengis.net/def/crs/EPSG/0/"
	var list []url.Values
	for _, filter := range []string{
		"rang = 9223372036854775807", "rang = 9223372036854775808", "rang = -9223372036854775809", "rang + 9223372036854775807 > 0", "rang * 9223372036854775807 > 0", "-rang < 9223372036854775807",
		"rang / 0 = 1", "rang % 0 = 1", "rang div 0 = 1", "pm10 / 0 = 1", "pm10 ^ 1e300 > 1", "0 ^ -1 = 1", "(0 - 8) ^ 0.5 > 0", "pm10 = 1e400", "pm10 > 1e308 * 10", "pm10 > -1e-400", "10 ^ 400 > pm10",
		"code LIKE '%\\'", "code LIKE '\\'", "code LIKE '" + strings.Repeat("%_", 300) + "'", "code LIKE ''", "code = ''", "code > '\U0010FFFF'", "code = '\ufeff'", "CASEI(code) = CASEI('\u0130\u1e9e')",
		"ACCENTI(code) = ACCENTI('" + strings.Repeat("e\u0301", 500) + "')", "code IN ('" + strings.Repeat("x','", 500) + "x')", "NOT NOT NOT (rang = 1)", "rang = 1" + strings.Repeat(" OR rang = 1", 300),
		"rang BETWEEN 5 AND 1", "rang BETWEEN 9223372036854775807 AND 1e400", "service = DATE('9999-12-31')", "service = DATE('0001-01-01')", "service < DATE('0000-01-01')", "service < DATE('10000-01-01')", "mesure < TIMESTAMP('9999-12-31T23:59:59.999999999Z')",
		"mesure > TIMESTAMP('0001-01-01T00:00:00Z')", "mesure > TIMESTAMP('2024-12-31T23:59:60Z')", "T_INTERSECTS(mesure, INTERVAL('..','..'))", "T_AFTER(mesure, INTERVAL('2025-01-01','2024-01-01'))",
		"S_INTERSECTS(geom, POINT(1e308 1e308))", "S_INTERSECTS(geom, POINT(180 90))", "S_INTERSECTS(geom, POINT(-180.0000001 90))", "S_INTERSECTS(geom, POLYGON((0 0,0 0,0 0,0 0)))", "S_INTERSECTS(geom, POLYGON((0 40,10 50,10 40,0 50,0 40)))",
		"S_INTERSECTS(geom, LINESTRING(3 45,3 45))", "S_INTERSECTS(geom, LINESTRING(3 45))", "S_INTERSECTS(geom, POLYGON EMPTY)", "S_INTERSECTS(geom, BBOX(170,-90,-170,90))", "S_INTERSECTS(geom, BBOX(4,46,3,45))", "S_TOUCHES(geom, GEOMETRYCOLLECTION(POINT(3 45.75),LINESTRING(3 45,3 46)))",
		"S_RELATE(geom, POINT(3 45), 'T********')", "S_CROSSES(geom, POINT(3 45.75))", "S_INTERSECTS(POINT(0 0), POINT(0 0))", "S_INTERSECTS(geom, geom)", "A_CONTAINS(polluants, ())", "A_CONTAINS(polluants, ('no2', 1))", "A_EQUALS(polluants, ('" + strings.Repeat("a','", 500) + "a'))",
		"polluants IS NULL", "détail IS NULL", "geom IS NULL", "NOT (geom IS NULL)", "NULL = NULL", "rang IS NULL OR NOT (rang IS NULL)", "true", "false AND (1 / 0 = 1)", "1 = 1.0", "'a' = 1", "ouvert", "ouvert = true AND NOT ouvert", "\"type de voie\" = 'Rue'", "rang = code",
	} {
		list = append(list, url.Values{"filter": {filter}})
	}
	for _, filter := range []string{`{"op":"=","args":[{"property":"code"},"a\u0000b"]}`, `{"op":"=","args":[{"property":"code"},"\ud800"]}`, `{"op":"=","args":[{"property":"rang"},1e999]}`, `{"op":"=","args":[]}`, `{"op":"and","args":[true]}`, `{"op":"in","args":[{"property":"rang"},[]]}`,
		`{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[]}]}`, `{"op":"s_intersects","args":[{"property":"geom"},{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}]}`, `{"op":"s_intersects","args":[{"property":"geom"},{"bbox":[1,2,3]}]}`, `null`, `[]`, `{"op":"not","args":[{"op":"not","args":[true]}]}`,
		`{"op":"=","op":"<","args":[{"property":"rang"},1]}`, `true false`} {
		list = append(list, url.Values{"filter": {filter}, "filter-lang": {"cql2-json"}})
	}
	for _, box := range []string{"-180,-90,180,90", "-360,-90,360,90", "179,-90,-179,90", "3.1,45.75,3.1,45.75", "180,0,180,0", "-180,0,180,0", "0,90,0,90", "-1e-300,-1e-300,4,46", "3,45,-1e9,4,46,1e9", "361,0,362,1"} {
		list = append(list, url.Values{"bbox": {box}})
	}
	for _, box := range []string{"-1e308,-1e308,1e308,1e308", "700000,6500000,700000,6500000", "0,0,1,1", "-20037508.342789244,-20048966.1,20037508.342789244,20048966.1", "1e15,1e15,1e16,1e16", "-90,-180,90,180", "45,170,46,-170"} {
		for _, system := range []string{"3857", "2154", "4326", "32631"} {
			list = append(list, url.Values{"bbox": {box}, "bbox-crs": {epsg + system}})
		}
	}
	for _, time := range []string{"0000-01-01T00:00:00Z/9999-12-31T23:59:59Z", "../..", "9999-12-31T23:59:59.999999999Z", "0001-01-01/..", "2024-01-01T00:00:00+23:59", "2024-01-01T00:00:00-24:00", "2024-02-29/2024-02-29"} {
		list = append(list, url.Values{"datetime": {time}})
	}
	for _, order := range []string{"-code,rang,pm10,ouvert,service,mesure,type de voie", "mesure", "-mesure", "polluants", "détail", "geom", "-", "code,-code"} {
		list = append(list, url.Values{"sortby": {order}})
	}
	return append(list, url.Values{"offset": {"1000000"}}, url.Values{"offset": {"1000001"}}, url.Values{"limit": {"99999999999999999999999999"}}, url.Values{"limit": {"0"}}, url.Values{"q": {"%_\\"}}, url.Values{"q": {"\u0301"}},
		url.Values{"rang": {"-9223372036854775808"}}, url.Values{"pm10": {"1e308"}}, url.Values{"pm10": {"-0"}}, url.Values{"service": {"0000-01-01"}}, url.Values{"polluants": {""}}, url.Values{"properties": {"geom"}, "sortby": {"-pm10"}})
}

// Both stores give the same, which is an answer or a refusal that says why.
func TestExtremes(t *testing.T) {
	answers := map[string][]string{}
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		var list []string
		for _, query := range extremes() {
			path := "/api/collections/stations/items?" + query.Encode()
			a := c.ask("GET", path)
			switch {
			case a.status == 200 && probe(a.body, "type") == "FeatureCollection":
				ids := c.ask("GET", path+"&f=csv&properties=code")
				if query.Has("properties") {
					ids.body = ""
				}
				list = append(list, query.Encode()+" gives "+probe(a.body, "numberMatched")+" "+probe(a.body, "numberReturned")+" "+ids.body)
			case a.status == 400 && probe(a.body, "errors/0/reason") != "absent":
				list = append(list, query.Encode()+" is refused: "+probe(a.body, "errors/0/reason"))
			default:
				t.Errorf("%.300s: %d %.300s", path, a.status, a.body)
			}
		}
		answers[t.Name()] = list
	})
	var first []string
	for name, list := range answers {
		if first != nil {
			if diff := cmp.Diff(first, list); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
		}
		first = list
	}
}
