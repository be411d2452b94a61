package server

import (
	"testing"

	"puy/store"
)

func schemaExchanges() []exchange {
	const at = "GET /api/collections/stations/"
	return []exchange{
		{at + "schema", 200, `
			Content-Type: application/schema+json
			$schema = https://json-schema.org/draft/2020-12/schema
			$id = {base}/api/collections/stations/schema
			type = object
			title = Stations de mesure
			properties/geom/format = geometry-point
			properties/geom/type = absent
			properties/geom/x-ogc-role = primary-geometry
			properties/code/x-ogc-role = id
			properties/mesure/x-ogc-role = primary-instant
			properties/mesure/format = date-time
			properties/service/format = date
			properties/pm10/type = number
			properties/pm10/x-ogc-unit = ug/m3
			properties/pm10/x-ogc-propertySeq = 4
			properties/polluants/type = array
			properties/détail/type = absent
			properties/détail/title = détail`},
		{at + "queryables?lang=en\nAccept: application/schema+json", 200, "$id = {base}/api/collections/stations/queryables\nadditionalProperties = false\nproperties/geom/title = Geometry\nproperties/détail = absent\nproperties/polluants/items/type = string"},
		{at + "sortables?f=json", 200, "additionalProperties = false\nproperties/geom = absent\nproperties/polluants = absent\nproperties/rang/type = integer"},
		{at + "schema?f=xml", 400, "errors/0/parameter = f"},
		{at + "schema?x=1", 400, "errors/0/parameter = x"},
		{"GET /api/collections/marches/schema", 200, "properties/geom = absent\nproperties/limit/type = integer"},
		{"GET /api/collections/interne/schema", 404, ""},
		{"GET /api/collections/anciennes-stations/queryables", 301, "Location: {base}/api/collections/stations/queryables"},
		{"GET /api/collections/stations", 200, `~ "rel":"http://www.opengis.net/def/rel/ogc/1.0/queryables","type":"application/schema+json"`},
	}
}

func TestSchemas(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, nil)
		for _, e := range schemaExchanges() {
			e.check(t, c)
		}
	})
}
