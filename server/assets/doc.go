// Package assets serves what maps are made of: vector tiles and the TileJSON
// documents that describe them.
package assets
