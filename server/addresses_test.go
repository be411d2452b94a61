package server

import (
	"strings"
	"testing"

	"puy/store"
)

// What cannot be meant by a tile's address is told with the reason.
func TestBadTileAddresses(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		const tile = "GET /tiles/stations/0/0/0.mvt"
		const noTile = "detail ~ here is no tile"
		wrong := func(parameter, reason string) string {
			return "Content-Type: application/problem+json\nerrors/0/parameter = " + parameter + "\nerrors/0/reason ~ " + reason
		}
		for _, e := range []exchange{
			// zooms, columns, rows
			{"GET /tiles/stations/31/0/0.mvt", 404, noTile},
			{"GET /tiles/stations/1e1/0/0.mvt", 404, noTile},
			{"GET /tiles/stations/0x1/0/0.mvt", 404, noTile},
			{"GET /tiles/stations/%20/0/0.mvt", 404, noTile},
			{"GET /tiles/stations/1.5/0/0.mvt", 404, noTile},
			{"GET /tiles/stations/5/32/0.mvt", 404, noTile},
			{"GET /tiles/stations/5/0/-1.mvt", 404, noTile},
			{"GET /tiles/stations/5/0/2147483648.mvt", 404, noTile},
			{"GET /tiles/stations/5/NaN/0.mvt", 404, noTile},
			{"GET /tiles/stations/5/0/{y}.mvt", 404, noTile},
			{"GET /tiles/stations/%7Bz%7D/%7Bx%7D/%7By%7D.mvt", 404, noTile},
			{"GET /tiles/stations/5/0/0.5.mvt", 404, noTile},
			{"GET /tiles/Lambert93Quad/stations/30/0/0.mvt", 404, noTile},
			{"GET /tiles/Lambert93Quad/stations/0/1/0.mvt", 404, noTile},
			{"GET /tiles/lambert93quad/stations/0/0/0.mvt", 404, "detail ~ tile matrix set"},
			{"GET /tiles/%2e%2e/stations/0/0/0.mvt", 404, ""},
			{"GET /tiles/stations/0/0.mvt", 404, ""},
			{"GET /tiles/stations/0/0/0/0/0.mvt", 404, ""},
			// datasets
			{"GET /tiles/,/0/0/0.mvt", 404, "detail ~ no dataset"},
			{"GET /tiles/STATIONS/0/0/0.mvt", 404, "detail ~ no dataset"},
			{"GET /tiles/stations%2Ciles/0/0/0.mvt", 200, ""},
			{"GET /tiles/%00/0/0/0.mvt", 404, "detail ~ no dataset"},
			{"GET /tiles/%ff/0/0/0.mvt", 404, "detail ~ no dataset"},
			{"GET /tiles/" + strings.Repeat("x", 200) + "/0/0/0.mvt", 404, ""},
			// formats
			{"GET /tiles/stations/0/0/0.geojson", 404, noTile},
			{"GET /tiles/stations/0/0/0.png", 404, "detail ~ not png"},
			{"GET /tiles/stations/0/0/0.mvt?f=mlt", 400, wrong("f", "must be one of mvt")},
			{"GET /tiles/stations/0/0/0?f=png", 400, wrong("f", "must be one of")},
			{"GET /tiles/stations/0/0/0\nAccept: image/webp", 406, ""},
			// parameters
			{tile + "?v=1&v=1", 400, wrong("v", "more than once")},
			{tile + "?rang=1&rang=2", 400, wrong("rang", "more than once")},
			{tile + "?fields=pm10&fields=rang", 400, wrong("fields", "more than once")},
			{tile + "?fields=pm10,nothing", 400, wrong("fields", `names "nothing"`)},
			{tile + "?fields=pm10,,rang", 400, wrong("fields", "no field")},
			{tile + "?rang=one", 400, wrong("rang", "must be a")},
			{tile + "?ouvert=peut-%C3%AAtre", 400, wrong("ouvert", "must be")},
			{tile + "?nothing=1", 400, wrong("nothing", "is not a parameter")},
			{tile + "?bbox=1,2,3,4", 400, wrong("bbox", "is not a parameter")},
			{tile + "?datetime=yesterday", 400, wrong("datetime", "must be")},
			{tile + "?datetime=2024-02-30", 400, wrong("datetime", "must be")},
			{"GET /tiles/iles/0/0/0.mvt?datetime=yesterday", 400, wrong("datetime", "must be")},
			{tile + "?rang=%", 400, wrong("rang", "percent-encoded")},
			{tile + "?rang=%ff", 400, wrong("rang", "not UTF-8")},
			{tile + "?rang=%00", 400, wrong("rang", "NUL")},
			{"GET /tiles/stations,iles/0/0/0.mvt?rang=1", 400, wrong("rang", "is not a parameter")},
			{"POST /tiles/stations/0/0/0.mvt", 405, "Allow: GET"},
		} {
			e.check(t, c)
		}
	})
}
