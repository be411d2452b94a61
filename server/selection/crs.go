package selection

import (
	"puy/geo"
	"puy/geo/crs"
	"puy/server/answer"
	"puy/store"
)

// CRS84 is the CRS of what is sent, and of what parameters say, where no other
// is asked for: longitude, latitude.
const CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// laeaEurope is read but not offered: at the edges of Europe its grid is turned by
// many degrees, so that a box in it is no box in longitude and latitude, as
// clients and annex A.2.2 of OGC 18-058r1, which take the corners, suppose.
const laeaEurope = 3035

// Systems gives the coordinate reference systems that d can be had in (OGC
// 18-058r1 section 6.2): CRS84 first, those of the whole world, and those whose
// area of use d touches. A dataset without geometry has none.
func Systems(d *store.Dataset) []crs.System {
	if !d.Current.Schema.Spatial() {
		return nil
	}
	var list []crs.System
	for _, s := range crs.All() {
		if s.Code == laeaEurope {
			continue
		}
		world := s.Code == crs.CRS84 || s.Code == crs.WGS84 || s.Code == crs.WebMerc
		if world || s.Area.Intersects(d.Current.Extent) {
			list = append(list, s)
		}
	}
	return list
}

// Projection takes coordinates from longitude, latitude to the CRS that a
// client asked for, in the order of its authority. The nil Projection is CRS84.
type Projection struct {
	System    crs.System
	transform *crs.Transform
}

// ReadCRS reads a parameter that names one of d's systems by its URI (OGC
// 18-058r1 requirements fc-crs-valid-value and fc-bbox-crs-valid-value).
func ReadCRS(p *answer.Params, name string, d *store.Dataset) *Projection {
	text, ok := p.Text(name)
	if !ok {
		return nil
	}
	c, ok := find(d, text)
	if !ok {
		p.Reject(name, text, answer.Because("crs"))
	}
	return c
}

// URI gives the name that Content-Crs bears.
func (c *Projection) URI() string {
	if c == nil {
		return CRS84
	}
	return c.System.Code.URI()
}

// Decimals gives how many are sent: of degrees a centimetre, of metres a
// millimetre.
func (c *Projection) Decimals() int {
	if c == nil || c.System.Geographic {
		return 7
	}
	return 3
}

// Apply converts a feature's geometry in place.
func (c *Projection) Apply(g geo.Geometry) {
	if c == nil {
		return
	}
	g.EachFlat(func(flat []float64, stride int) {
		c.transform.FromLonLat(flat, stride)
		if c.System.YX {
			crs.SwapXY(flat, stride)
		}
	})
}

// toLonLat converts positions that a client wrote, in place.
func (c *Projection) toLonLat(flat []float64, stride int) {
	if c.System.YX {
		crs.SwapXY(flat, stride)
	}
	c.transform.ToLonLat(flat, stride)
}
