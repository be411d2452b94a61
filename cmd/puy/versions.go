package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/store/delta"
)

func runVersions(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "versions", "DATASET")
	storeURL := fs.storeFlag()
	asJSON := fs.Bool("json", false, "write a JSON array")
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return geo.Errorf(geo.KindUsage, "usage: puy versions DATASET [--store URL] [--json]")
	}
	st, d, kept, err := openVersions(ctx, env, *storeURL, rest[0])
	if err != nil {
		return err
	}
	defer st.Close()
	if *asJSON {
		return json.NewEncoder(env.stdout).Encode(kept)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	env.tell(w, "VERSION\tLOADED\tROWS\tCHANGES\tEDITS\tSOURCE")
	for i := range kept {
		v := &kept[i]
		name := strconv.FormatInt(v.Number, 10)
		if d.Current != nil && v.Number == d.Current.Number {
			name += " (current)"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%d\t%s\n", name, v.Loaded.Format(time.DateTime), v.Rows, changesOf(v), v.Edits, v.Source)
	}
	return w.Flush()
}

// openVersions opens a store, and gives a dataset of it with its versions.
func openVersions(ctx context.Context, env *environment, url, name string) (st store.Store, d store.Dataset, kept []catalog.Version, err error) {
	if st, err = openExisting(ctx, env, url); err != nil {
		return nil, d, nil, err
	}
	if d, err = st.Dataset(ctx, name); err == nil {
		kept, err = st.Versions(ctx, d.ID)
	}
	if err != nil {
		st.Close()
	}
	return st, d, kept, err
}

// changesOf tells in short what a version changed.
func changesOf(v *catalog.Version) string {
	if !v.Compared {
		return "–"
	}
	text := fmt.Sprintf("+%d −%d ~%d", v.Added, v.Removed, v.Modified)
	if v.Comparison != nil {
		text += fmt.Sprintf(" =%d since %d", v.Comparison.Unchanged, v.Comparison.Base)
	}
	return text
}

func runDiff(ctx context.Context, env *environment, args []string) error {
	const synopsis = "DATASET [FROM [TO]]"
	fs := newFlags(env, "diff", synopsis)
	storeURL := fs.storeFlag()
	rows := fs.Int("rows", 20, "how many features to show; 0 only counts")
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) < 1 || len(rest) > 3 || *rows < 0 {
		return geo.Errorf(geo.KindUsage, "usage: puy diff %s", synopsis)
	}
	st, d, kept, err := openVersions(ctx, env, *storeURL, rest[0])
	if err != nil {
		return err
	}
	defer st.Close()
	v, err := chooseVersions(&d, kept, rest[1:])
	if err != nil {
		return err
	}
	env.tell(env.stdout, "%s: version %d (%d rows) to version %d (%d rows)", d.ID, v.From.Number, v.From.Rows, v.To.Number, v.To.Rows)
	if !v.Comparable() {
		env.tell(env.stdout, "without a key, features cannot be compared")
		return nil
	}
	counts := map[store.DifferenceKind]int64{}
	shown := 0
	for c, err := range delta.Between(ctx, st, v, 0) {
		if err != nil {
			return err
		}
		if counts[c.Kind]++; shown < *rows {
			fmt.Fprintln(env.stdout, describeChange(&v, c))
			shown++
		}
	}
	if all := counts[store.Added] + counts[store.Removed] + counts[store.Modified]; all > int64(shown) {
		env.tell(env.stdout, "… and %d more", all-int64(shown))
	}
	env.tell(env.stdout, "%d inserted, %d updated, %d deleted, %d unchanged", counts[store.Added], counts[store.Modified], counts[store.Removed],
		v.To.Rows-counts[store.Added]-counts[store.Modified])
	return nil
}

// chooseVersions finds the versions that arguments name: to is the current one
// without any, from the one that it was compared with, or the newest before it.
func chooseVersions(d *store.Dataset, kept []catalog.Version, args []string) (delta.Versions, error) {
	v := delta.Versions{Dataset: d.ID, Kept: kept}
	if d.Current == nil {
		return v, geo.Errorf(geo.KindNotFound, "%s has no version", d.ID)
	}
	find := func(text string) (*catalog.Version, error) {
		for i := range kept {
			if strconv.FormatInt(kept[i].Number, 10) == text {
				return &kept[i], nil
			}
		}
		return nil, geo.Errorf(geo.KindNotFound, "%s keeps no version %s", d.ID, text)
	}
	to := strconv.FormatInt(d.Current.Number, 10)
	if len(args) > 1 {
		to = args[1]
	}
	var err error
	if v.To, err = find(to); err != nil {
		return v, err
	}
	switch {
	case len(args) > 0:
		v.From, err = find(args[0])
		return v, err
	case v.To.Comparison != nil:
		v.From, err = find(strconv.FormatInt(v.To.Comparison.Base, 10))
		return v, err
	}
	for i := range kept {
		if kept[i].Number < v.To.Number {
			v.From = &kept[i]
			return v, nil
		}
	}
	return v, geo.Errorf(geo.KindNotFound, "%s keeps no version before version %d", d.ID, v.To.Number)
}

// describeChange tells one change in a line.
func describeChange(v *delta.Versions, c *delta.Change) string {
	switch c.Kind {
	case store.Added:
		return "+ " + c.ID
	case store.Removed:
		return "− " + c.ID
	}
	value := func(schema *geo.Schema, f *geo.Feature, name string) string {
		i := schema.Index(name)
		if i < 0 || f.Values[i].IsNull() {
			return "null"
		}
		return geo.ClipValue(f.Values[i].String())
	}
	var parts []string
	for _, name := range c.Fields {
		parts = append(parts, name+": "+value(&v.From.Schema, c.Before, name)+" → "+value(&v.To.Schema, c.After, name))
	}
	if c.Geometry {
		parts = append(parts, "geometry")
	}
	return "~ " + c.ID + "  " + strings.Join(parts, "; ")
}
