// Package tms knows tile matrix sets: how a plane is divided into tiles, zoom
// by zoom (OGC 17-083r4, Two Dimensional Tile Matrix Set 2.0).
//
// WebMercatorQuad and WorldCRS84Quad come from formulas; others from definition
// files in the JSON encoding of the standard, of which Lambert93Quad is built in:
// France in EPSG:2154, a square of 2,097,152 m whose north-west corner is x
// -400,000 m, y 7,600,000 m, halved from zoom to zoom down to cells of 3.125 cm.
//
// Coordinates are in the order x, y here, whatever the authority's axis order.
// Tiles are addressed by matrix, column from the west and row from the top.
package tms
