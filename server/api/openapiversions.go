package api

// changeKinds and what follows are parts of the API definition.
func changeKinds() object {
	return parameterObject("op", "Only changes of this kind.", object{"type": "string", "enum": []string{"insert", "update", "delete"}})
}

func fromVersion() object {
	return parameterObject("from", "The earlier version; without it, the one that the other was compared with when it was loaded.", object{"type": "integer", "minimum": 1})
}

func toVersion() object {
	return parameterObject("to", "The later version; without it, the current one.", object{"type": "integer", "minimum": 1})
}

func versionSchema() object {
	count := object{"type": "integer", "format": "int64", "nullable": true}
	text := object{"type": "string"}
	return object{"type": "object", "required": []string{"version", "loaded", "current", "rows", "links"}, "properties": object{
		"version": object{"type": "integer", "format": "int64"}, "loaded": object{"type": "string", "format": "date-time"}, "current": object{"type": "boolean"},
		"rows": object{"type": "integer", "format": "int64"}, "rejected": object{"type": "integer", "format": "int64"}, "base": count,
		"inserted": count, "updated": count, "deleted": count, "unchanged": count, "edits": object{"type": "integer", "format": "int64"},
		"source": text, "checksum": text, "keyed": object{"type": "boolean"},
		"updatedFields": object{"type": "array", "items": object{"type": "object"}}, "updatedGeometries": object{"type": "integer", "format": "int64"},
		"links": object{"type": "array", "items": object{"$ref": "#/components/schemas/link"}}}}
}

func versionsSchema() object {
	return object{"type": "object", "required": []string{"versions", "links"}, "properties": object{
		"title": object{"type": "string"}, "keyed": object{"type": "boolean"},
		"versions": object{"type": "array", "items": object{"$ref": "#/components/schemas/version"}},
		"links":    object{"type": "array", "items": object{"$ref": "#/components/schemas/link"}}}}
}

func changesSchema() object {
	side := object{"type": "object", "properties": object{"geometry": object{"type": "object", "nullable": true}, "properties": object{"type": "object"}}}
	return object{"type": "object", "required": []string{"from", "to", "changes", "links"}, "properties": object{
		"from": object{"type": "integer", "nullable": true}, "to": object{"type": "integer"}, "keyed": object{"type": "boolean"}, "counts": object{"type": "object"},
		"changes": object{"type": "array", "items": object{"type": "object", "required": []string{"op", "id", "fid"}, "properties": object{
			"op": object{"type": "string", "enum": []string{"insert", "update", "delete"}}, "id": object{"type": "string"},
			"fid": object{"type": "integer", "format": "int64"}, "before": side, "after": side}}},
		"numberReturned": object{"type": "integer"},
		"links":          object{"type": "array", "items": object{"$ref": "#/components/schemas/link"}}}}
}
