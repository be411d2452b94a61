// Package place finds the geometry in tables whose cells are text, whatever file
// they are in: a column of whole geometries (well-known text or binary, GeoJSON), of
// pairs of numbers, or two columns.
//
// The options may name the column or the columns. Otherwise it is, in this order: a
// column of well-known text (with or without SRID), GeoJSON or hexadecimal WKB; a
// pair of columns for longitude and latitude; a column of pairs such as geo_point_2d;
// a pair of columns for x and y. A column of the first kind is consumed, others stay
// as attributes: they may say more than the geometry keeps.
//
// Which number of a pair is the latitude is decided over the whole column: by what
// cannot be a latitude, by the regions of France, and at last by the name (latitude
// first in general, longitude first in coordonneesXY). The CRS is declared, or told
// by an SRID, or guessed from the size of the coordinates: degrees, Lambert-93, or a
// conic conformal zone. Otherwise it is unknown.
package place
