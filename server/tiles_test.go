package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"math"
	"strings"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/tiles"
	"puy/tiles/mvt"
)

// startTiles serves s with tiles.
func startTiles(t *testing.T, s store.Store) *client {
	t.Helper()
	service, err := tiles.NewService(tiles.Options{Dir: t.TempDir(), Source: TileSource(s), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, s, func(c *Config) { c.Tiles = service })
	t.Cleanup(func() { service.Close() })
	return c
}

func TestTileExchanges(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		for _, e := range []exchange{
			{"GET /tiles/stations.json", 200, `
				Content-Type: application/json
				Access-Control-Allow-Origin: *
				tilejson = 3.0.0
				name = Stations de mesure
				scheme = xyz
				tiles/0 = {base}/tiles/stations/{z}/{x}/{y}.mvt?v=1
				vector_layers/0/id = stations
				vector_layers/0/fields/pm10 = PM10 – number, ug/m3
				vector_layers/0/fields/rang = integer
				attribution ~ <a href="https://metropole.example/">© Métropole</a> –
				bounds/0 = 3
				center/1 = 45.75
				minzoom = 0
				maxzoom = 16`},
			{"GET /tiles/stations.json?f=json&lang=en", 200, "name = Air stations"},
			{"GET /tiles/iles.json", 200, "bounds/0 = -179.5"},
			{"GET /tiles/neuf.json", 200, "bounds = absent"},
			{"GET /tiles/marches.json", 404, "detail ~ no geometry"},
			{"GET /tiles/promis.json", 404, ""},
			{"GET /tiles/interne.json", 404, ""},
			{"GET /tiles/stations.json?x=1", 400, "errors/0/parameter = x"},
			{"GET /tiles/anciennes-stations.json?lang=en", 301, "Location: {base}/tiles/stations.json?lang=en"},

			{"GET /tiles/stations/0/0/0.mvt", 200, "Content-Type: application/vnd.mapbox-vector-tile\nVary: Accept-Encoding\nContent-Encoding: -\nETag: \"\nCache-Control: no-cache"},
			{"GET /tiles/stations/0/0/0.pbf", 200, "Content-Type: application/vnd.mapbox-vector-tile"},
			{"GET /tiles/stations/0/0/0.mvt?v=1", 200, "Cache-Control: max-age"},
			{"GET /tiles/stations/0/0/0.mvt?v=9", 200, "Cache-Control: no-cache"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: gzip", 200, "Content-Encoding: gzip\nETag: -gzip\""},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: br, *;q=0.1", 200, "Content-Encoding: gzip"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: gzip;q=0, *", 200, "Content-Encoding: -"},
			{"HEAD /tiles/stations/0/0/0.mvt", 200, "ETag: \"\nContent-Length: "},
			{"GET /tiles/stations/14/0/0.mvt", 204, "Access-Control-Allow-Origin: *\nCache-Control: no-cache"},
			{"GET /tiles/neuf/0/0/0.mvt", 204, ""},
			{"GET /tiles/stations/1/2/0.mvt", 404, "Content-Type: application/problem+json"},
			{"GET /tiles/stations/1/0/2.mvt", 404, ""},
			{"GET /tiles/stations/25/0/0.mvt", 404, ""},
			{"GET /tiles/stations/-1/0/0.mvt", 404, ""},
			{"GET /tiles/stations/+1/0/0.mvt", 404, ""},
			{"GET /tiles/stations/a/0/0.mvt", 404, ""},
			{"GET /tiles/stations/99999999999999999999/0/0.mvt", 404, ""},
			{"GET /tiles/nothing/0/0/0.mvt", 404, ""},
			{"GET /tiles/marches/0/0/0.mvt", 404, "detail ~ no geometry"},
			{"GET /tiles/interne/0/0/0.mvt", 404, ""},
			{"GET /tiles/stations/0/0/0.mvt?x=1", 400, "errors/0/parameter = x"},
			{"GET /tiles/anciennes-stations/0/0/0.mvt?v=1", 301, "Location: {base}/tiles/stations/0/0/0.mvt?v=1"},
			{"OPTIONS /tiles/stations/0/0/0.mvt", 204, "Allow: GET, HEAD, OPTIONS"},
			{"POST /tiles/stations/0/0/0.mvt", 405, "Allow: GET, HEAD, OPTIONS"},
		} {
			e.check(t, c)
		}
	})
}

