package server

import (
	"net/url"
	"slices"
	"testing"

	"puy/store"
)

// asked are the ids that a filter selects, in order.
type asked func(filter string) []string

// together gives the ids that are in both.
func together(a, b []string) (both []string) {
	for _, id := range a {
		if slices.Contains(b, id) {
			both = append(both, id)
		}
	}
	return both
}

// TestFiltersOfEveryField follows the methods of the abstract tests of CQL2 (OGC
// 21-065 annex A): filters of one shape on every queryable, and how what they
// select must lie to each other. The 25 stations without a time are null in it.
func TestFiltersOfEveryField(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		ids := func(filter string) []string {
			t.Helper()
			var p featurePage
			c.get("/api/collections/stations/items?"+url.Values{"filter": {filter}, "limit": {"1000"}, "properties": {"code"}, "skipGeometry": {"true"}}.Encode(), &p)
			var all []string
			for _, f := range p.Features {
				all = append(all, f.ID)
			}
			slices.Sort(all)
			return all
		}
		everything := ids("true")
		if len(everything) != stationCount || len(ids("FALSE")) != 0 {
			t.Fatal(len(everything))
		}
		values := map[string]string{"code": "'S100'", `"type de voie"`: "'Rue'", "rang": "4", "pm10": "12.25", "ouvert": "true", "service": "DATE('2024-03-01')", "mesure": "TIMESTAMP('2024-03-01T12:00:00Z')"}
		for field, value := range values {
			compared(t, ids, field, value)
			compared(t, ids, value, field)
			null, not := ids(field+" is null"), ids(field+" IS NOT NULL")
			if len(null)+len(not) != stationCount || len(together(null, not)) > 0 {
				t.Errorf("%s: %d are null and %d not", field, len(null), len(not))
			}
			for _, side := range []string{field, value} {
				same := ids(side + " = " + side)
				if len(same) != stationCount && len(same) != len(not) || !slices.Equal(ids(side+" <= "+side), same) || !slices.Equal(ids(side+" >= "+side), same) ||
					len(ids(side+" <> "+side))+len(ids(side+" < "+side))+len(ids(side+" > "+side)) > 0 {
					t.Errorf("%s is not itself", side)
				}
			}
			in, out := ids(field+" in ("+value+")"), ids(field+" NOT IN ("+value+")")
			if !slices.Equal(in, ids(field+" = "+value)) || len(in)+len(out) != len(not) || len(together(in, out)) > 0 {
				t.Errorf("%s: %d are in, %d are not, of %d", field, len(in), len(out), len(not))
			}
		}
		for a, b := range map[string]string{
			"code LIKE '%'": "code like '%%'", "code LIKE '_%'": "NOT code like ''", "CASEI(code) LIKE casei('s1%')": "CASEI(code) LIKE casei('S1%')",
			"ACCENTI(code) LIKE accenti('ét%')": "ACCENTI(code) LIKE accenti('et%')", "ACCENTI(CASEI(code)) LIKE accenti(casei('ÉT%'))": "ACCENTI(CASEI(code)) LIKE accenti(casei('et%'))",
			"rang BETWEEN 2 AND 5": "rang >= 2 AND rang <= 5", "rang between 5.0 and 2.0": "false",
			"S_INTERSECTS(geom,BBOX(-180,-90,180,90))": "S_WITHIN(geom,POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90)))", "S_DISJOINT(geom,BBOX(-180,-90,180,90))": "S_CONTAINS(geom,LINESTRING(3 45,4 46))",
			"S_EQUALS(geom,POINT(3.02 45.75))": "S_INTERSECTS(POINT(3.02 45.75),geom)", "S_TOUCHES(geom,LINESTRING(3.02 45.75,4 46))": "S_EQUALS(geom,POINT(3.02 45.75))",
			"T_AFTER(mesure,INTERVAL('2024-01-01T00:00:00Z','2024-03-01T12:00:00Z'))": "mesure > TIMESTAMP('2024-03-01T12:00:00Z')", "T_BEFORE(service,DATE('2024-03-01'))": "service < DATE('2024-03-01')",
			"T_DISJOINT(service,INTERVAL('2024-02-01','..'))": "NOT T_INTERSECTS(service,INTERVAL('2024-02-01','..'))", "T_EQUALS(mesure,TIMESTAMP('2024-03-01T12:00:00Z'))": "mesure in ('2024-03-01T12:00:00Z')",
			"T_DURING(INTERVAL(service,service),INTERVAL('2024-02-01','2024-02-04'))": "service in ('2024-02-02','2024-02-03')",
			"A_CONTAINS(polluants,('no2','1'))":                                       "A_EQUALS(polluants,('no2','1'))", "A_OVERLAPS(polluants,('no2'))": "true", "A_CONTAINEDBY(polluants,('0','no2','x'))": "A_CONTAINS(polluants,('0'))",
		} {
			if first, second := ids(a), ids(b); !slices.Equal(first, second) {
				t.Errorf("%s selects %d, and %s %d", a, len(first), b, len(second))
			}
		}
		for _, filter := range []string{"S_INTERSECTS(geom,POINT(90 180))", "S_DISJOINT(geom,MULTIPOINT(3 45, 90 180))", "S_INTERSECTS(geom,BBOX(0,0,0,91))", `A_CONTAINS(polluants,("no2"))`} {
			exchange{"GET /api/collections/stations/items?" + url.Values{"filter": {filter}}.Encode(), 400, "errors/0/parameter = filter"}.check(t, c)
		}
	})
}

// compared looks that of each pair of opposite operators one holds, but for null.
func compared(t *testing.T, ids asked, a, b string) {
	t.Helper()
	known := len(ids("(" + a + " = " + b + ") OR NOT (" + a + " = " + b + ")"))
	for operator, opposite := range map[string]string{"=": "<>", "<": ">=", ">": "<="} {
		first, second := ids(a+" "+operator+" "+b), ids(a+" "+opposite+" "+b)
		if len(first)+len(second) != known || len(together(first, second)) > 0 || operator == "=" && len(first) == 0 {
			t.Errorf("%s %s %s: %d and %d of %d", a, operator, b, len(first), len(second), known)
		}
	}
}
