package api

import (
	"net/http"

	"puy/geo"
	"puy/geo/format/geojson"
	"puy/server/answer"
	"puy/server/selection"
	"puy/store"
)

// item gives one feature by its id (OGC 17-069r4 section 7.16).
func (a *API) item(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	p := answer.ReadParams(w, r)
	p.Format(answer.GeoJSON(), answer.JSON())
	project := selection.ReadCRS(p, "crs", &d)
	if err := p.Done(); err != nil {
		return err
	}
	id, err := answer.PathText(r, "item")
	if err != nil {
		return err
	}
	f, err := a.rows.Feature(r.Context(), d.ID, id)
	if err != nil {
		return err
	}
	if len(f.Values) != len(d.Current.Schema.Fields) {
		return geo.Errorf(geo.KindUnavailable, "dataset %s has just got another schema", d.ID)
	}
	links := []Link{
		{Href: selfURL(r, Root+"/collections", p, d.ID, "items", f.ID), Rel: "self", Type: typeGeoJSON},
		{Href: answer.URL(r, Root+"/collections", d.ID), Rel: "collection", Type: typeJSON},
	}
	links = append(links, a.pageLinks(r, p, "", "", Root+"/collections", d.ID, "items", f.ID)...)
	if a.opt.Pages {
		lang := a.view().Languages()[0]
		links = append(links, Link{Href: answer.URL(r, "/"+lang+"/datasets", d.ID, "items", f.ID), Rel: "about", Type: typeHTML, Hreflang: lang})
	}
	tail, err := marshal(links)
	if err != nil {
		return err
	}
	project.Apply(f.Geometry)
	body := geojson.AppendFeature(nil, &d.Current.Schema, f, project.Decimals())
	body = append(body[:len(body)-1], ",\n\"links\":"...) // a foreign member in place of the closing brace
	body = append(append(body, tail...), "}\n"...)
	contentCRS(w, project)
	return answer.Document(w, r, typeGeoJSON, answer.Revalidate, body)
}
