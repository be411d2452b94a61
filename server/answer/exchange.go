package answer

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// Frame is what surrounds every answer of one server.
type Frame struct {
	// Base gives the public URL of the server, without a trailing slash;
	// nil is AddressAsked.
	Base func(r *http.Request) string
	// Release tells this program from another build of it, so that no client
	// takes an answer of the other for its own.
	Release string
	Log     *slog.Logger
	// Page writes problems for browsers; nil for a plain one.
	Page ErrorPage
	// Coded tells of requests whose answers choose their content coding
	// themselves, as tiles do; nil: there are none.
	Coded func(r *http.Request) bool
}

// exchange is what belongs to one request; its context carries it.
type exchange struct {
	id      string
	base    string
	release string
	page    ErrorPage
	paged   bool   // the resource has a page of its own
	err     error  // what Fail answered with
	key     string // the name of the key that the client has shown
}

type exchangeKey struct{}

// exchangeOf gives the exchange of r; outside a Frame a fresh one.
func exchangeOf(r *http.Request) *exchange {
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{base: AddressAsked(r)}
}

// Wrap puts f around next: request id, access log, CORS, compression, and
// recovery from panics. It is a middleware of a chi router, whose route
// pattern the access log tells.
func (f Frame) Wrap(next http.Handler) http.Handler {
	base := f.Base
	if base == nil {
		base = AddressAsked
	}
	safe := recovery(next)
	inner := compress(safe)
	// Shared by all answers: who adds to one of them gets a copy.
	nosniff, anyOrigin, exposed := []string{"nosniff"}, []string{"*"}, []string{exposedHeaders}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		x := &exchange{id: requestID(r), base: base(r), release: f.Release, page: f.Page}
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		h := w.Header()
		h["X-Request-Id"] = []string{x.id}
		h["X-Content-Type-Options"] = nosniff
		// Scripts of any origin may read every answer, errors too: all is public.
		h["Access-Control-Allow-Origin"] = anyOrigin
		h["Access-Control-Expose-Headers"] = exposed
		m := &meter{ResponseWriter: w}
		aborted := true
		defer func() { f.log(r, m, x, time.Since(start), aborted) }()
		if f.Coded != nil && f.Coded(r) {
			safe.ServeHTTP(m, r)
		} else {
			inner.ServeHTTP(m, r)
		}
		aborted = false
	})
}

// log writes one line: errors of the server as errors, the rest as
// information, questions after its health only when debugging.
func (f Frame) log(r *http.Request, m *meter, x *exchange, took time.Duration, aborted bool) {
	route := chi.RouteContext(r.Context()).RoutePattern()
	level := slog.LevelInfo
	if m.status == 0 && !aborted {
		m.status = http.StatusOK // what net/http sends for a handler that writes nothing, as for HEAD
	}
	switch {
	case m.status >= 500 || aborted && r.Context().Err() == nil:
		level = slog.LevelError
	case route == "/healthz" || route == "/readyz":
		level = slog.LevelDebug
	}
	if !f.Log.Enabled(r.Context(), level) {
		return
	}
	attributes := []slog.Attr{slog.String("method", r.Method), slog.String("route", route),
		slog.String("path", r.URL.EscapedPath()), slog.Int("status", m.status), slog.Int64("bytes", m.bytes),
		slog.Duration("took", took.Round(time.Microsecond)), slog.String("request", x.id)}
	if aborted {
		attributes = append(attributes, slog.Bool("aborted", true))
	}
	if x.key != "" {
		attributes = append(attributes, slog.String("key", x.key))
	}
	if x.err != nil {
		attributes = append(attributes, slog.Any("error", x.err))
	}
	f.Log.LogAttrs(r.Context(), level, "request", attributes...)
}

// NoteFailure records an error for the access log of r when it is too late to
// answer with it.
func NoteFailure(r *http.Request, err error) { exchangeOf(r).err = err }

// NoteKey records whose key r bears for the access log: its name, never itself.
func NoteKey(r *http.Request, name string) { exchangeOf(r).key = name }

// RequestID gives the id of r, which its answer and its log line bear.
func RequestID(r *http.Request) string { return exchangeOf(r).id }

// requestID takes over the id that a proxy gave, if it is sane.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if len(id) == 0 || len(id) > 64 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		return rand.Text()
	}
	return id
}

// AddressAsked gives the address under which the client asked: the Host
// header, or the listener's address where there is none.
func AddressAsked(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(interface{ String() string }); ok && host == "" {
		host = addr.String()
	}
	return scheme + "://" + host
}

// Base gives the public URL of the server, without a trailing slash.
func Base(r *http.Request) string { return exchangeOf(r).base }

// URL gives an absolute address under Base. The segments, such as ids, are
// percent-encoded; path is not.
func URL(r *http.Request, path string, segments ...string) string {
	var b strings.Builder
	b.WriteString(Base(r))
	b.WriteString(path)
	for _, segment := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(segment))
	}
	return b.String()
}

// PathText gives a parameter of the route, decoded. The route is matched on
// the path as it was sent, so that an id may contain an encoded slash.
func PathText(r *http.Request, name string) (string, error) {
	text := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return text, nil
	}
	decoded, err := url.PathUnescape(text)
	if err != nil {
		return "", Refusal(http.StatusBadRequest, "path")
	}
	return decoded, nil
}
