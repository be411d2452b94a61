package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"puy/server/answer"
	"puy/server/edit"
)

const (
	urlBytes  = 8 << 10
	bodyBytes = edit.MaxBytes
)

// limitRequest refuses addresses beyond urlBytes, and cuts bodies at bodyBytes.
func limitRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.EscapedPath())+1+len(r.URL.RawQuery) > urlBytes {
			answer.Fail(w, r, answer.Refusal(http.StatusRequestURITooLong, "long", "most", strconv.Itoa(urlBytes)))
			return
		}
		if r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(w, r.Body, bodyBytes)
		}
		next.ServeHTTP(w, r)
	})
}

// trimSlash answers addresses of the API with a trailing slash as those
// without: QGIS tries both. Pages decide for themselves.
func trimSlash(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := routePath(r)
		if trimmed := strings.TrimRight(path, "/"); len(trimmed) < len(path) && (trimmed == "/api" || strings.HasPrefix(trimmed, "/api/")) {
			chi.RouteContext(r.Context()).RoutePath = trimmed
		}
		next.ServeHTTP(w, r)
	})
}

// routePath gives the path that the router matches.
func routePath(r *http.Request) string {
	if path := chi.RouteContext(r.Context()).RoutePath; path != "" {
		return path
	}
	if r.URL.RawPath != "" {
		return r.URL.RawPath
	}
	return r.URL.Path
}

// offers tells whether a route has a method for the resource that a request names.
type offers func(route *chi.Context, method string) bool

// methodsOf gives the methods that a path has; none where there is no such path.
func methodsOf(mux *chi.Mux, offered offers, path string) []string {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if route := chi.NewRouteContext(); mux.Match(route, method, path) && offered(route, method) {
			methods = append(methods, method)
		}
	}
	if methods != nil {
		methods = append(methods, http.MethodOptions)
	}
	return methods
}

// answerOptions answers OPTIONS for every path of mux.
func answerOptions(mux *chi.Mux, offered offers) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				if methods := methodsOf(mux, offered, routePath(r)); methods != nil {
					if slices.Contains(methods, http.MethodPost) {
						w.Header().Set("Accept-Post", strings.Join(edit.FeatureTypes(), ", "))
					}
					if slices.Contains(methods, http.MethodPatch) {
						w.Header().Set("Accept-Patch", edit.TypePatch)
					}
					answer.Allow(w, methods)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// methodNotAllowed answers with the methods that there are.
func methodNotAllowed(mux *chi.Mux, offered offers) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		methods := methodsOf(mux, offered, routePath(r))
		if methods == nil {
			answer.Fail(w, r, answer.Refusal(http.StatusNotFound, "nothing"))
			return
		}
		allow := strings.Join(methods, ", ")
		w.Header().Set("Allow", allow)
		answer.Fail(w, r, answer.Refusal(http.StatusMethodNotAllowed, "methods", "list", allow))
	}
}
