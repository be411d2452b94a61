package server

import (
	"testing"

	"puy/store"
)

// crsExchanges have coordinates as PROJ's cs2cs gives them for longitude 3 to
// 3.01, latitude 45.75.
func crsExchanges() []exchange {
	const items, epsg = "GET /api/collections/stations/items", "http://www.opengis.net/def/crs/EPSG/0/"
	return []exchange{
		{items + "?limit=1&crs=" + epsg + "2154", 200, "Content-Crs: <" + epsg + "2154>\nfeatures/0/geometry/coordinates/0 = 700000\nfeatures/0/geometry/coordinates/1 = 6516711.241"},
		{items + "?limit=1&crs=" + epsg + "3857", 200, "features/0/geometry/coordinates/0 = 333958.472\nfeatures/0/geometry/coordinates/1 = 5740376.656"},
		{items + "?limit=1&crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F32631", 200, "features/0/geometry/coordinates/1 = 5066271.388"},
		{items + "?limit=1&crs=" + epsg + "4326", 200, "Content-Crs: <" + epsg + "4326>\nfeatures/0/geometry/coordinates/0 = 45.75\nfeatures/0/geometry/coordinates/1 = 3"},
		{items + "?limit=1&crs=" + "http://www.opengis.net/def/crs/OGC/1.3/CRS84", 200, "Content-Crs: <http://www.opengis.net/def/crs/OGC/1.3/CRS84>\nfeatures/0/geometry/coordinates/0 = 3"},
		{items + "?limit=1&offset=1&crs=" + epsg + "2154", 200, "links/rel=next/href ~ crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F2154\nlinks/rel=self/href ~ crs="},
		{"GET /api/collections/stations/items/S000?crs=" + epsg + "2154", 200, "Content-Crs: <" + epsg + "2154>\ngeometry/coordinates/0 = 700000"},
		{"GET /api/collections/stations/items/S000", 200, "Content-Crs: <http://www.opengis.net/def/crs/OGC/1.3/CRS84>"},
		{items + "?crs=" + epsg + "2972", 400, "errors/0/parameter = crs"},
		{items + "?crs=EPSG:2154", 400, "errors/0/parameter = crs"},
		{items + "?bbox-crs=http://www.opengis.net/def/crs/0/unsupported&bbox=1,2,3,4", 400, "errors/0/parameter = bbox-crs"},

		// The first eleven stations, and the five without geometry.
		{items + "?bbox-crs=" + epsg + "2154&bbox=699999,6516000,700778,6517000", 200, "numberMatched = 16"},
		{items + "?bbox-crs=" + epsg + "3857&bbox=333958,5740376,335072,5740377", 200, "numberMatched = 16"},
		{items + "?bbox-crs=" + epsg + "4326&bbox=45,2.9,46,3.01", 200, "numberMatched = 16"},
		{items + "?bbox-crs=" + epsg + "4326&bbox=2.9,45,3.01,46", 200, "numberMatched = 5"},
		{"GET /api/collections/iles/items?bbox-crs=" + epsg + "4326&bbox=-20,177,-10,-177", 200, "numberMatched = 2"},
		{items + "?bbox-crs=" + epsg + "2154&bbox=700778,6516000,699999,6517000", 400, "errors/0/parameter = bbox"},
		{items + "?bbox-crs=" + epsg + "2154&bbox=1,2,3", 400, "errors/0/parameter = bbox"},
		{items + "?bbox-crs=" + epsg + "3857&bbox=-20037509,-20037509,20037509,20037509", 200, "numberMatched = 250"},

		{"GET /api/collections/stations", 200, "crs/0 = http://www.opengis.net/def/crs/OGC/1.3/CRS84\ncrs ~ EPSG/0/2154\ncrs ~ EPSG/0/3857\ncrs ~ EPSG/0/4326\ncrs ~ EPSG/0/32631\ncrs ~ EPSG/0/3946"},
		{"GET /api/collections/marches/items?crs=" + epsg + "2154", 400, "errors/0/parameter = crs"},
	}
}

func TestCoordinateReferenceSystems(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		for _, e := range crsExchanges() {
			e.check(t, c)
		}
	})
}
