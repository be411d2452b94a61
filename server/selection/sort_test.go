package selection

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/server/answer"
	"puy/store"
)

func TestParseSort(t *testing.T) {
	for text, want := range map[string][]store.Order{
		"a":          {{Field: "a"}},
		"-a,+b, c":   {{Field: "a", Descending: true}, {Field: "b"}, {Field: "c"}},
		"--a,+-b":    {{Field: "-a", Descending: true}, {Field: "-b"}},
		"é de,a":     {{Field: "é de"}, {Field: "a"}},
		"a,A,-\"a\"": {{Field: "a"}, {Field: "A"}, {Field: `"a"`, Descending: true}},
	} {
		got, err := ParseSort(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(text, err, diff)
		}
	}
	for _, text := range []string{"", ",", "a,", "-", "+", "a,-a", "a,b,c,d,e,f,g,h,i"} {
		if got, err := ParseSort(text); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func FuzzParseSort(f *testing.F) {
	for _, seed := range []string{"a", "-a,+b, c", "--a,+-b", ",", "é,É"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		order, err := ParseSort(text)
		if err != nil {
			return
		}
		again, err := ParseSort(SortText(order))
		if !slices.Equal(order, again) || err != nil {
			t.Errorf("%q is %v, written %q, which is %v, %v", text, order, SortText(order), again, err)
		}
	})
}

func TestFields(t *testing.T) {
	d := dataset()
	for query, want := range map[string]Fields{
		"":                                      {},
		"properties=n,nom":                      {Names: []string{"nom", "n"}},
		"properties=n,n":                        {Names: []string{"n"}},
		"properties=geom":                       {Names: []string{}},
		"exclude-properties=nom,limit":          {Names: []string{"n", "jour", "note"}},
		"exclude-properties=geom":               {Names: []string{"nom", "n", "jour", "note", "limit"}, NoGeometry: true},
		"properties=n,nom&exclude-properties=n": {Names: []string{"nom"}},
		"skipGeometry=true":                     {NoGeometry: true},
		"skipGeometry=false":                    {},
	} {
		p := answer.ReadParams(httptest.NewRecorder(), httptest.NewRequest("GET", "/?"+query, nil))
		got := ReadFields(p, d)
		if err := p.Done(); err != nil {
			t.Error(query, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(query, diff)
		}
		if s := got.Schema(&d.Current.Schema); got.Names != nil && len(s.Fields) != len(got.Names) || len(d.Current.Schema.Fields) != 5 {
			t.Error(query, s.Fields)
		}
	}
	for _, query := range []string{"properties=", "properties=rien", "properties=n,", "exclude-properties=rien", "skipGeometry=1", "properties=n&properties=nom"} {
		p := answer.ReadParams(httptest.NewRecorder(), httptest.NewRequest("GET", "/?"+query, nil))
		ReadFields(p, d)
		if p.Done() == nil {
			t.Error(query, "is taken")
		}
	}
}

// What a request may say about order and fields does not break, and names only
// what there is.
func FuzzReadSortAndFields(f *testing.F) {
	f.Add("-n,nom", "nom,geom", "note")
	f.Add(" n", "", ",")
	d := dataset()
	f.Fuzz(func(t *testing.T, sortby, properties, exclude string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = url.Values{"sortby": {sortby}, "properties": {properties}, "exclude-properties": {exclude}}.Encode()
		p := answer.ReadParams(httptest.NewRecorder(), r)
		order, fields := ReadSort(p, d), ReadFields(p, d)
		if p.Done() != nil {
			return
		}
		fields.Schema(&d.Current.Schema) // panics where a name is none
		q := store.Query{Sort: order}
		if _, _, err := q.SortKeys(&d.Current.Schema); err != nil {
			t.Errorf("sortby=%q is taken: %v", sortby, err)
		}
	})
}
