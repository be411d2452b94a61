package answer

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// meter counts what is sent.
type meter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (m *meter) WriteHeader(status int) {
	if m.status == 0 && status >= 200 {
		m.status = status
	}
	m.ResponseWriter.WriteHeader(status)
}

func (m *meter) Write(b []byte) (int, error) {
	if m.status == 0 {
		m.status = http.StatusOK
	}
	n, err := m.ResponseWriter.Write(b)
	m.bytes += int64(n)
	return n, err
}

// Unwrap serves http.ResponseController.
func (m *meter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// recovery turns a panic into a Problem, or into a broken transfer where the
// answer has begun. It stands inside the compression, which would otherwise
// complete an answer that was cut off.
func recovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started, ok := w.(*meter)
		if !ok {
			started = &meter{ResponseWriter: w}
		}
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause != http.ErrAbortHandler {
				err := fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
				if started.status == 0 {
					Fail(w, r, err)
					return
				}
				NoteFailure(r, err)
			}
			panic(http.ErrAbortHandler)
		}()
		next.ServeHTTP(started, r)
	})
}

// compress compresses what is larger than a kilobyte and not compressed yet for
// clients that take zstd or gzip; the former takes half the time. A strong or weak
// ETag gets the suffix "-gzip" or "-zstd".
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.MinSize(1024), gzhttp.EnableZstd(true), gzhttp.PreferZstd(true),
		gzhttp.SuffixETag(gzipSuffix), gzhttp.ContentTypeFilter(compressible))
	if err != nil { // cannot happen: the options are constants, and a test makes them
		return next
	}
	return wrap(next)
}

const (
	gzipSuffix = "-gzip"
	zstdSuffix = "-zstd"
)

// compressible tells whether bodies of a media type become smaller: those of text,
// and files that are not compressed within.
func compressible(contentType string) bool {
	mediaType, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	mediaType = strings.TrimSpace(mediaType)
	switch mediaType {
	case "application/javascript", "application/geo+json-seq", "application/flatgeobuf", "application/geopackage+sqlite3":
		return true
	}
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "json") || strings.HasSuffix(mediaType, "xml")
}

const exposedHeaders = "Accept-Patch, Accept-Post, Allow, Content-Crs, Content-Disposition, Content-Location, ETag, Link, Location, OGC-NumberMatched, " +
	"OGC-NumberReturned, Retry-After, WWW-Authenticate, X-Request-Id"

// Allow answers OPTIONS and CORS preflights with the methods that a resource has
// (OGC 20-002r1 requirement options-response). Keys go in headers that preflights
// must permit; they are no credentials of the browser, so any origin may.
func Allow(w http.ResponseWriter, methods []string) {
	h := w.Header()
	h.Set("Allow", strings.Join(methods, ", "))
	h.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	h.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, Authorization, Content-Crs, Content-Type, If-Match, If-None-Match, X-Api-Key, X-Request-Id")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}
