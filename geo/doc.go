// Package geo holds the nouns of puy: a feature, its geometry, its typed
// values and their schema, bounds, time ranges, localized text and errors.
//
// Coordinates are longitude, latitude in degrees on WGS 84 (OGC CRS84), with
// an optional height in metres, wherever a comment does not say otherwise.
// The package imports nothing else of puy.
package geo
