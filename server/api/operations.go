package api

import (
	"net/http"
	"slices"
	"strings"

	"puy/server/answer"
	"puy/store"
)

// tileOperations are those of tiles, tile matrix sets and styles. The ends of
// ids are those of OGC 20-057 section 13.3.
func (a *API) tileOperations() []operation {
	if a.opt.Tiles == nil {
		return nil
	}
	document, heavy := []answer.Format{answer.JSON()}, a.opt.Tiles.Heavy
	fl := []string{"f", "lang"}
	tile := []string{"tileMatrix", "tileRow", "tileCol"}
	sets := func(*store.Dataset, string) []object { return []object{a.setParameter()} }
	chosen := func(*store.Dataset, string) []object { return []object{collectionsParameter(a.view().Collections)} }
	tiles := func(d *store.Dataset, lang string) []object {
		return append(tileParameters(a.view().Collections, d, lang), a.setParameter())
	}
	list := []operation{
		{path: "/tileMatrixSets", id: "getTileMatrixSetsList", summary: "The grids that tiles come in", parameters: fl,
			offers: document, schema: "tileMatrixSets", handler: a.matrixSets},
		{path: "/tileMatrixSets/{tileMatrixSetId}", id: "getTileMatrixSet", summary: "One of these grids", parameters: fl[:1],
			offers: document, schema: "tileMatrixSet", handler: a.matrixSet, more: sets},
		{path: "/tiles", id: "portal.dataset.vector.getTileSetsList", summary: "Tiles of several datasets, in each grid", parameters: fl,
			offers: document, schema: "tilesets", handler: a.ofPortal(a.tilesets), more: chosen},
		{path: "/tiles/{tileMatrixSetId}", id: "portal.dataset.vector.getTileSet", summary: "About tiles of several datasets", parameters: fl,
			offers: tilesetFormats(), schema: "tilesetOrTileJSON", handler: a.ofPortal(a.describeTileset), more: tiles},
		{path: "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", id: "portal.dataset.vector.getTile", summary: "A tile of several datasets",
			parameters: append(tile, "f", "v"), offers: a.opt.Tiles.Formats(), schema: "binary", empty: true, around: heavy,
			handler: a.ofPortal(a.tile), more: tiles},
		{path: "/collections/{collection}/tiles", id: ".collection.vector.getTileSetsList", summary: "Tiles of a dataset, in each grid", collection: true, spatial: true,
			parameters: fl, offers: document, schema: "tilesets", handler: a.ofSpatial(a.tilesets)},
		{path: "/collections/{collection}/tiles/{tileMatrixSetId}", id: ".collection.vector.getTileSet", summary: "About tiles of a dataset", collection: true, spatial: true,
			parameters: fl, offers: tilesetFormats(), schema: "tilesetOrTileJSON", handler: a.ofSpatial(a.describeTileset), more: tiles},
		{path: "/collections/{collection}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", id: ".collection.vector.getTile",
			summary: "A tile of a dataset", collection: true, spatial: true, parameters: append(tile, "f", "v"), offers: a.opt.Tiles.Formats(), schema: "binary",
			empty: true, around: heavy, handler: a.ofSpatial(a.tile), more: tiles},
	}
	return append(list,
		operation{path: "/styles", id: "getStyles", summary: "How the datasets look on maps", parameters: fl, offers: document, schema: "styles", handler: a.styles},
		operation{path: "/styles/{styleId}", id: "getStyle", summary: "A style, for MapLibre and QGIS", parameters: []string{"f", "lang", "styleId"},
			offers: styleFormats(), schema: "mapStyle", handler: a.style},
		operation{path: "/styles/{styleId}/metadata", id: "getStyleMetadata", summary: "About a style", parameters: []string{"f", "lang", "styleId"},
			offers: document, schema: "styleMetadata", handler: a.styleMetadata},
		operation{path: "/collections/{collection}/styles", id: "getCollectionStyles", summary: "How a dataset looks on maps", collection: true, spatial: true,
			parameters: fl, offers: document, schema: "styles", handler: a.ofCollection(a.stylesOf)})
}

// setParameter is the path parameter that names a tile matrix set.
func (a *API) setParameter() object {
	var ids []string
	for _, set := range a.opt.Tiles.Sets() {
		ids = append(ids, set.ID)
	}
	return pathParameter("tileMatrixSetId", "The tile matrix set.", object{"type": "string", "enum": ids})
}

func collectionsParameter(all []store.Dataset) object {
	ids := []string{}
	for i := range all {
		if all[i].Current.Schema.Spatial() {
			ids = append(ids, all[i].ID)
		}
	}
	return parameterObject("collections", "The datasets in the tile, in this order; without it, all that have a geometry.",
		object{"type": "array", "minItems": 1, "items": object{"type": "string", "enum": ids}})
}

// tileParameters choose fields and features of the tiles of d; of several of all
// datasets where it is nil.
func tileParameters(all []store.Dataset, d *store.Dataset, lang string) []object {
	datasets := all
	if d != nil {
		datasets = []store.Dataset{*d}
	}
	names := []string{}
	for i := range datasets {
		if !datasets[i].Current.Schema.Spatial() {
			continue
		}
		for _, field := range datasets[i].Current.Schema.Fields {
			if !strings.Contains(field.Name, ",") && !slices.Contains(names, field.Name) {
				names = append(names, field.Name)
			}
		}
	}
	parameters := []object{
		parameterObject("fields", "The properties that features have in the tile; without it, all.",
			object{"type": "array", "items": object{"type": "string", "enum": names}}),
	}
	for _, name := range []string{"datetime", "filter", "filter-lang"} {
		parameters = append(parameters, object{"$ref": "#/components/parameters/" + name})
	}
	if d == nil {
		return append(parameters, collectionsParameter(all))
	}
	return append(append(parameters, collectionParameters()["filter-crs"](d)), fieldParameters(d, lang)...)
}

func pathParameter(name, description string, schema object) object {
	return object{"name": name, "in": "path", "required": true, "description": description, "schema": schema}
}

// catalogueLinks lead from the landing page to all datasets together.
func (a *API) catalogueLinks(r *http.Request, lang string) []Link {
	words := tileWordsIn(lang)
	links := []Link{{Href: answer.URL(r, Root+"/collections"), Rel: relations + "ogc-catalog", Type: typeJSON, Title: words.catalogue}}
	if a.opt.Tiles == nil {
		return links
	}
	return append(links,
		Link{Href: answer.URL(r, Root+"/tiles"), Rel: relations + "tilesets-vector", Type: typeJSON, Title: words.tilesets},
		Link{Href: answer.URL(r, Root+"/tileMatrixSets"), Rel: relations + "tiling-schemes", Type: typeJSON, Title: words.sets},
		Link{Href: answer.URL(r, Root+"/styles"), Rel: relations + "styles", Type: typeJSON, Title: words.styles})
}

// tileLinks lead from a collection with a geometry to its tiles and styles.
func (a *API) tileLinks(r *http.Request, d *store.Dataset, lang string) []Link {
	if a.opt.Tiles == nil {
		return nil
	}
	words, here := tileWordsIn(lang), answer.URL(r, Root+"/collections", d.ID)
	return []Link{
		{Href: here + "/tiles", Rel: relations + "tilesets-vector", Type: typeJSON, Title: words.tilesets},
		{Href: here + "/styles", Rel: relations + "styles", Type: typeJSON, Title: words.styles},
	}
}
