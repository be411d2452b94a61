package assets

import (
	"net/http"
	"testing"

	"puy/tiles"
)

// The cases of RFC 9110 section 12.5.3, and what browsers, QGIS and curl send.
func TestNegotiate(t *testing.T) {
	for header, want := range map[string]struct {
		coding tiles.Coding
		exact  bool
		fails  bool
	}{
		"-":                                  {tiles.Identity, false, false},
		"":                                   {tiles.Identity, false, false},
		"*":                                  {tiles.Zstd, false, false},
		"gzip, deflate":                      {tiles.Gzip, false, false},
		"gzip, deflate, br, zstd":            {tiles.Zstd, false, false},
		"GZIP":                               {tiles.Gzip, false, false},
		" x-gzip ; q=0.3":                    {tiles.Gzip, false, false},
		"compress, gzip":                     {tiles.Gzip, false, false},
		"compress;q=0.5, gzip;q=1.0":         {tiles.Gzip, false, false},
		"gzip;q=1.0, identity; q=0.5, *;q=0": {tiles.Gzip, false, false},
		"gzip;q=0.2,zstd;q=0.1":              {tiles.Gzip, false, false},
		"gzip;q=0.2,zstd;q=0.200":            {tiles.Zstd, false, false},
		"gzip;q=0":                           {tiles.Identity, false, false},
		"gzip;q=0.000, zstd;q=0":             {tiles.Identity, false, false},
		"gzip;q=0, *;q=0.5":                  {tiles.Zstd, false, false},
		"identity;q=0.8, gzip;q=0.7":         {tiles.Identity, false, false},
		"identity;q=0.5, gzip;q=0.5":         {tiles.Gzip, false, false},
		"identity;q=0, gzip":                 {tiles.Gzip, true, false},
		"*;q=0, zstd;q=0.001":                {tiles.Zstd, true, false},
		"identity;q=0":                       {tiles.Identity, false, true},
		"*;q=0":                              {tiles.Identity, false, true},
		"br, *;q=0":                          {tiles.Identity, false, true},
		"gzip;q=2":                           {tiles.Gzip, false, false},
		"gzip;q=x":                           {tiles.Gzip, false, false},
		";;,,=;q":                            {tiles.Identity, false, false},
	} {
		r := &http.Request{Header: http.Header{}}
		if header != "-" {
			r.Header.Set("Accept-Encoding", header)
		}
		coding, exact, err := negotiate(r)
		if (err != nil) != want.fails || err == nil && (coding != want.coding || exact != want.exact) {
			t.Errorf("%q: %v %v %v", header, coding, exact, err)
		}
	}
	r := &http.Request{Header: http.Header{"Accept-Encoding": {"gzip, deflate, br, zstd"}}}
	if n := testing.AllocsPerRun(100, func() { _, _, _ = negotiate(r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("gzip;q=0.5, *;q=0, identity")
	f.Fuzz(func(t *testing.T, header string) {
		weights, identity := weigh(&http.Request{Header: http.Header{"Accept-Encoding": {header}}}, "zstd", "gzip")
		for _, w := range append(weights[:], identity) {
			if w < 0 || w > 1000 {
				t.Errorf("%q weighs %d", header, w)
			}
		}
	})
}
