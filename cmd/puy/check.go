package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
)

const checkSynopsis = "FILE [--layer NAME] [--entry FILE]"

// runCheck loads into a store of its own that it throws away, so that a check
// and a load can never disagree.
func runCheck(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "check", checkSynopsis)
	asJSON := fs.Bool("json", false, "tell problems and the report as JSON lines")
	entryFile := fs.String("entry", "", "write the catalogue entry that loads the file to this `file`")
	var accepted catalog.Share
	fs.TextVar(&accepted, "accept-errors", catalog.Share(0), "the `share` of rows, as 5%, that may have errors")
	reports := fs.reportFlags()
	var place territory
	fs.Var(&place, "territory", "where features are expected: `W,S,E,N` in degrees")
	var d catalog.Dataset
	fs.sourceFlags(&d)
	fs.repairFlag(&d)
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return geo.Errorf(geo.KindUsage, "usage: puy check %s", checkSynopsis)
	}
	if err := d.Source.CheckReading(); err != nil {
		return err
	}
	d.Territory = place
	src, remove, err := openFile(ctx, env, rest[0])
	if err != nil {
		return err
	}
	defer remove()
	dir, err := os.MkdirTemp("", "puy-check-*")
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot make a temporary folder: %w", err)
	}
	defer os.RemoveAll(dir)
	st, err := openStore(ctx, env, "gpkg:"+filepath.Join(dir, "check.gpkg"))
	if err != nil {
		return err
	}
	defer st.Close()
	d.ID = "check"
	if err := st.PutDataset(ctx, d); err != nil {
		return err
	}
	o := newObserver(env, *asJSON)
	o.begin(strings.TrimSuffix(src.Name(), ".gz"))
	r, err := ingest.Load(ctx, st, d, src, ingest.Options{AcceptErrors: float64(accepted), DryRun: true, Observer: o})
	r.Dataset = ""
	if r.Found != nil && isFolder(rest[0]) {
		r.Found.Path, r.Found.Folder = rest[0], true
	}
	o.end(r, err)
	reports.add(r, err)
	err = reports.correct(ctx, d, src, r, reports.write(err))
	if entryErr := tellEntry(env, d, r, *entryFile, *asJSON); err == nil {
		err = entryErr
	}
	return err
}

// tellEntry prints what was found and the entry, or writes the entry to a file.
func tellEntry(env *environment, d catalog.Dataset, r *ingest.Report, file string, asJSON bool) error {
	entry := ingest.Proposal(d, r, env.language())
	if entry == "" {
		return nil
	}
	if !asJSON {
		table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
		for _, f := range ingest.Described(r) {
			fmt.Fprintf(table, "  %s\t%s\n", f.Label.In(env.language()), printable(f.Value.In(env.language())))
		}
		table.Flush() //nolint:errcheck // a reader that went away must not break the check
	}
	if file != "" {
		if err := os.WriteFile(file, []byte(entry), 0o644); err != nil {
			return geo.Errorf(geo.KindInvalid, "cannot write %s: %w", file, err)
		}
		return nil
	}
	if !asJSON {
		fmt.Fprintf(env.stdout, "---\n%s", entry)
	}
	return nil
}

// territory is a flag such as "2.9,45.6,3.4,45.9".
type territory []float64

func (t *territory) String() string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint([]float64(*t))), ","), "[]")
}

func (t *territory) Set(text string) error {
	var box [4]float64
	if n, err := fmt.Sscanf(text, "%g,%g,%g,%g", &box[0], &box[1], &box[2], &box[3]); n != 4 || err != nil || box[0] >= box[2] || box[1] >= box[3] {
		return geo.Errorf(geo.KindUsage, "west,south,east,north in degrees is expected")
	}
	*t = box[:]
	return nil
}
