package api

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"

	"puy/server/answer"
	"puy/server/selection"
	"puy/store"
)

// documentation tells people what the API definition tells machines.
func (a *API) documentation(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	p.Format(answer.HTML())
	lang := p.Language(view.Languages())
	if err := p.Done(); err != nil {
		return err
	}
	type line struct{ Path, Summary, Parameters, Example string }
	type dataset struct{ ID, Title, Fields string }
	var lines []line
	for _, o := range a.operations() {
		l := line{Path: Root + o.path, Summary: o.summary, Parameters: strings.Join(o.parameters, ", ")}
		if !strings.Contains(o.path, "{") {
			l.Example = answer.URL(r, Root+o.path)
		}
		lines = append(lines, l)
	}
	var datasets []dataset
	for _, d := range view.Collections {
		datasets = append(datasets, dataset{d.ID, d.Title.In(lang), filterNames(d)})
	}
	page, err := template.New("").Parse(documentationHTML)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = page.Execute(&b, map[string]any{"English": lang == "en", "Lang": lang, "Title": view.Portal.Title.In(lang), "Lines": lines,
		"Datasets": datasets, "Root": answer.URL(r, Root), "Limit": limitMost})
	if err != nil {
		return err
	}
	return answer.Page(w, r, b.Bytes())
}

func filterNames(d store.Dataset) string {
	var names []string
	for _, field := range d.Current.Schema.Fields {
		if selection.Filterable(field) {
			names = append(names, field.Name)
		}
	}
	return strings.Join(names, ", ")
}

const documentationHTML = `<!doctype html>
<html lang="{{.Lang}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>API – {{.Title}}</title>
<main>
<h1>API – {{.Title}}</h1>
{{if .English}}<p>This portal keeps to OGC API – Features. In QGIS, add a <em>WFS / OGC API – Features</em> connection with this address:</p>
{{else}}<p>Ce portail suit la norme OGC API – Features. Dans QGIS, ajoutez une connexion <em>WFS / OGC API – Features</em> avec cette adresse :</p>{{end}}
<p><a href="{{.Root}}">{{.Root}}</a></p>
<p><a href="{{.Root}}/openapi.json">OpenAPI 3.0</a></p>
<table>
<thead><tr><th scope="col">{{if .English}}Address{{else}}Adresse{{end}}</th><th scope="col">{{if .English}}What{{else}}Contenu{{end}}</th><th scope="col">{{if .English}}Parameters{{else}}Paramètres{{end}}</th></tr></thead>
<tbody>{{range .Lines}}
<tr><td><code>{{if .Example}}<a href="{{.Example}}">{{.Path}}</a>{{else}}{{.Path}}{{end}}</code></td><td lang="en">{{.Summary}}</td><td><code>{{.Parameters}}</code></td></tr>{{end}}
</tbody>
</table>
<h2>{{if .English}}Datasets and the fields that filter them ({field}={value}){{else}}Jeux de données et champs qui les filtrent ({champ}={valeur}){{end}}</h2>
<dl>{{$root := .Root}}{{range .Datasets}}
<dt><a href="{{$root}}/collections/{{.ID}}/items">{{.ID}}</a> – {{.Title}}</dt><dd>{{.Fields}}</dd>{{end}}
</dl>
</main>
`
