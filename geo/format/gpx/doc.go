// Package gpx reads GPX 1.0 and 1.1 (topografix.com/GPX/1/1). The layers of a file
// are its waypoints, routes and tracks, and the points of routes and of tracks.
//
// Routes are lines; tracks are lines or, with several segments, multi-part lines.
// Heights are kept; a position without one has that of its neighbour. Elements and
// the leaves of extensions are fields by their names, and so are the first and
// last time of a route or track, as begin and end.
package gpx
