package server

import (
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/tiles/mvt"
)

// The tiles of a dataset that asks for clusters have them, unless a filter is
// set, and their description says what clusters carry.
func TestClusters(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		schema := geo.Schema{Geometry: geo.GeometryPoint, Key: "id", Fields: []geo.Field{{Name: "id", Type: geo.TypeText},
			{Name: "hauteur", Type: geo.TypeNumber, Title: geo.Localized{FR: "Hauteur", EN: "Height"}, Unit: "m"}, {Name: "genre", Type: geo.TypeText}}}
		var trees []*geo.Feature
		for i := range 9 {
			id := string(rune('a' + i))
			trees = append(trees, row(t, id, []geo.Value{geo.Text(id), geo.Number(float64(i)), geo.Text([]string{"Tilia", "Acer"}[i%2])}, 3+float64(i)/1e5, 45))
		}
		load(t, s, catalog.Dataset{ID: "arbres", Title: geo.Localized{FR: "Arbres"}, Licence: "lov2", Key: "id",
			Tiles: catalog.Tiles{Cluster: &catalog.Cluster{Mean: []string{"hauteur"}, By: "genre"}}}, &schema, trees)
		c := startTiles(t, s)
		for _, e := range []exchange{
			{"GET /tiles/arbres.json?lang=fr", 200, `
				vector_layers/0/fields/mean_hauteur = Hauteur : moyenne sur le groupe – number, m
				vector_layers/0/fields/count_* ~ genre : nombre
				vector_layers/0/fields/expansion_zoom ~ zoom
				vector_layers/0/fields/sum_hauteur = absent`},
			{"GET /tiles/arbres.json?lang=en&fields=id", 200, `
				vector_layers/0/fields/point_count ~ number of features
				vector_layers/0/fields/mean_hauteur = absent`},
			{"GET /tiles/arbres.json?genre=Acer", 200, "vector_layers/0/fields/cluster = absent"},
		} {
			e.check(t, c)
		}
		for query, want := range map[string]int{"": 1, "?genre=Acer": 4} {
			layers, err := mvt.Decode([]byte(c.ask("GET", "/tiles/arbres/5/16/11.mvt"+query).body))
			if err != nil || len(layers) != 1 || len(layers[0].Features) != want {
				t.Fatalf("%s: %v, %v", query, layers, err)
			}
			if got := layers[0].Features[0].Properties; query == "" && (got["point_count"] != int64(9) || got["mean_hauteur"] != 4.0 || got["count_Tilia"] != int64(5)) {
				t.Errorf("%v", got)
			}
		}
		layers, err := mvt.Decode([]byte(c.ask("GET", "/tiles/WorldCRS84Quad/arbres/5/32/8.mvt").body))
		if err != nil || len(layers) != 1 || len(layers[0].Features) != 1 || layers[0].Features[0].Properties["point_count"] != int64(9) {
			t.Errorf("in another tile matrix set: %v, %v", layers, err)
		}
	})
}
