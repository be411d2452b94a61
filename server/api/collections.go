package api

import (
	"math"
	"net/http"
	"strings"
	"time"

	"puy/geo"
	"puy/ingest/schema"
	"puy/server/answer"
	"puy/server/live"
	"puy/store"
)

// collectionList is the answer of /collections, which is a catalogue of local
// resources (OGC 20-004r1 section 14).
type collectionList struct {
	ID             string       `json:"id"`
	Type           string       `json:"type"`
	Title          string       `json:"title"`
	ItemType       string       `json:"itemType"`
	RecordsArray   string       `json:"recordsArrayName"`
	Links          []Link       `json:"links"`
	NumberMatched  int          `json:"numberMatched"`
	NumberReturned int          `json:"numberReturned"`
	Collections    []collection `json:"collections"`
}

// collection describes one dataset (OGC 17-069r4 section 7.14). A dataset
// without geometry has no CRS and no spatial extent.
type collection struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	record
	Attribution string   `json:"attribution,omitempty"`
	Extent      *extent  `json:"extent,omitempty"`
	ItemType    string   `json:"itemType"`
	ItemCount   int64    `json:"itemCount"`
	CRS         []string `json:"crs,omitempty"`
	StorageCRS  string   `json:"storageCrs,omitempty"`
	Links       []Link   `json:"links"`
}

type extent struct {
	Spatial  *spatialExtent  `json:"spatial,omitempty"`
	Temporal *temporalExtent `json:"temporal,omitempty"`
}

type spatialExtent struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

type temporalExtent struct {
	Interval [][2]*string `json:"interval"`
	TRS      string       `json:"trs"`
}

func (a *API) collections(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	lang := p.Language(view.Languages())
	search := readSearch(p)
	if err := p.Done(); err != nil {
		return err
	}
	words := wordsIn(lang)
	var found []store.Dataset
	for i := range view.Collections {
		if search.finds(r, view, &view.Collections[i]) {
			found = append(found, view.Collections[i])
		}
	}
	shown, links := search.page(r, p, found)
	list := collectionList{
		ID: "catalogue", Type: "Collection", Title: words.collections, ItemType: "record", RecordsArray: "collections",
		NumberMatched: len(found), NumberReturned: len(shown),
		Links:       []Link{{Href: selfURL(r, Root+"/collections", p), Rel: "self", Type: typeJSON, Title: words.collections}},
		Collections: make([]collection, 0, len(shown)),
	}
	list.Links = append(list.Links, links...)
	list.Links = append(list.Links, a.pageLinks(r, p, words.collections, lang, Root+"/collections")...)
	if a.opt.Pages {
		list.Links = append(list.Links, Link{Href: answer.URL(r, "/"+lang+"/"), Rel: "about", Type: typeHTML, Title: words.collections, Hreflang: lang})
	}
	for _, d := range shown {
		list.Collections = append(list.Collections, a.describe(r, view, d, lang))
	}
	return answer.WriteJSON(w, r, typeJSON, list)
}

func (a *API) collection(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	lang := p.Language(view.Languages())
	if err := p.Done(); err != nil {
		return err
	}
	return answer.WriteJSON(w, r, typeJSON, a.describe(r, view, d, lang))
}

// describe gives the same in /collections as in /collections/{id}.
func (a *API) describe(r *http.Request, view *live.View, d store.Dataset, lang string) collection {
	words := wordsIn(lang)
	here := answer.URL(r, Root+"/collections", d.ID)
	c := collection{
		ID: d.ID, Title: titleOf(&d, lang), Description: d.Description.In(lang), record: a.record(r, view, &d, lang),
		Attribution: view.Publisher(d).Name, Extent: extentOf(d), ItemType: "feature", ItemCount: d.Current.Rows,
		Links: []Link{
			{Href: here, Rel: "self", Type: typeJSON, Title: d.Title.In(lang)},
			{Href: here + "/items", Rel: "items", Type: typeGeoJSON, Title: words.items},
		},
	}
	c.Links = append(c.Links, Link{Href: here + "/versions", Rel: "version-history", Type: typeJSON, Title: versionWordsIn(lang).versions})
	c.Links = append(append(c.Links, schemaLinks(r, &d, words)...), fileLinks(r, &d, words)...)
	if d.Current.Schema.Spatial() {
		c.CRS, c.StorageCRS = systemURIs(&d), crs84
		c.Links = append(c.Links, Link{Href: answer.URL(r, "/tiles", d.ID+".json"), Rel: "describedby", Type: typeJSON, Title: words.tiles})
		c.Links = append(c.Links, a.tileLinks(r, &d, lang)...)
	}
	if licence, ok := view.Portal.Licence(d.Licence); ok {
		c.Links = append(c.Links, Link{Href: licence.URL, Rel: "license", Type: typeHTML, Title: licence.Title.In(lang)})
	}
	if ref := schema.Refer(d.Schema); d.Schema != "" && ref.URL != "" {
		title := strings.TrimSpace(ref.Name + " " + ref.Version)
		link := Link{Href: ref.URL, Rel: answer.ConformsTo, Title: title}
		if strings.HasSuffix(ref.URL, "/") { // a page of schema.data.gouv.fr; of others nobody knows
			link.Type = typeHTML
		}
		c.Links = append(c.Links, link)
	}
	if a.opt.Page != nil {
		c.Links = append(c.Links, Link{Href: here + "?f=html", Rel: "alternate", Type: typeHTML, Title: d.Title.In(lang), Hreflang: lang},
			Link{Href: here + "/items?f=html", Rel: "items", Type: typeHTML, Title: words.itemsPage, Hreflang: lang})
	}
	if a.opt.Pages {
		c.Links = append(c.Links, Link{Href: answer.URL(r, "/"+lang+"/datasets", d.ID), Rel: "about", Type: typeHTML, Title: words.page, Hreflang: lang})
	}
	return c
}

func updated(d *store.Dataset) string { return d.Current.Updated().UTC().Format(time.RFC3339) }

func extentOf(d store.Dataset) *extent {
	var e extent
	if d.Current.Schema.Spatial() && !d.Current.Extent.IsEmpty() {
		e.Spatial = &spatialExtent{BBox: [][4]float64{outward(d.Current.Extent)}, CRS: crs84}
	}
	if span := d.Current.Time; !span.IsZero() {
		e.Temporal = &temporalExtent{Interval: [][2]*string{{moment(span.Start), moment(span.End)}},
			TRS: "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
	}
	if e == (extent{}) {
		return nil
	}
	return &e
}

// outward rounds away from the box's inside to the decimals that coordinates
// are sent with, so that a query by the extent gives every feature.
func outward(b geo.Bounds) [4]float64 {
	return [4]float64{-atLeast(-b.MinX), -atLeast(-b.MinY), atLeast(b.MaxX), atLeast(b.MaxY)}
}

// atLeast gives the smallest number of seven decimals that is not below x.
func atLeast(x float64) float64 {
	const unit = 1e7
	n := math.Round(x * unit)
	for n/unit < x {
		n++
	}
	return n / unit
}

func moment(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339)
	return &text
}
