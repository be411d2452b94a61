package api

import "puy/store"

func schemaRef(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func arrayOf(items object) object { return object{"type": "array", "items": items} }

// members describes an object that has these members, and may have others.
func members(required []string, properties object) object {
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// documentSchemas are the schemas of what is of no dataset alone.
func documentSchemas() object {
	text, whole, anything := object{"type": "string"}, object{"type": "integer"}, object{"type": "object"}
	links := arrayOf(schemaRef("link"))
	limits := members([]string{"tileMatrix", "minTileRow", "maxTileRow", "minTileCol", "maxTileCol"}, object{
		"tileMatrix": text, "minTileRow": whole, "maxTileRow": whole, "minTileCol": whole, "maxTileCol": whole})
	matrix := members([]string{"id", "scaleDenominator", "cellSize", "pointOfOrigin", "tileWidth", "tileHeight", "matrixWidth", "matrixHeight"}, object{
		"id": text, "scaleDenominator": object{"type": "number"}, "cellSize": object{"type": "number"}, "pointOfOrigin": arrayOf(object{"type": "number"}),
		"tileWidth": whole, "tileHeight": whole, "matrixWidth": whole, "matrixHeight": whole})
	style := members([]string{"id", "title", "links"}, object{"id": text, "title": text, "links": links})
	return object{
		"object": anything,
		"text":   text,
		"binary": object{"type": "string", "format": "binary"},
		"link": members([]string{"href", "rel"}, object{"href": text, "rel": text, "type": text, "title": text, "hreflang": text,
			"templated": object{"type": "boolean"}}),
		"problem": members([]string{"title", "status"}, object{"type": text, "title": text, "status": whole, "detail": text, "instance": text,
			"errors": arrayOf(members([]string{"reason"}, object{"parameter": text, "value": text, "reason": text}))}),
		"landingPage": members([]string{"links"}, object{"title": text, "description": text, "links": links}),
		"conformance": members([]string{"conformsTo"}, object{"conformsTo": arrayOf(text)}),
		"openapi":     members([]string{"openapi", "info", "paths"}, object{"openapi": text, "info": anything, "paths": anything, "components": anything}),
		"collections": members([]string{"links", "collections"}, object{"links": links, "collections": arrayOf(schemaRef("collection"))}),
		"collection": members([]string{"id", "links"}, object{
			"id": text, "title": text, "description": text, "keywords": arrayOf(text), "attribution": text, "extent": anything,
			"itemType": text, "itemCount": object{"type": "integer", "format": "int64"}, "updated": text, "crs": arrayOf(text),
			"storageCrs": text, "links": links}),
		"jsonSchema": members([]string{"$schema", "$id", "type", "properties"}, object{"$schema": text, "$id": text, "type": text, "title": text,
			"properties": object{"type": "object", "additionalProperties": anything}}),
		"geometry": object{"type": "object", "nullable": true, "required": []string{"type"}, "properties": object{
			"type":        object{"type": "string", "enum": []string{"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}},
			"coordinates": object{"type": "array", "items": object{}}, "geometries": arrayOf(anything)}},
		"versions":          versionsSchema(),
		"version":           versionSchema(),
		"changes":           changesSchema(),
		"feature":           featureSchema(object{"type": "object", "nullable": true}),
		"featureCollection": featureCollectionSchema("feature"),
		"tileset": members([]string{"dataType", "crs", "links"}, object{
			"title": text, "dataType": text, "crs": text, "tileMatrixSetId": text, "tileMatrixSetURI": text, "tileMatrixSetLimits": arrayOf(limits),
			"layers": arrayOf(anything), "links": links}),
		"tileJSON": members([]string{"tilejson", "tiles", "vector_layers"}, object{"tilejson": text, "tiles": arrayOf(text),
			"vector_layers": arrayOf(members([]string{"id", "fields"}, object{"id": text, "fields": anything})),
			"minzoom":       whole, "maxzoom": whole, "bounds": arrayOf(object{"type": "number"})}),
		"tilesetOrTileJSON": object{"anyOf": []object{schemaRef("tileset"), schemaRef("tileJSON")}},
		"tilesets":          members([]string{"links", "tilesets"}, object{"links": links, "tilesets": arrayOf(schemaRef("tileset"))}),
		"tileMatrixSets": members([]string{"tileMatrixSets"}, object{"tileMatrixSets": arrayOf(members([]string{"id", "links"},
			object{"id": text, "title": text, "uri": text, "links": links})), "links": links}),
		"tileMatrixSet": members([]string{"id", "crs", "tileMatrices"}, object{"id": text, "title": text, "uri": text, "crs": object{},
			"tileMatrices": arrayOf(matrix)}),
		"styles":        members([]string{"styles", "links"}, object{"default": text, "styles": arrayOf(style), "links": links}),
		"styleMetadata": members([]string{"id", "title", "links"}, object{"id": text, "title": text, "description": text, "links": links}),
		"mapStyle": members([]string{"version", "sources", "layers"}, object{"version": object{"type": "integer", "enum": []int{8}}, "name": text,
			"sources": anything, "layers": arrayOf(members([]string{"id", "type"}, object{"id": text, "type": text}))}),
	}
}

// datasetSchemas are the schemas of the features and pages of d, by their names.
func datasetSchemas(d *store.Dataset, lang string) object {
	return object{
		"feature." + d.ID:           featureSchema(receivableProperties(d, lang, false)),
		"featureCollection." + d.ID: featureCollectionSchema("feature." + d.ID),
	}
}

func featureSchema(properties object) object {
	return members([]string{"type", "geometry", "properties"}, object{
		"type":       object{"type": "string", "enum": []string{"Feature"}},
		"id":         object{"type": "string"},
		"geometry":   schemaRef("geometry"),
		"properties": properties,
		"links":      arrayOf(schemaRef("link")),
	})
}

func featureCollectionSchema(of string) object {
	return members([]string{"type", "features"}, object{
		"type":           object{"type": "string", "enum": []string{"FeatureCollection"}},
		"features":       arrayOf(schemaRef(of)),
		"links":          arrayOf(schemaRef("link")),
		"numberMatched":  object{"type": "integer", "minimum": 0},
		"numberReturned": object{"type": "integer", "minimum": 0},
		"timeStamp":      object{"type": "string", "format": "date-time"},
	})
}
