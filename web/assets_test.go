package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestAssetsAreNamedByContentAndCompressed(t *testing.T) {
	a, err := LoadAssets()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"portal.css", "logo.svg"} {
		served, ok := a.Served(name)
		if !ok || served == name {
			t.Fatalf("%s is served as %q", name, served)
		}
		asset, ok := a.Get(served)
		if !ok || !strings.Contains(asset.ContentType, strings.TrimPrefix(name[strings.Index(name, "."):], ".")) {
			t.Fatalf("%s is %+v", served, asset.ContentType)
		}
		zr, err := gzip.NewReader(bytes.NewReader(asset.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(zr); err != nil || !bytes.Equal(plain, asset.Plain) {
			t.Errorf("%s does not decompress to itself: %v", name, err)
		}
	}
	if _, ok := a.Get("portal.css"); ok {
		t.Error("a file is served under a name without its digest")
	}
	// Whether npm has built the map or not, the set is whole.
	if served, ok := a.Served("portal.js"); ok {
		if script, ok := a.Get(served); !ok || script.Brotli == nil || script.Gzip == nil {
			t.Errorf("%s is not there in all encodings", served)
		}
	}
}
