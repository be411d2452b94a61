package clients

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"puy/tiles/mvt"
	"puy/tiles/tms"
)

const (
	tiles     = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
	relations = "http://www.opengis.net/def/rel/ogc/1.0/"
	typeMVT   = "application/vnd.mapbox-vector-tile"
)

type tileset struct {
	DataType, CRS       string
	TileMatrixSetID     string `json:"tileMatrixSetId"`
	TileMatrixSetURI    string
	TileMatrixSetLimits []struct {
		TileMatrix                                     string
		MinTileRow, MaxTileRow, MinTileCol, MaxTileCol int
	}
	Links []link
}

// lists gives the addresses of the lists of tilesets, that of the portal first.
func (s *suite) lists(t *testing.T) []string {
	t.Helper()
	whole, ok := linkTo(s.landing, relations+"tilesets-vector", typeJSON)
	if !ok {
		t.Fatal("the landing page leads to no tilesets")
	}
	all := []string{whole.Href}
	for _, c := range s.collections {
		of, ok := linkTo(c.Links, relations+"tilesets-vector", typeJSON)
		if ok != (c.Extent.Spatial != nil) {
			t.Errorf("%s: has tilesets: %v", c.ID, ok)
		}
		if ok {
			all = append(all, of.Href)
		}
	}
	for _, at := range all {
		if !strings.HasSuffix(at, "/tiles") {
			t.Errorf("a list of tilesets is at %s", at)
		}
	}
	return all
}

// testTilesets follows OGC 20-057 annexes A.2 to A.5 and A.8 to A.13: what leads to
// tilesets, and that each link of a list has a document at its end.
func (s *suite) testTilesets(t *testing.T) {
	for _, at := range s.lists(t) {
		var doc struct{ Tilesets []tileset }
		s.read(t, at, typeJSON, &doc)
		if len(doc.Tilesets) != 3 {
			t.Errorf("%s: %d tilesets", at, len(doc.Tilesets))
		}
		for _, entry := range doc.Tilesets {
			grid, ok := linkTo(entry.Links, relations+"tiling-scheme", typeJSON)
			if !ok || entry.DataType != "vector" || entry.CRS == "" || entry.TileMatrixSetURI == "" && entry.TileMatrixSetID != "Lambert93Quad" {
				t.Errorf("%s: %+v", at, entry)
			}
			for _, l := range entry.Links {
				var raw json.RawMessage
				s.read(t, l.Href, typeJSON, &raw)
			}
			var raw json.RawMessage
			s.read(t, grid.Href, typeJSON, &raw)
			set, err := tms.Parse(raw)
			if err != nil || set.ID != entry.TileMatrixSetID || set.CRS.URI() != entry.CRS {
				t.Errorf("%s: %v, %+v", grid.Href, err, entry)
			}
			var alone tileset
			self, _ := linkTo(entry.Links, "self", typeJSON)
			s.read(t, self.Href, typeJSON, &alone)
			if alone.CRS != entry.CRS || alone.TileMatrixSetURI != entry.TileMatrixSetURI || !slices.Equal(alone.TileMatrixSetLimits, entry.TileMatrixSetLimits) {
				t.Errorf("%s is not what the list says", self.Href)
			}
			for _, variable := range []string{"{tileMatrix}", "{tileRow}", "{tileCol}"} {
				if item, _ := linkTo(alone.Links, "item", typeMVT); !item.Templated || strings.Count(item.Href, variable) != 1 ||
					!strings.Contains(item.Href, "/tiles/"+entry.TileMatrixSetID+"/") {
					t.Errorf("%s: %+v has not one %s", self.Href, item, variable)
				}
			}
		}
	}
	s.checkOperations(t)
}

// checkOperations follows annexes A.23 and A.24: operations have the ids by which
// clients find those of tiles.
func (s *suite) checkOperations(t *testing.T) {
	t.Helper()
	found := map[string]int{}
	for _, item := range s.Paths.Map() {
		for _, end := range []string{".getTile", ".getTileSet", ".getTileSetsList"} {
			if strings.HasSuffix(item.Get.OperationID, end) {
				found[end]++
			}
		}
	}
	for end, n := range found {
		if n != 9 { // the portal, and each dataset with geometry
			t.Errorf("%d operations end in %s", n, end)
		}
	}
	if len(found) != 3 {
		t.Errorf("only %v", found)
	}
}

// testTiles follows annexes A.6 and A.7: within the limits there are tiles, beyond
// them none, and what a tile has is in its place.
func (s *suite) testTiles(t *testing.T) {
	for _, at := range s.lists(t) {
		var doc struct{ Tilesets []tileset }
		s.read(t, at, typeJSON, &doc)
		for _, entry := range doc.Tilesets {
			self, _ := linkTo(entry.Links, "self", typeJSON)
			var alone tileset
			s.read(t, self.Href, typeJSON, &alone)
			for _, item := range alone.Links {
				if item.Rel == "item" {
					s.checkTiles(t, &alone, item)
				}
			}
		}
	}
}

func (s *suite) checkTiles(t *testing.T, of *tileset, item link) {
	t.Helper()
	address := func(matrix string, row, col int) string {
		return strings.NewReplacer("{tileMatrix}", matrix, "{tileRow}", strconv.Itoa(row), "{tileCol}", strconv.Itoa(col)).Replace(item.Href)
	}
	for _, l := range of.TileMatrixSetLimits[:min(9, len(of.TileMatrixSetLimits))] {
		for row := l.MinTileRow; row <= l.MaxTileRow; row++ {
			for col := l.MinTileCol; col <= l.MaxTileCol; col++ {
				r := s.get(t, address(l.TileMatrix, row, col), "")
				if r.status != http.StatusOK && r.status != http.StatusNoContent || r.status == http.StatusOK && r.header.Get("Content-Type") != item.Type {
					t.Errorf("%s: %d %s", r.url, r.status, r.header.Get("Content-Type"))
				}
				if r.status == http.StatusOK && item.Type == typeMVT {
					checkTile(t, r, l.TileMatrix == "0")
				}
			}
		}
		const far = 1<<31 - 1
		for _, place := range [][2]int{{l.MaxTileRow + 1, l.MinTileCol}, {l.MinTileRow, l.MaxTileCol + 1}, {far, far}} {
			if r := s.get(t, address(l.TileMatrix, place[0], place[1]), ""); r.status != http.StatusNotFound {
				t.Errorf("%s: %d", r.url, r.status)
			}
		}
	}
}

// checkTile looks that positions are within the tile and its buffer; on the whole
// world they are within the tile.
func checkTile(t *testing.T, r reply, whole bool) {
	t.Helper()
	layers, err := mvt.Decode(r.body)
	if err != nil || len(layers) == 0 {
		t.Errorf("%s: %d layers, %v", r.url, len(layers), err)
	}
	for _, layer := range layers {
		least, most := int32(-256), int32(layer.Extent)+256
		if whole {
			least, most = 0, int32(layer.Extent)
		}
		for _, f := range layer.Features {
			for _, part := range f.Parts {
				for _, p := range part {
					if p.X < least || p.X > most || p.Y < least || p.Y > most {
						t.Fatalf("%s: %s has a position at %d, %d", r.url, layer.Name, p.X, p.Y)
					}
				}
			}
		}
	}
}
