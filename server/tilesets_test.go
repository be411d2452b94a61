package server

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"puy/store"
	"puy/tiles/tms"
)

const rels = "http://www.opengis.net/def/rel/ogc/1.0/"

func tilesetExchanges() []exchange {
	return []exchange{
		{"GET /api", 200, `
			links ~ "href":"{base}/api/tiles","rel":"` + rels + `tilesets-vector"
			links ~ "href":"{base}/api/tileMatrixSets","rel":"` + rels + `tiling-schemes"
			links ~ "href":"{base}/api/styles","rel":"` + rels + `styles"`},
		{"GET /api/collections/stations", 200, `links ~ "href":"{base}/api/collections/stations/tiles","rel":"` + rels + `tilesets-vector"`},
		{"GET /api/collections/marches", 200, "links/title=Tuiles vectorielles = absent"},
		{"GET /api/conformance", 200, `
			conformsTo ~ http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core"
			conformsTo ~ http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/collections-selection"
			conformsTo ~ http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata"`},

		// The grids.
		{"GET /api/tileMatrixSets", 200, `
			tileMatrixSets/# = 3
			tileMatrixSets/0/id = Lambert93Quad
			tileMatrixSets/1/id = WebMercatorQuad
			tileMatrixSets/1/uri = http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad
			tileMatrixSets/1/links/0/href = {base}/api/tileMatrixSets/WebMercatorQuad
			tileMatrixSets/2/id = WorldCRS84Quad`},
		{"GET /api/tileMatrixSets/WebMercatorQuad", 200, `
			crs = http://www.opengis.net/def/crs/EPSG/0/3857
			tileMatrices/0/scaleDenominator ~ 559082264.02871
			tileMatrices/0/pointOfOrigin/1 = 20037508.342789244`},
		{"GET /api/tileMatrixSets/nothing", 404, "Content-Type: application/problem+json"},
		{"GET /api/tileMatrixSets?x=1", 400, "errors/0/parameter = x"},

		// Tilesets of one collection.
		{"GET /api/collections/stations/tiles", 200, `
			links/rel=self/href = {base}/api/collections/stations/tiles
			tilesets/# = 3
			tilesets/1/dataType = vector
			tilesets/1/crs = http://www.opengis.net/def/crs/EPSG/0/3857
			tilesets/1/tileMatrixSetURI = http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad
			tilesets/1/links/rel=self/href = {base}/api/collections/stations/tiles/WebMercatorQuad?f=json
			tilesets/1/links ~ "href":"{base}/api/tileMatrixSets/WebMercatorQuad","rel":"` + rels + `tiling-scheme"
			tilesets/1/layers = absent`},
		{"GET /api/collections/stations/tiles/WebMercatorQuad?lang=en", 200, `
			title = Air stations – WebMercatorQuad
			tileMatrixSetLimits/0/tileMatrix = 0
			boundingBox/lowerLeft/0 = 3
			boundingBox/upperRight/0 = 3.248
			boundingBox/crs = http://www.opengis.net/def/crs/OGC/1.3/CRS84
			layers/# = 1
			layers/0/id = stations
			layers/0/dataType = vector
			layers/0/geometryDimension = 0
			layers/0/propertiesSchema/properties/pm10/type = number
			layers/0/propertiesSchema/properties/mesure/format = date-time
			links/rel=item/href = {base}/api/collections/stations/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}?f=mvt&v=1
			links/rel=item/templated = true
			links/rel=item/type = application/vnd.mapbox-vector-tile
			links/rel=describedby/href = {base}/api/collections/stations/tiles/WebMercatorQuad?f=tilejson`},
		{"GET /api/collections/stations/tiles/WebMercatorQuad?rang=3", 200, "links/rel=item/href ~ ?f=mvt&rang=3&v=1"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad?f=tilejson&rang=3", 200, `
			Content-Type: application/json
			tilejson = 3.0.0
			tiles/0 = {base}/tiles/stations/{z}/{x}/{y}.mvt?rang=3&v=1`},
		{"GET /api/collections/neuf/tiles/WebMercatorQuad", 200, "boundingBox = absent\nlayers/0/geometryDimension = 2"},
		{"GET /api/collections/anciennes-stations/tiles/WebMercatorQuad/0/0/0?f=mvt", 301, "Location: {base}/api/collections/stations/tiles/WebMercatorQuad/0/0/0?f=mvt"},
		{"GET /api/collections/marches/tiles", 404, "detail ~ no geometry"},
		{"GET /api/collections/marches/tiles/WebMercatorQuad/0/0/0", 404, ""},
		{"GET /api/collections/interne/tiles", 404, ""},
		{"GET /api/collections/stations/tiles/nothing", 404, "detail ~ nothing"},
		{"GET /api/collections/stations/tiles?collections=iles", 400, "errors/0/parameter = collections"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad?f=png", 400, "errors/0/parameter = f"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad?rang=x", 400, "errors/0/parameter = rang"},

		// Its tiles: row before column.
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0", 200, "Content-Type: application/vnd.mapbox-vector-tile\nETag: \"\nCache-Control: no-cache"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0?v=1", 200, "Cache-Control: max-age"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0\nAccept: application/x-protobuf", 200, "Content-Type: application/vnd.mapbox-vector-tile"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0\nAccept-Encoding: gzip", 200, "Content-Encoding: gzip"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0\nAccept: text/html, image/gif, image/jpeg, */*; q=0.2", 200, "Content-Type: application/vnd.mapbox-vector-tile"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0\nAccept: image/png", 406, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/2147483647/2147483647", 404, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0?f=png", 400, "errors/0/parameter = f"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0?datetime=2024-01-05", 200, ""},
		{"GET /api/collections/iles/tiles/WebMercatorQuad/0/0/0?datetime=2024-01-05", 200, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0?datetime=soon", 400, "errors/0/parameter = datetime"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0?filter=rang%20%3E%2099", 204, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/0?filter=rang%20%3E", 400, "errors/0/parameter = filter"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/1", 404, "Content-Type: application/problem+json\ndetail ~ limits"},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/99/0/0", 404, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/a/0/0", 404, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/-1/0", 404, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/0/0/99999999999999999999", 404, ""},
		{"GET /api/collections/stations/tiles/WebMercatorQuad/1/1/1", 404, "detail ~ limits"}, // in the matrix, but nothing is there
		{"HEAD /api/collections/stations/tiles/WebMercatorQuad/0/0/0", 200, "Content-Type: application/vnd.mapbox-vector-tile"},

		// Tilesets of several collections.
		{"GET /api/tiles", 200, `
			tilesets/1/tileMatrixSetId = WebMercatorQuad
			tilesets/1/links/rel=self/href = {base}/api/tiles/WebMercatorQuad?f=json
			tilesets/1/links/rel=item = absent`},
		{"GET /api/tiles/WebMercatorQuad", 200, "layers/# = 3\nlayers/0/id = iles\nlayers/2/id = stations\nlayers/id=marches = absent"},
		{"GET /api/tiles/WebMercatorQuad?collections=stations,iles", 200, `
			layers/# = 2
			layers/0/id = stations
			layers/1/id = iles
			links/rel=item/href = {base}/api/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}?collections=stations%2Ciles&f=mvt&v=1.1`},
		{"GET /api/tiles/WebMercatorQuad?collections=stations&f=tilejson", 200, "tiles/0 = {base}/tiles/stations/{z}/{x}/{y}.mvt?v=1"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?collections=stations", 200, "Content-Type: application/vnd.mapbox-vector-tile"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0", 200, ""},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?collections=nothing", 400, "errors/0/parameter = collections\nerrors/0/value = nothing\nerrors/0/reason ~ no collection"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?collections=interne", 400, "errors/0/parameter = collections"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?collections=marches", 400, "errors/0/reason ~ no geometry"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?collections=iles,iles", 400, "errors/0/reason ~ twice"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?collections=", 400, "errors/0/parameter = collections"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?collections=iles&collections=stations", 400, "errors/0/reason ~ more than once"},
		{"GET /api/tiles/WebMercatorQuad/0/0/0?x=1", 400, "errors/0/parameter = x"},
		{"POST /api/tiles/WebMercatorQuad/0/0/0", 405, "Allow: GET, HEAD, OPTIONS"},
		{"OPTIONS /api/tiles", 200, "Allow: GET, HEAD, OPTIONS"},
	}
}

func TestTilesets(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		for _, e := range tilesetExchanges() {
			e.check(t, c)
		}
		row := c.ask("GET", "/api/tiles/WebMercatorQuad/9/182/260?collections=stations")
		xyz := c.ask("GET", "/tiles/stations/9/260/182.mvt")
		if row.status != 200 || row.body != xyz.body || row.header.Get("ETag") != xyz.header.Get("ETag") {
			t.Errorf("the tile is not that of /tiles: %d %d", row.status, xyz.status)
		}
	})
}

// Without tiles the API says nothing of them.
func TestNoTilesets(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		for _, e := range []exchange{
			{"GET /api", 200, "links/title=Tuiles vectorielles = absent"},
			{"GET /api/tiles", 404, ""},
			{"GET /api/styles", 404, ""},
		} {
			e.check(t, c)
		}
		if a := c.ask("GET", "/api/conformance"); strings.Contains(a.body, "tiles") {
			t.Error(a.body)
		}
	})
}

type tilesetDoc struct {
	DataType, CRS       string
	TileMatrixSetID     string `json:"tileMatrixSetId"`
	TileMatrixSetURI    string
	TileMatrixSetLimits []struct {
		TileMatrix                                     string
		MinTileRow, MaxTileRow, MinTileCol, MaxTileCol int
	}
	Links []linkDoc
}

type linkDoc struct {
	Href, Rel, Type string
	Templated       bool
}

func linkOf(t *testing.T, links []linkDoc, rel string) linkDoc {
	t.Helper()
	for _, l := range links {
		if l.Rel == rel {
			return l
		}
	}
	t.Fatalf("no link %s in %v", rel, links)
	return linkDoc{}
}

// The checks of OGC's suite ets-ogcapi-tiles10: every tileset that a client can
// find from the landing page is described well, the corners of its limits have
// tiles, and what is outside has none.
func TestEveryTilesetKeepsItsPromises(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		var landing struct{ Links []linkDoc }
		c.get("/api", &landing)
		lists := []string{linkOf(t, landing.Links, rels+"tilesets-vector").Href}
		var collections struct{ Collections []struct{ Links []linkDoc } }
		c.get(linkOf(t, landing.Links, "data").Href, &collections)
		for _, one := range collections.Collections {
			for _, l := range one.Links {
				if l.Rel == rels+"tilesets-vector" {
					lists = append(lists, l.Href)
				}
			}
		}
		if len(lists) != 4 {
			t.Fatal(lists)
		}
		checked := 0
		for _, list := range lists {
			var doc struct{ Tilesets []tilesetDoc }
			c.get(list, &doc)
			for _, entry := range doc.Tilesets {
				var by tilesetDoc
				c.get(linkOf(t, entry.Links, "self").Href, &by)
				if by.CRS != entry.CRS || by.TileMatrixSetURI != entry.TileMatrixSetURI || by.DataType != "vector" || len(by.TileMatrixSetLimits) == 0 {
					t.Errorf("%s: %+v is not %+v", list, entry, by)
				}
				checkTileset(t, c, &by)
				checked++
			}
		}
		if checked < 8 {
			t.Errorf("only %d tilesets", checked)
		}
	})
}

func checkTileset(t *testing.T, c *client, doc *tilesetDoc) {
	t.Helper()
	var raw json.RawMessage
	c.get(linkOf(t, doc.Links, rels+"tiling-scheme").Href, &raw)
	set, err := tms.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if set.ID != doc.TileMatrixSetID || set.CRS.URI() != doc.CRS || set.URI != "" && set.URI != doc.TileMatrixSetURI {
		t.Errorf("the grid %s of %s is not that of %+v", set.ID, set.CRS.URI(), doc)
	}
	item := linkOf(t, doc.Links, "item")
	if !item.Templated || item.Type != "application/vnd.mapbox-vector-tile" {
		t.Errorf("%+v", item)
	}
	address := func(matrix string, row, col int) string {
		return strings.NewReplacer("{tileMatrix}", matrix, "{tileRow}", strconv.Itoa(row), "{tileCol}", strconv.Itoa(col)).Replace(item.Href)
	}
	deepest := min(len(doc.TileMatrixSetLimits), 13)
	for _, l := range doc.TileMatrixSetLimits[:deepest] {
		at := set.Find(l.TileMatrix)
		if at < 0 || l.MinTileRow < 0 || l.MaxTileRow >= set.Matrices[at].Height || l.MinTileCol < 0 || l.MaxTileCol >= set.Matrices[at].Width ||
			l.MinTileRow > l.MaxTileRow || l.MinTileCol > l.MaxTileCol {
			t.Errorf("%s: limits %+v", item.Href, l)
			continue
		}
		for _, place := range [][2]int{{l.MinTileRow, l.MinTileCol}, {l.MaxTileRow, l.MaxTileCol}} {
			if a := c.ask("GET", address(l.TileMatrix, place[0], place[1])); a.status != 200 && a.status != 204 ||
				a.status == 200 && a.header.Get("Content-Type") != item.Type || a.status == 204 && a.body != "" {
				t.Errorf("%s: %d %.200s", address(l.TileMatrix, place[0], place[1]), a.status, a.body)
			}
		}
		for _, place := range [][2]int{{l.MaxTileRow + 1, l.MinTileCol}, {l.MinTileRow - 1, l.MinTileCol}, {l.MinTileRow, l.MaxTileCol + 1}, {l.MinTileRow, l.MinTileCol - 1}} {
			if a := c.ask("GET", address(l.TileMatrix, place[0], place[1])); a.status != 404 {
				t.Errorf("%s, which is outside: %d", address(l.TileMatrix, place[0], place[1]), a.status)
			}
		}
	}
	if a := c.ask("GET", address("nothing", 0, 0)); a.status != 404 {
		t.Errorf("a matrix that is not there: %d", a.status)
	}
}

// Operations have the ids by which clients find them (OGC 20-057 section 13.3).
func TestTileOperationsHaveTheirIDs(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		d, _ := fetchDefinition(t, c)
		for path, end := range map[string]string{
			"/tiles":                   ".dataset.vector.getTileSetsList",
			"/tiles/{tileMatrixSetId}": ".dataset.vector.getTileSet",
			"/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}":                      ".dataset.vector.getTile",
			"/collections/stations/tiles":                                                    ".collection.vector.getTileSetsList",
			"/collections/stations/tiles/{tileMatrixSetId}":                                  ".collection.vector.getTileSet",
			"/collections/stations/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": ".collection.vector.getTile",
			"/tileMatrixSets":                   "getTileMatrixSetsList",
			"/tileMatrixSets/{tileMatrixSetId}": "getTileMatrixSet",
		} {
			if id := d.Paths[path]["get"].OperationID; !strings.HasSuffix(id, end) {
				t.Errorf("%s: operationId %q", path, id)
			}
		}
		if _, ok := d.Paths["/collections/marches/tiles"]; ok {
			t.Error("a dataset without geometry has tiles")
		}
	})
}
