package api

import (
	"net/http"

	"puy/server/answer"
)

// Link is a web link (RFC 8288) as the OGC APIs write it.
type Link struct {
	Href     string `json:"href"`
	Rel      string `json:"rel"`
	Type     string `json:"type,omitempty"`
	Title    string `json:"title,omitempty"`
	Hreflang string `json:"hreflang,omitempty"`
	// Templated tells that Href has variables in braces.
	Templated bool `json:"templated,omitempty"`
}

const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
	typeHTML    = "text/html"
	typeOpenAPI = "application/vnd.oai.openapi+json;version=3.0" // no blank: clients compare it as it stands
)

type landingPage struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Links       []Link `json:"links"`
}

func (a *API) landing(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	lang := p.Language(view.Languages())
	if err := p.Done(); err != nil {
		return err
	}
	words := wordsIn(lang)
	page := landingPage{
		Title:       view.Portal.Title.In(lang),
		Description: view.Portal.Description.In(lang),
		Links: []Link{
			{Href: selfURL(r, Root, p), Rel: "self", Type: typeJSON, Title: words.landing},
			{Href: answer.URL(r, Root+"/openapi.json"), Rel: "service-desc", Type: typeOpenAPI, Title: words.definition},
			{Href: answer.URL(r, Root+"/conformance"), Rel: "conformance", Type: typeJSON, Title: words.conformance},
			{Href: answer.URL(r, Root+"/collections"), Rel: "data", Type: typeJSON, Title: words.collections},
		},
	}
	page.Links = append(page.Links, a.catalogueLinks(r, lang)...)
	if page.Title == "" {
		page.Title = "puy"
	}
	if a.opt.Page != nil {
		page.Links = append(page.Links, Link{Href: answer.URL(r, Root+documentationPath), Rel: "service-doc", Type: typeHTML, Title: words.documentation})
		page.Links = append(page.Links, a.pageLinks(r, p, words.landing, lang, Root)...)
	}
	if a.opt.Pages {
		page.Links = append(page.Links, Link{Href: answer.URL(r, "/"+lang+"/"), Rel: "about", Type: typeHTML, Title: page.Title, Hreflang: lang})
	}
	return answer.WriteJSON(w, r, typeJSON, page)
}

// selfURL gives the address of an answer with the parameters as they were read.
func selfURL(r *http.Request, path string, p *answer.Params, segments ...string) string {
	href := answer.URL(r, path, segments...)
	if query := p.Query().Encode(); query != "" {
		href += "?" + query
	}
	return href
}

// words are the titles of links.
type words struct {
	landing, definition, documentation, conformance, collections, items, itemsAs, itemsPage, download, collection, page, licence, tiles, schema, queryables, sortables string
}

func wordsIn(lang string) words {
	if lang == "en" {
		return words{landing: "This API", definition: "API definition (OpenAPI 3.0)", documentation: "API documentation",
			conformance: "Standards kept", collections: "All datasets", items: "Features as GeoJSON", itemsPage: "Features as a page", itemsAs: "Features as", download: "Download as", collection: "The dataset",
			page: "The dataset's page", licence: "Licence", tiles: "Vector tiles (TileJSON)",
			schema: "The schema of the features", queryables: "What filters can use", sortables: "What sortby can use"}
	}
	return words{landing: "Cette API", definition: "Définition de l’API (OpenAPI 3.0)", documentation: "Documentation de l’API",
		conformance: "Normes respectées", collections: "Tous les jeux de données", items: "Objets en GeoJSON", itemsPage: "Objets en page web", itemsAs: "Objets en", download: "Télécharger en", collection: "Le jeu de données",
		page: "La page du jeu de données", licence: "Licence", tiles: "Tuiles vectorielles (TileJSON)",
		schema: "Le schéma des objets", queryables: "Ce que les filtres peuvent utiliser", sortables: "Ce que sortby peut utiliser"}
}
