package portal

import (
	"net/http"

	"puy/server/answer"
)

// accessPage tells people how their programs reach the data.
type accessPage struct {
	page
	Doors    []metadatum
	Datasets []accessView
	OpenAPI  string
}

// accessView is one dataset with its addresses.
type accessView struct {
	datasetView
	Addresses []metadatum
}

func (p *Portal) access(w http.ResponseWriter, r *http.Request) error {
	view := p.view()
	lang, err := language(r, view)
	if err != nil {
		return err
	}
	g, err := p.newPage(r, view, lang, "/api")
	if err != nil {
		return err
	}
	a := accessPage{page: g, OpenAPI: g.door("/api/openapi.html") + "?lang=" + lang}
	a.Demo = demoOfPortal(view)
	if a.Title, err = g.Text("access.title", "portal", g.PortalTitle); err != nil {
		return err
	}
	if a.Summary, err = g.Text("access.lead"); err != nil {
		return err
	}
	api := answer.URL(r, "/api")
	a.Doors = []metadatum{
		{Label: "access.qgis", Text: api, Href: api},
		{Label: "access.gdal", Text: "ogrinfo OAPIF:" + api},
		{Label: "access.openapi", Text: answer.URL(r, "/api/openapi.json"), Href: answer.URL(r, "/api/openapi.json")},
	}
	for _, d := range view.Collections {
		a.Datasets = append(a.Datasets, accessView{g.viewDataset(d), g.addresses(r, d)})
	}
	return p.render(w, r, "access", lang, &a)
}
