package answer

import (
	"net/http"
	"strconv"
	"strings"
)

// Format is one representation that a resource has.
type Format struct {
	Name      string   // the value of f
	MediaType string   // the Content-Type
	Also      []string // further media types that clients ask for and get it
}

// Formats that several doors offer.
func JSON() Format { return Format{Name: "json", MediaType: "application/json"} }
func HTML() Format { return Format{Name: "html", MediaType: "text/html; charset=utf-8"} }
func GeoJSON() Format {
	return Format{Name: "geojson", MediaType: "application/geo+json", Also: []string{"application/json", "application/vnd.geo+json"}}
}

// preference is one element of an Accept or Accept-Language header.
type preference struct {
	name string // lower case, without parameters
	q    float64
}

// preferences parses a header of comma-separated names with weights (RFC 9110
// section 12.4.2). A malformed weight counts as 1. It reads at most 64 of them.
func preferences(header string) []preference {
	var list []preference
	for element := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(element, ";")
		p := preference{strings.ToLower(strings.TrimSpace(name)), 1}
		if p.name == "" {
			continue
		}
		for parameter := range strings.SplitSeq(parameters, ";") {
			key, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			if strings.EqualFold(key, "q") {
				if q, err := strconv.ParseFloat(value, 64); err == nil && q >= 0 && q <= 1 {
					p.q = q
				}
			}
		}
		if list = append(list, p); len(list) == 64 {
			break
		}
	}
	return list
}

// weight tells how much the client wants a media type: the q of the most
// specific range that holds it (RFC 9110 section 12.5.1), -1 where none does.
func weight(accept []preference, mediaType string) float64 {
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	kind, _, _ := strings.Cut(mediaType, "/")
	best, q := 0, -1.0
	for _, p := range accept {
		rank := 0
		switch p.name {
		case mediaType:
			rank = 3
		case kind + "/*":
			rank = 2
		case "*/*", "*":
			rank = 1
		}
		if rank > best || rank == best && rank > 0 && p.q > q {
			best, q = rank, p.q
		}
	}
	return q
}

// choose gives the offer that the Accept header wants most, the earlier one
// where two are wanted alike. ok is false where none is acceptable.
func choose(header string, offers []Format) (chosen Format, ok bool) {
	if strings.TrimSpace(header) == "" {
		return offers[0], true
	}
	accept := preferences(header)
	top := 0.0
	for _, offer := range offers {
		q := weight(accept, offer.MediaType)
		for _, also := range offer.Also {
			q = max(q, weight(accept, also))
		}
		if q > top {
			top, chosen, ok = q, offer, true
		}
	}
	return chosen, ok
}

// PrefersHTML tells whether the client wants a page rather than JSON: f=html,
// or an Accept header with text/html above application/json.
func PrefersHTML(r *http.Request) bool {
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); name == "f" {
			return value == "html"
		}
	}
	chosen, ok := choose(r.Header.Get("Accept"), []Format{JSON(), HTML()})
	return ok && chosen.Name == "html"
}

// preferred gives the language of offered that an Accept-Language header wants
// most (RFC 4647 lookup on the primary subtag); the first where it wants none.
func preferred(header string, offered []string) string {
	best, top := offered[0], 0.0
	for _, p := range preferences(header) {
		primary, _, _ := strings.Cut(p.name, "-")
		for _, lang := range offered {
			if p.q > top && primary == lang {
				best, top = lang, p.q
			}
		}
	}
	return best
}
