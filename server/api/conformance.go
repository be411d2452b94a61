package api

import (
	"net/http"

	"puy/server/answer"
)

// part names conformance classes of one standard.
type part struct {
	standard string
	classes  []string
}

// conformsTo lists what this API keeps, and nothing else.
func (a *API) conformsTo() []part {
	parts := []part{
		{"ogcapi-common-1/1.0", []string{"core", "landing-page", "json", "oas30"}},
		{"ogcapi-common-2/1.0", []string{"collections"}},
		{"ogcapi-features-1/1.0", []string{"core", "oas30", "geojson"}},
		{"ogcapi-features-2/1.0", []string{"crs"}},
		{"ogcapi-features-3/1.0", []string{"queryables", "queryables-query-parameters", "filter", "features-filter"}},
		{"cql2/1.0", []string{"cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
			"accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions", "temporal-functions",
			"array-functions", "property-property", "arithmetic",
			"basic-spatial-operators"}}, // basic-spatial-functions in drafts, which QGIS looks for
		{"ogcapi-features-5/1.0", []string{"schemas"}},
		{"ogcapi-common-3/1.0", []string{"schemas", "queryables", "sortables"}},
		{"ogcapi-features-8/1.0", []string{"sortables", "sorting", "features-sorting"}},
		{"ogcapi-records-1/1.0", []string{"record-core", "record-collection", "record-core-query-parameters", "autodiscovery",
			"local-resources-catalog", "local-resources-catalog-query-parameters"}},
	}
	if a.opt.Page != nil {
		parts = append(parts, part{"ogcapi-common-1/1.0", []string{"html"}}, part{"ogcapi-features-1/1.0", []string{"html"}})
	}
	if a.opt.Tiles == nil {
		return parts
	}
	return append(parts,
		part{"ogcapi-tiles-1/1.0", []string{"core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection",
			"datetime", "oas30", "mvt"}},
		part{"tms/2.0", []string{"tilematrixset", "json-tilematrixset", "tilematrixsetlimits", "json-tilematrixsetlimits", "tilesetmetadata",
			"json-tilesetmetadata"}},
		part{"ogcapi-styles-1/1.0", []string{"core", "mapbox-styles"}})
}

// conformance answers with the URIs of conformsTo.
func (a *API) conformance(w http.ResponseWriter, r *http.Request) error {
	p := answer.ReadParams(w, r)
	p.Format(answer.JSON())
	if err := p.Done(); err != nil {
		return err
	}
	uris := []string{}
	for _, part := range a.conformsTo() {
		for _, class := range part.classes {
			uris = append(uris, "http://www.opengis.net/spec/"+part.standard+"/conf/"+class)
		}
	}
	return answer.WriteJSON(w, r, typeJSON, map[string][]string{"conformsTo": uris})
}
