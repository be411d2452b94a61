package ingest

import (
	"context"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// rename gives the dataset that the store has under an alias of d the id of d,
// and nothing else of d yet: its versions are compared with what d says now.
func rename(ctx context.Context, st store.Store, d catalog.Dataset) error {
	if len(d.Aliases) == 0 {
		return nil
	}
	if now, err := st.Dataset(ctx, d.ID); err == nil && now.ID == d.ID || err != nil && geo.KindOf(err) != geo.KindNotFound {
		return err
	}
	for _, alias := range d.Aliases {
		before, err := st.Dataset(ctx, alias)
		switch {
		case geo.KindOf(err) == geo.KindNotFound && err != nil, err == nil && (before.ID != alias || before.Removed):
			continue
		case err != nil:
			return err
		}
		entry := before.Dataset
		entry.ID, entry.Aliases = d.ID, d.Aliases
		return st.PutDataset(ctx, entry)
	}
	return nil
}

// putRemoved keeps the entry of a dataset that is none any more, in the place of
// its versions.
func putRemoved(ctx context.Context, st store.Store, d catalog.Dataset) error {
	before, err := st.Dataset(ctx, d.ID)
	if err == nil && before.ID == d.ID && alike(before.Dataset, d) || err != nil && geo.KindOf(err) != geo.KindNotFound {
		return err
	}
	return st.PutDataset(ctx, d)
}
