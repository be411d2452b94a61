package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

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
	o := &textObserver{w: env.stderr, out: env.stdout, lang: env.language(), every: 10 * time.Second}
	if f, ok := env.stderr.(*os.File); ok {
		info, err := f.Stat()
		o.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if o.terminal {
		o.every = 100 * time.Millisecond
	}
	return o
}

// textObserver writes for people: progress to w, problems and results to out.
type textObserver struct {
	w, out   io.Writer
	lang     string
	terminal bool
	every    time.Duration

	dataset string
	started time.Time // of the present phase
	shown   time.Time
	phase   ingest.Phase
	errors  int
	drawn   bool
}

// shownProblems bounds what a terminal is told; the report has more.
const shownProblems = 20

func (o *textObserver) begin(dataset string) {
	now := time.Now()
	*o = textObserver{w: o.w, out: o.out, lang: o.lang, terminal: o.terminal, every: o.every, dataset: dataset, started: now, shown: now}
}

func (o *textObserver) Progress(p ingest.Progress) {
	now := time.Now()
	if p.Phase != o.phase {
		o.phase, o.started = p.Phase, now
		if !o.terminal {
			o.shown = now
		}
	}
	if now.Sub(o.shown) < o.every {
		return
	}
	o.shown = now
	line := fmt.Sprintf("%s: %s", o.dataset, p.Phase)
	elapsed := now.Sub(o.started)
	if p.Rows > 0 {
		line += fmt.Sprintf(", %d rows, %.0f rows/s", p.Rows, float64(p.Rows)/elapsed.Seconds())
	}
	if p.Total > 0 && p.Done > 0 {
		left := time.Duration(float64(elapsed) * float64(p.Total-p.Done) / float64(p.Done))
		line += fmt.Sprintf(", %d%%, %s left", 100*p.Done/p.Total, left.Round(time.Second))
	}
	if o.terminal {
		fmt.Fprintf(o.w, "\r\x1b[K%s", line)
		o.drawn = true
		return
	}
	fmt.Fprintln(o.w, line)
}

func (o *textObserver) Problem(e ingest.Entry) {
	if o.errors++; o.errors > shownProblems {
		return
	}
	o.clear()
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
	o.clear()
	if o.errors > shownProblems {
		fmt.Fprintf(o.out, "%s: … and %d more problems (--json tells them all)\n", o.dataset, o.errors-shownProblems)
	}
	switch {
	case err != nil:
		fmt.Fprintf(o.out, "%s: failed: %v\n", o.dataset, err)
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

// clear removes a half-drawn progress line.
func (o *textObserver) clear() {
	if o.drawn {
		fmt.Fprint(o.w, "\r\x1b[K")
		o.drawn = false
	}
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
