package assets

import (
	"net/http"
	"slices"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
	"puy/tiles"
	"puy/tiles/pmtiles"
)

// plan understands a request for a tile. It is nil where the request has been
// answered with a redirect.
func (a *Assets) plan(w http.ResponseWriter, r *http.Request, f format, ask Ask) (*plan, error) {
	view := a.view()
	key := planKey{format: f, set: ask.Set, dataset: ask.Datasets, query: r.URL.RawQuery, parameter: ask.Parameter}
	if f == formatNegotiated {
		key.accept = strings.Join(r.Header["Accept"], ",")
	}
	if known := a.plans.find(view, key); known != nil {
		return known, nil
	}
	set, err := a.set(view, key.set)
	if err != nil {
		return nil, err
	}
	datasets, ok, err := a.datasets(w, r, view, ask)
	if err != nil || !ok {
		return nil, err
	}
	made := &plan{view: view, set: set, vary: []string{"Accept-Encoding"}}
	if slices.ContainsFunc(datasets, isArchive) {
		// It is not remembered: the archive may change without the view.
		return made, a.planArchive(w, r, made, f, datasets, ask)
	}
	if slices.Contains(archiveFormats(), f) {
		return nil, geo.Errorf(geo.KindNotFound, "the tiles of %s are not %s", geo.ClipValue(key.dataset), f)
	}
	if err := a.planTileset(w, r, made, f, datasets, ask); err != nil {
		return nil, err
	}
	for _, text := range []*string{&key.set, &key.dataset, &key.query, &key.accept} {
		*text = strings.Clone(*text)
	}
	made.vary = slices.Clip(made.vary) // so that nobody adds to it in place
	a.plans.keep(key, made)
	return made, nil
}

func isArchive(d store.Dataset) bool { return d.Source.IsArchive() }

// formats says what the address or the Accept header wants of offers.
func formats(w http.ResponseWriter, made *plan, p *answer.Params, f format, offers ...answer.Format) string {
	if f != formatNegotiated {
		p.OneOf("f", string(f), string(f))
		return string(f)
	}
	vary := w.Header()["Vary"]
	name := p.Format(offers...).Name
	made.vary = []string{"Accept", "Accept-Encoding"}
	if w.Header()["Vary"] = vary; vary == nil {
		w.Header().Del("Vary") // the plan tells it
	}
	return name
}

// planTileset understands a request for tiles that are cut.
func (a *Assets) planTileset(w http.ResponseWriter, r *http.Request, made *plan, f format, datasets []store.Dataset, ask Ask) error {
	p := ask.read(w, r)
	made.version, _ = p.Text("v")
	query := tiles.Query{Set: made.set}
	made.media = typeMVT
	if formats(w, made, p, f, a.Formats()...) == "mlt" {
		made.media, query.Encoding = typeMLT, tiles.MLT
	}
	query.Layers = chosen(p, datasets)
	err := p.Done()
	if err == nil {
		made.tileset, err = a.cutter.Tileset(query)
	}
	return err
}

// planArchive understands a request for tiles with an archive among them.
func (a *Assets) planArchive(w http.ResponseWriter, r *http.Request, made *plan, f format, datasets []store.Dataset, ask Ask) (err error) {
	if err := onlyMercator(made, datasets); err != nil {
		return err
	}
	if made.parts, err = a.parts(r.Context(), datasets); err != nil {
		return err
	}
	kind := pmtiles.TypeMVT
	if len(datasets) == 1 {
		kind = made.parts[0].about.Header.Type
	}
	made.media = kind.MediaType()
	if f != formatNegotiated && string(f) != kind.Extension() {
		return geo.Errorf(geo.KindNotFound, "here are %s, not %s", kindOf(kind), f)
	}
	p := ask.read(w, r)
	made.version, _ = p.Text("v")
	formats(w, made, p, f, answer.Format{Name: kind.Extension(), MediaType: made.media})
	rejectSelection(p)
	return p.Done()
}

func onlyMercator(made *plan, datasets []store.Dataset) error {
	if made.set == nil {
		return nil
	}
	i := slices.IndexFunc(datasets, isArchive)
	return geo.Errorf(geo.KindNotFound, "the tiles of %s are those of an archive, which are of WebMercatorQuad alone", datasets[i].ID)
}

// rejectSelection says why the tiles of archives are not filtered.
func rejectSelection(p *answer.Params) {
	for _, name := range []string{"fields", "datetime", "filter"} {
		if text, ok := p.Text(name); ok {
			p.Reject(name, text, answer.Because("archive"))
		}
	}
}
