package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"puy/server/answer"
	"puy/web"
)

// forever is the Cache-Control of files whose name changes with their content.
const forever = "public, max-age=31536000, immutable"

// static answers with an asset, in the smallest encoding that the client takes.
func (p *Portal) static(w http.ResponseWriter, r *http.Request) error {
	asset, ok := p.assets.Get(chi.URLParam(r, "name"))
	if !ok {
		return answer.Refusal(http.StatusNotFound, "file")
	}
	h := w.Header()
	h.Set("Cache-Control", forever)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", asset.ContentType)
	body, encoding := smallest(asset, r.Header.Get("Accept-Encoding"))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // an error means that the client has gone
	}
	return nil
}

// smallest gives the asset in an encoding that the Accept-Encoding header
// names with a weight above 0 (RFC 9110 section 12.5.3).
func smallest(asset web.Asset, header string) (body []byte, encoding string) {
	accepted := map[string]bool{}
	for element := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(element, " ", "")), ";")
		accepted[name] = strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
	}
	switch {
	case accepted["br"] && asset.Brotli != nil:
		return asset.Brotli, "br"
	case accepted["gzip"] && asset.Gzip != nil:
		return asset.Gzip, "gzip"
	}
	return asset.Plain, ""
}
