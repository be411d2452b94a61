// Package kml reads and writes KML 2.2 (OGC 07-147r2) and KMZ, which is KML in a
// zip archive.
//
// A file is one layer: each Placemark is a row, the folders it is in are a field.
// Its own elements (name, description, address, times), ExtendedData and typed
// schema data are fields; styles, overlays, models and links to other files are
// not read, which the layer's warnings tell. Tracks of the gx extension are lines.
// Heights are kept if any differs from zero.
//
// XML is read as a stream of tokens; a document type cannot define entities, and
// both depth and the size of tokens are bounded.
package kml
