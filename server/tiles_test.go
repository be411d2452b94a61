package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/server/live"
	"puy/store"
	"puy/tiles"
	"puy/tiles/mvt"
)

// startTiles serves s with tiles.
func startTiles(t *testing.T, s store.Store) *client {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	catalogue, err := live.New(context.WithoutCancel(t.Context()), s, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(catalogue.Close)
	service, err := tiles.NewService(tiles.Options{Dir: t.TempDir(), Source: TileSource(s, catalogue.View), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, s, func(c *Config) { c.Catalogue, c.Tiles = catalogue, service })
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
				vector_layers/0/complete_from = 0
				vector_layers/0/drawn/0 = absent
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
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: zstd", 200, "Content-Encoding: zstd\nETag: -zstd\""},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: gzip, deflate, br, zstd", 200, "Content-Encoding: zstd\nVary: Accept-Encoding"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: zstd;q=0.5, GZIP ; q=0.501", 200, "Content-Encoding: gzip"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: x-gzip", 200, "Content-Encoding: gzip"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: br, *;q=0.1", 200, "Content-Encoding: zstd"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: gzip;q=0, *", 200, "Content-Encoding: zstd"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: br", 200, "Content-Encoding: -"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: gzip;q=0", 200, "Content-Encoding: -"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: gzip;q=0.4, identity;q=0.5", 200, "Content-Encoding: -"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: identity;q=0", 406, "Content-Type: application/problem+json"},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: *;q=0", 406, ""},
			{"GET /tiles/stations/0/0/0.mvt\nAccept-Encoding: br, *;q=0, gzip;q=0.1", 200, "Content-Encoding: gzip"},
			{"GET /tiles/iles/0/0/0.mvt\nAccept-Encoding: gzip", 200, "Content-Encoding: -"},
			{"GET /tiles/iles/0/0/0.mvt\nAccept-Encoding: gzip, identity;q=0", 200, "Content-Encoding: gzip\nETag: -gzip\""},
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
			// Several datasets, fields, filters, time.
			{"GET /tiles/stations,iles,neuf.json?lang=fr", 200, `
				name = Stations de mesure, Îles, Rien encore
				tiles/0 = {base}/tiles/stations,iles,neuf/{z}/{x}/{y}.mvt?v=1.1.1
				version = 3.0.0
				vector_layers/# = 3
				vector_layers/0/id = stations
				vector_layers/1/id = iles
				bounds/0 = -179.5
				bounds/2 = 179.5
				bounds/3 = 45.75`},
			{"GET /tiles/stations.json?rang=3&fields=pm10", 200, `
				tiles/0 = {base}/tiles/stations/{z}/{x}/{y}.mvt?fields=pm10&rang=3&v=1
				vector_layers/0/fields/pm10 = PM10 – number, ug/m3
				vector_layers/0/fields/rang = absent`},
			{"GET /tiles/stations,iles/0/0/0.mvt?v=1.1", 200, "Cache-Control: max-age"},
			{"GET /tiles/stations,iles/0/0/0.mvt?v=1", 200, "Cache-Control: no-cache"},
			{"GET /tiles/stations,stations/0/0/0.mvt", 400, "detail ~ twice"},
			{"GET /tiles/stations,anciennes-stations/0/0/0.mvt", 400, "detail ~ twice"},
			{"GET /tiles/iles,anciennes-stations/0/0/0.mvt?v=1", 301, "Location: {base}/tiles/iles,stations/0/0/0.mvt?v=1"},
			{"GET /tiles/stations,/0/0/0.mvt", 404, ""},
			{"GET /tiles/stations,marches/0/0/0.mvt", 404, "detail ~ no geometry"},
			{"GET /tiles/stations,interne/0/0/0.mvt", 404, ""},
			{"GET /tiles/" + strings.Repeat("a,", 32) + "a/0/0/0.mvt", 400, "detail ~ 32"},
			{"GET /tiles/stations/0/0/0.mvt?fields=pm10,rang", 200, ""},
			{"GET /tiles/stations/0/0/0.mvt?fields=pm10,nom", 400, "errors/0/parameter = fields\nerrors/0/reason ~ nom"},
			{"GET /tiles/stations,iles/0/0/0.mvt?fields=pm10,nom", 200, ""},
			{"GET /tiles/stations/0/0/0.mvt?rang=drei", 400, "errors/0/parameter = rang\nerrors/0/reason ~ whole number"},
			{"GET /tiles/stations/0/0/0.mvt?rang=1&rang=2", 400, "errors/0/reason ~ more than once"},
			{"GET /tiles/stations,iles/0/0/0.mvt?rang=1", 400, "errors/0/parameter = rang"},
			{"GET /tiles/stations/0/0/0.mvt?rang=77", 204, ""},
			{"GET /tiles/stations/0/0/0.mvt?datetime=x", 400, "errors/0/parameter = datetime"},
			{"GET /tiles/iles/0/0/0.mvt?datetime=2024-01-01", 200, ""},
			{"GET /tiles/stations,iles/0/0/0.mvt?datetime=2024-01-01", 200, ""},

			// Encodings.
			{"GET /tiles/stations/0/0/0", 200, "Content-Type: application/vnd.mapbox-vector-tile\nVary: Accept"},
			{"GET /tiles/stations/0/0/0?f=mvt", 200, ""},
			{"GET /tiles/stations/0/0/0?f=mlt", 400, ""},
			{"GET /tiles/stations/0/0/0\nAccept: application/vnd.maplibre-tile", 406, ""},
			{"GET /tiles/stations/0/0/0.mlt", 404, ""},
			{"GET /tiles/stations/0/0/0.png", 404, ""},

			// Other tile matrix sets.
			{"GET /tiles/WebMercatorQuad/stations/0/0/0.mvt", 200, ""},
			{"GET /tiles/WorldCRS84Quad/stations/0/1/0.mvt", 200, "Content-Type: application/vnd.mapbox-vector-tile"},
			{"GET /tiles/WorldCRS84Quad/stations/0/2/0.mvt", 404, ""},
			{"GET /tiles/Lambert93Quad/stations/0/0/0.mvt?rang=3", 200, ""},
			{"GET /tiles/Lambert93Quad/stations/19/0/0.mvt", 404, ""},
			{"GET /tiles/Lambert93Quad/stations/00/0/0.mvt", 404, ""},
			{"GET /tiles/nothing/stations/0/0/0.mvt", 404, "detail ~ tile matrix set"},
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
			load(t, s, catalog.Dataset{ID: "points", Title: geo.Localized{FR: "Points"}, Key: "id", Tiles: catalog.Tiles{KeepAll: true}}, schema, rows)
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

// tileIDs gives the fids of each layer of a tile.
func tileIDs(t *testing.T, c *client, path string) map[string][]uint64 {
	t.Helper()
	a := c.ask("GET", path)
	if a.status != 200 {
		t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	layers, err := mvt.Decode([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string][]uint64{}
	for _, l := range layers {
		for _, f := range l.Features {
			ids[l.Name] = append(ids[l.Name], f.ID)
		}
		slices.Sort(ids[l.Name])
	}
	return ids
}

// A filtered tile holds the features of the items that the same filter selects,
// whatever the order of its parameters.
func TestTileFilters(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		total := 0
		for _, query := range []string{"rang=3", "rang=3&ouvert=false", "ouvert=true", "pm10=2.5", "polluants=1", "service=2024-01-05", "code=S010", "type+de+voie=Rue",
			"datetime=2024-01-05", "datetime=2024-02-01/..", "datetime=2024-02-01/2024-03-01&rang=2",
			"filter=rang%3C3+AND+NOT+ouvert", "filter=S_INTERSECTS(geom,BBOX(3.01,45,3.05,46))&rang=3", "filter=mesure+IS+NULL&filter-lang=cql2-text",
			"filter-lang=cql2-json&filter=%7B%22op%22:%22%3C%22,%22args%22:%5B%7B%22property%22:%22pm10%22%7D,9%5D%7D",
			"filter=S_INTERSECTS(geom,BBOX(45,3.01,46,3.05))&filter-crs=http://www.opengis.net/def/crs/EPSG/0/4326"} {
			var items struct {
				Features []struct {
					Geometry   any
					Properties map[string]any
				}
			}
			c.get("/api/collections/stations/items?limit=1000&"+query, &items)
			want := map[string]bool{}
			for _, f := range items.Features {
				if f.Geometry != nil {
					want[f.Properties["code"].(string)] = true
				}
			}
			layers, err := mvt.Decode([]byte(c.ask("GET", "/tiles/stations/0/0/0.mvt?fields=code&"+query).body))
			if err != nil || len(layers) != 1 {
				t.Fatal(query, err, len(layers))
			}
			got := map[string]bool{}
			for _, f := range layers[0].Features {
				if len(f.Properties) != 1 {
					t.Errorf("%s: properties %v", query, f.Properties)
				}
				got[f.Properties["code"].(string)] = true
			}
			total += len(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-items +tile): %s", query, diff)
			}
		}
		if total < 100 {
			t.Errorf("only %d features in all", total)
		}
		one := c.ask("GET", "/tiles/stations/0/0/0.mvt?rang=3&ouvert=false")
		if other := c.ask("GET", "/tiles/stations/0/0/0.mvt?ouvert=false&rang=3"); one.header.Get("Etag") != other.header.Get("Etag") {
			t.Error("the order of parameters changes the tile")
		}
		one = c.ask("GET", "/tiles/stations/0/0/0.mvt?filter=rang=3")
		if other := c.ask("GET", "/tiles/stations/0/0/0.mvt?filter=(rang++%3D3)"); one.header.Get("Etag") != other.header.Get("Etag") {
			t.Error("blanks and brackets change the tile")
		}
		for _, e := range []exchange{
			{"GET /tiles/stations/0/0/0.mvt?filter=rang=", 400, "errors/0/parameter = filter\nerrors/0/reason ~ column 6"},
			{"GET /tiles/stations/99/0/0.mvt?filter=rien=1", 400, "errors/0/parameter = filter"},
			{"GET /tiles/stations/0/0/0.mvt?filter=rang=1&filter=rang=2", 400, "errors/0/parameter = filter"},
			{"GET /tiles/stations/0/0/0.mvt?filter-lang=x", 400, "errors/0/parameter = filter-lang"},
			{"GET /tiles/stations,iles/0/0/0.mvt?filter=rang=1", 400, "errors/0/reason ~ dataset iles"},
			{"GET /tiles/stations,iles/0/0/0.mvt?filter=S_INTERSECTS(geom,BBOX(3,45,4,46))", 200, ""},
			{"GET /tiles/stations.json?filter=rang=", 400, "errors/0/parameter = filter"},
			{"GET /tiles/stations.json?filter=rang=3", 200, "tiles/0 ~ filter=rang%3D3"},
		} {
			e.check(t, c)
		}
	})
}

