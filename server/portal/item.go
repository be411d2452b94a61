package portal

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

type itemPage struct {
	page
	Dataset datasetView
	Heading string
	Values  []valueView
	Address string // of the item in the API
}

// item shows one feature by its id.
func (p *Portal) item(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	lang, err := language(r, view)
	if err != nil {
		return err
	}
	d, found, err := p.lookup(w, r, view)
	if err != nil || !found {
		return err
	}
	id, err := answer.PathText(r, "item")
	if err != nil {
		return err
	}
	f, err := p.rows.Feature(r.Context(), d.ID, id)
	if err != nil {
		return err
	}
	if d.Current == nil || len(f.Values) != len(d.Current.Schema.Fields) {
		// A version with another schema became current after the view was read.
		return geo.Errorf(geo.KindUnavailable, "dataset %s has just been replaced", d.ID)
	}
	g, err := p.newPage(r, view, lang, "/datasets"+escaped([]string{d.ID, "items", f.ID}))
	if err != nil {
		return err
	}
	c := itemPage{page: g, Dataset: g.viewDataset(d), Address: g.door("/api/collections", d.ID, "items", f.ID)}
	row, err := g.viewRow(d, viewFields(g.Language, &d.Current.Schema), f)
	if err != nil {
		return err
	}
	c.Values = row.Values
	if d.Demo {
		c.Demo = "demo.dataset"
	}
	if c.Heading, err = g.Text("item.heading", "dataset", c.Dataset.Title, "label", row.Label); err != nil {
		return err
	}
	c.Summary = c.Heading
	if c.Title, err = g.Text("dataset.title", "title", c.Heading, "portal", g.PortalTitle); err != nil {
		return err
	}
	if b := f.Geometry.Bounds(); !b.IsEmpty() {
		if c.Map, err = g.newMap("item.map", []store.Dataset{d}); err != nil {
			return err
		}
		if c.Map != nil {
			c.Map.Data.Bounds = corners(b)
			c.Map.Data.Selected = &selectedFeature{d.ID, f.FID}
		}
	}
	return p.render(w, r, "item", lang, &c)
}

// feature leads from a tile feature's id to the item's page.
func (p *Portal) feature(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	lang, err := language(r, view)
	if err != nil {
		return err
	}
	d, found, err := p.lookup(w, r, view)
	if err != nil || !found {
		return err
	}
	missing := answer.Refusal(http.StatusNotFound, "feature")
	fid, err := strconv.ParseInt(chi.URLParam(r, "fid"), 10, 64)
	if err != nil {
		return missing
	}
	q := store.Query{FIDs: []int64{fid}, Fields: []string{}, NoGeometry: true, Limit: 1}
	for f, err := range p.rows.Features(r.Context(), d.ID, q) {
		if err != nil {
			return err
		}
		g, err := p.newPage(r, view, lang, "")
		if err != nil {
			return err
		}
		return redirect(w, http.StatusSeeOther, g.link("datasets", d.ID, "items", f.ID))
	}
	return missing
}
