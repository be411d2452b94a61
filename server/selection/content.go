package selection

import (
	"net/http"
	"strings"

	"puy/geo/crs"
	"puy/server/answer"
	"puy/store"
)

// ContentCRS reads which of d's systems the coordinates in the body of r are in:
// the header Content-Crs, a URI with or without angle brackets, else CRS84 (OGC
// 20-002r1, requirements class features). The error is a Problem of status 400.
func ContentCRS(r *http.Request, d *store.Dataset) (*Projection, error) {
	values := r.Header.Values("Content-Crs")
	if len(values) == 0 {
		return nil, nil
	}
	text := strings.TrimSpace(strings.Join(values, ", "))
	uri := text
	if inner, ok := strings.CutPrefix(uri, "<"); ok && strings.HasSuffix(inner, ">") {
		uri = inner[:len(inner)-1]
	}
	if c, ok := find(d, uri); ok {
		return c, nil
	}
	return nil, answer.BadParameter("Content-Crs", text, answer.Because("crs"))
}

// find gives one of d's systems by its URI, nil for CRS84.
func find(d *store.Dataset, uri string) (*Projection, bool) {
	if uri == CRS84 {
		return nil, true
	}
	for _, s := range Systems(d) {
		if s.Code.URI() != uri {
			continue
		}
		t, err := crs.New(s.Code)
		if err != nil {
			return nil, false
		}
		return &Projection{s, t}, true
	}
	return nil, false
}

// Plane gives the transform between c and longitude, latitude, which takes x, y,
// and tells whether clients write y, x.
func (c *Projection) Plane() (t *crs.Transform, yx bool, err error) {
	if c == nil {
		t, err = crs.New(crs.CRS84)
		return t, false, err
	}
	return c.transform, c.System.YX, nil
}
