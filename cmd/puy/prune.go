package main

import (
	"context"
	"fmt"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

func runPrune(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "prune", "[DATASET…]")
	storeURL := fs.storeFlag()
	count := fs.Int("keep", 0, "how many versions to keep, in the place of what the catalogue says")
	age := fs.Duration("age", 0, "keep also what is younger, as 720h")
	dry := fs.Bool("dry-run", false, "tell what would be dropped; drop nothing")
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if *count < 0 || *count > catalog.MaxKept || *age < 0 {
		return geo.Errorf(geo.KindUsage, "--keep wants a number from 1 to %d, --age a positive duration", catalog.MaxKept)
	}
	st, err := openExisting(ctx, env, *storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	datasets, err := chosenDatasets(ctx, st, rest)
	if err != nil {
		return err
	}
	for _, d := range datasets {
		keep := d.Keep
		if *count > 0 || *age > 0 {
			keep = catalog.Keep{Versions: *count, Age: *age}
		}
		dropped, err := prune(ctx, st, d, keep, *dry)
		if err != nil {
			return fmt.Errorf("%s: %w", d.ID, err)
		}
		for i := range dropped {
			env.tell(env.stdout, "%s: version %d of %s with %d rows", d.ID, dropped[i].Number, dropped[i].Loaded.Format(time.DateTime), dropped[i].Rows)
		}
	}
	return nil
}

func prune(ctx context.Context, st store.Store, d store.Dataset, keep catalog.Keep, dry bool) ([]catalog.Version, error) {
	if !dry {
		return st.Prune(ctx, d.ID, keep)
	}
	kept, err := st.Versions(ctx, d.ID)
	if err != nil || d.Current == nil {
		return nil, err
	}
	return keep.Drops(kept, d.Current.Number, time.Now()), nil
}

// chosenDatasets gives the datasets of these names, or all.
func chosenDatasets(ctx context.Context, st store.Store, names []string) (list []store.Dataset, err error) {
	if len(names) == 0 {
		return st.Datasets(ctx)
	}
	for _, name := range names {
		d, err := st.Dataset(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, nil
}

func runRemove(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "remove", "DATASET")
	storeURL := fs.storeFlag()
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return geo.Errorf(geo.KindUsage, "usage: puy remove DATASET")
	}
	st, err := openExisting(ctx, env, *storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	d, err := st.Dataset(ctx, rest[0])
	if err != nil {
		return err
	}
	if d.ID != rest[0] {
		return geo.Errorf(geo.KindInvalid, "%s is a former name of %s; name the dataset itself", rest[0], d.ID)
	}
	if d.Removed {
		return geo.Errorf(geo.KindConflict, "%s was removed already", d.ID)
	}
	d.Removed, d.Source = true, catalog.Source{}
	if err := st.PutDataset(ctx, d.Dataset); err != nil {
		return err
	}
	env.tell(env.stdout, "%s: removed, with all its versions; its addresses answer 410 from now on", d.ID)
	env.tell(env.stdout, "a catalogue that still has it would load it again: say removed: true there")
	return nil
}
