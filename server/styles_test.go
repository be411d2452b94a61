package server

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"puy/store"
	"puy/tiles/mvt"
)

func TestStyles(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		fillArchives(t, s)
		c := startTiles(t, s)
		const mapbox = "application/vnd.mapbox.style+json"
		for _, e := range []exchange{
			{"GET /api/conformance", 200, "conformsTo ~ http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/mapbox-styles\""},
			{"GET /api/styles", 200, `
				default = all_datasets
				styles/0/id = all_datasets
				styles/0/title = Données du Puy
				styles/id=stations/title = Stations de mesure
				styles/id=stations/links/rel=stylesheet/href = {base}/api/styles/stations?f=mapbox
				styles/id=stations/links/rel=stylesheet/type = ` + mapbox + `
				styles/id=stations/links/rel=describedby/href = {base}/api/styles/stations/metadata
				styles/id=marches = absent
				styles/id=interne = absent
				styles/id=photo/title = Archive photo`},
			{"GET /api/styles?x=1", 400, "errors/0/parameter = x"},
			{"GET /api/collections/stations/styles", 200, "default = stations\nstyles/# = 1\nlinks/rel=self/href = {base}/api/collections/stations/styles"},
			{"GET /api/collections/marches/styles", 404, ""},
			{"GET /api/collections/stations", 200, "links ~ \"href\":\"{base}/api/collections/stations/styles\""},
			{"GET /api/styles/stations", 200, `
				Content-Type: ` + mapbox + `
				Access-Control-Allow-Origin: *
				version = 8
				name = Stations de mesure
				center/0 = 3.124
				sources/puy/type = vector
				sources/puy/url = {base}/tiles/stations.json?lang=fr
				layers/# = 1
				layers/0/type = circle
				layers/0/source-layer = stations
				layers/0/filter = absent`},
			{"GET /api/styles/stations?f=json&lang=en", 200, "Content-Type: application/json\nname = Air stations"},
			{"GET /api/styles/stations?f=mapbox", 200, "Content-Type: " + mapbox},
			{"GET /api/styles/stations?f=sld", 400, "errors/0/parameter = f"},
			{"GET /api/styles/anciennes-stations?lang=en", 301, "Location: {base}/api/styles/stations?lang=en"},
			{"GET /api/styles/anciennes-stations/metadata", 301, "Location: {base}/api/styles/stations/metadata"},
			{"GET /api/styles/all_datasets", 200, "sources/puy/url = {base}/tiles/iles,neuf,stations.json?lang=fr\nlayers/# = 4\nlayers/0/type = fill\nlayers/0/source-layer = neuf"},
			{"GET /api/styles/marches", 404, "detail ~ marches"},
			{"GET /api/styles/interne", 404, ""},
			{"GET /api/styles/relief", 200, "sources/puy/url = {base}/tiles/relief.json?lang=fr\nlayers/# = 4\nlayers/0/source-layer = courbes\nlayers/0/filter ~ Polygon"},
			{"GET /api/styles/photo", 200, "sources/puy/type = raster\nsources/puy/tileSize = 256\nlayers/0/type = raster\nlayers/# = 1"},
			{"GET /api/styles/perdu", 502, ""},
			{"GET /api/styles/stations/metadata?lang=en", 200, `
				id = stations
				title = Air stations
				scope = style
				keywords/0 = air
				stylesheets/0/link/href = {base}/api/styles/stations?f=mapbox
				layers/0/type = point
				layers/0/sampleData/href = {base}/api/collections/stations/items`},
		} {
			e.check(t, c)
		}
	})
}

// What a style draws is there: its source leads to tiles, whose layers it names,
// all of this server.
func TestStylesLeadToTiles(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := startTiles(t, s)
		var list struct{ Styles []struct{ ID string } }
		c.get("/api/styles", &list)
		if len(list.Styles) != 4 {
			t.Errorf("%d styles", len(list.Styles))
		}
		for _, one := range list.Styles {
			var style struct {
				Sources map[string]struct{ URL string }
				Layers  []map[string]json.RawMessage
			}
			a := c.get("/api/styles/"+one.ID, &style)
			for part := range strings.SplitSeq(a.body, `"`) {
				if u, err := url.Parse(part); err == nil && u.Host != "" && !strings.HasPrefix(part, c.base+"/") {
					t.Errorf("%s leads to another host: %s", one.ID, part)
				}
			}
			var about struct {
				Tiles        []string
				VectorLayers []struct{ ID string } `json:"vector_layers"`
			}
			c.get(style.Sources["puy"].URL, &about)
			var in []string
			for _, l := range about.VectorLayers {
				in = append(in, l.ID)
			}
			for _, l := range style.Layers {
				var name string
				if err := json.Unmarshal(l["source-layer"], &name); err != nil || !slices.Contains(in, name) {
					t.Errorf("%s: layer %s is not in the tiles: %v", one.ID, l["id"], in)
				}
			}
			tile := c.ask("GET", strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0").Replace(about.Tiles[0]))
			layers, err := mvt.Decode([]byte(tile.body))
			if err != nil || tile.status != 200 && one.ID != "neuf" {
				t.Errorf("%s: %d %v", one.ID, tile.status, err)
			}
			for _, l := range layers {
				if !slices.Contains(in, l.Name) {
					t.Errorf("%s: the tile's layer %s is not announced", one.ID, l.Name)
				}
			}
		}
	})
}

