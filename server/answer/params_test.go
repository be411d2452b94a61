package answer

import (
	"errors"
	"math"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
)

func TestParseBounds(t *testing.T) {
	for _, c := range []struct {
		text string
		want geo.Bounds
	}{
		{"3,45.5,3.2,46", geo.Bounds{MinX: 3, MinY: 45.5, MaxX: 3.2, MaxY: 46}},
		{"-8.5,42,-8.40000000000000036,42.00999999999999801", geo.Bounds{MinX: -8.5, MinY: 42, MaxX: -8.4, MaxY: 42.01}},
		{".5000000,-80.0000000,1e1,-7.5E1", geo.Bounds{MinX: .5, MinY: -80, MaxX: 10, MaxY: -75}},
		{" 1, 2 ,3,4", geo.Bounds{MinX: 1, MinY: 2, MaxX: 3, MaxY: 4}},
		{"1,2,-10,3,4,900", geo.Bounds{MinX: 1, MinY: 2, MaxX: 3, MaxY: 4}},
		{"177,65,-177,70", geo.Bounds{MinX: 177, MinY: 65, MaxX: -177, MaxY: 70}},
		{"-190,-10,-170,10", geo.Bounds{MinX: 170, MinY: -10, MaxX: -170, MaxY: 10}},
		{"170,-10,190,10", geo.Bounds{MinX: 170, MinY: -10, MaxX: -170, MaxY: 10}},
		{"-200,-100,200,100", geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}},
		{"-180,-90,180,90", geo.Bounds{MinX: -180, MinY: -90, MaxX: 180, MaxY: 90}},
		{"3,45,3,45", geo.Bounds{MinX: 3, MinY: 45, MaxX: 3, MaxY: 45}},
	} {
		got, err := ParseBounds(c.text)
		if err != nil || got != c.want {
			t.Errorf("ParseBounds(%q) = %v, %v; want %v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "a,2,3,4", "NaN,2,3,4", "1,2,Inf,4", "0x1p3,2,3,4", "1_0,2,3,4",
		"1,5,3,4", "1,2,9,3,4,8", "700000,6500000,710000,6600000", "3,91,4,92", "1,,3,4", "1e999,2,3,4", "++1,2,3,4"} {
		if got, err := ParseBounds(text); err == nil {
			t.Errorf("ParseBounds(%q) = %v; want an error", text, got)
		}
	}
}

func FuzzParseBounds(f *testing.F) {
	for _, seed := range []string{"3,45.5,3.2,46", "177,65,-177,70", "-190,-10,-170,10", "1,2,-10,3,4,900", "1e-5,.5,+1,2", ",,,", "-361,0,0,0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseBounds(text)
		if err != nil {
			return
		}
		for _, x := range []float64{b.MinX, b.MaxX} {
			if math.IsNaN(x) || x < -180 || x > 180 {
				t.Errorf("%q: longitude %v", text, x)
			}
		}
		if math.IsNaN(b.MinY) || b.MinY < -90 || b.MaxY > 90 || b.MinY > b.MaxY {
			t.Errorf("%q: latitudes %v, %v", text, b.MinY, b.MaxY)
		}
	})
}

