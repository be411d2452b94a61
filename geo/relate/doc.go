// Package relate owns how two geometries lie to each other in the plane, by the
// dimensionally extended nine-intersection model (OGC 06-103r4 section 6.1.15).
//
// A geometry collection counts with all its parts for Intersects and Disjoint,
// and with its parts of the highest dimension for the other relations, which
// are defined for points, lines and areas only.
package relate
