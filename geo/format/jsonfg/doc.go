// Package jsonfg writes OGC Features and Geometries JSON 1.0 (OGC 21-045): GeoJSON
// with the time of each feature and, in place, its geometry in another CRS than
// WGS 84 longitude, latitude.
//
// As section 7 wants it, coordRefSys stands at the root alone, featureType tells
// the layer, and coordinates in place are in the axis order of their CRS. A
// geometry that GeoJSON can tell is in geometry and place is null; one that it
// cannot is in place and geometry is null (the profile jsonfg, not jsonfg-plus),
// so readers of GeoJSON alone see features without geometry there.
package jsonfg
