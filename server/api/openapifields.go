package api

import (
	"strings"

	"puy/geo"
	"puy/server/selection"
	"puy/store"
)

// collectionParameters are those that are another for each collection; nil
// where it has none of that name.
func collectionParameters() map[string]func(d *store.Dataset) object {
	crs := func(name, text string) func(d *store.Dataset) object {
		return func(d *store.Dataset) object {
			uris := systemURIs(d)
			if uris == nil {
				return nil
			}
			return parameterObject(name, text+", in its authority's axis order.", object{"type": "string", "format": "uri", "enum": uris, "default": crs84})
		}
	}
	names := func(name, text string, of func(d *store.Dataset) []string) func(d *store.Dataset) object {
		return func(d *store.Dataset) object {
			list := of(d)
			if list == nil {
				return nil
			}
			return parameterObject(name, text, object{"type": "array", "minItems": 1, "items": object{"type": "string", "enum": list}})
		}
	}
	return map[string]func(d *store.Dataset) object{
		"crs":        crs("crs", "The coordinate reference system of the answer"),
		"bbox-crs":   crs("bbox-crs", "The coordinate reference system of bbox"),
		"filter-crs": crs("filter-crs", "The coordinate reference system of the geometries in filter"),
		"sortby": names("sortby", "The order: fields, each after - for descending. Texts are in the order of their code points; null is the greatest value; "+
			"equals are in the order in which the dataset has them.", sortNames),
		"properties":         names("properties", "The properties to give; the others are left out.", propertyNames),
		"exclude-properties": names("exclude-properties", "The properties to leave out.", propertyNames),
	}
}

func sortNames(d *store.Dataset) (names []string) {
	for _, field := range d.Current.Schema.Fields {
		if selection.Sortable(field) && !strings.Contains(field.Name, ",") {
			names = append(names, field.Name, "+"+field.Name, "-"+field.Name)
		}
	}
	return names
}

func propertyNames(d *store.Dataset) (names []string) {
	if d.Current.Schema.Spatial() {
		names = append(names, selection.GeometryName)
	}
	for _, field := range d.Current.Schema.Fields {
		if field.Name != "" && field.Name != selection.GeometryName && !strings.Contains(field.Name, ",") {
			names = append(names, field.Name)
		}
	}
	return names
}

// fieldParameters are the fields of d that items filters by name=value.
func fieldParameters(d *store.Dataset, lang string) []object {
	var parameters []object
	for _, field := range d.Current.Schema.Fields {
		if !selection.Filterable(field) {
			continue
		}
		schema := object{"type": "string"}
		switch field.Type {
		case geo.TypeInteger:
			schema = object{"type": "integer", "format": "int64"}
		case geo.TypeNumber:
			schema = object{"type": "number", "format": "double"}
		case geo.TypeBoolean:
			schema = object{"type": "boolean"}
		case geo.TypeDate:
			schema["format"] = "date"
		case geo.TypeDateTime:
			schema["format"] = "date-time"
		}
		text := field.Title.In(lang)
		if more := field.Description.In(lang); more != "" {
			text = strings.TrimPrefix(text+". "+more, ". ")
		}
		if text == "" {
			text = field.Name
		}
		parameters = append(parameters, parameterObject(field.Name, text, schema))
	}
	return parameters
}
