package server

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"puy/catalog"
	"puy/geo"
	"puy/internal/archivetest"
	"puy/store"
	"puy/tiles/mvt"
	"puy/tiles/pmtiles"
)

// fillArchives adds datasets that are archives to the fixture.
func fillArchives(t *testing.T, s store.Store) (relief string) {
	t.Helper()
	vector := func(c pmtiles.Compression, layer string) string {
		return archivetest.Write(t, archivetest.Archive{Type: pmtiles.TypeMVT, Compression: c,
			Tiles: map[[3]int][]byte{{1, 0, 0}: archivetest.Vector(layer, "nord", 100), {1, 1, 0}: archivetest.Vector(layer, "est", 2), {2, 2, 1}: archivetest.Vector(layer, "loin", 3)},
			Metadata: pmtiles.Metadata{Attribution: `<a href="https://osm.example/">© OSM & co</a><script>alert(1)</script>`,
				VectorLayers: []pmtiles.VectorLayer{{ID: layer, MinZoom: 1, MaxZoom: 2, Fields: map[string]string{"nom": "String"}}}}})
	}
	put := func(id, path string) {
		t.Helper()
		err := s.PutDataset(t.Context(), catalog.Dataset{ID: id, Aliases: []string{"ancien-" + id}, Title: geo.Localized{FR: "Archive " + id}, Publisher: "metropole", Licence: "lov2",
			Source: catalog.Source{PMTiles: path, Private: true}})
		if err != nil {
			t.Fatal(err)
		}
	}
	relief = vector(pmtiles.CompressionGzip, "courbes")
	put("relief", relief)
	put("relief-br", vector(pmtiles.CompressionBrotli, "sommets"))
	put("relief-zstd", vector(pmtiles.CompressionZstd, "lacs"))
	put("relief-plat", vector(pmtiles.CompressionNone, "courbes"))
	put("photo", archivetest.Write(t, archivetest.Archive{Type: pmtiles.TypePNG, Compression: pmtiles.CompressionNone, Tiles: map[[3]int][]byte{{0, 0, 0}: bytes.Repeat([]byte("image "), 999)}}))
	put("mlt", archivetest.Write(t, archivetest.Archive{Type: pmtiles.TypeMLT, Compression: pmtiles.CompressionGzip, Tiles: map[[3]int][]byte{{0, 0, 0}: []byte("a MapLibre tile")}}))
	put("perdu", t.TempDir()+"/absent.pmtiles")
	put("faux", wrong(t, []byte("PMTiles\x04 or not")))
	whole, err := os.ReadFile(relief)
	if err != nil {
		t.Fatal(err)
	}
	put("court", wrong(t, whole[:len(whole)-40]))
	damaged := bytes.Clone(whole)
	for i := len(damaged) - 400; i < len(damaged); i++ {
		damaged[i] ^= 0x55
	}
	put("abime", wrong(t, damaged))
	put("muet", "http://127.0.0.1:1/tiles.pmtiles")
	return relief
}

