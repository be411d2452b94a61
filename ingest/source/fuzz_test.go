package source

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// What is merged of any page is a document of its own, with as many members as
// were told.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`<FeatureCollection numberMatched="3"><member><a x="1"/></member><featureMembers><b/><b/></featureMembers></FeatureCollection>`))
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><w:FeatureCollection xmlns:w="u"><!-- c --><w:member><a>` + "\xe9" + `</a></w:member></w:FeatureCollection>`))
	f.Add([]byte(`<FeatureCollection/>`))
	f.Add([]byte(`<ows:ExceptionReport><ows:ExceptionText>no</ows:ExceptionText></ows:ExceptionReport>`))
	path := filepath.Join(f.TempDir(), "page")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		m := newMembers(&out, 1<<20)
		returned, _, err := m.take(path)
		if err != nil {
			return
		}
		if returned > 0 {
			if _, _, err := m.take(path); err != errSamePage {
				t.Errorf("the same page again: %v", err)
			}
		}
		if err := m.finish(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		again, _, err := newMembers(&bytes.Buffer{}, 1<<22).take(path)
		if want := 2 * returned; err != nil || again != want { // the page was taken twice
			t.Errorf("%d members become %d, %v: %q", want, again, err, out.Bytes())
		}
	})
}

// What is merged of any page is GeoJSON with as many features as were told.
func FuzzPage(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","numberMatched":2,"features":[{"a": 1},{"b":[2]}],"links":[{"rel":"next","href":"x"}]}`))
	f.Add([]byte(`{"features":[],"numberMatched":"unknown","type":"FeatureCollection","crs":{"x":1}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var out bytes.Buffer
		m := newMerged(&out, 1<<20)
		p, err := decodePage(bytes.NewReader(data), m.add)
		if err != nil {
			return
		}
		if err := m.end(); err != nil {
			t.Fatal(err)
		}
		var got struct{ Features []json.RawMessage }
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || int64(len(got.Features)) != p.Features {
			t.Errorf("%d features become %d, %v", p.Features, len(got.Features), err)
		}
	})
}
