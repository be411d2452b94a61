package api

import (
	"net/http"

	"puy/server/answer"
	"puy/server/live"
	"puy/store"
)

// record is what a collection tells of itself as a resource of a catalogue (OGC
// 20-004 section 7.2).
type record struct {
	Type        string       `json:"type"`
	Keywords    []string     `json:"keywords,omitempty"`
	Themes      []theme      `json:"themes,omitempty"`
	License     string       `json:"license,omitempty"` // SPDX, or "other"
	Contacts    []contact    `json:"contacts,omitempty"`
	Formats     []mediaType  `json:"formats,omitempty"`
	Language    *language    `json:"language,omitempty"`
	Languages   []language   `json:"languages,omitempty"`
	ExternalIDs []externalID `json:"externalIds,omitempty"`
	Updated     string       `json:"updated"`
}

type theme struct {
	Concepts []concept `json:"concepts"`
	Scheme   string    `json:"scheme"`
}

type concept struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
}

type contact struct {
	Name         string   `json:"name,omitempty"`
	Organization string   `json:"organization,omitempty"`
	Emails       []email  `json:"emails,omitempty"`
	Links        []Link   `json:"links,omitempty"`
	Roles        []string `json:"roles"`
}

type email struct {
	Value string `json:"value"`
}

type mediaType struct {
	Name      string `json:"name"`
	MediaType string `json:"mediaType"`
}

type language struct {
	Code string `json:"code"`
	Name string `json:"name,omitempty"`
}

type externalID struct {
	Scheme string `json:"scheme,omitempty"`
	Value  string `json:"value"`
}

// recordType is the type of every record here.
const recordType = "dataset"

func (a *API) record(r *http.Request, view *live.View, d *store.Dataset, lang string) record {
	out := record{Type: recordType, Keywords: d.Keywords, Language: languageOf(lang), Updated: updated(d)}
	for _, code := range view.Languages() {
		out.Languages = append(out.Languages, *languageOf(code))
	}
	if t, ok := view.Portal.Themes[d.Theme]; ok || d.Theme != "" {
		out.Themes = []theme{{Concepts: []concept{{ID: d.Theme, Title: t.Title.In(lang)}}, Scheme: answer.URL(r, Root+"/collections") + "#themes"}}
	}
	if d.Licence != "" {
		out.License = spdx(d.Licence)
	}
	if p := view.Publisher(*d); p.Name != "" {
		c := contact{Organization: p.Name, Roles: []string{"publisher"}}
		if p.URL != "" {
			c.Links = []Link{{Href: p.URL, Rel: "about", Type: typeHTML}}
		}
		out.Contacts = append(out.Contacts, c)
	}
	if p := view.Portal.Contact; p.Name != "" || p.Email != "" {
		c := contact{Name: p.Name, Roles: []string{"pointOfContact"}}
		if p.Email != "" {
			c.Emails = []email{{p.Email}}
		}
		if p.URL != "" {
			c.Links = []Link{{Href: p.URL, Rel: "about", Type: typeHTML}}
		}
		out.Contacts = append(out.Contacts, c)
	}
	out.Formats = a.formatsOf(d)
	out.ExternalIDs = externalIDs(r, d)
	return out
}

// formatsOf names what a dataset's features and tiles come in.
func (a *API) formatsOf(d *store.Dataset) []mediaType {
	var all []mediaType
	for _, offer := range a.itemFormats {
		if offer.Name != answer.JSON().Name { // GeoJSON under another name
			all = append(all, mediaType{offer.Name, offer.MediaType})
		}
	}
	if a.opt.Tiles != nil && d.Current.Schema.Spatial() {
		for _, offer := range a.opt.Tiles.Formats() {
			all = append(all, mediaType{offer.Name, offer.MediaType})
		}
	}
	return all
}

// externalIDs are the dataset's permanent address and its former names.
func externalIDs(r *http.Request, d *store.Dataset) []externalID {
	all := []externalID{{Value: answer.URL(r, "/datasets", d.ID)}}
	for _, alias := range d.Aliases {
		all = append(all, externalID{Scheme: "alias", Value: alias})
	}
	return all
}

func languageOf(code string) *language {
	return &language{Code: code, Name: map[string]string{"fr": "français", "en": "English"}[code]}
}

// spdx gives the SPDX identifier of a licence of the catalogue, "other" where it
// has none; a link of the collection leads to its text.
func spdx(licence string) string {
	known := map[string]string{"lov2": "etalab-2.0", "etalab-2.0": "etalab-2.0", "odc-odbl": "ODbL-1.0", "odc-by": "ODC-By-1.0", "odc-pddl": "PDDL-1.0",
		"cc0-1.0": "CC0-1.0", "cc-by-4.0": "CC-BY-4.0", "cc-by-sa-4.0": "CC-BY-SA-4.0"}
	if id, ok := known[licence]; ok {
		return id
	}
	return "other"
}
