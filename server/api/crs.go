package api

import (
	"math"
	"net/http"

	"puy/geo"
	"puy/geo/crs"
	"puy/server/answer"
	"puy/store"
)

// crs84 is the CRS of what the API sends and of bbox where no other is asked
// for: longitude, latitude.
const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// systems gives the coordinate reference systems that d can be had in (OGC
// 18-058r1 section 6.2): CRS84 first, those of the whole world, and those whose
// area of use d touches. A dataset without geometry has none.
func systems(d *store.Dataset) []crs.System {
	if !d.Current.Schema.Spatial() {
		return nil
	}
	var list []crs.System
	for _, s := range crs.All() {
		world := s.Code == crs.CRS84 || s.Code == crs.WGS84 || s.Code == crs.WebMerc
		if world || s.Area.Intersects(d.Current.Extent) {
			list = append(list, s)
		}
	}
	return list
}

func systemURIs(d *store.Dataset) []string {
	var uris []string
	for _, s := range systems(d) {
		uris = append(uris, s.Code.URI())
	}
	return uris
}

// projection takes coordinates from longitude, latitude to the CRS that a
// client asked for, in the order of its authority. The nil projection is CRS84.
type projection struct {
	system    crs.System
	transform *crs.Transform
}

// readCRS reads a parameter that names one of d's systems by its URI (OGC
// 18-058r1 requirements fc-crs-valid-value and fc-bbox-crs-valid-value).
func readCRS(p *answer.Params, name string, d *store.Dataset) *projection {
	text, ok := p.Text(name)
	if !ok || text == crs84 {
		return nil
	}
	for _, s := range systems(d) {
		if s.Code.URI() != text {
			continue
		}
		t, err := crs.New(s.Code)
		if err != nil {
			break
		}
		return &projection{s, t}
	}
	p.Reject(name, text, "must be one of the systems that the collection lists under crs")
	return nil
}

// uri gives the name that Content-Crs bears.
func (c *projection) uri() string {
	if c == nil {
		return crs84
	}
	return c.system.Code.URI()
}

// decimals gives how many are sent: of degrees a centimetre, of metres a
// millimetre.
func (c *projection) decimals() int {
	if c == nil || c.system.Geographic {
		return 7
	}
	return 3
}

// apply converts a feature's geometry in place.
func (c *projection) apply(g geo.Geometry) {
	if c == nil {
		return
	}
	g.EachFlat(func(flat []float64, stride int) {
		c.transform.FromLonLat(flat, stride)
		if c.system.YX {
			crs.SwapXY(flat, stride)
		}
	})
}

// readBounds reads bbox in the system that bbox-crs names.
func readBounds(p *answer.Params, d *store.Dataset) *geo.Bounds {
	c := readCRS(p, "bbox-crs", d)
	if c == nil {
		return p.Bounds("bbox")
	}
	text, ok := p.Text("bbox")
	if !ok {
		return nil
	}
	b, err := answer.ParseBox(text)
	switch {
	case err != nil:
		p.Reject("bbox", text, err.Error())
		return nil
	case c.system.YX:
		b = geo.Bounds{MinX: b.MinY, MinY: b.MinX, MaxX: b.MaxY, MaxY: b.MaxX}
	}
	if b.MinY > b.MaxY || b.MinX > b.MaxX && !c.system.Geographic {
		p.Reject("bbox", text, "must have its lower corner first")
		return nil
	}
	if c.system.Geographic {
		b, err = answer.WrapBounds(b)
	} else {
		b, err = c.lonLat(b)
	}
	if err != nil {
		p.Reject("bbox", text, err.Error())
		return nil
	}
	return &b
}

// edge is into how many pieces an edge of a box is cut: straight lines of one
// system are curves in another.
const edge = 64

// lonLat gives the box in longitude, latitude around a box in c's system.
func (c *projection) lonLat(b geo.Bounds) (geo.Bounds, error) {
	flat := make([]float64, 0, 8*edge)
	for i := range edge {
		t := float64(i) / edge
		x, y := b.MinX+t*(b.MaxX-b.MinX), b.MinY+t*(b.MaxY-b.MinY)
		flat = append(flat, x, b.MinY, b.MaxX, y, b.MaxX-(x-b.MinX), b.MaxY, b.MinX, b.MaxY-(y-b.MinY))
	}
	c.transform.ToLonLat(flat, 2)
	out := geo.EmptyBounds()
	for i := 0; i < len(flat); i += 2 {
		if math.IsNaN(flat[i]) || math.IsNaN(flat[i+1]) {
			return out, geo.Errorf(geo.KindInvalid, "lies outside of what %s can show", c.system.Name)
		}
		out = out.Extend(flat[i], flat[i+1])
	}
	return answer.WrapBounds(out)
}

// contentCRS tells the client which system it gets, and in which order (OGC
// 18-058r1 requirement ogc-crs-header).
func contentCRS(w http.ResponseWriter, c *projection) { w.Header().Set("Content-Crs", "<"+c.uri()+">") }
