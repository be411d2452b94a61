package answer

import (
	"html/template"
	"io"
	"net/http"
)

// ErrorPage writes a problem as an HTML page.
type ErrorPage func(w io.Writer, r *http.Request, p *Problem) error

// plainPage is the page of a server whose portal brings none. The sentences
// are of the status alone, so that they can be told in both languages.
func plainPage(w io.Writer, r *http.Request, p *Problem) error {
	lang := preferred(r.Header.Get("Accept-Language"), []string{"fr", "en"})
	p, _ = p.In(lang)
	page := template.Must(template.New("").Parse(plainHTML)) // rare enough to parse each time
	return page.Execute(w, map[string]any{"Lang": lang, "Problem": p, "Sentence": sentence(lang, p.Status), "Home": Base(r) + "/"})
}

func sentence(lang string, status int) string {
	texts := map[int][2]string{
		http.StatusBadRequest:         {"La demande ne peut pas être comprise.", "The request cannot be understood."},
		http.StatusNotFound:           {"Cette page n’existe pas.", "This page does not exist."},
		http.StatusMethodNotAllowed:   {"Cette adresse se lit seulement.", "This address can only be read."},
		http.StatusNotAcceptable:      {"Ce format n’est pas disponible ici.", "This format is not available here."},
		http.StatusGone:               {"Ces données ont été remplacées.", "These data have been replaced."},
		http.StatusRequestURITooLong:  {"L’adresse est trop longue.", "The address is too long."},
		http.StatusServiceUnavailable: {"Le service est momentanément indisponible.", "The service is not available at the moment."},
	}
	text, ok := texts[status]
	if !ok {
		text = [2]string{"Une erreur est survenue.", "Something went wrong."}
	}
	if lang == "en" {
		return text[1]
	}
	return text[0]
}

const plainHTML = `<!doctype html>
<html lang="{{.Lang}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Problem.Status}} – {{.Sentence}}</title>
<main>
<h1>{{.Sentence}}</h1>
<p lang="en">{{.Problem.Status}} {{.Problem.Title}}{{with .Problem.Detail}}: {{.}}{{end}}</p>
{{with .Problem.Errors}}<ul>{{range .}}<li><code>{{or .Parameter .Pointer}}={{.Value}}</code>: <span lang="{{.Lang}}">{{.Reason}}</span></li>{{end}}</ul>{{end}}
<p><a href="{{.Home}}">{{if eq .Lang "en"}}Home{{else}}Accueil{{end}}</a></p>
</main>
`
