package portal

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"puy/catalog"
	"puy/server/answer"
	"puy/server/live"
	"puy/web"
)

// page is what every template is given: the words of its language, the frame
// around its content, and links. Each page embeds one.
type page struct {
	*web.Language
	view   *live.View
	base   string // the public URL, without a trailing slash
	prefix string // its path
	hues   map[string]int

	Title       string // of the document
	Summary     string // for search engines
	PortalTitle string
	Contact     catalog.Contact
	Demo        string // the key of a notice on demonstration data, or empty
	Canonical   string
	Alternates  []alternate
	Machine     []linkView // the same for programs
	NoIndex     bool       // search engines are to pass by
	LinkedData  any        // in the words of schema.org; nil for none
	Style       string
	MapStyle    string
	Script      string // empty where the program has no map code
	Logo        string
	Map         *mapView
}

// alternate is the same page in one language.
type alternate struct {
	Lang, Name, URL, Absolute string
}

// newPage begins the page of a request whose path in every language is path,
// as "/datasets/velos" under "/fr".
func (p *Portal) newPage(r *http.Request, view *live.View, lang, path string) (page, error) {
	g := page{Language: p.languages[lang], view: view, base: answer.Base(r), hues: view.Colours()}
	if base, err := url.Parse(g.base); err == nil {
		g.prefix = strings.TrimSuffix(base.EscapedPath(), "/")
	}
	g.PortalTitle = view.Portal.Title.In(lang)
	if g.PortalTitle == "" {
		g.PortalTitle = "puy"
	}
	g.Contact = view.Portal.Contact
	for _, code := range view.Languages() {
		l, ok := p.languages[code]
		if !ok {
			continue
		}
		name, err := l.Text("language.name")
		if err != nil {
			return page{}, err
		}
		inLang := "/" + code + path
		g.Alternates = append(g.Alternates, alternate{code, name, g.prefix + inLang, g.base + inLang})
	}
	g.Canonical = g.base + "/" + lang + path
	g.Style, g.MapStyle = p.asset(&g, "portal.css"), p.asset(&g, "map.css")
	g.Script, g.Logo = p.asset(&g, "portal.js"), p.asset(&g, "logo.svg")
	return g, nil
}

func (p *Portal) asset(g *page, name string) string {
	served, ok := p.assets.Served(name)
	if !ok {
		return ""
	}
	return g.prefix + "/static/" + served
}

// Lang gives the page's language code.
func (g *page) Lang() string { return g.Code }

// T gives a text of the page's language (see web.Language.Text).
func (g *page) T(key string, pairs ...string) (string, error) { return g.Text(key, pairs...) }

// Home gives the address of the home page.
func (g *page) Home() string { return g.prefix + "/" + g.Code + "/" }

// API gives the address of the page that tells how programs reach the data.
func (g *page) API() string { return g.link("api") }

// link gives an address below the page's language from path segments.
func (g *page) link(segments ...string) string {
	return g.prefix + "/" + g.Code + escaped(segments)
}

// door gives an address of another door, such as "/api", from path segments.
func (g *page) door(path string, segments ...string) string {
	return g.prefix + path + escaped(segments)
}

func escaped(segments []string) string {
	var b strings.Builder
	for _, segment := range segments {
		b.WriteString("/" + url.PathEscape(segment))
	}
	return b.String()
}

// moment is a time for people and for machines.
type moment struct{ Text, Machine string }

func (g *page) day(t time.Time) moment {
	return moment{g.Date(t.UTC()), t.UTC().Format(time.DateOnly)}
}

// render answers with a template of the given name; data embeds a page.
func (p *Portal) render(w http.ResponseWriter, r *http.Request, name, lang string, data any) error {
	var b bytes.Buffer
	if err := p.pages[name].ExecuteTemplate(&b, "layout", data); err != nil {
		return err
	}
	w.Header().Set("Content-Language", lang)
	return answer.Page(w, r, b.Bytes())
}

// language gives the language of the route, which must be one of the portal's.
func language(r *http.Request, view *live.View) (string, error) {
	lang := chi.URLParam(r, "lang")
	if !slices.Contains(view.Languages(), lang) {
		return "", answer.NewProblem(http.StatusNotFound, "This portal has no pages in the language "+lang+".")
	}
	return lang, nil
}

func redirect(w http.ResponseWriter, status int, target string) error {
	w.Header().Set("Location", target)
	w.Header().Set("Cache-Control", answer.Revalidate)
	w.WriteHeader(status)
	return nil
}
