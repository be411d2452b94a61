package server

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"puy/store"
)

// nasty are values, as they stand in an address, that no parameter expects.
func nasty() map[string]string {
	return map[string]string{
		"empty": "", "blank": "%20", "nonsense": "zz!!", "quote": "'%22%60;--", "comma": ",,,", "equals": "a=b=c", "NUL": "a%00b", "control": "%01%1B%7F", "newline": "a%0D%0ASet-Cookie:x",
		"not percent-encoded": "%zz", "cut encoding": "%E", "not UTF-8": "%FF%FE", "overlong slash": "%C0%AF", "surrogate": "%ED%A0%80",
		"right-to-left": "%E2%80%AE%F0%9F%9A%B2", "8 kB": strings.Repeat("9", 8000), "8 kB of commas": strings.Repeat(",", 8000), "deep": strings.Repeat("(", 4000), "deep JSON": strings.Repeat("%5B", 2600),
		"minus one": "-1", "plus": "%2B10", "hexadecimal": "0x10", "beyond 64 bits": "99999999999999999999999", "least integer": "-9223372036854775808",
		"infinite": "Infinity", "not a number": "NaN", "tiny": "1e-400", "huge": "1e400", "year 0": "0000-01-01T00:00:00Z", "no day": "2024-02-30", "template": "{}", "path": "..%2f..%2fetc%2fpasswd",
		"LIKE": "%25%25%25%25%25%25_%25", "box of the world": "-180,-90,180,90", "box of nothing": "NaN,NaN,NaN,NaN", "huge box": "-1e308,-1e308,1e308,1e308", "CQL2": "1%20=%201",
	}
}

// refusedBy tells the nasty values that must be refused by a parameter that is
// no free text: every one of them would else be a default in silence.
func refusedBy(p parameter) func(name string) bool {
	always := []string{"NUL", "not percent-encoded", "cut encoding", "not UTF-8", "overlong slash", "surrogate"}
	strict := slices.Concat(always, []string{"nonsense", "quote", "comma", "equals", "newline", "right-to-left", "deep", "hexadecimal", "template", "path", "infinite", "not a number", "plus"})
	fixed := len(p.Schema.Enum) > 0 || p.Schema.Type == "integer" || p.Schema.Type == "boolean" ||
		slices.Contains([]string{"bbox", "datetime", "filter", "cursor", "sortby", "crs", "bbox-crs", "filter-crs", "properties", "exclude-properties", "fields", "collections"}, p.Name)
	return func(name string) bool {
		return slices.Contains(always, name) || fixed && slices.Contains(strict, name)
	}
}

// TestNastyValues gives every parameter of every resource values that it does not
// expect, and looks that the answer is one, or says what is wrong.
func TestNastyValues(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		d, _ := fetchDefinition(t, c)
		fixed := strings.NewReplacer("{tileMatrixSetId}", "WebMercatorQuad", "{tileMatrix}", "0", "{tileRow}", "0", "{tileCol}", "0", "{styleId}", "stations", "{format}", "csv", "{version}", "1")
		for _, template := range slices.Sorted(maps.Keys(d.Paths)) {
			o, ok := d.Paths[template]["get"]
			if !ok || strings.Contains(template, "iles/") || strings.Contains(template, "/iles") || strings.Contains(template, "neuf") { // as stations are
				continue
			}
			base := "/api"
			if len(o.Servers) > 0 {
				base = strings.TrimPrefix(o.Servers[0].URL, c.base)
			}
			id := "S001"
			if strings.Contains(template, "marches") {
				id = "M-01"
			}
			whole := fixed.Replace(strings.ReplaceAll(template, "{item}", id))
			for _, p := range o.Parameters {
				if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
					p = d.Components.Parameters[name]
				}
				refused := refusedBy(p)
				for name, value := range nasty() {
					switch p.In {
					case "path":
						if value == "" || strings.Contains(value, "/") {
							continue
						}
						at := base + fixed.Replace(strings.ReplaceAll(strings.ReplaceAll(template, "{"+p.Name+"}", value), "{item}", id))
						if a, ok := c.raw(at); ok && !slices.Contains([]int{200, 204, 400, 404}, a.status) {
							t.Errorf("%s with %s: %d %.200s", template, name, a.status, a.body)
						}
					case "query":
						a, ok := c.raw(base + whole + "?" + url.QueryEscape(p.Name) + "=" + value)
						if ok {
							c.judge(t, template+"?"+p.Name+" with "+name, p.Name, a, refused(name))
						}
					}
				}
				if len(p.Schema.Enum) > 0 && p.In == "query" && !slices.Contains(p.Schema.Enum, "json") && p.Name == "f" {
					a, _ := c.raw(base + whole + "?f=json")
					c.judge(t, template+"?f=json, which is not among its formats", "f", a, true)
				}
				if p.In == "query" {
					a, _ := c.raw(base + whole + "?" + url.QueryEscape(p.Name) + "=1&" + url.QueryEscape(p.Name) + "=1")
					c.judge(t, template+"?"+p.Name+" twice", p.Name, a, true)
				}
			}
		}
	})
}

// raw asks for an address as it stands; ok is false where no client can send it.
func (c *client) raw(path string) (a answered, ok bool) {
	c.t.Helper()
	if _, err := url.Parse(c.base + path); err != nil {
		return a, false
	}
	return c.ask("GET", path), true
}

// judge looks that an answer is good, or a problem that names the parameter.
func (c *client) judge(t *testing.T, what, parameter string, a answered, refused bool) {
	t.Helper()
	switch {
	case a.status == 400:
		var p struct {
			Detail string
			Errors []struct{ Parameter, Reason string }
		}
		if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.header.Get("Content-Type") != "application/problem+json" || p.Detail == "" {
			t.Errorf("%s: %v %s", what, err, a.body)
		}
		for _, e := range p.Errors {
			if e.Parameter == parameter && e.Reason != "" {
				return
			}
		}
		t.Errorf("%s: the problem does not name it: %s", what, a.body)
	case refused:
		t.Errorf("%s: is taken, %d", what, a.status)
	case !slices.Contains([]int{200, 204, 304, 404, 406, 410, 414}, a.status):
		t.Errorf("%s: %d %.200s", what, a.status, a.body)
	case a.header.Get("Access-Control-Allow-Origin") != "*":
		t.Errorf("%s: no CORS", what)
	}
}
