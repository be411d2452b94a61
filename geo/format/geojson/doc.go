// Package geojson reads and writes GeoJSON (RFC 7946; for the crs member, the
// GeoJSON format specification of 2008) and GeoJSON text sequences (RFC 8142, and
// the usual form of one text a line).
//
// The reader accepts a FeatureCollection, a Feature, a geometry and sequences of
// the last two, gzipped or not, in UTF-8 or UTF-16 with a byte order mark. It has
// a JSON scanner of its own: a feature is parsed in place in one growing window,
// its coordinates straight into the flat array of the geometry.
//
// What is strictly JSON is required, with one exception: NaN and Infinity, which
// many programs write, are read as null in properties. A syntax error in a
// collection is final; in a sequence it concerns one row. Unknown members are
// ignored, a property that a feature lacks is null, and of two properties with
// one name the last holds.
package geojson
