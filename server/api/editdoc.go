package api

import (
	"net/http"

	"puy/server/edit"
	"puy/server/live"
	"puy/store"
)

// editable tells whether some dataset may be edited.
func (a *API) editable(view *live.View) bool {
	if a.opt.Editing == nil {
		return false
	}
	for i := range view.Collections {
		if view.Collections[i].Editable {
			return true
		}
	}
	return false
}

// editClasses are the conformance classes of editing (OGC 20-002r1).
func editClasses() []string {
	const root = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/"
	return []string{root + "create-replace-delete", root + "update", root + "optimistic-locking-etags", root + "features"}
}

// securitySchemes are the two ways to send a key.
func securitySchemes() object {
	return object{
		"bearer": object{"type": "http", "scheme": "bearer", "description": "The key in the header Authorization: Bearer KEY."},
		"apiKey": object{"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The key in the header X-API-Key."},
	}
}

// editDefinition describes an operation that changes features of d.
func (o operation) editDefinition(d *store.Dataset, lang string) object {
	problem := object{"$ref": "#/components/responses/problem"}
	content := func(mediaType string, schema object) object { return object{mediaType: object{"schema": schema}} }
	header := func(name, text string) object {
		return object{"name": name, "in": "header", "required": false, "description": text, "schema": object{"type": "string"}}
	}
	feature := object{"description": "The feature as it is now.", "content": content(typeGeoJSON, schemaRef("feature."+d.ID))}
	responses := object{"400": problem, "401": problem, "403": problem, "404": problem, "default": problem}
	parameters := []object{}
	if o.method != http.MethodPost {
		parameters = append(parameters, object{"$ref": "#/components/parameters/item"},
			header("If-Match", "The ETag of the state that the change is for; another state gives 412."))
		responses["412"] = problem
	}
	definition := object{"operationId": o.id + "." + d.ID, "summary": o.summary + ": " + d.Title.In(lang), "responses": responses,
		"security": []object{{"bearer": []string{}}, {"apiKey": []string{}}}}
	if o.method != http.MethodDelete {
		if uris := systemURIs(d); uris != nil {
			crs := header("Content-Crs", "The coordinate reference system of the geometry, in its authority's axis order.")
			crs["schema"] = object{"type": "string", "enum": bracketed(uris), "default": crs84}
			parameters = append(parameters, crs)
		}
		responses["409"], responses["413"], responses["415"] = problem, problem, problem
		responses["200"] = feature
	}
	body := func(text string, content object) {
		definition["requestBody"] = object{"required": true, "description": text, "content": content}
	}
	switch o.method {
	case http.MethodPost:
		one := receivable(d, lang, true)
		many := object{"type": "object", "required": []string{"type", "features"}, "properties": object{
			"type":     object{"type": "string", "enum": []string{"FeatureCollection"}},
			"features": object{"type": "array", "minItems": 1, "items": one}}}
		body("A feature, or several that are created all or not at all.", content(edit.TypeFeature, object{"oneOf": []object{one, many}}))
		delete(responses, "200")
		created := content(typeGeoJSON, schemaRef("feature."+d.ID))
		created[typeJSON] = object{"schema": object{"type": "object"}}
		responses["201"] = object{"description": "The feature as it is now, or the ids and addresses of several.", "content": created,
			"headers": object{"Location": object{"description": "The address of the feature; absent where there are several.", "schema": object{"type": "string", "format": "uri"}}}}
	case http.MethodPut:
		body("The feature as it is to be. Properties that it lacks become null.", content(edit.TypeFeature, receivable(d, lang, false)))
	case http.MethodPatch:
		body("What is to change (RFC 7396): null takes a value away.", content(edit.TypePatch, object{"type": "object", "properties": object{
			"geometry": object{"type": "object", "nullable": true}, "properties": receivableProperties(d, lang, false)}}))
	case http.MethodDelete:
		responses["204"] = object{"description": "The feature is deleted."}
	}
	definition["parameters"] = parameters
	return definition
}

// bracketed gives uris, each as it is and in angle brackets.
func bracketed(uris []string) []string {
	var out []string
	for _, uri := range uris {
		out = append(out, uri, "<"+uri+">")
	}
	return out
}

// receivable describes a feature of d as a body has it.
func receivable(d *store.Dataset, lang string, created bool) object {
	return object{"type": "object", "required": []string{"type", "geometry", "properties"}, "properties": object{
		"type":       object{"type": "string", "enum": []string{"Feature"}},
		"geometry":   schemaRef("geometry"),
		"properties": receivableProperties(d, lang, created),
	}}
}

func receivableProperties(d *store.Dataset, lang string, created bool) object {
	schema := &d.Current.Schema
	properties := object{}
	for _, field := range schema.Fields {
		if field.Name == "" {
			continue
		}
		property := fieldSchema(field, lang)
		for name := range property {
			if len(name) > 2 && name[:2] == "x-" {
				delete(property, name)
			}
		}
		if field.Name != schema.Key && property["type"] != nil {
			property["nullable"] = true
		}
		properties[field.Name] = property
	}
	list := object{"type": "object", "properties": properties, "additionalProperties": false}
	if created && schema.Index(schema.Key) >= 0 {
		list["required"] = []string{schema.Key}
	}
	return list
}
