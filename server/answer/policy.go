package answer

import "net/http"

// policy lets a page load from its own origin only (Content Security Policy
// Level 3). MapLibre needs data: for its own images.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"worker-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// protect sets the security headers of every page, whichever door it is of.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
}

// Page answers with an HTML page that caches revalidate.
func Page(w http.ResponseWriter, r *http.Request, body []byte) error {
	protect(w.Header())
	return Document(w, r, HTML().MediaType, Revalidate, body)
}
