package server

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"puy/server/access"
	"puy/server/answer"
	"puy/server/live"
)

// maxScopes bounds the routers that are kept for keys.
const maxScopes = 64

// internal is the one place that decides who sees internal datasets: every door
// knows the catalogue by a view alone, and whoever bears a key that is for
// internal datasets is answered by doors of the same making over a view that has
// them. Whoever bears none is answered as if there were none.
type internal struct {
	public http.Handler
	gate   *access.Gate
	view   func() *live.View
	router func(view func() *live.View) (http.Handler, error)

	mu   sync.Mutex
	made map[string]*scope // by the ids that a key is for
}

// scope is what the keys for the same datasets see.
type scope struct {
	http.Handler
	last atomic.Pointer[[2]*live.View] // the public view, and what it is for the scope
}

// ServeHTTP answers as the key of the request permits.
func (h *internal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !access.Presented(r) {
		h.public.ServeHTTP(w, r)
		return
	}
	k, ok, err := h.gate.Reader(r)
	if err != nil {
		answer.Fail(w, r, err)
		return
	}
	if !ok || !h.view().Hides(k.Permits) {
		h.public.ServeHTTP(w, r)
		return
	}
	s, err := h.scope(k.Datasets)
	if err != nil {
		answer.Fail(w, r, err)
		return
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		// What the public was answered before is not what a key is answered now.
		r = r.Clone(r.Context())
		r.Header.Del("If-None-Match")
		r.Header.Del("If-Modified-Since")
	}
	p := &private{ResponseWriter: w}
	s.ServeHTTP(p, r)
	p.begin() // what answers HEAD may have written nothing
}

// scope gives the doors for keys of these datasets; none means all.
func (h *internal) scope(datasets []string) (*scope, error) {
	ids := slices.Sorted(slices.Values(datasets))
	name := strings.Join(ids, " ")
	h.mu.Lock()
	defer h.mu.Unlock()
	if s, ok := h.made[name]; ok {
		return s, nil
	}
	s := &scope{}
	view := func() *live.View {
		base := h.view()
		if last := s.last.Load(); last != nil && last[0] == base {
			return last[1]
		}
		seen := base.With(func(id string) bool { return len(ids) == 0 || slices.Contains(ids, id) })
		s.last.Store(&[2]*live.View{base, seen})
		return seen
	}
	var err error
	if s.Handler, err = h.router(view); err != nil {
		return nil, err
	}
	if len(h.made) >= maxScopes {
		clear(h.made)
	}
	h.made[name] = s
	return s, nil
}

// private keeps an answer out of caches that others read.
type private struct {
	http.ResponseWriter
	begun bool
}

// WriteHeader says who may keep the answer.
func (p *private) WriteHeader(status int) {
	if status >= 200 {
		p.begin()
	}
	p.ResponseWriter.WriteHeader(status)
}

func (p *private) begin() {
	if !p.begun {
		p.begun = true
		h := p.Header()
		h.Set("Cache-Control", "private, no-store")
		h.Add("Vary", "Authorization, X-Api-Key")
	}
}

// FlushError serves http.ResponseController: to flush begins the answer as well.
func (p *private) FlushError() error {
	p.begin()
	return http.NewResponseController(p.ResponseWriter).Flush()
}

// Write begins the answer if nothing has.
func (p *private) Write(b []byte) (int, error) {
	if !p.begun {
		p.WriteHeader(http.StatusOK)
	}
	return p.ResponseWriter.Write(b)
}

// Unwrap serves http.ResponseController.
func (p *private) Unwrap() http.ResponseWriter { return p.ResponseWriter }
