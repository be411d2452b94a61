package api

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/server/answer"
	"puy/server/selection"
	"puy/store"
)

// versionOperations are those of versions and of what differs between them.
func (a *API) versionOperations() []operation {
	document := []answer.Format{answer.JSON()}
	const root = "/collections/{collection}/versions"
	return []operation{
		{path: root, id: "getVersions", summary: "The kept versions of a dataset", collection: true,
			parameters: []string{"f", "lang"}, offers: document, schema: "versions", handler: a.ofCollection(a.versions)},
		{path: root + "/{version}", id: "getVersion", summary: "One of these versions", collection: true,
			parameters: []string{"f", "lang", "version"}, offers: document, schema: "version", handler: a.ofCollection(a.version)},
		{path: root + "/{version}/changes", id: "getVersionChanges", summary: "What a version changed, feature by feature", collection: true,
			parameters: []string{"f", "version", "op", "limit", "cursor"}, offers: document, schema: "changes", heavy: true, handler: a.ofCollection(a.versionChanges)},
		{path: "/collections/{collection}/changes", id: "getChanges", summary: "What differs between two versions, feature by feature", collection: true,
			parameters: []string{"f", "from", "to", "op", "limit", "cursor"}, offers: document, schema: "changes", heavy: true, handler: a.ofCollection(a.changes)},
	}
}

// versionRecord tells of one version. All members are there in each, so that a
// list of them is a table; null is what is not known.
type versionRecord struct {
	Version  int64  `json:"version"`
	Loaded   string `json:"loaded"`
	Current  bool   `json:"current"`
	Rows     int64  `json:"rows"`
	Rejected int64  `json:"rejected"`
	Base     *int64 `json:"base"` // what follows is against this version
	changeCounts
	Edits    int64  `json:"edits"`
	Source   string `json:"source"`
	Checksum string `json:"checksum"`
	Links    []Link `json:"links"`
}

// changeCounts counts features; null without a comparison.
type changeCounts struct {
	Inserted  *int64 `json:"inserted"`
	Updated   *int64 `json:"updated"`
	Deleted   *int64 `json:"deleted"`
	Unchanged *int64 `json:"unchanged"`
}

type versionList struct {
	Title    string          `json:"title"`
	Keyed    bool            `json:"keyed"` // features have an id of their own
	Links    []Link          `json:"links"`
	Versions []versionRecord `json:"versions"`
}

type versionDetail struct {
	versionRecord
	Keyed             bool                 `json:"keyed"`
	UpdatedFields     []catalog.FieldCount `json:"updatedFields,omitempty"`
	UpdatedGeometries int64                `json:"updatedGeometries,omitempty"`
}

func countsOf(v *catalog.Version) changeCounts {
	if !v.Compared {
		return changeCounts{}
	}
	c := changeCounts{Inserted: &v.Added, Updated: &v.Modified, Deleted: &v.Removed}
	if v.Comparison != nil {
		c.Unchanged = &v.Comparison.Unchanged
	}
	return c
}

func (a *API) recordOf(r *http.Request, d *store.Dataset, v *catalog.Version, current bool, lang string) versionRecord {
	here := answer.URL(r, Root+"/collections", d.ID, "versions", strconv.FormatInt(v.Number, 10))
	words := versionWordsIn(lang)
	rec := versionRecord{Version: v.Number, Loaded: v.Loaded.UTC().Format(time.RFC3339), Current: current, Rows: v.Rows, Rejected: v.Rejected,
		changeCounts: countsOf(v), Edits: v.Edits, Source: publicSource(v.Source), Checksum: v.Checksum}
	items := answer.URL(r, Root+"/collections", d.ID, "items") + "?asof=" + strconv.FormatInt(v.Number, 10)
	rec.Links = []Link{{Href: here, Rel: "item", Type: typeJSON, Title: words.version}, {Href: items, Rel: "items", Type: typeGeoJSON, Title: words.items}}
	if v.Comparison != nil {
		rec.Base = &v.Comparison.Base
		rec.Links = append(rec.Links, Link{Href: here + "/changes", Rel: "changes", Type: typeJSON, Title: words.changes})
	}
	return rec
}

