package api

import (
	"net/http"

	"puy/server/selection"
	"puy/store"
)

// crs84 is the CRS of what the API sends where no other is asked for.
const crs84 = selection.CRS84

func systemURIs(d *store.Dataset) []string {
	var uris []string
	for _, s := range selection.Systems(d) {
		uris = append(uris, s.Code.URI())
	}
	return uris
}

// contentCRS tells the client which system it gets, and in which order (OGC
// 18-058r1 requirement ogc-crs-header).
func contentCRS(w http.ResponseWriter, c *selection.Projection) {
	w.Header().Set("Content-Crs", "<"+c.URI()+">")
}