// Words of records find collections, and only those.
func TestCatalogue(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		portal, err := s.Portal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		portal.Contact.Name, portal.Contact.Email = "Le service des données", "donnees@metropole.example"
		if err := s.PutPortal(t.Context(), portal); err != nil {
			t.Fatal(err)
		}
		c := startTiles(t, s)
		for _, e := range []exchange{
			{"GET /api", 200, `links ~ "href":"{base}/api/collections","rel":"` + rels + `ogc-catalog"`},
			{"GET /api/conformance", 200, "conformsTo ~ http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/local-resources-catalog\""},
			{"GET /api/collections", 200, "itemType = record\nrecordsArrayName = collections\ntype = Collection\nnumberMatched = 4\nnumberReturned = 4\nlinks/rel=next = absent"},
			{"GET /api/collections/stations", 200, `
				type = dataset
				updated ~ Z
				keywords/0 = air
				license = etalab-2.0
				contacts/0/organization = Métropole
				contacts/0/roles/0 = publisher
				contacts/0/links/0/href = https://metropole.example/
				contacts/1/emails/0/value = donnees@metropole.example
				formats/name=geojson/mediaType = application/geo+json
				formats/name=mvt/mediaType = application/vnd.mapbox-vector-tile
				language/code = fr
				languages/# = 2
				externalIds/0/value = {base}/datasets/stations
				externalIds/1/value = anciennes-stations`},
			{"GET /api/collections/marches", 200, "formats/name=mvt = absent"},

			{"GET /api/collections?q=STATIONS", 200, "numberMatched = 1\ncollections/0/id = stations"},
			{"GET /api/collections?q=iles", 200, "numberMatched = 1\ncollections/0/id = iles"}, // Îles
			{"GET /api/collections?q=public%20contracts", 200, "numberMatched = 1\ncollections/0/id = marches"},
			{"GET /api/collections?q=contracts%20public", 200, "numberMatched = 0\ncollections/# = 0"},
			{"GET /api/collections?q=%C3%8Eles,AIR", 200, "numberMatched = 2"},
			{"GET /api/collections?q=", 200, "numberMatched = 4"},
			{"GET /api/collections?q=,", 400, "errors/0/parameter = q"},
			{"GET /api/collections?bbox=3,45,3.1,46", 200, "numberMatched = 3\ncollections/id=iles = absent\ncollections/id=marches/id = marches"},
			{"GET /api/collections?bbox=179,-17,180,-16", 200, "collections/id=iles/id = iles\ncollections/id=stations = absent"},
			{"GET /api/collections?bbox=1,2", 400, "errors/# = 1\nerrors/0/parameter = bbox"},
			{"GET /api/collections?bbox=&datetime=&limit=&ids=&type=", 200, "numberMatched = 4"},
			{"GET /api/collections?datetime=../2023-01-01", 200, "collections/id=stations = absent\ncollections/id=iles/id = iles"},
			{"GET /api/collections?datetime=2024-06-01/..", 200, "collections/id=stations/id = stations\ncollections/id=marches = absent"},
			{"GET /api/collections?type=dataset", 200, "numberMatched = 4"},
			{"GET /api/collections?type=service", 200, "numberMatched = 0"},
			{"GET /api/collections?ids=stations,iles,nothing", 200, "numberMatched = 2"},
			{"GET /api/collections?externalIds=anciennes-stations", 200, "numberMatched = 1"},
			{"GET /api/collections?externalIds=alias:anciennes-stations", 200, "numberMatched = 1"},
			{"GET /api/collections?externalIds=alias", 200, "numberMatched = 1"},
			{"GET /api/collections?q=interne", 200, "numberMatched = 0"},
			{"GET /api/collections?limit=2", 200, "numberMatched = 4\nnumberReturned = 2\nlinks/rel=next/href = {base}/api/collections?limit=2&offset=2\nlinks/rel=prev = absent"},
			{"GET /api/collections?limit=2&offset=2&type=dataset", 200, "links/rel=next = absent\nlinks/rel=prev/href = {base}/api/collections?limit=2&offset=0&type=dataset"},
			{"GET /api/collections?offset=9", 200, "numberReturned = 0"},
			{"GET /api/collections?limit=0", 400, "errors/0/parameter = limit"},
			{"GET /api/collections?ids=a&ids=b", 400, "errors/0/reason ~ more than once"},
		} {
			e.check(t, c)
		}
	})
}
