// Package wkt reads and writes geometries as well-known text (OGC 06-103r4
// section 7) and reads EWKT, PostGIS's form with an SRID.
package wkt