func wrong(t *testing.T, content []byte) string {
	t.Helper()
	path := t.TempDir() + "/wrong.pmtiles"
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestArchives(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		fillArchives(t, s)
		c := startTiles(t, s)
		const mvtType, gz, not502 = "Content-Type: application/vnd.mapbox-vector-tile\n", "Content-Encoding: gzip\nETag: -gzip\"\nVary: Accept-Encoding", "detail ~ cannot be read"
		for _, e := range []exchange{
			{"GET /tiles/relief.json?lang=fr", 200, `
				name = Archive relief
				tiles/0 ~ /tiles/relief/{z}/{x}/{y}.mvt?v=
				minzoom = 1
				maxzoom = 2
				bounds/0 = 2.5
				center/2 = 1
				vector_layers/0/id = courbes
				vector_layers/0/fields/nom = String
				encoding = absent
				attribution ~ Métropole
				attribution ~ – © OSM &amp; coalert(1)`},
			{"GET /tiles/photo.json", 200, "tiles/0 ~ /tiles/photo/{z}/{x}/{y}.png?v=\nvector_layers = absent"},
			{"GET /tiles/mlt.json", 200, "tiles/0 ~ .mlt?v=\nencoding = mlt"},
			{"GET /tiles/relief,stations.json", 200, "tiles/0 ~ /tiles/relief,stations/{z}/{x}/{y}.mvt?v=\nvector_layers/# = 2\nminzoom = 0\nmaxzoom = 2"},
			{"GET /tiles/ancien-relief.json", 301, "Location: {base}/tiles/relief.json"},
			{"GET /tiles/Lambert93Quad/relief.json", 404, "detail ~ WebMercatorQuad alone"},
			{"GET /tiles/relief.json?fields=nom", 400, "errors/0/reason ~ archive"},

			{"GET /tiles/relief/1/0/0.mvt\nAccept-Encoding: gzip, deflate, br, zstd", 200, mvtType + gz + "\nCache-Control: no-cache"},
			{"GET /tiles/relief/1/0/0.mvt", 200, mvtType + "Content-Encoding: -"},
			{"GET /tiles/relief/1/0/0.mvt\nAccept-Encoding: zstd", 200, "Content-Encoding: zstd\nETag: -zstd\""},
			{"GET /tiles/relief/1/0/0.mvt\nAccept-Encoding: gzip;q=0.1, zstd;q=0.2", 200, "Content-Encoding: zstd"},
			{"GET /tiles/relief/1/0/0.mvt\nAccept-Encoding: br", 200, "Content-Encoding: -"},
			{"GET /tiles/relief/1/0/0.mvt\nAccept-Encoding: br, *;q=0", 406, ""},
			{"GET /tiles/relief/1/1/0.mvt\nAccept-Encoding: gzip, identity;q=0", 200, gz},
			{"HEAD /tiles/relief/1/0/0.mvt\nAccept-Encoding: gzip", 200, gz + "\nContent-Length: "},
			{"GET /tiles/relief/1/0/0\nAccept-Encoding: gzip", 200, mvtType + "Vary: Accept"},
			{"GET /tiles/relief/1/0/0?f=mvt", 200, mvtType},
			{"GET /tiles/relief/1/0/0?f=png", 400, "errors/0/parameter = f"},
			{"GET /tiles/relief/1/0/0\nAccept: image/png", 406, ""},
			{"GET /tiles/WebMercatorQuad/relief/1/0/0.mvt", 200, mvtType},
			{"GET /tiles/relief-br/1/0/0.mvt\nAccept-Encoding: gzip, deflate, br, zstd", 200, "Content-Encoding: br\nETag: -br\""},
			{"GET /tiles/relief-br/1/0/0.mvt\nAccept-Encoding: gzip", 200, gz},
			{"GET /tiles/relief-br/1/0/0.mvt\nAccept-Encoding: br;q=0.2, gzip;q=0.3", 200, gz},
			{"GET /tiles/relief-br/1/0/0.mvt", 200, "Content-Encoding: -"},
			{"GET /tiles/relief-zstd/1/0/0.mvt\nAccept-Encoding: gzip, zstd", 200, "Content-Encoding: zstd"},
			{"GET /tiles/relief-plat/1/0/0.mvt\nAccept-Encoding: gzip", 200, gz},
			{"GET /tiles/relief-plat/1/1/0.mvt\nAccept-Encoding: gzip", 200, "Content-Encoding: -"},
			{"GET /tiles/photo/0/0/0.png\nAccept-Encoding: gzip, br", 200, "Content-Type: image/png\nContent-Encoding: -\nContent-Length: 5994"},
			{"GET /tiles/photo/0/0/0", 200, "Content-Type: image/png"},
			{"GET /tiles/photo/0/0/0.mvt", 404, "detail ~ png"},
			{"GET /tiles/mlt/0/0/0.mlt", 200, "Content-Type: application/vnd.maplibre-tile\n~ a MapLibre tile"},

			{"GET /tiles/relief/1/0/1.mvt", 204, ""},
			{"GET /tiles/relief/0/0/0.mvt", 404, "detail ~ zooms 1 to 2"},
			{"GET /tiles/relief/3/0/0.mvt", 404, "detail ~ zooms 1 to 2"},
			{"GET /tiles/relief/1/2/0.mvt", 404, ""},
			{"GET /tiles/relief/1/0/0.png", 404, "detail ~ mvt"},
			{"GET /tiles/relief/1/0/0.mlt", 404, "detail ~ mvt"},
			{"GET /tiles/stations/0/0/0.png", 404, ""},
			{"GET /tiles/relief/1/0/0.mvt?nom=nord", 400, "errors/0/parameter = nom"},
			{"GET /tiles/relief/1/0/0.mvt?datetime=2024-01-01", 400, "errors/0/reason ~ archive"},
			{"GET /tiles/Lambert93Quad/relief/1/0/0.mvt", 404, "detail ~ WebMercatorQuad alone"},
			{"GET /tiles/ancien-relief/1/0/0.mvt", 301, "Location: {base}/tiles/relief/1/0/0.mvt"},

			{"GET /tiles/relief,stations/1/0/0.mvt\nAccept-Encoding: gzip", 200, mvtType + gz},
			{"GET /tiles/relief,relief-br/1/0/1.mvt", 204, ""},
			{"GET /tiles/relief,photo/0/0/0.mvt", 400, "detail ~ photo holds png"},
			{"GET /tiles/stations,mlt/0/0/0.mvt", 400, "detail ~ mlt holds mlt"},
			{"GET /tiles/relief,relief-plat/1/0/0.mvt", 400, "detail ~ have a layer courbes"},
			{"GET /tiles/relief,stations/1/0/0.mvt?fields=nom", 400, "errors/0/reason ~ archive"},
			{"GET /tiles/relief,stations/1/0/0.mlt", 404, ""},

			{"GET /tiles/perdu/1/0/0.mvt", 502, not502},
			{"GET /tiles/perdu.json", 502, not502},
			{"GET /tiles/faux/1/0/0.mvt", 502, not502},
			{"GET /tiles/court/1/0/0.mvt", 502, not502},
			{"GET /tiles/abime/1/0/0.mvt", 502, not502},
			{"GET /tiles/muet/1/0/0.mvt", 503, "Retry-After: \ndetail ~ cannot be reached"},
			{"GET /tiles/relief,muet/1/0/0.mvt", 503, "detail ~ muet"},

			{"GET /api/collections/relief", 404, ""},
			{"GET /api/collections/relief/items", 404, ""},
		} {
			e.check(t, c)
		}
		if a := c.ask("GET", "/api/collections"); strings.Contains(a.body, "relief") {
			t.Error("an archive is among the collections")
		}
		a := c.ask("GET", "/tiles/relief/1/0/0.mvt", "Accept-Encoding: gzip")
		for _, coding := range []string{"gzip", "zstd", "identity"} {
			if b := c.ask("GET", "/tiles/relief/1/0/0.mvt", "Accept-Encoding: "+coding, "If-None-Match: "+a.header.Get("ETag")); b.status != 304 {
				t.Errorf("%s: %d", coding, b.status)
			}
		}
	})
}

