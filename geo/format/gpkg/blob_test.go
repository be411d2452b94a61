package gpkg_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format/gpkg"
)

func shape(t testing.TB, text string) geo.Geometry {
	t.Helper()
	parsed, err := wkt.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	g, err := geo.NewGeometry(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// gdalBlobs are what GDAL 3.6.2 writes.
var gdalBlobs = map[string]string{
	"LINESTRING (-3.11706 49.626904, -3.116957 49.626714)": "47500003e61000006ac18bbe82f408c08eb1135e82f308c0518369183ed04840a5dde8633ed048400102000000020000008eb1135e82f308c0a5dde8633ed048406ac18bbe82f408c0518369183ed04840",
	"POINT (1 2)":      "47500001e61000000101000000000000000000f03f0000000000000040",
	"POINT EMPTY":      "47500011e61000000101000000000000000000f87f000000000000f87f",
	"LINESTRING EMPTY": "47500011e6100000010200000000000000",
}

func TestBlobAgreesWithGDAL(t *testing.T) {
	for text, want := range gdalBlobs {
		b, err := hex.DecodeString(want)
		if err != nil {
			t.Fatal(err)
		}
		g, err := gpkg.ParseBlob(b)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := gpkg.AppendBlob(nil, g, 4326); !bytes.Equal(got, b) {
			t.Errorf("%s\n got %x\nwant %x", text, got, b)
		}
		bounds, err := gpkg.BlobBounds(b)
		if err != nil || bounds != g.Bounds() {
			t.Errorf("%s: bounds %v, %v; want %v", text, bounds, err, g.Bounds())
		}
	}
}

func TestBlobRoundTrip(t *testing.T) {
	for _, text := range []string{"POINT Z (1 2 3)", "LINESTRING (0 0, 1 1)", "POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))", "MULTIPOINT ((1 2), (3 4))",
		"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))", "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 5 5))", "GEOMETRYCOLLECTION EMPTY"} {
		g := shape(t, text)
		back, err := gpkg.ParseBlob(gpkg.AppendBlob(nil, g, -1))
		if err != nil || !bytes.Equal(back.AppendWKB(nil), g.AppendWKB(nil)) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if b := gpkg.AppendBlob(nil, geo.Geometry{}, 0); len(b) != 0 {
		t.Errorf("no geometry gives %x", b)
	}
}

func TestParseBlobRefuses(t *testing.T) {
	wkb := "0101000000000000000000f03f0000000000000040"
	for name, text := range map[string]string{
		"nothing": "", "other magic": "475100010000000" + "0" + wkb, "version 1": "4750010100000000" + wkb, "extended": "4750002100000000" + wkb,
		"envelope kind 5": "4750000b00000000" + wkb, "envelope cut off": "4750000300000000" + wkb, "no WKB": "4750000100000000", "WKB alone": wkb,
	} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := gpkg.ParseBlob(b); geo.KindOf(err) != geo.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := gpkg.BlobBounds(b); err == nil {
			t.Errorf("%s: bounds without an error", name)
		}
	}
	// Envelopes of each kind, in both byte orders, are stepped over.
	for flags, size := range map[string]int{"03": 32, "05": 48, "07": 48, "09": 64, "02": 32, "08": 64} {
		b, _ := hex.DecodeString("475000" + flags + "00000000" + string(bytes.Repeat([]byte("00"), size)) + wkb)
		if g, err := gpkg.ParseBlob(b); err != nil || g.Bounds().MinX != 1 {
			t.Errorf("flags %s: %v", flags, err)
		}
	}
}

func FuzzParseBlob(f *testing.F) {
	for _, text := range gdalBlobs {
		b, _ := hex.DecodeString(text)
		f.Add(b)
	}
	f.Add(gpkg.AppendBlob(nil, shape(f, "GEOMETRYCOLLECTION Z (POINT Z (1 2 3), POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1)))"), 2154))
	f.Fuzz(func(t *testing.T, b []byte) {
		gpkg.BlobBounds(b)
		g, err := gpkg.ParseBlob(b)
		if err != nil {
			return
		}
		out := gpkg.AppendBlob(nil, g, 4326)
		back, err := gpkg.ParseBlob(out)
		if err != nil || !bytes.Equal(gpkg.AppendBlob(nil, back, 4326), out) {
			t.Fatalf("%x became %x, %v", b, out, err)
		}
		if bounds, err := gpkg.BlobBounds(out); err != nil || g.Finite() && bounds.IsEmpty() != g.Bounds().IsEmpty() {
			t.Fatalf("bounds of %x: %v, %v; want %v", out, bounds, err, g.Bounds())
		}
	})
}
