package server

import (
	"slices"
	"strings"
	"testing"

	"puy/store"
)

// One feature can be had in parts, as pages of them can; its ETag still tells the
// state of the whole.
func TestFieldsOfAnItem(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		const at = "/api/collections/stations/items/S003"
		whole := c.ask("GET", at)
		state, _, _ := strings.Cut(whole.header.Get("Etag"), "-")
		for query, want := range map[string][2]string{
			"properties=rang,code":                                             {`{"code":"S003","rang":3}`, `"geometry":{`},
			"properties=geom":                                                  {`{}`, `"geometry":{`},
			"properties=pm10&skipGeometry=true":                                {`{"pm10":0.75}`, `"geometry":null`},
			"properties=pm10,code&exclude-properties=code,geom":                {`{"pm10":0.75}`, `"geometry":null`},
			"properties=ouvert&crs=http://www.opengis.net/def/crs/EPSG/0/4326": {`{"ouvert":false}`, `45.75,3.003`},
		} {
			a := c.ask("GET", at+"?"+query)
			if a.status != 200 || !strings.Contains(a.body, `"properties":`+want[0]) || !strings.Contains(a.body, want[1]) || probe(a.body, "id") != "S003" {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
			tag := a.header.Get("Etag")
			if part, _, _ := strings.Cut(tag, "-"); part != state || tag == whole.header.Get("Etag") {
				t.Errorf("%s: the ETag is %s; that of all is %s", query, tag, whole.header.Get("Etag"))
			}
			if again := c.ask("GET", at+"?"+query, "If-None-Match: "+tag); again.status != 304 {
				t.Errorf("%s: %d", query, again.status)
			}
		}
		for _, query := range []string{"properties=x", "properties=", "skipGeometry=maybe", "exclude-properties=code,,"} {
			if a := c.ask("GET", at+"?"+query); a.status != 400 {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
		}
		d, _ := fetchDefinition(t, c)
		for path, methods := range d.Paths {
			if strings.HasSuffix(path, "stations/items/{item}") && !slices.ContainsFunc(methods["get"].Parameters, func(p parameter) bool { return p.Name == "properties" }) {
				t.Errorf("%s does not tell of properties", path)
			}
		}
	})
}
