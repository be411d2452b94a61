package api

// components are the parts of the API definition that operations refer to.
// Clients know some by name: QGIS reads components.parameters.limit.
func components() object {
	limit := parameterObject("limit", "How many features a page has at most; more than the maximum gives the maximum.",
		object{"type": "integer", "minimum": 1, "maximum": limitMost, "default": limitDefault})
	bbox := parameterObject("bbox", "Only features that meet this box, and those without geometry: west,south,east,north in degrees, "+
		"or six numbers with heights, which play no part. West greater than east crosses the antimeridian.",
		object{"type": "array", "minItems": 4, "maxItems": 6, "items": object{"type": "number"}})
	datetime := parameterObject("datetime", "Only features of this date or date-time, or of this interval with both ends (start/end; .. leaves an end open), "+
		"and those without a time.", object{"type": "string"})
	offset := parameterObject("offset", "How many features to skip. Without effect beside a cursor.",
		object{"type": "integer", "minimum": 0, "maximum": offsetMost, "default": 0})
	cursor := parameterObject("cursor", "Where the page begins, as the next link of the page before gives it.", object{"type": "string"})
	asof := parameterObject("asof", "The features as they were then: the number of a version, or an RFC 3339 time, which means the version that was current. "+
		"Of versions that are no longer kept the answer is 410.", object{"type": "string", "minLength": 1})
	filter := parameterObject("filter", "Only features of which this CQL2 expression is true. The queryables are the properties that it can use.",
		object{"type": "string", "minLength": 1})
	filterLang := parameterObject("filter-lang", "The language of filter.",
		object{"type": "string", "enum": []string{"cql2-text", "cql2-json"}, "default": "cql2-text"})
	words := parameterObject("q", "Only features with all these words in their texts, whatever their case and accents; a comma parts alternatives.",
		object{"type": "string", "minLength": 1})
	skipGeometry := parameterObject("skipGeometry", "Whether to leave the geometry out: it is null then.", object{"type": "boolean", "default": false})
	item := object{"name": "item", "in": "path", "required": true, "description": "The feature's id.", "schema": object{"type": "string"}}

	place := func(name, of string) object {
		return pathParameter(name, of, object{"type": "string"})
	}
	version := parameterObject("v", "The version that the tile is meant to be of; caches keep the tile of the present one.", object{"type": "string"})

	ref := func(name string) object { return object{"$ref": "#/components/schemas/" + name} }
	text := object{"type": "string"}
	list := func(of object) object { return object{"type": "array", "items": of} }
	link := object{"type": "object", "required": []string{"href", "rel"}, "properties": object{
		"href": text, "rel": text, "type": text, "title": text, "hreflang": text, "templated": object{"type": "boolean"}}}
	tileset := object{"type": "object", "required": []string{"dataType", "crs", "links"}, "properties": object{
		"title": text, "dataType": text, "crs": text, "tileMatrixSetId": text, "tileMatrixSetURI": text, "tileMatrixSetLimits": list(object{"type": "object"}),
		"layers": list(object{"type": "object"}), "links": list(ref("link"))}}
	feature := object{"type": "object", "required": []string{"type", "geometry", "properties"}, "properties": object{
		"type":       object{"type": "string", "enum": []string{"Feature"}},
		"id":         text,
		"geometry":   object{"type": "object", "nullable": true},
		"properties": object{"type": "object", "nullable": true},
		"links":      list(ref("link")),
	}}
	problem := object{"type": "object", "properties": object{"type": text, "title": text, "status": object{"type": "integer"}, "detail": text,
		"instance": text, "errors": list(object{"type": "object", "properties": object{"parameter": text, "value": text, "reason": text}})}}
	return object{
		"parameters": object{"limit": limit, "bbox": bbox, "datetime": datetime, "offset": offset, "cursor": cursor, "asof": asof, "op": changeKinds(), "from": fromVersion(), "to": toVersion(),
			"version": pathParameter("version", "The number of a version.", object{"type": "integer", "minimum": 1}), "item": item,
			"v": version, "tileMatrix": place("tileMatrix", "The id of a matrix of the set: the zoom."),
			"tileRow": place("tileRow", "The row, as the matrix counts."), "tileCol": place("tileCol", "The column."),
			"styleId": place("styleId", "The id of a style."),
			"filter":  filter, "filter-lang": filterLang, "q": words, "skipGeometry": skipGeometry},
		"responses": object{"problem": object{"description": "What is wrong (RFC 9457).",
			"content": object{"application/problem+json": object{"schema": ref("problem")}}}},
		"schemas": object{
			"object":  object{"type": "object"},
			"text":    text,
			"binary":  object{"type": "string", "format": "binary"},
			"link":    link,
			"problem": problem,
			"tileset": tileset,
			"tilesets": object{"type": "object", "required": []string{"links", "tilesets"}, "properties": object{
				"links": list(ref("link")), "tilesets": list(ref("tileset"))}},
			"landingPage": object{"type": "object", "required": []string{"links"}, "properties": object{
				"title": text, "description": text, "links": list(ref("link"))}},
			"conformance": object{"type": "object", "required": []string{"conformsTo"}, "properties": object{"conformsTo": list(text)}},
			"collections": object{"type": "object", "required": []string{"links", "collections"}, "properties": object{
				"links": list(ref("link")), "collections": list(ref("collection"))}},
			"collection": object{"type": "object", "required": []string{"id", "links"}, "properties": object{
				"id": text, "title": text, "description": text, "keywords": list(text), "attribution": text, "extent": object{"type": "object"},
				"itemType": text, "itemCount": object{"type": "integer", "format": "int64"}, "updated": text, "crs": list(text),
				"storageCrs": text, "links": list(ref("link"))}},
			"feature": feature, "versions": versionsSchema(), "version": versionSchema(), "changes": changesSchema(),
			"featureCollection": object{"type": "object", "required": []string{"type", "features"}, "properties": object{
				"type":     object{"type": "string", "enum": []string{"FeatureCollection"}},
				"features": list(ref("feature")), "links": list(ref("link")),
				"numberMatched":  object{"type": "integer", "minimum": 0},
				"numberReturned": object{"type": "integer", "minimum": 0},
				"timeStamp":      object{"type": "string", "format": "date-time"},
			}},
		},
	}
}
