package assets

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/server/live"
	"puy/tiles/tms"
)

// sets are the tile matrix sets that there are tiles of: those that the server
// was made with, and those of the portal as it is now.
type sets struct {
	fixed []*tms.Set
	log   *slog.Logger

	mu     sync.Mutex
	view   *live.View
	parsed map[string]*tms.Set // by definition: tiles are cached by the set they are of
	byID   map[string]*tms.Set
}

// of gives the sets of a view, by id. It is not changed.
func (s *sets) of(view *live.View) map[string]*tms.Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view == view && s.byID != nil {
		return s.byID
	}
	byID, parsed := map[string]*tms.Set{}, map[string]*tms.Set{}
	for _, set := range s.fixed {
		byID[set.ID] = set
	}
	for _, definition := range view.Portal.TileMatrixSets {
		set, known := s.parsed[string(definition)]
		if !known {
			var err error
			if set, err = tms.Parse(definition); err != nil {
				s.log.Error("a tile matrix set of the portal is left out", "err", err)
				continue
			}
		}
		parsed[string(definition)] = set
		if byID[set.ID] == nil {
			byID[set.ID] = set
		}
	}
	s.view, s.parsed, s.byID = view, parsed, byID
	return byID
}

// set gives a tile matrix set, nil for WebMercatorQuad.
func (a *Assets) set(view *live.View, name string) (*tms.Set, error) {
	if name == "" || name == tms.WebMercatorQuadID {
		return nil, nil
	}
	return a.knownSet(view, name)
}

func (a *Assets) knownSet(view *live.View, name string) (*tms.Set, error) {
	set, ok := a.sets.of(view)[name]
	if !ok {
		return nil, answer.Refusal(http.StatusNotFound, "tile-set", "name", geo.ClipValue(name))
	}
	return set, nil
}

type link struct {
	Rel   string `json:"rel"`
	Type  string `json:"type"`
	Title string `json:"title,omitempty"`
	Href  string `json:"href"`
}

type setEntry struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
	URI   string `json:"uri,omitempty"`
	CRS   string `json:"crs"`
	Links []link `json:"links"`
}

// definitionOf links to the definition of a set.
func definitionOf(r *http.Request, set *tms.Set) link {
	return link{Rel: "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", Type: "application/json", Title: set.Title, Href: answer.URL(r, Root, "sets", set.ID)}
}

// listSets answers with the sets that there are tiles of.
func (a *Assets) listSets(w http.ResponseWriter, r *http.Request) error {
	p := answer.ReadParams(w, r)
	p.OneOf("f", "json", "json")
	if err := p.Done(); err != nil {
		return err
	}
	known := a.sets.of(a.view())
	list := struct {
		TileMatrixSets []setEntry `json:"tileMatrixSets"`
	}{}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		set := known[id]
		self := definitionOf(r, set)
		self.Rel = "self"
		list.TileMatrixSets = append(list.TileMatrixSets, setEntry{ID: id, Title: set.Title, URI: set.URI, CRS: set.CRS.URI(), Links: []link{self}})
	}
	return answer.WriteJSON(w, r, "application/json", list)
}

// definition answers with one set (OGC 17-083r4 section 8.2.1).
func (a *Assets) definition(w http.ResponseWriter, r *http.Request) error {
	p := answer.ReadParams(w, r)
	p.OneOf("f", "json", "json")
	if err := p.Done(); err != nil {
		return err
	}
	set, err := a.knownSet(a.view(), chi.URLParam(r, "set"))
	if err != nil {
		return err
	}
	b, err := set.JSON()
	if err != nil {
		return err
	}
	return answer.WriteJSON(w, r, "application/json", json.RawMessage(b))
}
