package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"puy/server/answer"
	"puy/server/downloads"
	"puy/server/live"
	"puy/server/transfer"
	"puy/store"
)

// object is a JSON object of the API definition.
type object = map[string]any

func openAPIFormat() answer.Format {
	return answer.Format{Name: "json", MediaType: typeOpenAPI, Also: []string{"application/openapi+json", typeJSON}}
}

// openAPI gives the API definition (OpenAPI 3.0.3). Each collection has
// literal paths: QGIS, GDAL and ArcGIS look there for the size of pages and for
// what can be filtered.
func (a *API) openAPI(w http.ResponseWriter, r *http.Request) error {
	view := a.view()
	p := answer.ReadParams(w, r)
	p.Format(openAPIFormat())
	lang := p.Language(view.Languages())
	if err := p.Done(); err != nil {
		return err
	}
	paths := object{}
	for _, o := range a.operations() {
		if !o.collection {
			path := o.path
			if path == "" {
				path = "/"
			}
			paths[path] = object{"get": o.definition(view, nil, lang)}
			continue
		}
		for i := range view.Collections {
			d := &view.Collections[i]
			if o.spatial && !d.Current.Schema.Spatial() {
				continue
			}
			path := strings.Replace(o.path, "{collection}", d.ID, 1)
			paths[path] = object{"get": o.definition(view, d, lang)}
		}
	}
	for i := range view.Collections {
		d := &view.Collections[i]
		paths[downloads.Root+"/"+d.ID+".{format}"] = object{"get": downloadDefinition(r, d, lang)}
	}
	parts := components()
	for i := range view.Collections {
		maps.Copy(parts["schemas"].(object), datasetSchemas(&view.Collections[i], lang))
	}
	if a.editable(view) {
		parts["securitySchemes"] = securitySchemes()
		for _, o := range a.edits() {
			for i := range view.Collections {
				if d := &view.Collections[i]; d.Editable {
					path := strings.Replace(o.path, "{collection}", d.ID, 1)
					paths[path].(object)[strings.ToLower(o.method)] = o.editDefinition(d, lang)
				}
			}
		}
	}
	info := object{"title": view.Portal.Title.In(lang), "version": "1"}
	if info["title"] == "" {
		info["title"] = "puy"
	}
	if text := view.Portal.Description.In(lang); text != "" {
		info["description"] = text
	}
	if c := view.Portal.Contact; c.Name != "" || c.Email != "" || c.URL != "" {
		contact := object{}
		for name, text := range map[string]string{"name": c.Name, "email": c.Email, "url": c.URL} {
			if text != "" {
				contact[name] = text
			}
		}
		info["contact"] = contact
	}
	return answer.WriteJSON(w, r, typeOpenAPI, object{
		"openapi": "3.0.3", "info": info,
		"servers":    []object{{"url": answer.URL(r, Root)}},
		"paths":      paths,
		"components": parts,
	})
}

// definition describes o, for a collection's path that of d.
func (o operation) definition(view *live.View, d *store.Dataset, lang string) object {
	id, summary, offers, schema := o.id, o.summary, o.offers, o.schema
	headers := object{"ETag": headerObject("What tells this answer from others.", true)}
	if d != nil && strings.HasPrefix(schema, "feature") {
		schema += "." + d.ID
		if d.Current.Schema.Spatial() {
			headers["Content-Crs"] = headerObject("The coordinate reference system of the answer, in angle brackets.", true)
		}
	}
	if d != nil && o.id == itemsID {
		offers = slices.DeleteFunc(slices.Clone(offers), func(offer answer.Format) bool {
			f, isFile := transfer.Lookup(offer.Name)
			return isFile && !transfer.Suits(f, &d.Current.Schema)
		})
	}
	parameters := []object{}
	for _, name := range o.parameters {
		parameter := object{"$ref": "#/components/parameters/" + name}
		if name == "lang" {
			parameter = parameterObject("lang", "The language of texts; else what Accept-Language prefers.", object{"type": "string", "enum": view.Languages()})
		}
		if of, ok := collectionParameters()[name]; ok {
			if parameter = of(d); parameter == nil {
				continue
			}
		}
		if name == "f" {
			names := make([]string, len(offers))
			for i, offer := range offers {
				names[i] = offer.Name
			}
			parameter = parameterObject("f", "The format; it goes before the Accept header.", object{"type": "string", "enum": names})
		}
		parameters = append(parameters, parameter)
	}
	if o.more != nil {
		parameters = append(parameters, o.more(d, lang)...)
	}
	if d != nil {
		if id += "." + d.ID; strings.HasPrefix(o.id, ".") { // the end of an id tells what it does (OGC 20-057 section 13.3)
			id = d.ID + o.id
		}
		summary += ": " + d.Title.In(lang)
		if o.id == itemsID {
			parameters = append(parameters, fieldParameters(d, lang)...)
		}
	}
	responses := object{
		"200":     object{"description": "What was asked for.", "headers": headers, "content": contentOf(offers, schema)},
		"304":     object{"description": "The client has it already."},
		"400":     object{"$ref": "#/components/responses/problem"},
		"406":     object{"$ref": "#/components/responses/problem"},
		"default": object{"$ref": "#/components/responses/problem"},
	}
	if o.empty {
		responses["204"] = object{"description": "There is nothing in this tile."}
	}
	if strings.Contains(o.path, "{") {
		responses["404"] = object{"$ref": "#/components/responses/problem"}
	}
	return object{"operationId": id, "summary": summary, "parameters": parameters, "responses": responses}
}

// contentOf tells what an answer in each of the offers is; those in JSON keep to a
// schema of components.
func contentOf(offers []answer.Format, schema string) object {
	content := object{}
	for _, offer := range offers {
		mediaType, _, html := strings.Cut(offer.MediaType, "; charset")
		if strings.HasPrefix(schema, "feature") && mediaType == typeJSON {
			mediaType = typeGeoJSON
		}
		switch {
		case html || strings.HasPrefix(mediaType, "text/"):
			content[mediaType] = object{"schema": object{"type": "string"}}
		case strings.HasSuffix(mediaType, "json") || strings.HasPrefix(mediaType, "application/vnd.oai"):
			content[mediaType] = object{"schema": object{"$ref": "#/components/schemas/" + schema}}
		default:
			content[mediaType] = object{"schema": object{"type": "string", "format": "binary"}}
		}
	}
	return content
}

func headerObject(description string, required bool) object {
	return object{"description": description, "required": required, "schema": object{"type": "string"}}
}

func parameterObject(name, description string, schema object) object {
	return object{"name": name, "in": "query", "required": false, "style": "form", "explode": false, "description": description, "schema": schema}
}
