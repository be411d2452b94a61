package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"puy/catalog"
	"puy/geo"
	"puy/ingest/source"
	"puy/store"
)

// ApplyOptions are the Options of each load, and which loads there are.
type ApplyOptions struct {
	Options
	Only  []string // ids of the datasets to load; empty for all
	Force bool     // load also what has not changed
	Fetch source.Options
	// AcceptShrink publishes versions of less than half the rows too.
	AcceptShrink bool
	// Refreshes is told how each refresh went, and knows how the last one did; nil: nobody.
	Refreshes Refreshes
	Holder    string // whoever has claimed the refresh of the dataset; may be empty
	// CheckArchive tells whether an archive of tiles at a path or URL can be read,
	// and how many tiles it has; private allows addresses of private networks. Nil:
	// archives are not looked at.
	CheckArchive func(ctx context.Context, address string, private bool) (tiles int64, err error)
	// Each is told of each dataset before and after its load; either may be nil.
	Start func(d catalog.Dataset)
	Done  func(d catalog.Dataset, r *Report, err error)
}

// Apply makes a store hold what a catalogue says: the portal, every dataset's
// entry, and a new version of each dataset whose source or declaration has
// changed. A dataset that fails does not stop the others; the error joins all.
func Apply(ctx context.Context, st store.Store, c *catalog.Catalogue, opt ApplyOptions) error {
	for _, id := range opt.Only {
		if !slices.ContainsFunc(c.Datasets, func(d catalog.Dataset) bool { return d.ID == id }) {
			return geo.Errorf(geo.KindNotFound, "the catalogue has no dataset %q", id)
		}
	}
	opt.Fetch.Base = c.Dir
	if err := putPortal(ctx, st, c.Portal); err != nil {
		return err
	}
	var failed []error
	for _, d := range c.Datasets {
		if len(opt.Only) > 0 && !slices.Contains(opt.Only, d.ID) {
			continue
		}
		if d.Removed {
			if err := putRemoved(ctx, st, d); err != nil {
				failed = append(failed, err)
			}
			continue
		}
		if err := rename(ctx, st, d); err != nil {
			failed = append(failed, err)
			continue
		}
		if opt.Start != nil {
			opt.Start(d)
		}
		r, err := Refresh(ctx, st, d, opt)
		if opt.Done != nil {
			opt.Done(d, r, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) > 0 {
		return geo.Errorf(geo.KindOf(failed[0]), "%d of %d datasets failed: %w", len(failed), len(c.Datasets), errors.Join(failed...))
	}
	return nil
}

// putPortal writes the portal only where it has changed, so that a start
// without news writes nothing.
func putPortal(ctx context.Context, st store.Store, p catalog.Portal) error {
	before, err := st.Portal(ctx)
	if err != nil || alike(before, p) {
		return err
	}
	return st.PutPortal(ctx, p)
}

// applyArchive keeps the entry of a dataset whose tiles stay where they are. An
// archive that cannot be read does not take the place of what there was.
func applyArchive(ctx context.Context, st store.Store, d catalog.Dataset, report *Report, changed bool, opt ApplyOptions) error {
	report.Source, report.Format, report.Archive = source.Public(d.Source.PMTiles), "pmtiles", true
	if opt.CheckArchive != nil {
		n, err := opt.CheckArchive(ctx, d.Source.PMTiles, d.Source.Private || opt.Fetch.Private)
		if err != nil {
			return fmt.Errorf("the archive of %s: %w", d.ID, err)
		}
		report.Tiles = n
	}
	if !changed {
		return nil
	}
	return st.PutDataset(ctx, d)
}

// sameReading tells whether the same file would give the same version.
func sameReading(a, b catalog.Dataset) bool {
	reading := func(d catalog.Dataset) catalog.Dataset {
		return catalog.Dataset{Key: d.Key, Time: d.Time, Source: d.Source.Reading(), Fields: d.Fields, Schema: d.Schema, Publish: d.Publish,
			Territory: d.Territory, Repair: d.Repair, Touching: d.Touching}
	}
	return alike(reading(a), reading(b))
}

// alike compares as stores keep it: an empty list is none.
func alike(a, b any) bool {
	textA, errA := json.Marshal(a)
	textB, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(textA, textB)
}
