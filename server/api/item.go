package api

import (
	"maps"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format/geojson"
	"puy/server/answer"
	"puy/server/edit"
	"puy/server/selection"
	"puy/store"
)

// item gives one feature by its id (OGC 17-069r4 section 7.16).
func (a *API) item(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	p := answer.ReadParams(w, r)
	p.Format(answer.GeoJSON(), answer.JSON())
	now := d.Current
	if err := selection.ReadAsOf(r.Context(), p, a.rows, &d); err != nil {
		return err
	}
	project, fields := selection.ReadCRS(p, "crs", &d), selection.ReadFields(p, &d)
	if err := p.Done(); err != nil {
		return err
	}
	id, err := answer.PathText(r, "item")
	if err != nil {
		return err
	}
	f, err := a.featureOf(r, &d, now, id)
	if err != nil {
		return err
	}
	state := edit.State(&d, f) // of the whole feature, whichever part is sent
	schema := fields.Schema(&d.Current.Schema)
	fields.Cut(f, &d.Current.Schema)
	body, err := a.itemBody(r, d, f, schema, project, p.Query())
	if err != nil {
		return err
	}
	contentCRS(w, project)
	if answer.NotModified(w, r, edit.Tag(state, body), answer.Revalidate) {
		return nil
	}
	answer.Send(w, http.StatusOK, typeGeoJSON, body)
	return nil
}

// feature reads one feature that has the values of d's schema.
func (a *API) feature(r *http.Request, d *store.Dataset, id string) (*geo.Feature, error) {
	f, err := a.rows.Feature(r.Context(), d.ID, id)
	if err == nil && len(f.Values) != len(d.Current.Schema.Fields) {
		return nil, geo.Errorf(geo.KindUnavailable, "dataset %s has just got another schema", d.ID)
	}
	if geo.KindOf(err) == geo.KindNotFound {
		p := answer.Refusal(http.StatusNotFound, "feature")
		p.Cause = err
		return nil, p
	}
	return f, err
}

// featureOf reads one feature of d's version, where now is the current one.
func (a *API) featureOf(r *http.Request, d *store.Dataset, now *catalog.Version, id string) (*geo.Feature, error) {
	if d.Current.Number == now.Number {
		return a.feature(r, d, id)
	}
	q, err := a.queryOf(r, d, id)
	if err != nil {
		return nil, err
	}
	for f, err := range a.rows.Features(r.Context(), d.ID, q) {
		switch {
		case err != nil:
			return nil, err
		case f.ID == id:
			return f.Clone(), nil
		}
	}
	return nil, answer.Refusal(http.StatusNotFound, "feature.then", "name", strconv.FormatInt(d.Current.Number, 10))
}

// queryOf selects few features of d's version, the one called id among them. A fid
// is the same in all versions; a feature that is no longer there is found by its key.
func (a *API) queryOf(r *http.Request, d *store.Dataset, id string) (store.Query, error) {
	q := store.Query{Version: d.Current.Number}
	now, err := a.rows.Feature(r.Context(), d.ID, id)
	switch {
	case err == nil:
		q.FIDs = []int64{now.FID}
		return q, nil
	case geo.KindOf(err) != geo.KindNotFound:
		return q, err
	}
	i := d.Current.Schema.Index(d.Current.Schema.Key)
	n, wrong := strconv.ParseInt(id, 10, 64)
	switch {
	case i >= 0 && d.Current.Schema.Fields[i].Type == geo.TypeText:
		q.Where = []store.Condition{{Field: d.Current.Schema.Key, Value: geo.Text(id)}}
	case i >= 0 && d.Current.Schema.Fields[i].Type == geo.TypeInteger && wrong == nil:
		q.Where = []store.Condition{{Field: d.Current.Schema.Key, Value: geo.Integer(n)}}
	case !d.Current.Keyed && wrong == nil:
		q.FIDs = []int64{n}
	case !d.Current.Keyed:
		q.FIDs = []int64{}
	default:
		q.Limit = math.MaxInt64 // all are looked at, for as long as a query may take
	}
	return q, nil
}

// itemBody writes a feature, whose values are those of schema, as GeoJSON with its
// links; query is that of the address of this representation. Its coordinates are converted in place.
func (a *API) itemBody(r *http.Request, d store.Dataset, f *geo.Feature, schema *geo.Schema, project *selection.Projection, query url.Values) ([]byte, error) {
	links := []Link{
		{Href: itemURL(r, d.ID, f.ID, query), Rel: "self", Type: typeGeoJSON},
		{Href: answer.URL(r, Root+"/collections", d.ID), Rel: "collection", Type: typeJSON},
	}
	if a.opt.Page != nil {
		paged := maps.Clone(query)
		paged.Set("f", answer.HTML().Name)
		links = append(links, Link{Href: itemURL(r, d.ID, f.ID, paged), Rel: "alternate", Type: typeHTML})
	}
	if a.opt.Pages {
		lang := a.view().Languages()[0]
		links = append(links, Link{Href: answer.URL(r, "/"+lang+"/datasets", d.ID, "items", f.ID), Rel: "about", Type: typeHTML, Hreflang: lang})
	}
	tail, err := marshal(links)
	if err != nil {
		return nil, err
	}
	project.Apply(f.Geometry)
	body := geojson.AppendFeature(nil, schema, f, project.Decimals())
	body = append(body[:len(body)-1], ",\n\"links\":"...) // a foreign member in place of the closing brace
	return append(append(body, tail...), "}\n"...), nil
}

func itemURL(r *http.Request, dataset, id string, query url.Values) string {
	href := answer.URL(r, Root+"/collections", dataset, "items", id)
	if len(query) > 0 {
		href += "?" + query.Encode()
	}
	return href
}
