// Package generalise tells what of a map matters at which zoom: the vertices of
// lines and rings, points among many, and small polygons and short lines that
// are drawn together. It works on positions of a grid, knows nothing of files,
// and gives the same result for the same input.
//
// A vertex has a significance, a byte on a logarithmic scale (see Level), and is
// left out where that is below a threshold. Positions where the borders of
// several rings or lines part are nodes and always stay. Between two nodes, an
// arc gets its significances by itself, in a direction that its positions
// choose, so that an arc that two rings share is simplified alike in both.
package generalise