// Every coding gives the tile that went in, alone and beside another dataset's.
func TestArchiveTilesAreWhatTheyWere(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		fillArchives(t, s)
		c := startTiles(t, s)
		for id, layer := range map[string]string{"relief": "courbes", "relief-br": "sommets", "relief-zstd": "lacs", "relief-plat": "courbes"} {
			want := string(archivetest.Vector(layer, "nord", 100))
			if a := c.ask("GET", "/tiles/"+id+"/1/0/0.mvt"); a.body != want {
				t.Errorf("%s: another tile of %d bytes", id, len(a.body))
			}
		}
		a := c.ask("GET", "/tiles/relief-br/1/0/0.mvt", "Accept-Encoding: br")
		if b, err := io.ReadAll(brotli.NewReader(strings.NewReader(a.body))); err != nil || string(b) != string(archivetest.Vector("sommets", "nord", 100)) {
			t.Errorf("Brotli: %d bytes, %v", len(b), err)
		}
		layers, err := mvt.Decode([]byte(c.ask("GET", "/tiles/relief,stations,relief-br/1/1/0.mvt").body))
		if err != nil || len(layers) != 3 || layers[0].Name != "courbes" || layers[1].Name != "stations" || layers[2].Name != "sommets" {
			t.Errorf("%d layers, %v", len(layers), err)
		}
	})
}

// A replaced archive shows within two seconds, under another version.
func TestArchiveIsReplaced(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		path := fillArchives(t, s)
		c := startTiles(t, s)
		var doc struct{ Tiles []string }
		c.get("/tiles/relief.json", &doc)
		before := c.ask("GET", strings.NewReplacer("{z}", "1", "{x}", "0", "{y}", "0").Replace(doc.Tiles[0]))
		if before.status != 200 || !strings.Contains(before.header.Get("Cache-Control"), "max-age") {
			t.Fatalf("%d, %v", before.status, before.header)
		}
		next := archivetest.Write(t, archivetest.Archive{Type: pmtiles.TypePNG, Compression: pmtiles.CompressionNone, Tiles: map[[3]int][]byte{{1, 0, 0}: []byte("a picture")}})
		if err := os.Rename(next, path); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		waitFor(t, c, "/tiles/relief/1/0/0.png", func(a answered) bool { return a.status == 200 && a.body == "a picture" })
		t.Logf("seen after %v", time.Since(start))
		if a := c.ask("GET", "/tiles/relief/1/0/0.mvt"); a.status != 404 {
			t.Errorf("a tile of the archive before: %d", a.status)
		}
	})
}

// An archive at a URL is read by ranges, and a tile is asked for once.
func TestArchiveAtURL(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		path := fillArchives(t, s)
		asked := 0
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			if r.Header.Get("Range") == "" {
				t.Error("the whole archive is asked for")
			}
			http.ServeFile(w, r, path)
		}))
		defer site.Close()
		err := s.PutDataset(t.Context(), catalog.Dataset{ID: "relief", Title: geo.Localized{FR: "Relief"}, Source: catalog.Source{PMTiles: site.URL + "/x.pmtiles", Private: true}})
		if err != nil {
			t.Fatal(err)
		}
		c := startTiles(t, s)
		for range 20 {
			if a := c.ask("GET", "/tiles/relief/1/0/0.mvt", "Accept-Encoding: gzip"); a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
		}
		if asked > 3 {
			t.Errorf("%d ranges for one tile", asked)
		}
	})
}
