package api

import (
	"net/http"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/server/selection"
	"puy/store"
)

const typeSchema = "application/schema+json"

func schemaFormat() answer.Format {
	return answer.Format{Name: "json", MediaType: typeSchema, Also: []string{typeJSON}}
}

// schemaPart is a schema document of a collection, and which fields it shows.
type schemaPart struct {
	path    string
	rel     string
	spatial bool
	strict  bool // other properties than these are refused
	shows   func(geo.Field) bool
}

func schemaParts() map[string]schemaPart {
	const rel = "http://www.opengis.net/def/rel/ogc/1.0/"
	return map[string]schemaPart{
		"schema":     {path: "schema", rel: rel + "schema", spatial: true, shows: func(f geo.Field) bool { return true }},
		"queryables": {path: "queryables", rel: rel + "queryables", spatial: true, strict: true, shows: selection.Queryable},
		"sortables":  {path: "sortables", rel: rel + "sortables", strict: true, shows: selection.Sortable},
	}
}

// schemaOf answers with a collection's schema, its queryables (OGC 19-079r2
// section 7.2) or its sortables, as JSON Schema 2020-12 (OGC 23-058 section 8).
func (a *API) schemaOf(name string) func(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	part := schemaParts()[name]
	return func(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
		view := a.view()
		p := answer.ReadParams(w, r)
		p.Format(schemaFormat())
		lang := p.Language(view.Languages())
		if err := p.Done(); err != nil {
			return err
		}
		properties, seq := object{}, 0
		if schema := &d.Current.Schema; part.spatial && schema.Spatial() {
			seq++
			properties[selection.GeometryName] = object{"title": geometryTitle(lang), "format": geometryFormat(schema.Geometry),
				"x-ogc-role": "primary-geometry", "x-ogc-propertySeq": seq}
		}
		for _, field := range d.Current.Schema.Fields {
			if !part.shows(field) || properties[field.Name] != nil {
				continue
			}
			seq++
			property := fieldSchema(field, lang)
			property["x-ogc-propertySeq"] = seq
			switch field.Name {
			case d.Current.Schema.Key:
				property["x-ogc-role"] = "id"
			case d.Time:
				property["x-ogc-role"] = "primary-instant"
			}
			properties[field.Name] = property
		}
		document := object{
			"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": answer.URL(r, Root+"/collections", d.ID, part.path),
			"type": "object", "title": titleOf(&d, lang), "properties": properties,
		}
		if part.strict {
			document["additionalProperties"] = false
		}
		return answer.WriteJSON(w, r, typeSchema, document)
	}
}

// schemaLinks lead from a collection to its schemas.
func schemaLinks(r *http.Request, d *store.Dataset, words words) []Link {
	parts := schemaParts()
	var links []Link
	for _, l := range []struct{ name, title string }{{"schema", words.schema}, {"queryables", words.queryables}, {"sortables", words.sortables}} {
		part := parts[l.name]
		links = append(links, Link{Href: answer.URL(r, Root+"/collections", d.ID, part.path), Rel: part.rel, Type: typeSchema, Title: l.title})
	}
	return links
}

func titleOf(d *store.Dataset, lang string) string {
	if title := d.Title.In(lang); title != "" {
		return title
	}
	return d.ID
}

// fieldSchema describes a field as JSON Schema does.
func fieldSchema(field geo.Field, lang string) object {
	property := object{}
	switch field.Type {
	case geo.TypeInteger:
		property["type"], property["format"] = "integer", "int64"
	case geo.TypeNumber:
		property["type"], property["format"] = "number", "double"
	case geo.TypeBoolean:
		property["type"] = "boolean"
	case geo.TypeDate:
		property["type"], property["format"] = "string", "date"
	case geo.TypeDateTime:
		property["type"], property["format"] = "string", "date-time"
	case geo.TypeTextArray:
		property["type"], property["items"] = "array", object{"type": "string"}
	case geo.TypeJSON: // an object or an array
	default:
		property["type"] = "string"
	}
	title := field.Title.In(lang)
	if title == "" {
		title = field.Name
	}
	property["title"] = title
	if text := field.Description.In(lang); text != "" {
		property["description"] = text
	}
	if field.Unit != "" {
		property["x-ogc-unit"] = field.Unit
		property["x-ogc-unitLang"] = "UCUM"
	}
	return property
}

// geometryFormat names a kind of geometry (OGC 23-058 section 8.2).
func geometryFormat(t geo.GeometryType) string {
	if t == geo.GeometryAny {
		return "geometry-any"
	}
	return "geometry-" + strings.ToLower(t.String())
}

func geometryTitle(lang string) string {
	if lang == "en" {
		return "Geometry"
	}
	return "Géométrie"
}
