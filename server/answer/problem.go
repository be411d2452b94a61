package answer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"puy/geo"
)

// Handler answers a request or gives an error, which then becomes the answer.
// Before an error it must not have written anything; whoever fails later
// panics with http.ErrAbortHandler, so that the client sees a broken transfer.
type Handler func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP calls h, and Fail on its error.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h(w, r); err != nil {
		Fail(w, r, err)
	}
}

// Problem is an error as clients see it (RFC 9457).
type Problem struct {
	Type     string           `json:"type"` // a URI; about:blank says that Title and Status tell all
	Title    string           `json:"title"`
	Status   int              `json:"status"`
	Detail   string           `json:"detail,omitempty"`
	Instance string           `json:"instance,omitempty"` // the request's path
	Errors   []ParameterError `json:"errors,omitempty"`

	// RetryAfter, in seconds, goes with 503; 0 sends none.
	RetryAfter int `json:"-"`
	// Subject is the title of what the problem is about, for pages.
	Subject geo.Localized `json:"-"`
	// Cause is logged and never sent.
	Cause error `json:"-"`

	said *Reason // Detail in every language; nil where it is English alone
}

// ParameterError is one parameter, or one part of the request's body, that
// cannot be accepted.
type ParameterError struct {
	Parameter string `json:"parameter,omitempty"` // of the query, or a header
	Pointer   string `json:"pointer,omitempty"`   // of the body: a JSON Pointer (RFC 6901)
	Value     string `json:"value"`               // cut to 80 characters
	Reason    string `json:"reason"`
	Lang      string `json:"-"` // of Reason; empty is English

	said *Reason // Reason in every language; nil where it is English alone
}

// NewProblem makes a Problem with the usual title of a status and one sentence in
// English; Refusal makes those that have other languages too.
func NewProblem(status int, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// Error gives the title and the sentence.
func (p *Problem) Error() string {
	text := strconv.Itoa(p.Status) + " " + p.Title
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.Cause != nil {
		text += ": " + p.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// ProblemOf tells err as a Problem: itself where it is one, else by its
// geo.ErrorKind. What is not for clients stays in Cause.
func ProblemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) {
		p := Refusal(http.StatusServiceUnavailable, "slow")
		p.RetryAfter, p.Cause = 5, err
		return p
	}
	e, ok := errors.AsType[*geo.Error](err)
	if !ok || e.Kind == geo.KindInternal || e.Kind == geo.KindUsage {
		p := Refusal(http.StatusInternalServerError, "failed")
		p.Cause = err
		return p
	}
	status := map[geo.ErrorKind]int{
		geo.KindInvalid:     http.StatusBadRequest,
		geo.KindNotFound:    http.StatusNotFound,
		geo.KindConflict:    http.StatusConflict,
		geo.KindLimit:       http.StatusRequestEntityTooLarge,
		geo.KindUnavailable: http.StatusServiceUnavailable,
	}[e.Kind]
	p := Refusal(status, "fault", "fault", e)
	if e.Kind == geo.KindUnavailable {
		// The store's message speaks of the operator's things, such as hosts.
		p = Refusal(status, "unreachable")
		p.RetryAfter = 5
	}
	p.Cause = err
	return p
}

// Fail answers with err as application/problem+json, or as a page where the
// client prefers HTML. The access log gets err whole.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	x := exchangeOf(r)
	x.err = err
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		// The client has gone: nobody reads an answer.
		panic(http.ErrAbortHandler)
	}
	p := *ProblemOf(err)
	p.Instance = r.URL.EscapedPath()

	h := w.Header()
	for _, name := range []string{"Etag", "Last-Modified", "Content-Length", "Content-Encoding", "Content-Crs",
		"Content-Disposition", "Accept-Ranges", "Content-Language", "Link", "Ogc-Numbermatched", "Ogc-Numberreturned"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	addVary(h, "Accept")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if PrefersHTML(r) {
		page := x.page
		if page == nil {
			page = plainPage
		}
		var b bytes.Buffer
		if err := page(&b, r, &p); err == nil {
			protect(h)
			h.Set("Content-Type", "text/html; charset=utf-8")
			send(w, p.Status, b.Bytes())
			return
		}
	}
	lang := problemLanguage(r)
	told, whole := p.In(lang)
	if h.Set("Content-Language", lang); !whole {
		h.Set("Content-Language", lang+", "+english)
	}
	addVary(h, "Accept-Language")
	b, err := json.Marshal(told)
	if err != nil { // cannot happen: p is plain strings and numbers
		b = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500}`)
	}
	h.Set("Content-Type", "application/problem+json")
	send(w, p.Status, append(b, '\n'))
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // an error means that the client has gone
}
