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
	return &textObserver{line: newProgressLine(env.stderr), out: env.stdout, lang: env.language(), tongue: env.tongue()}
}

// textObserver writes for people: progress to its line, problems and results to out.
type textObserver struct {
	line   progressLine
	out    io.Writer
	lang   string
	tongue geo.Tongue

	dataset string
	started time.Time // of the present phase
	phase   ingest.Phase
	errors  int
}

// shownProblems bounds what a terminal is told; the report has more.
const shownProblems = 20

func (o *textObserver) begin(dataset string) {
	now := time.Now()
	*o = textObserver{line: o.line, out: o.out, lang: o.lang, tongue: o.tongue, dataset: dataset, started: now}
	o.line.shown = now
}

// tell writes a line about the dataset in the language of the observer.
func (o *textObserver) tell(format string, args ...any) {
	fmt.Fprintf(o.out, "%s%s\n", o.label(), geo.Say(format, args...).In(o.tongue))
}

func (o *textObserver) label() string {
	return geo.Say("%s: ", o.dataset).In(o.tongue)
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
	elapsed := now.Sub(o.started)
	line := geo.Say(string(p.Phase))
	if p.Rows > 0 {
		line = geo.Say("%s, %d rows, %.0f rows/s", line, p.Rows, float64(p.Rows)/elapsed.Seconds())
	}
	o.line.show(o.label()+line.In(o.tongue), elapsed, p.Done, p.Total)
}

func (o *textObserver) Problem(e ingest.Entry) {
	if o.errors++; o.errors > shownProblems {
		return
	}
	o.line.clear()
	place := geo.Say(string(e.Severity)).In(o.tongue)
	if e.Row > 0 {
		place += geo.Say(", row %d", e.Row).In(o.tongue)
	}
	if e.Column != "" {
		place += geo.Say(", column %s", printable(e.Column)).In(o.tongue)
	}
	if e.Value != "" {
		place += geo.Say(", value %q", e.Value).In(o.tongue)
	}
	o.tell("%s [%s]: %s", place, e.Rule, printable(e.Message.In(o.lang)))
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
		o.tell("… and %d more problems (--json tells them all)", o.errors-shownProblems)
	}
	switch {
	case err != nil:
		o.tell("failed: %w", err)
		if e, ok := errors.AsType[*geo.Error](err); ok && e.Hint != "" {
			o.tell("hint: %s", e.HintIn(o.tongue))
		}
	case r.Archive && r.Tiles > 0:
		o.tell("an archive of %d tiles, served from where it is", r.Tiles)
	case r.Archive:
		o.tell("an archive of tiles, served from where it is")
	case r.Skipped:
		o.tell("unchanged, version %d with %d rows", r.Version.Number, r.Version.Rows)
	case r.Version == nil:
		o.tell("%d rows, %d rejected, %d warnings; %s", r.Rows, r.Rejected, r.Warnings, describe(r))
	default:
		v := r.Version
		changes := ""
		if v.Compared {
			changes = fmt.Sprintf(" (+%d −%d ~%d)", v.Added, v.Removed, v.Modified)
		}
		o.tell("version %d, %d rows%s, %d rejected, %d warnings in %.1f s; %s",
			v.Number, v.Rows, changes, r.Rejected, r.Warnings, r.Seconds, describe(r))
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
