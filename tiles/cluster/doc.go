// Package cluster draws points that are near one another as one, zoom by zoom
// from the deepest up. It works on positions of a grid and knows nothing of
// files or attributes.
//
// A cluster stands where one of its points stands, the one that stood for most
// already, so that nothing moves when the map zooms; those that remain are never
// nearer to one another than the radius, so that circles of half of it never
// overlap; all others belong to the nearest that remains. What is one at a zoom
// is one at every lower one. The result depends on the positions alone: not on
// their order, nor on tiles. The edges of the grid part what lies beyond them.
package cluster
