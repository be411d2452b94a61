package server

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/tiles/tms"
)

// square is a set of one tile of ten degrees, whose matrix has a name for an id.
const square = `{"id":"Carre","title":"Ten degrees","crs":"http://www.opengis.net/def/crs/OGC/1.3/CRS84","orderedAxes":["Lon","Lat"],"tileMatrices":[
	{"id":"tout","scaleDenominator":15530062.889686558,"cellSize":0.0390625,"pointOfOrigin":[0,50],"tileWidth":256,"tileHeight":256,"matrixWidth":1,"matrixHeight":1}]}`

// Sets of the portal are served beside those that are built in, and a change of
// the portal shows.
func TestTileMatrixSets(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		portal, err := s.Portal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		portal.TileMatrixSets = []json.RawMessage{json.RawMessage(square), json.RawMessage(`{"id":"later version"}`)}
		if err := s.PutPortal(t.Context(), portal); err != nil {
			t.Fatal(err)
		}
		c := startTiles(t, s)
		for _, e := range []exchange{
			{"GET /tiles/sets", 200, `
				tileMatrixSets/# = 4
				tileMatrixSets/0/id = Carre
				tileMatrixSets/0/crs = http://www.opengis.net/def/crs/OGC/1.3/CRS84
				tileMatrixSets/0/links/0/href = {base}/tiles/sets/Carre
				tileMatrixSets/1/id = Lambert93Quad
				tileMatrixSets/2/id = WebMercatorQuad`},
			{"GET /tiles/sets/Carre", 200, "id = Carre\ntileMatrices/0/id = tout\ntileMatrices/0/pointOfOrigin/1 = 50"},
			{"GET /tiles/sets/WebMercatorQuad?f=json", 200, "uri = http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad\ntileMatrices/# = 25"},
			{"HEAD /tiles/sets/Lambert93Quad", 200, "Content-Type: application/json\nETag: \""},
			{"GET /tiles/sets/nothing", 404, ""},
			{"GET /tiles/sets?x=1", 400, ""},
			{"GET /tiles/sets/Carre?f=xml", 400, "errors/0/parameter = f"},
			{"GET /tiles/Carre/stations/tout/0/0.mvt", 200, "Content-Type: application/vnd.mapbox-vector-tile"},
			{"GET /tiles/Carre/stations/0/0/0.mvt", 404, ""},
			{"GET /tiles/Carre/stations/tout/1/0.mvt", 404, ""},
			{"GET /tiles/Carre/stations.json", 200, `
				tiles/0 = {base}/tiles/Carre/stations/{tileMatrix}/{x}/{y}.mvt?v=1
				tileMatrixSet = Carre
				minzoom = 0
				maxzoom = 0
				vector_layers/0/maxzoom = 0
				bounds/0 = 3
				center = absent
				links/0/rel = http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme
				links/0/href = {base}/tiles/sets/Carre`},
			{"GET /tiles/Lambert93Quad/stations,iles.json?rang=3", 400, ""},
			{"GET /tiles/Lambert93Quad/stations.json?rang=3", 200, `
				tiles/0 = {base}/tiles/Lambert93Quad/stations/{z}/{x}/{y}.mvt?rang=3&v=1
				crs = http://www.opengis.net/def/crs/EPSG/0/2154`},
			{"GET /tiles/WebMercatorQuad/stations.json", 200, "tiles/0 = {base}/tiles/stations/{z}/{x}/{y}.mvt?v=1\ntileMatrixSet = absent"},
			{"GET /tiles/nothing/stations.json", 404, "detail ~ tile matrix set"},
		} {
			e.check(t, c)
		}
		var doc json.RawMessage
		c.get("/tiles/sets/Lambert93Quad", &doc)
		served, err := tms.Parse(doc)
		if err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile("../tiles/tms/definitions/Lambert93Quad.json")
		if err != nil {
			t.Fatal(err)
		}
		want, err := tms.Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Matrices, served.Matrices); diff != "" || served.CRS != want.CRS {
			t.Error(diff)
		}

		if err := s.PutPortal(t.Context(), catalog.Portal{Title: geo.Localized{FR: "Sans grille"}}); err != nil {
			t.Fatal(err)
		}
		waitFor(t, c, "/tiles/Carre/stations/tout/0/0.mvt", func(a answered) bool { return a.status == 404 })
	})
}
