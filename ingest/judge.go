package ingest

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest/gate"
	"puy/store"
)

// RuleGate is the rule of what the publication gate refuses.
const RuleGate geo.Rule = "gate"

// judge puts the verdict of the gate into the report. A strict dataset below it
// is refused, before anything of the version is kept.
func (l *loading) judge(ctx context.Context, st store.Store) error {
	r := l.report
	facts := gate.Facts{Rows: r.Rows - r.Rejected, Errors: r.Errors, Conforming: l.conform != nil, Located: l.located, Updated: r.Started, Now: r.Started}
	if r.Schema != nil {
		facts.Faults = r.Schema.Faults
	}
	verdict, err := judge(ctx, st, l.dataset, facts)
	if err != nil {
		return err
	}
	r.Gate = verdict
	if l.dataset.Publish != catalog.PublishStrict || verdict.Passed {
		return nil
	}
	var lacking []string
	for _, t := range verdict.Lacking() {
		lacking = append(lacking, t.ID)
		l.tell(severe{Problem: geo.Problem{Value: t.ID, Rule: RuleGate}, severity: Error, message: t.Text})
	}
	r.Reason = store.ReasonGate
	return geo.Errorf(geo.KindInvalid, "the dataset is below the publication gate (%s); the version that was served stays", strings.Join(lacking, ", ")).
		WithHint("the report says what to do; without publish: strict in the catalogue it is published all the same")
}

// judge adds what the store knows of d to the facts, and judges.
func judge(ctx context.Context, st store.Store, d catalog.Dataset, facts gate.Facts) (*gate.Verdict, error) {
	portal, err := st.Portal(ctx)
	if err != nil {
		return nil, err
	}
	facts.Dataset, facts.Portal, facts.Dated = d, &portal, d.Time != "" || d.Period != ""
	for _, id := range d.DerivedFrom {
		source, err := st.Dataset(ctx, id)
		if err != nil && geo.KindOf(err) != geo.KindNotFound {
			return nil, err
		}
		if err == nil {
			facts.Sources = append(facts.Sources, source.Dataset)
		}
	}
	return gate.Judge(&facts), nil
}

// Verdict judges the current version of a dataset as it is at the time now: what
// its report told of the rows, with today's entry and today's age. It is nil for
// a dataset without a version.
func Verdict(ctx context.Context, st store.Store, d store.Dataset, now time.Time) (*gate.Verdict, error) {
	if d.Current == nil {
		return nil, nil
	}
	text, err := st.Report(ctx, d.ID, d.Current.Number)
	if err != nil {
		return nil, err
	}
	e, err := ReadExamination(text)
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "the report of %s cannot be read: %w", d.ID, err)
	}
	return judge(ctx, st, d.Dataset, e.facts(d, now))
}

// Examination is what the report of a version tells of its rows for good.
type Examination struct {
	Errors int64         `json:"errors"`
	Schema *ReportSchema `json:"schema"` // nil: they were checked against none
}

// ReadExamination reads it out of a stored report, which may be empty.
func ReadExamination(report json.RawMessage) (e Examination, err error) {
	if len(report) > 0 {
		err = json.Unmarshal(report, &e)
	}
	return e, err
}

// Verdict judges the current version of d at the time now, as the function of
// this name does, with what the caller knows of the portal and of the datasets
// that d is derived from.
func (e Examination) Verdict(d store.Dataset, portal *catalog.Portal, sources []catalog.Dataset, now time.Time) *gate.Verdict {
	facts := e.facts(d, now)
	facts.Dataset, facts.Portal, facts.Sources, facts.Dated = d.Dataset, portal, sources, d.Time != "" || d.Period != ""
	return gate.Judge(&facts)
}

func (e Examination) facts(d store.Dataset, now time.Time) gate.Facts {
	facts := gate.Facts{Rows: d.Current.Rows, Errors: e.Errors, Conforming: e.Schema != nil, Located: !d.Current.Extent.IsEmpty(), Updated: d.Current.Updated(), Now: now}
	if e.Schema != nil {
		facts.Faults = e.Schema.Faults
	}
	return facts
}
