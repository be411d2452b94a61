package server

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"puy/server/answer"
)

const (
	urlBytes  = 8 << 10
	bodyBytes = 1 << 20
)

// limitRequest refuses addresses beyond urlBytes, and cuts bodies at bodyBytes.
func limitRequest(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.EscapedPath())+1+len(r.URL.RawQuery) > urlBytes {
			answer.Fail(w, r, answer.NewProblem(http.StatusRequestURITooLong, "The address has more than 8192 characters."))
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

// methodsOf gives the methods that a path has; none where there is no such path.
func methodsOf(mux *chi.Mux, path string) []string {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if mux.Match(chi.NewRouteContext(), method, path) {
			methods = append(methods, method)
		}
	}
	if methods != nil {
		methods = append(methods, http.MethodOptions)
	}
	return methods
}

// answerOptions answers OPTIONS for every path of mux.
func answerOptions(mux *chi.Mux) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				if methods := methodsOf(mux, routePath(r)); methods != nil {
					answer.Allow(w, methods)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// methodNotAllowed answers with the methods that there are.
func methodNotAllowed(mux *chi.Mux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		methods := methodsOf(mux, routePath(r))
		if methods == nil {
			answer.Fail(w, r, answer.NewProblem(http.StatusNotFound, "There is nothing at this address."))
			return
		}
		allow := strings.Join(methods, ", ")
		w.Header().Set("Allow", allow)
		answer.Fail(w, r, answer.NewProblem(http.StatusMethodNotAllowed, "This address answers only "+allow+"."))
	}
}
