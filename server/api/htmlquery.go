package api

import (
	"net/http"
	"net/url"
	"strings"

	"puy/server/answer"
)

// pageQuery is the query of a page, as three things read it.
type pageQuery struct {
	inner string     // for what makes the document
	shown url.Values // for the page: without f and lang
}

// asked gives the query of r as it came, with its question mark.
func (pageQuery) asked(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return "?" + r.URL.RawQuery
}

// in gives the address of the same resource in another format.
func (q pageQuery) in(address, format string) string {
	query := url.Values{"f": {format}}
	for name, values := range q.shown {
		query[name] = values
	}
	return address + "?" + query.Encode()
}

const (
	itemsID           = "getItems"
	documentationID   = "getDocumentation"
	documentationPath = "/openapi.html"
	// consolePrefix begins the names of the parameters that the console of the
	// documentation builds a query of.
	consolePrefix = "q."
)

// readPage takes f and lang out of the query, and what only the page reads. A
// form sends every input: those that are empty are left out where f=html.
func (a *API) readPage(w http.ResponseWriter, r *http.Request, o operation) (pageQuery, string, error) {
	query := pageQuery{shown: url.Values{}}
	rest, language := splitLanguage(r.URL.RawQuery)
	lang, err := a.language(w, r, language)
	if err != nil {
		return query, "", err
	}
	var inner []string
	formats, form := 0, r.URL.Query().Has("f")
	for part := range strings.SplitSeq(rest, "&") {
		name, value, ok := decodePair(part)
		switch {
		case part == "":
			continue
		case ok && name == "f":
			if formats++; formats == 1 {
				if o.id == documentationID {
					if err := onlyPage(w, r, part); err != nil {
						return query, "", err
					}
				}
				continue
			}
		case ok && o.id == documentationID && (name == "collection" || strings.HasPrefix(name, consolePrefix)):
			if value != "" {
				query.shown.Add(name, value)
			}
			continue
		case value == "" && form:
			continue
		}
		if inner = append(inner, part); ok {
			query.shown.Add(name, value)
		}
	}
	if formats > 1 {
		inner = append(inner, "f="+o.offers[0].Name) // twice: what makes the document refuses it
	}
	query.inner = strings.Join(inner, "&")
	return query, lang, nil
}

// onlyPage refuses what asks for another format of a resource that is a page alone.
func onlyPage(w http.ResponseWriter, r *http.Request, query string) error {
	r = r.Clone(r.Context())
	r.URL.RawQuery = query
	p := answer.ReadParams(w, r)
	p.Format(answer.HTML())
	return p.Done()
}

// withoutLanguage lets a resource that is the same in every language take lang:
// its page has one.
func (a *API) withoutLanguage(h answer.Handler) answer.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !strings.Contains(r.URL.RawQuery, "lang") {
			return h(w, r)
		}
		rest, language := splitLanguage(r.URL.RawQuery)
		if _, err := a.language(w, r, language); err != nil {
			return err
		}
		return h(w, withQuery(r, rest))
	}
}

// splitLanguage parts a query into lang and the rest.
func splitLanguage(query string) (rest, language string) {
	var others, languages []string
	for part := range strings.SplitSeq(query, "&") {
		if name, _, ok := decodePair(part); ok && name == "lang" {
			languages = append(languages, part)
		} else if part != "" {
			others = append(others, part)
		}
	}
	return strings.Join(others, "&"), strings.Join(languages, "&")
}

// language reads a query that consists of lang.
func (a *API) language(w http.ResponseWriter, r *http.Request, query string) (string, error) {
	p := answer.ReadParams(w, withQuery(r, query))
	lang := p.Language(a.view().Languages())
	return lang, p.Done()
}

// withQuery gives r with another query.
func withQuery(r *http.Request, query string) *http.Request {
	r = r.Clone(r.Context())
	r.URL.RawQuery = query
	return r
}

func decodePair(part string) (name, value string, ok bool) {
	rawName, rawValue, _ := strings.Cut(part, "=")
	name, nameErr := url.QueryUnescape(rawName)
	value, valueErr := url.QueryUnescape(rawValue)
	if nameErr != nil || valueErr != nil {
		return "", rawValue, false
	}
	return name, value, true
}
