// Package downloads serves whole datasets, or what is selected of them, as files.
//
//	/downloads/{id}.{format}    GET, HEAD
//
// Parameters: those of package selection, and those of its order and fields: asof, sortby,
// properties, exclude-properties, skipGeometry.
// A file is in longitude, latitude unless crs asks for another system, which not
// every format can hold; coordinates are in the order x, y, but in JSON-FG, which
// wants that of the authority.
package downloads