func TestTilesOfSeveralDatasets(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		stations, islands := tileIDs(t, c, "/tiles/stations/0/0/0.mvt"), tileIDs(t, c, "/tiles/iles/0/0/0.mvt")
		both := map[string][]uint64{"stations": stations["stations"], "iles": islands["iles"]}
		for _, path := range []string{"/tiles/stations,iles/0/0/0.mvt", "/tiles/iles,neuf,stations/0/0/0.mvt"} {
			if diff := cmp.Diff(both, tileIDs(t, c, path)); diff != "" {
				t.Errorf("%s (-apart +together): %s", path, diff)
			}
		}
		ab, ba := c.ask("GET", "/tiles/stations,iles/0/0/0.mvt").body, c.ask("GET", "/tiles/iles,stations/0/0/0.mvt").body
		if len(ab) != len(ba) || ab == ba {
			t.Error("the order of the path is not that of the layers")
		}
		if diff := cmp.Diff(stations, tileIDs(t, c, "/tiles/Lambert93Quad/stations/0/0/0.mvt")); diff != "" {
			t.Errorf("Lambert-93 (-Mercator +Lambert): %s", diff)
		}
	})
}

// With an encoder for MapLibre tiles there are addresses of them, and the
// others choose by f or Accept.
func TestMapLibreTiles(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		service, err := tiles.NewService(tiles.Options{Dir: t.TempDir(), Source: TileSource(s, nil), Log: slog.New(slog.DiscardHandler),
			MLT: func(dst, _ []byte) ([]byte, error) { return append(dst, "an MLT tile"...), nil }})
		if err != nil {
			t.Fatal(err)
		}
		c := start(t, s, func(c *Config) { c.Tiles = service })
		t.Cleanup(func() { service.Close() })
		const mlt, mvt = "Content-Type: application/vnd.maplibre-tile\n~ an MLT tile", "Content-Type: application/vnd.mapbox-vector-tile"
		for _, e := range []exchange{
			{"GET /tiles/stations/0/0/0.mlt", 200, mlt},
			{"GET /tiles/stations,iles/0/0/0.mlt?f=mlt", 200, mlt},
			{"GET /tiles/WorldCRS84Quad/stations/0/1/0.mlt", 200, mlt},
			{"GET /tiles/stations/0/0/0.mlt?f=mvt", 400, ""},
			{"GET /tiles/stations/14/0/0.mlt", 204, ""},
			{"GET /tiles/stations/0/0/0.mvt\nAccept: application/vnd.maplibre-tile", 200, mvt},
			{"GET /tiles/stations/0/0/0\nAccept: application/vnd.maplibre-tile", 200, mlt + "\nVary: Accept"},
			{"GET /tiles/stations/0/0/0\nAccept: application/vnd.maplibre-tile;q=0.5, */*;q=0.6", 200, mvt},
			{"GET /tiles/stations/0/0/0?f=mlt", 200, mlt},
			{"GET /tiles/stations/0/0/0", 200, mvt},
			{"GET /tiles/stations/0/0/0\nAccept: image/png", 406, ""},
		} {
			e.check(t, c)
		}
	})
}
