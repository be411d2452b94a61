package api

import (
	"context"
	"net/http"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// span is what a page came to.
type span struct {
	returned    int64
	first, last place // the ends of the page, if it has any feature
	more        bool  // something comes after it
}

// place is where a feature is in the order of pages.
type place struct {
	fid    int64
	values []geo.Value // in the fields sorted by
}

// set takes the place of f, which has these values where sorted tells.
func (p *place) set(f *geo.Feature, sorted []int) {
	p.fid, p.values = f.FID, p.values[:0]
	for _, i := range sorted {
		p.values = append(p.values, f.Values[i])
	}
}

// readCursor reads where the page begins or ends, if a cursor tells, and gives
// d the version that it is of.
func (a *API) readCursor(r *http.Request, d *store.Dataset, q *request) error {
	text, ok := q.params.Text("cursor")
	if !ok {
		return nil
	}
	c, ok := decodeCursor(text, d.ID, q.order)
	if !ok || c.version > d.Current.Number {
		q.params.Reject("cursor", text, answer.Because("cursor"))
		return nil
	}
	q.cursor = &c
	if c.version == d.Current.Number {
		return nil
	}
	versions, err := a.rows.Versions(r.Context(), d.ID)
	if err != nil {
		return err
	}
	for i := range versions {
		if versions[i].Number == c.version {
			d.Current = &versions[i]
			return nil
		}
	}
	return replaced(nil)
}

// find turns the cursor of q into the place where its page begins. Before a
// place lies as much as the page may have, or all that there is.
func (a *API) find(ctx context.Context, d store.Dataset, q *request) error {
	if q.cursor == nil {
		return nil
	}
	c := *q.cursor
	keys := store.Query{Version: q.query.Version, Sort: q.query.Sort, NoGeometry: true, Fields: []string{}}
	positions := make([]int, len(q.query.Sort))
	for i, o := range q.query.Sort {
		keys.Fields, positions[i] = append(keys.Fields, o.Field), i
	}
	if c.absent {
		keys.FIDs = []int64{c.fid}
		found := false
		for f, err := range a.rows.Features(ctx, d.ID, keys) {
			if err != nil {
				return err
			}
			c.values, found = append([]geo.Value(nil), f.Values...), true
		}
		if !found {
			return replaced(nil)
		}
	}
	if !c.backward {
		q.query.After, q.query.AfterValues = c.fid, c.values
		return nil
	}
	back := q.query
	back.Fields, back.NoGeometry = keys.Fields, true
	back.Backward, back.After, back.AfterValues, back.Limit = true, c.fid, c.values, q.limit+1
	var before int64
	var last place
	for f, err := range a.rows.Features(ctx, d.ID, back) {
		if err != nil {
			return err
		}
		before++
		last.set(f, positions)
	}
	if before > q.limit {
		q.query.After, q.query.AfterValues = last.fid, last.values
		return nil
	}
	q.take, q.offset, q.first = before, 0, true
	return nil
}

// failed tells a client what it can do.
func failed(q *request, err error) error {
	if q.cursor != nil && geo.KindOf(err) == geo.KindNotFound {
		return replaced(err)
	}
	return err
}

// replaced tells a client that its cursor's version is gone.
func replaced(cause error) error {
	p := answer.Refusal(http.StatusGone, "gone")
	p.Cause = cause
	return p
}
