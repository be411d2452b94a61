package server

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"puy/server/answer"
)

// healthPatience is how long the store may take to say that it is there.
const healthPatience = 2 * time.Second

// mountHealth adds /healthz, which tells that the process lives, and /readyz,
// which tells that it can serve: the store answers and the catalogue is read.
func (s *Server) mountHealth(r chi.Router) {
	live := answer.Handler(func(w http.ResponseWriter, r *http.Request) error { return sayOK(w) })
	ready := answer.Handler(func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), healthPatience)
		defer cancel()
		_, err := s.store.Revision(ctx)
		if err == nil {
			err = s.catalogue.Err()
		}
		if err != nil {
			p := answer.NewProblem(http.StatusServiceUnavailable, "The store does not answer.")
			p.RetryAfter, p.Cause = 2, err
			return p
		}
		return sayOK(w)
	})
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r.Method(method, "/healthz", live)
		r.Method(method, "/readyz", ready)
	}
}

func sayOK(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write([]byte("ok\n"))
	return err
}
