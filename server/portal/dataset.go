package portal

import (
	"net/http"
	"path"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
)

type datasetPage struct {
	page
	Dataset   datasetView
	Table     tableView
	Fields    []fieldView
	Metadata  []metadatum
	Quality   *qualityView // nil without a version
	Refresh   *refreshView // nil for a source that is not looked at by itself
	Addresses []metadatum
	Downloads []downloadView
}

// metadatum is one line of a list: Label is the key of its name.
type metadatum struct {
	Label, Text, Href string
	Code              bool
}

// lookup finds the dataset of the route. Where the route names an alias, it
// redirects to the same page below the id, and gives found false.
func (p *Portal) lookup(w http.ResponseWriter, r *http.Request, view *live.View) (d store.Dataset, found bool, err error) {
	name, err := answer.PathText(r, "id")
	if err != nil {
		return d, false, err
	}
	if err := view.Removed(name); err != nil {
		return d, false, err
	}
	d, ok := view.Lookup(name)
	if !ok {
		return d, false, answer.Refusal(http.StatusNotFound, "dataset", "name", geo.ClipValue(name))
	}
	if d.ID == name {
		return d, true, nil
	}
	target := strings.Replace(r.URL.EscapedPath(), "/datasets/"+escaped([]string{name})[1:], "/datasets/"+d.ID, 1)
	g, err := p.newPage(r, view, view.Languages()[0], "")
	if err != nil {
		return d, false, err
	}
	return d, false, redirect(w, http.StatusMovedPermanently, g.prefix+target)
}

// identifier answers for the permanent identifier of a dataset with the page
// in the language that the client wants most.
func (p *Portal) identifier(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	lang := answer.ReadParams(w, r).Language(view.Languages())
	d, found, err := p.lookup(w, r, view)
	if err != nil || !found {
		return err
	}
	g, err := p.newPage(r, view, lang, "")
	if err != nil {
		return err
	}
	return redirect(w, http.StatusSeeOther, g.link("datasets", d.ID))
}

func (p *Portal) dataset(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	lang, err := language(r, view)
	if err != nil {
		return err
	}
	d, found, err := p.lookup(w, r, view)
	if err != nil || !found {
		return err
	}
	after, err := cursor(r)
	if err != nil {
		return err
	}
	g, err := p.newPage(r, view, lang, "/datasets/"+d.ID)
	if err != nil {
		return err
	}
	c := datasetPage{page: g, Dataset: g.viewDataset(d)}
	c.Summary, c.LinkedData = c.Dataset.Description, g.describeDataset(d)
	if d.Demo {
		c.Demo = "demo.dataset"
	}
	if c.Title, err = g.Text("dataset.title", "title", c.Dataset.Title, "portal", g.PortalTitle); err != nil {
		return err
	}
	if d.Source.IsArchive() {
		c.Addresses = g.addresses(r, d)
		if c.Map, err = g.newMap("dataset.map", []store.Dataset{d}); err != nil {
			return err
		}
	} else if d.Current != nil {
		c.Fields = viewFields(g.Language, &d.Current.Schema)
		c.Addresses = g.addresses(r, d)
		if c.Downloads, err = g.downloads(d); err != nil {
			return err
		}
		if c.Table, err = p.table(r.Context(), &g, d, after); err != nil {
			return err
		}
		if c.Map, err = g.newMap("dataset.map", []store.Dataset{d}); err != nil {
			return err
		}
	}
	var examined ingest.Examination
	if d.Current != nil {
		if c.Quality, examined, err = p.quality(r.Context(), &g, &d); err != nil {
			return err
		}
	}
	if c.Refresh, err = p.refreshed(r.Context(), &g, &d); err != nil {
		return err
	}
	if c.Metadata, err = g.metadata(d, &c.Dataset, examined); err != nil {
		return err
	}
	return p.render(w, r, "dataset", lang, &c)
}

// metadata lists what is known of a dataset; what is not known is left out.
func (g *page) metadata(d store.Dataset, v *datasetView, examined ingest.Examination) ([]metadatum, error) {
	schema, err := g.schemaMetadatum(&d, examined)
	if err != nil {
		return nil, err
	}
	all := []metadatum{
		{Label: "meta.publisher", Text: v.Publisher.Text, Href: v.Publisher.Href},
		{Label: "meta.licence", Text: v.Licence.Text, Href: v.Licence.Href},
	}
	if d.Frequency != "" {
		frequency, err := g.Text("frequency." + d.Frequency)
		if err != nil {
			return nil, err
		}
		all = append(all, metadatum{Label: "meta.frequency", Text: frequency})
	}
	all = append(all,
		metadatum{Label: "meta.keywords", Text: strings.Join(d.Keywords, ", ")},
		metadatum{Label: "meta.identifier", Text: d.ID, Code: true},
		schema)
	if d.Current != nil {
		loaded, err := g.versionMetadata(d.Current)
		if err != nil {
			return nil, err
		}
		all = append(all, loaded...)
	}
	known := all[:0]
	for _, m := range all {
		if m.Text != "" {
			known = append(known, m)
		}
	}
	return known, nil
}

func (g *page) versionMetadata(v *catalog.Version) ([]metadatum, error) {
	geometry, err := g.Text("geometry." + v.Schema.Geometry.String())
	if err != nil {
		return nil, err
	}
	extent := ""
	if v.Schema.Spatial() && !v.Extent.IsEmpty() {
		degrees := func(f float64) string { return g.Decimal(f, 3) }
		if extent, err = g.Text("extent.text", "west", degrees(v.Extent.MinX), "east", degrees(v.Extent.MaxX),
			"south", degrees(v.Extent.MinY), "north", degrees(v.Extent.MaxY)); err != nil {
			return nil, err
		}
	}
	source := metadatum{Label: "meta.source", Text: v.Source}
	if strings.HasPrefix(v.Source, "https://") || strings.HasPrefix(v.Source, "http://") {
		source.Href = v.Source
	} else if v.Source != "" {
		source.Text, source.Code = path.Base(v.Source), true // where it lies on the operator's disk is not public
	}
	return []metadatum{
		{Label: "meta.rows", Text: g.Integer(v.Rows)},
		{Label: "meta.updated", Text: g.DateTime(v.Updated())},
		{Label: "meta.version", Text: g.Integer(v.Number)},
		{Label: "meta.geometry", Text: geometry},
		{Label: "meta.extent", Text: extent},
		source,
		{Label: "meta.checksum", Text: v.Checksum, Code: true},
	}, nil
}

// addresses lists where programs find the dataset, absolute, to be copied.
func (g *page) addresses(r *http.Request, d store.Dataset) []metadatum {
	list := []metadatum{{Label: "address.permanent", Text: answer.URL(r, "/datasets", d.ID)}}
	archive := d.Source.IsArchive() // whose TileJSON alone tells how its tiles end
	if !archive {
		list = append(list,
			metadatum{Label: "address.collection", Text: answer.URL(r, "/api/collections", d.ID)},
			metadatum{Label: "address.items", Text: answer.URL(r, "/api/collections", d.ID, "items")})
	}
	if archive || d.Current.Schema.Spatial() {
		list = append(list, metadatum{Label: "address.tilejson", Text: answer.URL(r, "/tiles", d.ID+".json")})
	}
	for i := range list {
		list[i].Href = list[i].Text
	}
	if !archive && d.Current.Schema.Spatial() {
		list = append(list, metadatum{Label: "address.tiles", Text: answer.URL(r, "/tiles", d.ID) + "/{z}/{x}/{y}.mvt"})
	}
	return list
}
