package valid

import "fmt"

// Reason names what makes a geometry invalid.
type Reason string

// The reasons, each with the standard's or the PostGIS message's wording.
const (
	NonFinite            Reason = "non-finite"             // a coordinate is NaN or infinite
	TooFewPoints         Reason = "too-few-points"         // a line of fewer than 2 distinct points, a ring of fewer than 4
	RingNotClosed        Reason = "ring-not-closed"        // a ring's last point is not its first
	SelfIntersection     Reason = "self-intersection"      // edges cross or run along each other
	Spike                Reason = "spike"                  // edges run back along the edges before
	RingSelfIntersection Reason = "ring-self-intersection" // a ring meets itself at a point
	DuplicateRings       Reason = "duplicate-rings"        // two rings are the same
	HoleOutsideShell     Reason = "hole-outside-shell"     // a hole is not inside its polygon
	NestedHoles          Reason = "nested-holes"           // a hole is inside another hole
	NestedShells         Reason = "nested-shells"          // a polygon is inside another one
	DisconnectedInterior Reason = "disconnected-interior"  // rings that touch each other cut a polygon in parts
)

// Defect is the first thing found wrong with a geometry, and where: a position
// in the geometry's own coordinates, at or beside the defect.
type Defect struct {
	Reason Reason
	X, Y   float64
}

// String describes d in technical English.
func (d *Defect) String() string { return fmt.Sprintf("%s at %g %g", d.Reason, d.X, d.Y) }