func TestParseInterval(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return v.UTC()
	}
	for _, c := range []struct {
		text       string
		start, end string // RFC 3339; empty is open
	}{
		{"2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z"},
		{"2024-01-05t10:00:00.5z", "2024-01-05T10:00:00.5Z", "2024-01-05T10:00:00.5Z"},
		{"2024-01-05", "2024-01-05T00:00:00Z", "2024-01-05T23:59:59.999999Z"},
		{"2024-01-05/2024-01-06", "2024-01-05T00:00:00Z", "2024-01-06T23:59:59.999999Z"},
		{"../2024-01-06", "", "2024-01-06T23:59:59.999999Z"},
		{"/2024-01-06", "", "2024-01-06T23:59:59.999999Z"},
		{"2024-01-05/..", "2024-01-05T00:00:00Z", ""},
		{"2024-01-05/", "2024-01-05T00:00:00Z", ""},
		{"../..", "", ""},
		{"/", "", ""},
		{"2024-01-05T12:00:00+02:00", "2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z"},
		{"2024-01-05T12:00:00 02:00", "2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z"},
		{"2024-01-05T12:00:00-02:00", "2024-01-05T14:00:00Z", "2024-01-05T14:00:00Z"},
		{"2024-01-05T12:00:00", "2024-01-05T12:00:00Z", "2024-01-05T12:00:00Z"},
		{"0000-01-01T00:00:00Z/2024-01-06T00:00:00Z", "", "2024-01-06T00:00:00Z"},
		{"2024-01-05T00:00:00Z/9999-12-31T00:00:00Z", "2024-01-05T00:00:00Z", ""},
		{"0000-01-01T00:00:00Z", "0001-01-01T00:00:00.000001Z", "0001-01-01T00:00:00.000001Z"},
		{"../0000-01-01", "", "0001-01-01T00:00:00.000001Z"},
		{"2024-01-30/P2D", "2024-01-30T00:00:00Z", "2024-02-01T00:00:00Z"},
		{"2024-01-05T10:00:00+01:00/P1Y1M1W1DT1H1M1S", "2024-01-05T09:00:00Z", "2025-02-13T10:01:01Z"},
		{"2024-01-05/pt0s", "2024-01-05T00:00:00Z", "2024-01-05T00:00:00Z"},
		{"2024-01-05/P9000Y", "2024-01-05T00:00:00Z", ""},
	} {
		var want geo.Interval
		if c.start != "" {
			want.Start = at(c.start)
		}
		if c.end != "" {
			want.End = at(c.end)
		}
		got, err := ParseInterval(c.text)
		if err != nil || got != want {
			t.Errorf("ParseInterval(%q) = %v, %v; want %v", c.text, got, err, want)
		}
	}
	for _, text := range []string{"", "..", "2024", "2024-13-01", "2024-02-30", "2024-01-06/2024-01-05", "a/b", "2024-01-01/2024-01-02/2024-01-03",
		"2024-01-05T25:00:00Z", "20240105", "2024-01-05 10:00:00Z", "…/2024-01-01",
		"2024-01-05/P", "2024-01-05/PT", "2024-01-05/P1", "2024-01-05/P1DT", "2024-01-05/P1D2Y", "2024-01-05/P-1D", "2024-01-05/P1H", "2024-01-05/PT1D",
		"2024-01-05/P99999999D", "../P1D", "/P1D", "P1D", "P1D/2024-01-05"} {
		if got, err := ParseInterval(text); err == nil {
			t.Errorf("ParseInterval(%q) = %v; want an error", text, got)
		}
	}
}

func FuzzParseInterval(f *testing.F) {
	for _, seed := range []string{"2024-01-05T10:00:00Z", "2024-01-05/..", "0000-01-01T00:00:00Z/9999-12-31", "2024-01-05T12:00:00 02:00", "/", "2024-01-05/P1Y2M3DT4H5M6S"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i, err := ParseInterval(text)
		if err != nil {
			return
		}
		for _, end := range []time.Time{i.Start, i.End} {
			if !end.IsZero() && (end.Before(earliest) || end.Year() > 10000 || end.Location() != time.UTC) {
				t.Errorf("%q: %v", text, end)
			}
		}
		if !i.Start.IsZero() && !i.End.IsZero() && i.Start.After(i.End) {
			t.Errorf("%q: %v", text, i)
		}
	})
}

// read runs the getters of a resource with every kind of parameter.
func read(query, accept string) (limit, offset int64, f, lang string, p *Params, err error) {
	r := httptest.NewRequest("GET", "/x", nil)
	r.URL.RawQuery = query
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	p = ReadParams(httptest.NewRecorder(), r)
	f = p.Format(JSON(), HTML()).Name
	lang = p.Language([]string{"fr", "en"})
	limit = p.Limit(100, 10000)
	offset = p.Integer("offset", 0, 0, 1000)
	p.Bounds("bbox")
	p.Interval("datetime")
	p.Text("nom")
	return limit, offset, f, lang, p, p.Done()
}

