package portal

import (
	"net/http"
	"time"

	"puy/server/answer"
	"puy/server/live"
)

type homePage struct {
	page
	Description              string
	CountDatasets, CountRows string
	Updated                  *moment
	Themes                   []themeView
}

// front shows the home page in the language that the client wants most.
func (p *Portal) front(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	return p.showHome(w, r, view, answer.ReadParams(w, r).Language(view.Languages()))
}

func (p *Portal) home(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	lang, err := language(r, view)
	if err != nil {
		return err
	}
	return p.showHome(w, r, view, lang)
}

func (p *Portal) homeWithoutSlash(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	lang, err := language(r, view)
	if err != nil {
		return err
	}
	g, err := p.newPage(r, view, lang, "/")
	if err != nil {
		return err
	}
	return redirect(w, http.StatusPermanentRedirect, g.Home())
}

func (p *Portal) showHome(w http.ResponseWriter, r *http.Request, view *live.View, lang string) error {
	g, err := p.newPage(r, view, lang, "/")
	if err != nil {
		return err
	}
	h := homePage{page: g, Description: view.Portal.Description.In(lang)}
	h.Summary = h.Description
	var rows int64
	var newest time.Time
	for _, d := range view.Collections {
		rows += d.Current.Rows
		if updated := d.Current.Updated(); updated.After(newest) {
			newest = updated
		}
	}
	h.Demo, h.LinkedData = demoOfPortal(view), g.catalogThing()
	if !newest.IsZero() {
		day := g.day(newest)
		h.Updated = &day
	}
	if h.Title, err = g.Text("home.title", "portal", g.PortalTitle); err != nil {
		return err
	}
	if h.CountDatasets, err = g.Count("count.datasets", int64(len(view.Datasets))); err != nil {
		return err
	}
	if h.CountRows, err = g.Count("count.rows", rows); err != nil {
		return err
	}
	if h.Themes, err = h.themes(); err != nil {
		return err
	}
	for _, t := range h.Themes {
		for i := range t.Datasets {
			if t.Datasets[i].Quality, err = p.qualityBadge(r.Context(), &g, t.Datasets[i].ID); err != nil {
				return err
			}
		}
	}
	if h.Map, err = h.newMap("home.map", view.Collections); err != nil {
		return err
	}
	if h.Map != nil && view.Portal.View.Zoom > 0 {
		h.Map.Data.View = &view.Portal.View
	}
	return p.render(w, r, "home", lang, &h)
}

// demoOfPortal gives the key of the notice that some datasets hold invented
// values, or "".
func demoOfPortal(view *live.View) string {
	for _, d := range view.Datasets {
		if d.Demo {
			return "demo.portal"
		}
	}
	return ""
}
