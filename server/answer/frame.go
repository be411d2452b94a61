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

// compress gzips what is text and larger than a kilobyte for clients that
// take gzip. A strong or weak ETag gets the suffix "-gzip".
func compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(1), gzhttp.MinSize(1024), gzhttp.EnableZstd(false),
		gzhttp.SuffixETag(gzipSuffix), gzhttp.ContentTypeFilter(compressible))
	if err != nil { // cannot happen: the options are constants, and a test makes them
		return next
	}
	return wrap(next)
}

const gzipSuffix = "-gzip"

// compressible tells whether a media type is one of text.
func compressible(contentType string) bool {
	mediaType, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	mediaType = strings.TrimSpace(mediaType)
	return strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "json") || strings.HasSuffix(mediaType, "json-seq") || strings.HasSuffix(mediaType, "xml") ||
		mediaType == "application/javascript"
}

const exposedHeaders = "Content-Crs, Content-Disposition, ETag, Link, OGC-NumberMatched, OGC-NumberReturned, Retry-After, X-Request-Id"

// Allow answers OPTIONS and CORS preflights with the methods that a resource has.
func Allow(w http.ResponseWriter, methods []string) {
	h := w.Header()
	h.Set("Allow", strings.Join(methods, ", "))
	h.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	h.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, Content-Type, If-None-Match, X-Request-Id")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
