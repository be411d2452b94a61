package ingest

import (
	"context"
	"errors"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest/source"
	"puy/store"
)

// Refreshes remembers how refreshes went. The stores do.
type Refreshes interface {
	Refresh(ctx context.Context, dataset string) (store.Refresh, error)
	PutRefresh(ctx context.Context, r store.Refresh, holder string) error
}

// Refresh makes a store hold the dataset that an entry describes: the entry, and
// a new version if the source or the way it is read has changed. What fails, and
// what has lost half its rows, leaves the version that is served as it is.
func Refresh(ctx context.Context, st store.Store, d catalog.Dataset, opt ApplyOptions) (*Report, error) {
	if opt.Refreshes == nil || d.Source.IsArchive() {
		report, _, err := refresh(ctx, st, d, store.Refresh{}, opt)
		return report, err
	}
	state, err := opt.Refreshes.Refresh(ctx, d.ID)
	if err != nil {
		return &Report{Dataset: d.ID, Fields: []ReportField{}}, err
	}
	began := time.Now()
	report, mark, err := refresh(ctx, st, d, state, opt)
	if ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		state = settle(state, d, began, report, mark, err)
	}
	// Also what is interrupted gives the lease back.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return report, errors.Join(err, opt.Refreshes.PutRefresh(ctx, state, opt.Holder))
}

func refresh(ctx context.Context, st store.Store, d catalog.Dataset, state store.Refresh, opt ApplyOptions) (*Report, source.Mark, error) {
	report := &Report{Dataset: d.ID, Fields: []ReportField{}}
	before, err := st.Dataset(ctx, d.ID)
	if err != nil && geo.KindOf(err) != geo.KindNotFound {
		return report, source.Mark{}, err
	}
	fresh := err != nil
	if d.Source.IsArchive() {
		return report, source.Mark{}, applyArchive(ctx, st, d, report, fresh || !alike(before.Dataset, d), opt)
	}
	if opt.Observer == nil {
		opt.Observer = silent{}
	}
	same := fresh || sameReading(before.Dataset, d)
	kept := !fresh && alike(before.Dataset, d)
	// A source that is away now is looked at again only if the store knows it.
	if fresh && d.Source.Every > 0 {
		if err := st.PutDataset(ctx, d); err != nil {
			return report, source.Mark{}, err
		}
		kept = true
	}
	current := before.Current
	mayStay := !fresh && same && !opt.Force && current != nil
	if mayStay {
		changed, err := schemaChanged(ctx, st, &before, opt.Fetch)
		if err != nil {
			return report, source.Mark{}, err
		}
		mayStay = !changed
	}
	var known source.Mark
	if mayStay && state.Checksum == current.Checksum {
		known = source.Mark{ETag: state.ETag, Modified: state.Modified}
	}
	opt.Fetch.Progress = func(done, total int64) {
		opt.Observer.Progress(Progress{Phase: Fetching, Done: done, Total: total})
	}
	from, err := source.Open(ctx, d.Source, known, opt.Fetch)
	if err != nil {
		return report, source.Mark{}, err
	}
	defer from.Close() //nolint:errcheck // a temporary file that stays is no reason to refuse a version
	// An entry that reads its source otherwise belongs to the next version: it
	// is kept only once that is there.
	if same && !kept {
		if err := st.PutDataset(ctx, d); err != nil {
			return report, from.Mark, err
		}
	}
	if mayStay {
		unchanged, err := isUnchanged(from, current)
		if err != nil {
			return report, from.Mark, err
		}
		if unchanged {
			if _, err := d.Tiles.Cluster.CheckSchema(&current.Schema); err != nil {
				return report, from.Mark, err
			}
			report.Source, report.Checksum, report.Version, report.Skipped = from.Public, current.Checksum, current, true
			report.Rows = current.Rows
			before.Dataset = d
			report.Gate, err = Verdict(ctx, st, before, time.Now())
			return report, from.Mark, err
		}
	}
	if opt.Holder != "" && current != nil && current.Edits > 0 && !opt.AcceptShrink {
		report.Held, report.Reason = true, store.ReasonEdited
		return report, from.Mark, geo.Errorf(geo.KindConflict, "the source has changed, but the version that is served was edited in place: a new one would undo that").
			WithHint("if that is right, publish it with puy ingest --accept-shrink " + d.ID)
	}
	opt.Options.Source, opt.Schemas = from.Public, opt.Fetch
	if current != nil && !opt.AcceptShrink && !d.Source.MayShrink {
		opt.HoldBelow = (current.Rows + 1) / 2
	}
	report, err = Load(ctx, st, d, from.Source, opt.Options)
	if err == nil && !same {
		err = st.PutDataset(ctx, d)
	}
	return report, from.Mark, err
}

// isUnchanged tells whether what was fetched is the source of a version.
func isUnchanged(from *source.Fetched, v *catalog.Version) (bool, error) {
	if from.Unchanged() {
		return true, nil
	}
	sum, err := from.Checksum()
	return sum == v.Checksum, err
}
