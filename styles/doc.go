// Package styles says how data look on a map: it makes MapLibre styles (style
// specification version 8) of what is known of a layer without looking at its
// features, which is the kind of its geometry and whether its points come in
// clusters.
//
// Styles are flat: one layer a class, each with a filter in the old form, without
// expressions that depend on data, so that QGIS, which converts styles layer by
// layer, draws them as a browser does.
package styles