// A tile holds the features of the items, and a click on it leads to them.
func TestTileAndItemsAgree(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		plain := c.ask("GET", "/tiles/stations/0/0/0.mvt")
		zipped := c.ask("GET", "/tiles/stations/0/0/0.mvt", "Accept-Encoding: gzip")
		z, err := gzip.NewReader(strings.NewReader(zipped.body))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(raw, []byte(plain.body)) {
			t.Errorf("the gzipped tile is another than the plain one: %v", err)
		}
		layers, err := mvt.Decode([]byte(plain.body))
		if err != nil {
			t.Fatal(err)
		}
		if len(layers) != 1 || layers[0].Name != "stations" || len(layers[0].Features) != stationCount-5 {
			t.Fatalf("%d layers, %d features", len(layers), len(layers[0].Features))
		}
		for _, a := range []answered{plain, zipped} {
			tag := a.header.Get("Etag")
			for _, have := range []string{tag, "W/" + tag, `"x", ` + tag} {
				again := c.ask("GET", "/tiles/stations/0/0/0.mvt", "If-None-Match: "+have, "Accept-Encoding: gzip")
				if again.status != 304 || again.body != "" || again.header.Get("Cache-Control") == "" || again.header.Get("Vary") == "" {
					t.Errorf("If-None-Match %s: %d %v", have, again.status, again.header)
				}
			}
		}
	})
}

// A new version changes the address, the tag and the tile.
func TestTilesOfANewVersion(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		schema := &geo.Schema{Geometry: geo.GeometryPoint, Key: "id", Fields: []geo.Field{{Name: "id", Type: geo.TypeText}}}
		put := func(ids ...string) {
			var rows []*geo.Feature
			for _, id := range ids {
				rows = append(rows, row(t, id, []geo.Value{geo.Text(id)}, 3, 45))
			}
			load(t, s, catalog.Dataset{ID: "points", Title: geo.Localized{FR: "Points"}, Key: "id"}, schema, rows)
		}
		put("a")
		c := startTiles(t, s)
		first := c.ask("GET", "/tiles/points/0/0/0.mvt?v=1")
		put("a", "b")
		tile := waitFor(t, c, "/tiles/points/0/0/0.mvt", func(a answered) bool { return a.body != first.body })
		if tile.header.Get("Etag") == first.header.Get("Etag") {
			t.Error("the tag stays")
		}
		layers, err := mvt.Decode([]byte(tile.body))
		if err != nil || len(layers[0].Features) != 2 {
			t.Errorf("%v %v", layers, err)
		}
		doc := waitFor(t, c, "/tiles/points.json", func(a answered) bool { return strings.Contains(a.body, "v=2") })
		if probe(doc.body, "version") != "2.0.0" {
			t.Error(doc.body)
		}
		if old := c.ask("GET", "/tiles/points/0/0/0.mvt?v=1"); !strings.Contains(old.header.Get("Cache-Control"), "no-cache") {
			t.Error("the old address is kept by caches:", old.header)
		}
	})
}

func TestTileJSONBounds(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		load(t, s, catalog.Dataset{ID: "poles", Title: geo.Localized{FR: "Pôles"}},
			&geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "n", Type: geo.TypeInteger}}}, []*geo.Feature{
				row(t, "", []geo.Value{geo.Integer(1)}, -10, -90), row(t, "", []geo.Value{geo.Integer(2)}, 10, 90)})
		c := startTiles(t, s)
		var doc struct{ Bounds, Center []float64 }
		c.get("/tiles/poles.json", &doc)
		if doc.Bounds[1] < -85.052 || doc.Bounds[3] > 85.052 || math.Abs(doc.Center[1]) > 1e-9 {
			t.Errorf("%+v", doc)
		}
	})
}
