package portal

import (
	"cmp"
	"slices"
	"strings"

	"puy/store"
)

// linked is a text that may lead somewhere.
type linked struct{ Text, Href string }

// datasetView is what lists, maps and headings show of a dataset.
type datasetView struct {
	ID, Title, Description string
	URL                    string
	Theme                  *themeView
	Publisher, Licence     linked
	Rows                   string
	Updated                moment
	Demo, Loaded, Spatial  bool
	Archive                bool   // of tiles: it has no rows
	Quality                string // the score, in lists; empty where it is not known
	Badge                  bool   // the title does not say itself that this is demonstration data
	Shape                  string
	Hue                    int

	Items, Collection, TileJSON string // addresses of its data
}

// themeView is a heading with its datasets.
type themeView struct {
	ID, Title string
	Datasets  []datasetView
}

func (g *page) viewDataset(d store.Dataset) datasetView {
	v := datasetView{
		ID: d.ID, Title: cmp.Or(d.Title.In(g.Code), d.ID), Description: strings.TrimSpace(d.Description.In(g.Code)),
		URL: g.link("datasets", d.ID), Demo: d.Demo, Shape: shapeOf(d), Hue: g.hues[d.ID], Archive: d.Source.IsArchive(),
		Items: g.door("/api/collections", d.ID, "items"), Collection: g.door("/api/collections", d.ID),
		TileJSON: g.door("/tiles", d.ID+".json"),
	}
	if badge, err := g.Text("demo.badge"); err == nil && d.Demo {
		v.Badge = !strings.Contains(strings.ToLower(v.Title), badge)
	}
	if d.Theme != "" {
		theme := g.viewTheme(d.Theme)
		v.Theme = &theme
	}
	publisher := g.view.Publisher(d)
	v.Publisher = linked{publisher.Name, publisher.URL}
	v.Licence = linked{Text: d.Licence}
	if licence, ok := g.view.Portal.Licence(d.Licence); ok {
		v.Licence = linked{licence.Title.In(g.Code), licence.URL}
	}
	if d.Current != nil {
		v.Loaded, v.Spatial = true, d.Current.Schema.Spatial()
		v.Rows, v.Updated = g.Integer(d.Current.Rows), g.day(d.Current.Updated())
	}
	return v
}

func (g *page) viewTheme(id string) themeView {
	return themeView{ID: id, Title: cmp.Or(g.view.Portal.Themes[id].Title.In(g.Code), id)}
}

// themes groups the datasets by theme, both in the order of their titles;
// those without a theme come last, under a heading of their own.
func (g *page) themes() ([]themeView, error) {
	byID := map[string]*themeView{}
	var themes []*themeView
	for _, d := range g.view.Datasets {
		t, ok := byID[d.Theme]
		if !ok {
			theme := g.viewTheme(d.Theme)
			if d.Theme == "" {
				other, err := g.Text("home.other")
				if err != nil {
					return nil, err
				}
				theme = themeView{ID: "-", Title: other}
			}
			t = &theme
			byID[d.Theme], themes = t, append(themes, t)
		}
		t.Datasets = append(t.Datasets, g.viewDataset(d))
	}
	slices.SortFunc(themes, func(a, b *themeView) int {
		if (a.ID == "-") != (b.ID == "-") {
			if a.ID == "-" {
				return 1
			}
			return -1
		}
		return g.Compare(a.Title, b.Title)
	})
	grouped := make([]themeView, len(themes))
	for i, t := range themes {
		slices.SortFunc(t.Datasets, func(a, b datasetView) int { return g.Compare(a.Title, b.Title) })
		grouped[i] = *t
	}
	return grouped, nil
}
