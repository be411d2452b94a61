package portal

import (
	"context"
	"time"

	"puy/store"
)

// Refreshes tells how datasets are brought up to date from their sources.
type Refreshes interface {
	Refresh(ctx context.Context, dataset string) (store.Refresh, error)
}

// refreshView tells of a source on a schedule.
type refreshView struct {
	Failed, Held bool
	Notice       string // why the version served is not the newest; empty where all is well
	Lines        []metadatum
}

// refreshed tells how d is brought up to date; nil for a dataset whose source
// nobody looks at by itself.
func (p *Portal) refreshed(ctx context.Context, g *page, d *store.Dataset) (*refreshView, error) {
	if p.refreshes == nil || d.Source.Every <= 0 || d.Source.IsArchive() {
		return nil, nil
	}
	state, err := p.refreshes.Refresh(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	every, err := g.every(time.Duration(d.Source.Every))
	if err != nil {
		return nil, err
	}
	v := &refreshView{Failed: state.Error != "" && state.Held == nil, Held: state.Held != nil}
	add := func(label, text string) { v.Lines = append(v.Lines, metadatum{Label: label, Text: text}) }
	if d.Current != nil {
		add("refresh.loaded", g.DateTime(d.Current.Loaded))
	}
	add("refresh.every", every)
	if !state.Tried.IsZero() {
		add("refresh.tried", g.DateTime(state.Tried))
	}
	next, err := g.Text("refresh.soon")
	if err != nil {
		return nil, err
	}
	if state.Next.After(time.Now()) {
		next = g.DateTime(state.Next)
	}
	add("refresh.next", next)
	if v.Failed || v.Held {
		v.Notice, err = g.refreshNotice(d, &state)
	}
	return v, err
}

// refreshNotice says why the last refresh published nothing, of which the store's
// text is for operators alone, and what is served meanwhile.
func (g *page) refreshNotice(d *store.Dataset, state *store.Refresh) (string, error) {
	why := "why." + string(state.Reason)
	if !g.Has(why) { // a state of before reasons were kept
		why = "why.internal"
	}
	reason, err := g.Text(why)
	if err != nil {
		return "", err
	}
	if d.Current == nil {
		return g.Text("refresh.none", "reason", reason)
	}
	key := "refresh.failed"
	if state.Held != nil {
		key = "refresh.held"
	}
	return g.Text(key, "reason", reason, "version", g.Integer(d.Current.Number), "loaded", g.Date(d.Current.Loaded.UTC()))
}

// every writes a duration between two looks at a source in the largest unit that
// divides it.
func (g *page) every(d time.Duration) (string, error) {
	for _, u := range []struct {
		key  string
		unit time.Duration
	}{{"every.day", 24 * time.Hour}, {"every.hour", time.Hour}, {"every.minute", time.Minute}} {
		if d%u.unit == 0 {
			return g.Count(u.key, int64(d/u.unit))
		}
	}
	return g.Count("every.second", int64(d/time.Second))
}
