// Package downloads serves whole datasets, or what is selected of them, as files.
//
//	/downloads/{id}.{format}    GET, HEAD
//
// Parameters: those of package selection, and properties=a,b, the fields to carry.
// What files are in another CRS than longitude, latitude, crs says, where the
// format can tell it; coordinates then come in the order that the format wants.
package downloads