// publicSource leaves out where a file lies on the operator's disk.
func publicSource(source string) string {
	if strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://") || source == "" {
		return source
	}
	return path.Base(strings.ReplaceAll(source, `\`, "/"))
}

// versions lists the kept versions, the newest first.
func (a *API) versions(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	lang, self, err := readDocument(w, r, a.view(), Root+"/collections/"+d.ID+"/versions")
	if err != nil {
		return err
	}
	kept, err := a.rows.Versions(r.Context(), d.ID)
	if err != nil {
		return err
	}
	words := versionWordsIn(lang)
	list := versionList{Title: words.versions, Keyed: d.Current.Keyed, Versions: []versionRecord{}, Links: []Link{
		{Href: self, Rel: "self", Type: typeJSON, Title: words.versions},
		{Href: answer.URL(r, Root+"/collections", d.ID), Rel: "collection", Type: typeJSON, Title: titleOf(&d, lang)}}}
	list.Links = append(list.Links, a.versionPage(r, lang, d.ID, "versions")...)
	for i := range kept {
		list.Versions = append(list.Versions, a.recordOf(r, &d, &kept[i], kept[i].Number == d.Current.Number, lang))
	}
	return answer.WriteJSON(w, r, typeJSON, list)
}

// version tells of one kept version.
func (a *API) version(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	number, err := versionAsked(r)
	if err != nil {
		return err
	}
	name := strconv.FormatInt(number, 10)
	lang, self, err := readDocument(w, r, a.view(), Root+"/collections/"+d.ID+"/versions/"+name)
	if err != nil {
		return err
	}
	v, err := selection.Version(r.Context(), a.rows, &d, number)
	if err != nil {
		return err
	}
	detail := versionDetail{versionRecord: a.recordOf(r, &d, v, v.Number == d.Current.Number, lang), Keyed: v.Keyed}
	if v.Comparison != nil {
		detail.UpdatedFields, detail.UpdatedGeometries = v.Comparison.Fields, v.Comparison.Geometry
	}
	words := versionWordsIn(lang)
	detail.Links[0] = Link{Href: self, Rel: "self", Type: typeJSON, Title: words.version}
	detail.Links = append(detail.Links, Link{Href: answer.URL(r, Root+"/collections", d.ID, "versions"), Rel: "version-history", Type: typeJSON, Title: words.versions})
	detail.Links = append(detail.Links, a.versionPage(r, lang, d.ID, "versions", name)...)
	return answer.WriteJSON(w, r, typeJSON, detail)
}

// versionPage links the page of a document on versions.
func (a *API) versionPage(r *http.Request, lang string, segments ...string) []Link {
	if a.opt.Page == nil {
		return nil
	}
	return []Link{{Href: answer.URL(r, Root+"/collections", segments...) + "?f=html&lang=" + lang, Rel: "alternate", Type: typeHTML, Hreflang: lang}}
}

// versionAsked reads the number in the path.
func versionAsked(r *http.Request) (int64, error) {
	text, err := answer.PathText(r, "version")
	if err != nil {
		return 0, err
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 1 || strconv.FormatInt(number, 10) != text {
		return 0, answer.Refusal(http.StatusNotFound, "version", "name", geo.ClipValue(text))
	}
	return number, nil
}

// versionWords are the titles of links.
type versionWords struct{ versions, version, items, changes string }

func versionWordsIn(lang string) versionWords {
	if lang == "en" {
		return versionWords{versions: "The kept versions", version: "The version", items: "Its features", changes: "What it changed"}
	}
	return versionWords{versions: "Les versions conservées", version: "La version", items: "Ses objets", changes: "Ce qu’elle a changé"}
}
