package assets

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/tiles"
	"puy/tiles/tms"
)

// plan understands a request for a tile. It is nil where the request has been
// answered with a redirect.
func (a *Assets) plan(w http.ResponseWriter, r *http.Request, f format) (*plan, error) {
	view := a.view()
	key := planKey{format: f, set: chi.URLParam(r, "set"), dataset: chi.URLParam(r, "dataset"), query: r.URL.RawQuery}
	if f == formatNegotiated {
		key.accept = strings.Join(r.Header["Accept"], ",")
	}
	if known := a.plans.find(view, key); known != nil {
		return known, nil
	}
	vary := w.Header()["Vary"]
	set, err := a.set(key.set)
	if err != nil {
		return nil, err
	}
	datasets, ok, err := a.datasets(w, r, view)
	if err != nil || !ok {
		return nil, err
	}
	made := &plan{view: view, vary: []string{"Accept-Encoding"}}
	p := answer.ReadParams(w, r)
	made.version, _ = p.Text("v")
	switch f {
	case formatMVT:
		p.OneOf("f", "mvt", "mvt")
	case formatMLT:
		made.encoding = tiles.MLT
		p.OneOf("f", "mlt", "mlt")
	case formatNegotiated:
		made.vary = []string{"Accept", "Accept-Encoding"}
		offers := []answer.Format{{Name: "mvt", MediaType: typeMVT, Also: []string{"application/x-protobuf", "application/protobuf"}}}
		if a.cutter.Encodes(tiles.MLT) {
			offers = append(offers, answer.Format{Name: "mlt", MediaType: typeMLT})
		}
		if p.Format(offers...).Name == "mlt" {
			made.encoding = tiles.MLT
		}
	}
	query := tiles.Query{Layers: selection(p, datasets), Set: set, Encoding: made.encoding}
	if err := p.Done(); err != nil {
		return nil, err
	}
	if w.Header()["Vary"] = vary; vary == nil {
		w.Header().Del("Vary") // the plan tells it
	}
	if made.tileset, err = a.cutter.Tileset(query); err != nil {
		return nil, err
	}
	for _, text := range []*string{&key.set, &key.dataset, &key.query, &key.accept} {
		*text = strings.Clone(*text)
	}
	made.vary = slices.Clip(made.vary) // so that nobody adds to it in place
	a.plans.keep(key, made)
	return made, nil
}

// set gives a tile matrix set, nil for WebMercatorQuad.
func (a *Assets) set(name string) (*tms.Set, error) {
	if name == "" || name == tms.WebMercatorQuadID {
		return nil, nil
	}
	set, ok := a.sets[name]
	if !ok {
		return nil, geo.Errorf(geo.KindNotFound, "there is no tile matrix set %q", geo.ClipValue(name))
	}
	return set, nil
}
