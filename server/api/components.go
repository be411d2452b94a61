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
		"and those without a time.", object{"type": "string", "minLength": 1})
	offset := parameterObject("offset", "How many features to skip. Without effect beside a cursor.",
		object{"type": "integer", "minimum": 0, "maximum": offsetMost, "default": 0})
	cursor := parameterObject("cursor", "Where the page begins, as the next link of the page before gives it.", object{"type": "string", "minLength": 1})
	asof := parameterObject("asof", "The features as they were then: the number of a version, or an RFC 3339 time, which means the version that was current. "+
		"Of versions that are no longer kept the answer is 410. Tiles do not offer it: they are of the current version.", object{"type": "string", "minLength": 1})
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

	return object{
		"parameters": object{"limit": limit, "bbox": bbox, "datetime": datetime, "offset": offset, "cursor": cursor, "asof": asof, "op": changeKinds(), "from": fromVersion(), "to": toVersion(),
			"version": pathParameter("version", "The number of a version.", object{"type": "integer", "minimum": 1}), "item": item,
			"v": version, "tileMatrix": place("tileMatrix", "The id of a matrix of the set: the zoom."),
			"tileRow": place("tileRow", "The row, as the matrix counts."), "tileCol": place("tileCol", "The column."),
			"styleId": place("styleId", "The id of a style."),
			"filter":  filter, "filter-lang": filterLang, "q": words, "skipGeometry": skipGeometry},
		"responses": object{"problem": object{"description": "What is wrong (RFC 9457).",
			"content": object{"application/problem+json": object{"schema": schemaRef("problem")},
				"text/html": object{"schema": schemaRef("text")}}}},
		"schemas": documentSchemas(),
	}
}
