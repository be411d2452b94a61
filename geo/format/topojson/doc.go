// Package topojson reads TopoJSON (the TopoJSON format specification 1.0.0). Each
// object of a topology is a layer, whose geometries are its rows.
//
// The arcs are written to a temporary file, from which the geometries of one layer
// are put together as a GeoJSON text sequence; package geojson reads that.
package topojson
