package answer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Revalidate is the Cache-Control of what may change at any moment: caches
// keep it, and ask each time whether it still holds.
const Revalidate = "no-cache"

// Tag makes a weak ETag (RFC 9110 section 8.8.1) of what determines an answer,
// such as a version and a canonical query. The public URL, which links repeat,
// and the program's release are part of it.
func Tag(r *http.Request, parts ...string) string {
	x := exchangeOf(r)
	h := sha256.New()
	for _, part := range append(parts, x.base, x.release) {
		h.Write(strconv.AppendInt(nil, int64(len(part)), 10))
		h.Write([]byte{':'})
		h.Write([]byte(part))
	}
	return `W/"` + hex.EncodeToString(h.Sum(nil)[:12]) + `"`
}

// NotModified sets the ETag and Cache-Control of the answer. Where the client
// has what tag names it answers 304 and gives true. To compare, a tag's
// weakness and the suffix of its compression do not count.
func NotModified(w http.ResponseWriter, r *http.Request, tag, cacheControl string) bool {
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", cacheControl)
	header := strings.Join(r.Header.Values("If-None-Match"), ",")
	if header == "" {
		return false
	}
	want := opaque(tag)
	for candidate := range strings.SplitSeq(header, ",") {
		if candidate = strings.TrimSpace(candidate); candidate != "*" && opaque(candidate) != want {
			continue
		}
		h.Del("Content-Type")
		h.Del("Content-Length")
		addVary(h, "Accept-Encoding")
		if strings.HasSuffix(candidate, gzipSuffix+`"`) || strings.HasSuffix(candidate, zstdSuffix+`"`) {
			h.Set("ETag", candidate) // the one that is in the client's cache
		}
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	return false
}

// NotModifiedSince answers 304 and gives true where the client has what was current
// at updated or later, and told so by date alone (RFC 9110 section 13.1.3).
// NotModified comes first.
func NotModifiedSince(w http.ResponseWriter, r *http.Request, updated time.Time) bool {
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	if err != nil || r.Header.Get("If-None-Match") != "" || updated.Truncate(time.Second).After(since) {
		return false
	}
	h := w.Header()
	h.Del("Content-Type")
	addVary(h, "Accept-Encoding")
	w.WriteHeader(http.StatusNotModified)
	return true
}

// opaque gives the part of an ETag that tells contents apart.
func opaque(tag string) string {
	tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
	return strings.TrimSuffix(strings.TrimSuffix(tag, gzipSuffix), zstdSuffix)
}

func addVary(h http.Header, name string) {
	for listed := range strings.SplitSeq(strings.Join(h.Values("Vary"), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(listed), name) {
			return
		}
	}
	h.Add("Vary", name)
}

// Document answers with a whole document, with a strong ETag of its content.
func Document(w http.ResponseWriter, r *http.Request, mediaType, cacheControl string, body []byte) error {
	sum := sha256.Sum256(body)
	if NotModified(w, r, `"`+hex.EncodeToString(sum[:12])+`"`, cacheControl) {
		return nil
	}
	Send(w, http.StatusOK, mediaType, body)
	return nil
}

// Send answers with a whole document as it stands.
func Send(w http.ResponseWriter, status int, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	send(w, status, body)
}

// WriteJSON answers with v as a JSON document that caches revalidate.
func WriteJSON(w http.ResponseWriter, r *http.Request, mediaType string, v any) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // links are full of ampersands
	if err := encoder.Encode(v); err != nil {
		return err
	}
	return Document(w, r, mediaType, Revalidate, body.Bytes())
}
