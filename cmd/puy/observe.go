package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"puy/geo"
	"puy/ingest"
)

// observer tells a person or a program how a load goes.
type observer interface {
	ingest.Observer
	begin(dataset string)
	end(r *ingest.Report, err error)
}

// newObserver picks the form: JSON lines, a line that is redrawn on a
// terminal, or one line every ten seconds.
func newObserver(env *environment, asJSON bool) observer {
	if asJSON {
		return &jsonObserver{out: json.NewEncoder(env.stdout)}
	}
	return &textObserver{line: newProgressLine(env.stderr), out: env.stdout, lang: env.language()}
}

// textObserver writes for people: progress to its line, problems and results to out.
type textObserver struct {
	line progressLine
	out  io.Writer
	lang string

	dataset string
	started time.Time // of the present phase
	phase   ingest.Phase
	errors  int
}

// shownProblems bounds what a terminal is told; the report has more.
const shownProblems = 20

func (o *textObserver) begin(dataset string) {
	now := time.Now()
	*o = textObserver{line: o.line, out: o.out, lang: o.lang, dataset: dataset, started: now}
	o.line.shown = now
}

func (o *textObserver) Progress(p ingest.Progress) {
	now := time.Now()
	if p.Phase != o.phase {
		o.phase, o.started = p.Phase, now
		if !o.line.terminal {
			o.line.shown = now
		}
	}
	if !o.line.due(now) {
		return
	}
	line := fmt.Sprintf("%s: %s", o.dataset, p.Phase)
	elapsed := now.Sub(o.started)
	if p.Rows > 0 {
		line += fmt.Sprintf(", %d rows, %.0f rows/s", p.Rows, float64(p.Rows)/elapsed.Seconds())
	}
	o.line.show(line, elapsed, p.Done, p.Total)
}

func (o *textObserver) Problem(e ingest.Entry) {
	if o.errors++; o.errors > shownProblems {
		return
	}
	o.line.clear()
	fmt.Fprintf(o.out, "%s: %s", o.dataset, e.Severity)
	if e.Row > 0 {
		fmt.Fprintf(o.out, ", row %d", e.Row)
	}
	if e.Column != "" {
		fmt.Fprintf(o.out, ", column %s", printable(e.Column))
	}
	if e.Value != "" {
		fmt.Fprintf(o.out, ", value %q", e.Value)
	}
	fmt.Fprintf(o.out, " [%s]: %s\n", e.Rule, printable(e.Message.In(o.lang)))
}

// printable gives text from a file so that a terminal obeys none of it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func (o *textObserver) end(r *ingest.Report, err error) {
	o.line.clear()
	if o.errors > shownProblems {
		fmt.Fprintf(o.out, "%s: … and %d more problems (--json tells them all)\n", o.dataset, o.errors-shownProblems)
	}
	switch {
	case err != nil:
		fmt.Fprintf(o.out, "%s: failed: %v\n", o.dataset, err)
		if e, ok := errors.AsType[*geo.Error](err); ok && e.Hint != "" {
			fmt.Fprintf(o.out, "%s: hint: %s\n", o.dataset, e.Hint)
		}
	case r.Archive:
		count := ""
		if r.Tiles > 0 {
			count = fmt.Sprintf("%d ", r.Tiles)
		}
		fmt.Fprintf(o.out, "%s: an archive of %stiles, served from where it is\n", o.dataset, count)
	case r.Skipped:
		fmt.Fprintf(o.out, "%s: unchanged, version %d with %d rows\n", o.dataset, r.Version.Number, r.Version.Rows)
	case r.Version == nil:
		fmt.Fprintf(o.out, "%s: %d rows, %d rejected, %d warnings; %s\n", o.dataset, r.Rows, r.Rejected, r.Warnings, describe(r))
	default:
		v := r.Version
		changes := ""
		if v.Compared {
			changes = fmt.Sprintf(" (+%d −%d ~%d)", v.Added, v.Removed, v.Modified)
		}
		fmt.Fprintf(o.out, "%s: version %d, %d rows%s, %d rejected, %d warnings in %.1f s; %s\n",
			o.dataset, v.Number, v.Rows, changes, r.Rejected, r.Warnings, r.Seconds, describe(r))
	}
}

// describe tells how the source was understood.
func describe(r *ingest.Report) string {
	s := r.Format
	for _, part := range []string{r.Encoding, r.CRS} {
		if part != "" {
			s += ", " + part
		}
	}
	return s + ", " + r.Geometry.String()
}

// jsonObserver writes one JSON object a line: progress (at most one a second),
// every problem, and the report.
type jsonObserver struct {
	out     *json.Encoder
	dataset string
	shown   time.Time
	phase   ingest.Phase
}

type jsonEvent struct {
	Event    string           `json:"event"` // start, progress, problem, report
	Dataset  string           `json:"dataset,omitempty"`
	Progress *ingest.Progress `json:"progress,omitempty"`
	Problem  *ingest.Entry    `json:"problem,omitempty"`
	Report   *ingest.Report   `json:"report,omitempty"`
	Error    string           `json:"error,omitempty"`
}

func (o *jsonObserver) write(e jsonEvent) {
	e.Dataset = o.dataset
	o.out.Encode(e) //nolint:errcheck // a reader that went away must not break the load
}

func (o *jsonObserver) begin(dataset string) {
	o.dataset = dataset
	o.write(jsonEvent{Event: "start"})
}

func (o *jsonObserver) Progress(p ingest.Progress) {
	if now := time.Now(); p.Phase != o.phase || now.Sub(o.shown) >= time.Second {
		o.phase, o.shown = p.Phase, now
		o.write(jsonEvent{Event: "progress", Progress: &p})
	}
}

func (o *jsonObserver) Problem(e ingest.Entry) { o.write(jsonEvent{Event: "problem", Problem: &e}) }

func (o *jsonObserver) end(r *ingest.Report, err error) {
	e := jsonEvent{Event: "report", Report: r}
	if err != nil {
		e.Error = err.Error()
	}
	o.write(e)
}
