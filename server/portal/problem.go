package portal

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"puy/server/answer"
)

type errorPage struct {
	page
	Heading, Sentence string
	Errors            []answer.ParameterError
}

// ErrorPage gives what writes problems as pages of the portal, for all doors.
func (p *Portal) ErrorPage() answer.ErrorPage { return p.writeProblem }

func (p *Portal) writeProblem(w io.Writer, r *http.Request, problem *answer.Problem) error {
	view := p.view()
	lang := view.Languages()[0]
	if first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); slices.Contains(view.Languages(), first) {
		lang = first
	} else if asked := r.URL.Query().Get("lang"); slices.Contains(view.Languages(), asked) {
		lang = asked
	} else if accepted := r.Header.Get("Accept-Language"); len(accepted) >= 2 && slices.Contains(view.Languages(), accepted[:2]) {
		lang = accepted[:2]
	}
	g, err := p.newPage(r, view, lang, "/")
	if err != nil {
		return err
	}
	key := "error.failed"
	switch {
	case problem.Status == http.StatusGone && !problem.Subject.IsZero():
		key = "error.removed"
	case problem.Status == http.StatusNotFound || problem.Status == http.StatusGone:
		key = "error.missing"
	case problem.Status < 500:
		key = "error.invalid"
	}
	problem, _ = problem.In(lang)
	e := errorPage{page: g, Errors: problem.Errors}
	if e.Heading, err = g.Text(key); err != nil {
		return err
	}
	if e.Sentence, err = g.Text(key+".text", "title", problem.Subject.In(lang)); err != nil {
		return err
	}
	e.Title, e.Summary, e.NoIndex = e.Heading, e.Sentence, true
	return p.pages["error"].ExecuteTemplate(w, "layout", &e)
}
