package portal

import (
	"cmp"
	"context"
	"math"
	"strconv"
	"sync"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/ingest/gate"
	"puy/ingest/schema"
	"puy/store"
)

// examinations remembers what the reports of versions told, each of which is
// read once. It is safe for use by many goroutines.
type examinations struct {
	rows  Rows
	mu    sync.Mutex
	known map[string]examined
}

// examined is what was told of one version: of a dataset renamed, another may have
// the id and a version of the same number.
type examined struct {
	version int64
	loaded  time.Time
	ingest.Examination
}

// of gives what the report of the current version of d told.
func (e *examinations) of(ctx context.Context, d *store.Dataset) (ingest.Examination, error) {
	e.mu.Lock()
	found, ok := e.known[d.ID]
	e.mu.Unlock()
	if ok && found.version == d.Current.Number && found.loaded.Equal(d.Current.Loaded) {
		return found.Examination, nil
	}
	text, err := e.rows.Report(ctx, d.ID, d.Current.Number)
	if err != nil {
		if geo.KindOf(err) == geo.KindNotFound { // the version was dropped this moment
			err = nil
		}
		return ingest.Examination{}, err
	}
	x, err := ingest.ReadExamination(text)
	if err != nil {
		return x, geo.Errorf(geo.KindInternal, "the report of %s cannot be read: %w", d.ID, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known[d.ID] = examined{d.Current.Number, d.Current.Loaded, x}
	return x, nil
}

// qualityView is the verdict on the current version, as it is today.
type qualityView struct {
	Passed     bool
	Met, Of    string // criteria of the score, as "7" of "9"
	MeterValue string // 0 to 1, for machines
	Questions  []questionView
	Criteria   []testView
	Warnings   []string
}

// questionView is one of the three questions of the publication gate.
type questionView struct {
	Label string // the key of its name
	OK    bool
	Tests []testView
}

type testView struct {
	OK   bool
	Text string
}

// quality judges d, which has a version.
func (p *Portal) quality(ctx context.Context, g *page, d *store.Dataset) (*qualityView, ingest.Examination, error) {
	x, err := p.examined.of(ctx, d)
	if err != nil {
		return nil, x, err
	}
	var sources []catalog.Dataset
	for _, id := range d.DerivedFrom {
		if source, ok := g.view.Lookup(id); ok {
			sources = append(sources, source.Dataset)
		}
	}
	verdict := x.Verdict(*d, &g.view.Portal, sources, time.Now())
	v := &qualityView{Passed: verdict.Passed, MeterValue: strconv.FormatFloat(verdict.Score.Value, 'f', 3, 64)}
	of := len(verdict.Score.Criteria)
	v.Of, v.Met = g.Integer(int64(of)), g.Integer(int64(math.Round(verdict.Score.Value*float64(of))))
	for _, part := range []struct {
		label string
		part  gate.Part
	}{{"quality.reliable", verdict.Reliable}, {"quality.worth", verdict.Worth}, {"quality.open", verdict.Open}} {
		v.Questions = append(v.Questions, questionView{part.label, part.part.OK, g.tests(part.part.Tests)})
	}
	v.Criteria = g.tests(verdict.Score.Criteria)
	for _, warning := range verdict.Warnings {
		v.Warnings = append(v.Warnings, warning.In(g.Code))
	}
	return v, x, nil
}

func (g *page) tests(tests []gate.Test) []testView {
	all := make([]testView, len(tests))
	for i, t := range tests {
		all[i] = testView{t.OK, t.Text.In(g.Code)}
	}
	return all
}

// schemaMetadatum names the schema that the rows of d follow, with its version.
func (g *page) schemaMetadatum(d *store.Dataset, x ingest.Examination) (metadatum, error) {
	m := metadatum{Label: "meta.schema"}
	if d.Schema == "" {
		return m, nil
	}
	ref := schema.Refer(d.Schema)
	if x.Schema != nil {
		ref.Version = cmp.Or(x.Schema.Version, ref.Version)
	}
	if m.Text, m.Href = ref.Name, ref.URL; ref.Version == "" {
		return m, nil
	}
	var err error
	m.Text, err = g.Text("schema.version", "name", ref.Name, "version", ref.Version)
	return m, err
}

// qualityBadge gives the score of a dataset in few words, "" where it has no
// version.
func (p *Portal) qualityBadge(ctx context.Context, g *page, id string) (string, error) {
	d, ok := g.view.Lookup(id)
	if !ok || d.Current == nil {
		return "", nil
	}
	v, _, err := p.quality(ctx, g, &d)
	if err != nil {
		return "", err
	}
	return g.Text("quality.badge", "met", v.Met, "of", v.Of)
}
