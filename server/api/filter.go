package api

import (
	"slices"

	"puy/geo"
)

// reserved are the parameters that this API has or that its standards define.
// A field of such a name cannot be filtered by name=value.
func reserved(name string) bool {
	return slices.Contains([]string{"f", "lang", "limit", "offset", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang",
		"filter-crs", "sortby", "properties", "exclude-properties", "q", "ids", "profile", "zoom-level", "skipGeometry", "startindex",
		"token", "apikey"}, name)
}

// filterable tells whether items takes name=value for field.
func filterable(field geo.Field) bool {
	return field.Name != "" && field.Type != geo.TypeNull && field.Type != geo.TypeJSON && !reserved(field.Name)
}
