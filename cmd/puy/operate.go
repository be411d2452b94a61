package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/store"
)

func runList(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "list", "")
	storeURL := fs.storeFlag()
	asJSON := fs.Bool("json", false, "write a JSON array")
	removed := fs.Bool("removed", false, "list the datasets that were removed as well")
	refreshes := fs.Bool("refreshes", false, "list how datasets are brought up to date from their sources")
	if rest, err := fs.parse(args); err != nil {
		return err
	} else if len(rest) > 0 {
		return geo.Errorf(geo.KindUsage, "usage: puy list [--store URL] [--json] [--refreshes] [--removed]")
	}
	st, err := openExisting(ctx, env, *storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	datasets, err := st.Datasets(ctx)
	if err != nil {
		return err
	}
	if !*removed {
		datasets = slices.DeleteFunc(datasets, func(d store.Dataset) bool { return d.Removed })
	}
	if *refreshes {
		return listRefreshes(ctx, env, st, datasets, *asJSON)
	}
	if *asJSON {
		return json.NewEncoder(env.stdout).Encode(datasets)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	env.tell(w, "ID\tVERSION\tROWS\tGEOMETRY\tLOADED\tTITLE")
	for _, d := range datasets {
		version, rows, geometry, loaded := "–", "–", "–", "–"
		if d.Removed {
			version = "removed"
		} else if d.Source.IsArchive() {
			geometry = "tiles"
		} else if v := d.Current; v != nil {
			version, rows = fmt.Sprint(v.Number), fmt.Sprint(v.Rows)
			geometry, loaded = v.Schema.Geometry.String(), v.Loaded.Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, version, rows, geometry, loaded, d.Title.In("fr"))
	}
	return w.Flush()
}

func runRollback(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "rollback", "DATASET")
	storeURL := fs.storeFlag()
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return geo.Errorf(geo.KindUsage, "usage: puy rollback DATASET")
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
	v, err := st.Rollback(ctx, d.ID)
	if err != nil {
		return err
	}
	env.tell(env.stdout, "%s: version %d of %s with %d rows is current again", d.ID, v.Number, v.Loaded.Format(time.DateTime), v.Rows)
	return nil
}

func runExport(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "export", "DATASET -o FILE")
	storeURL := fs.storeFlag()
	out := fs.String("o", "", "the `file` to write; its extension tells the format")
	name := fs.String("format", "", "the `name` of the format, where the extension does not tell")
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || *out == "" {
		return geo.Errorf(geo.KindUsage, "usage: puy export DATASET -o FILE")
	}
	f, err := writable(*name, *out)
	if err != nil {
		return err
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
	if d.Source.IsArchive() {
		return geo.Errorf(geo.KindInvalid, "%s is an archive of tiles and has no features: %s", d.ID, d.Source.PMTiles)
	}
	if d.Current == nil {
		return geo.Errorf(geo.KindNotFound, "%s has no version yet", d.ID)
	}
	n, err := export(ctx, st, d.ID, d.Current, f, *out)
	if err != nil {
		return err
	}
	env.tell(env.stdout, "%s: %d features of version %d written to %s", d.ID, n, d.Current.Number, *out)
	return nil
}

// writable finds the format to write a file in.
func writable(name, path string) (format.Format, error) {
	for _, f := range known.Formats() {
		if f.NewWriter == nil {
			continue
		}
		if name == f.Name {
			return f, nil
		}
		for _, ext := range f.Extensions {
			if name == "" && strings.HasSuffix(strings.ToLower(path), ext) {
				return f, nil
			}
		}
	}
	return format.Format{}, geo.Errorf(geo.KindUsage, "puy cannot tell in which format to write %s; state it with --format", path)
}

// export writes to a temporary file beside path and renames it, so that path
// is never half a file.
func export(ctx context.Context, st store.Store, id string, v *catalog.Version, f format.Format, path string) (n int64, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".puy-export-*")
	if err != nil {
		return 0, geo.Errorf(geo.KindInvalid, "cannot write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	w, err := f.NewWriter(tmp, format.Layer{Name: id, Schema: v.Schema, CRS: crs.CRS84, Count: v.Rows, Bounds: v.Extent})
	if err != nil {
		return 0, err
	}
	for feature, err := range st.Features(ctx, id, store.Query{Version: v.Number}) {
		if err != nil {
			return n, err
		}
		if err := w.Write(feature); err != nil {
			return n, err
		}
		n++
	}
	if err := w.Close(); err != nil {
		return n, err
	}
	if err := tmp.Sync(); err != nil {
		return n, geo.Errorf(geo.KindInternal, "cannot write %s: %w", path, err)
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return n, geo.Errorf(geo.KindInternal, "cannot write %s: %w", path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return n, geo.Errorf(geo.KindInvalid, "cannot write %s: %w", path, err)
	}
	return n, nil
}
