package api

import (
	"encoding/json"
	"net/http"

	"puy/geo"
	"puy/server/answer"
	"puy/tiles/tms"
)

type matrixSetEntry struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
	URI   string `json:"uri,omitempty"`
	CRS   string `json:"crs"`
	Links []Link `json:"links"`
}

// matrixSets answers with the tile matrix sets that there are tiles of (OGC
// 20-057 section 8.6).
func (a *API) matrixSets(w http.ResponseWriter, r *http.Request) error {
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	lang := p.Language(a.view().Languages())
	if err := p.Done(); err != nil {
		return err
	}
	entries := []matrixSetEntry{}
	for _, set := range a.opt.Tiles.Sets() {
		entries = append(entries, matrixSetEntry{ID: set.ID, Title: set.Title, URI: set.URI, CRS: set.CRS.URI(),
			Links: []Link{{Href: answer.URL(r, Root+"/tileMatrixSets", set.ID), Rel: "self", Type: typeJSON, Title: set.Title}}})
	}
	return answer.WriteJSON(w, r, typeJSON, map[string]any{
		"links":          []Link{{Href: selfURL(r, Root+"/tileMatrixSets", p), Rel: "self", Type: typeJSON, Title: tileWordsIn(lang).sets}},
		"tileMatrixSets": entries,
	})
}

// matrixSet answers with the definition of one (OGC 17-083r4 section 8.2.1).
func (a *API) matrixSet(w http.ResponseWriter, r *http.Request) error {
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	if err := p.Done(); err != nil {
		return err
	}
	name, err := answer.PathText(r, "tileMatrixSetId")
	if err != nil {
		return err
	}
	for _, set := range a.opt.Tiles.Sets() {
		if set.ID == name {
			return writeSet(w, r, set)
		}
	}
	return answer.Refusal(http.StatusNotFound, "tile-set", "name", geo.ClipValue(name))
}

func writeSet(w http.ResponseWriter, r *http.Request, set *tms.Set) error {
	b, err := set.JSON()
	if err != nil {
		return err
	}
	return answer.WriteJSON(w, r, typeJSON, json.RawMessage(b))
}

// tileWords are the titles of links to tiles and styles.
type tileWords struct{ tilesets, tile, sets, styles, style, about, catalogue string }

func tileWordsIn(lang string) tileWords {
	if lang == "en" {
		return tileWords{"Vector tiles", "One tile", "Tile matrix sets", "Styles", "The style (MapLibre)", "About the style", "All datasets, as a catalogue"}
	}
	return tileWords{"Tuiles vectorielles", "Une tuile", "Grilles de tuiles", "Styles", "Le style (MapLibre)", "À propos du style", "Tous les jeux de données, comme catalogue"}
}