func TestParamsRefuse(t *testing.T) {
	for query, want := range map[string][]string{
		"limit=0":                     {"limit"},
		"limit=-5":                    {"limit"},
		"limit=%2B10":                 {"limit"},
		"limit=ten":                   {"limit"},
		"limit=":                      {"limit"},
		"limit=1e3":                   {"limit"},
		"limit=-99999999999999999999": {"limit"},
		"limit=1&limit=1":             {"limit"},
		"offset=1001":                 {"offset"},
		"offset=-1":                   {"offset"},
		"bbox=1,2,3":                  {"bbox"},
		"bbox=1,2,3,4&bbox=1,2,3,4":   {"bbox"},
		"datetime=yesterday":          {"datetime"},
		"f=gml":                       {"f"},
		"lang=de":                     {"lang"},
		"Limit=1":                     {"Limit"},
		"unknown=1&unknown=2":         {"unknown"},
		"other":                       {"other"},
		"a=%zz&limit=0&b=1":           {"a", "limit", "b"},
		"nom=%ff":                     {"nom"},
		"nom=a%00b":                   {"nom"},
		"nom=a;limit=0":               nil,
		"nom=":                        nil,
		"nom=a+b%26c&&limit=5":        nil,
		"":                            nil,
	} {
		_, _, _, _, _, err := read(query, "")
		var got []string
		if problem, ok := errors.AsType[*Problem](err); ok {
			if problem.Status != 400 {
				t.Errorf("%q: status %d", query, problem.Status)
			}
			for _, e := range problem.Errors {
				got = append(got, e.Parameter)
				if e.Reason == "" {
					t.Errorf("%q: no reason for %s", query, e.Parameter)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q refuses %v; want %v", query, got, want)
		}
	}
}

func TestParamsValues(t *testing.T) {
	limit, offset, f, lang, p, err := read("limit=99999&offset=7&f=html&lang=en&nom=L%27%C3%A9t%C3%A9+%26co&limite", "")
	if limit != 10000 || offset != 7 || f != "html" || lang != "en" || err == nil {
		t.Error(limit, offset, f, lang, err)
	}
	if got := p.Query("limit", "limite").Encode(); got != "f=html&lang=en&nom=L%27%C3%A9t%C3%A9+%26co&offset=7" {
		t.Errorf("Query = %s", got)
	}
	if limit, _, _, _, _, err := read("limit=99999999999999999999", ""); limit != 10000 || err != nil {
		t.Error("a huge limit is not clamped:", limit, err)
	}
}

func TestNegotiation(t *testing.T) {
	for accept, want := range map[string]string{
		"":    "json",
		"*/*": "json",
		"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8": "html",
		"text/html":                                              "html",
		"text/html, application/json":                            "json",
		"text/html;q=0.8, application/json":                      "json",
		"application/json;q=0.5, text/html;q=0.6":                "html",
		"application/*":                                          "json",
		"text/*":                                                 "html",
		"application/json;q=0, */*":                              "html",
		"*/*;q=0.1, application/json;q=0":                        "html",
		"APPLICATION/JSON; charset=utf-8":                        "json",
		"application/vnd.oai.openapi+json, application/json;q=1": "json",
		"application/json;q=x":                                   "json",
		"image/png":                                              "406",
		"application/json;q=0":                                   "406",
		",":                                                      "406",
	} {
		_, _, got, _, _, err := read("", accept)
		if p, ok := errors.AsType[*Problem](err); ok && p.Status == 406 {
			got = "406"
		}
		if got != want {
			t.Errorf("Accept %q gives %s; want %s", accept, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"": "fr", "en": "en", "en-GB,en;q=0.9,fr;q=0.8": "en", "de,en;q=0.3": "en", "de": "fr", "fr-CA, en;q=0.9": "fr", "en;q=0": "fr", "*": "fr",
	} {
		if got := preferred(header, []string{"fr", "en"}); got != want {
			t.Errorf("Accept-Language %q gives %s; want %s", header, got, want)
		}
	}
}

func FuzzParams(f *testing.F) {
	f.Add("limit=10&bbox=1,2,3,4&datetime=2024-01-01/..&f=json&lang=fr&nom=x", "text/html;q=0.8,*/*")
	f.Add("a=%zz&b=%ff&&=&limit=", ";;q=,,/")
	f.Fuzz(func(t *testing.T, query, accept string) {
		limit, offset, _, _, p, err := read(query, accept)
		if limit < 1 || limit > 10000 || offset < 0 || offset > 1000 {
			t.Errorf("limit %d, offset %d", limit, offset)
		}
		if err != nil {
			return
		}
		again, err := url.ParseQuery(p.Query().Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p.Query(), again); diff != "" {
			t.Error("the canonical query says something else:", diff)
		}
	})
}

// What is chosen is an offer, and neither case nor blanks matter.
func FuzzChoose(f *testing.F) {
	for _, accept := range []string{"", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/geo+json;q=0,application/json", "*", ";;q=,,/", "a/*;q=2;q=0.1"} {
		f.Add(accept)
	}
	offers := []Format{GeoJSON(), JSON(), HTML()}
	f.Fuzz(func(t *testing.T, accept string) {
		chosen, ok := choose(accept, offers)
		if ok != slices.ContainsFunc(offers, func(o Format) bool { return o.Name == chosen.Name }) {
			t.Errorf("%q: %v, %v", accept, chosen, ok)
		}
		for _, same := range []string{strings.ToLower(accept), strings.ReplaceAll(accept, ",", " , "), strings.ReplaceAll(accept, ";", "; ")} {
			if again, okAgain := choose(same, offers); again.Name != chosen.Name || okAgain != ok {
				t.Errorf("%q gives %q, %q %q", accept, chosen.Name, same, again.Name)
			}
		}
		if lang := preferred(accept, []string{"fr", "en"}); lang != "fr" && lang != "en" {
			t.Errorf("language %q", lang)
		}
	})
}
