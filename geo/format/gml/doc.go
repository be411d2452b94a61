// Package gml reads simple features in GML 2, 3.1 and 3.2 (OGC 02-069, 03-105r1,
// 07-036; profile 10-100r3) as WFS 1.0, 1.1 and 2.0 servers send them.
//
// Each type of feature is a layer. Properties are fields by their names; those
// inside others have the names of both, with a dot between them. Coordinates are
// turned to the order x, y: a srsName that is a URN or a URI of the OGC follows
// the authority's axis order, a short name (EPSG:4326) and that of GML 2
// (…/gml/srs/epsg.xml#4326) are in x, y (OGC 09-048r3 and common practice). Arcs
// and splines are not read.
package gml
