package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/ingest"
	"puy/ingest/source"
	"puy/tiles/archive"
	"puy/tiles/tms"
)

// sourceFlags adds the flags that overrule what a reader would find.
func (fs *flagSet) sourceFlags(d *catalog.Dataset) {
	s := &d.Source
	fs.StringVar(&d.Key, "key", "", "the `column` that identifies a row from version to version")
	fs.StringVar(&d.Time, "time", "", "the date `column` that datetime= filters")
	fs.StringVar(&d.Schema, "schema", "", "the `schema` that rows are to conform to: a name as cycle-lanes, a file or a URL")
	fs.StringVar(&s.Format, "format", "", "the `name` of the file's format, where it is not detected")
	fs.StringVar(&s.Layer, "layer", "", "the `name` of the layer, in a file with several")
	fs.StringVar(&s.CRS, "crs", "", "the CRS of the coordinates, as EPSG:2154")
	fs.StringVar(&s.Encoding, "encoding", "", "the text encoding, as utf-8 or windows-1252")
	fs.StringVar(&s.Delimiter, "delimiter", "", "the delimiter of a CSV file")
	fs.StringVar(&s.Decimal, "decimal", "", "the decimal mark of a CSV file: . or ,")
	fs.StringVar(&s.Geometry, "geometry", "", "the `column` that holds the geometry, or none")
	fs.StringVar(&s.Header, "header", "", "what the first `line` of a CSV file is: first for the header, or none")
	fs.StringVar(&s.Axes, "axes", "", "the `order` in which coordinates stand: xy or yx")
	fs.Func("tags", "of OpenStreetMap PBF: the `tags` of what is meant, as highway=cycleway; several times for one or another", func(text string) error {
		s.Tags = append(s.Tags, text)
		return nil
	})
	fs.StringVar(&s.X, "x", "", "the `column` of longitude or easting")
	fs.StringVar(&s.Y, "y", "", "the `column` of latitude or northing")
}

// repairFlag adds the flag for Dataset.Repair.
func (fs *flagSet) repairFlag(d *catalog.Dataset) {
	fs.BoolVar(&d.Repair, "repair", false, "make invalid areas valid, and tell what became of each")
}

func runIngest(ctx context.Context, env *environment, args []string) error {
	const synopsis = "--catalog DIR [DATASET…] | FILE --id ID | --accept-shrink DATASET…"
	fs := newFlags(env, "ingest", synopsis)
	storeURL := fs.storeFlag()
	dir := fs.String("catalog", "", "the `folder` of a catalogue: portal.yaml and one YAML file a dataset")
	asJSON := fs.Bool("json", false, "tell progress, problems and reports as JSON lines on standard output")
	private := fs.Bool("allow-private", false, "sources may be at addresses of private networks")
	shrink := fs.Bool("accept-shrink", false, "publish also what has less than half the rows of before; without --catalog, for datasets that the store knows")
	force := fs.Bool("force", false, "load also what has not changed")
	reports := fs.reportFlags()
	var accepted catalog.Share
	fs.TextVar(&accepted, "accept-errors", catalog.Share(0), "the `share` of rows, as 5%, that may be left out for their errors, instead of accept_errors of the entry")
	var d catalog.Dataset
	fs.StringVar(&d.ID, "id", "", "the `id` of the dataset that FILE becomes")
	fs.StringVar(&d.Title.FR, "title", "", "its title, when it is new")
	fs.sourceFlags(&d)
	fs.repairFlag(&d)
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	opt := ingest.Options{AcceptErrors: float64(accepted)}
	if *dir != "" || *shrink && d.ID == "" {
		if *dir == "" && len(rest) == 0 {
			return geo.Errorf(geo.KindUsage, "--accept-shrink wants the ids of datasets")
		}
		if d.ID != "" {
			return geo.Errorf(geo.KindUsage, "--catalog and --id exclude each other")
		}
		return ingestCatalogue(ctx, env, *storeURL, *dir, ingest.ApplyOptions{Options: opt, Only: rest, Force: *force,
			AcceptShrink: *shrink, Fetch: source.Options{Private: *private, Getenv: env.getenv}}, *asJSON, reports)
	}
	if len(rest) != 1 || d.ID == "" {
		return geo.Errorf(geo.KindUsage, "usage: puy ingest %s", synopsis)
	}
	if err := catalog.CheckID(d.ID); err != nil {
		return err
	}
	if err := d.Source.CheckReading(); err != nil {
		return err
	}
	return ingestFile(ctx, env, *storeURL, rest[0], d, opt, *asJSON, reports)
}

// ingestCatalogue applies the catalogue of a folder, or, without one, what the
// store knows of it.
func ingestCatalogue(ctx context.Context, env *environment, storeURL, dir string, opt ingest.ApplyOptions, asJSON bool, reports *reportFiles) error {
	c := &catalog.Catalogue{}
	if dir != "" {
		var err error
		if c, err = catalog.Load(dir); err != nil {
			return err
		}
	}
	for i, definition := range c.Portal.TileMatrixSets {
		if _, err := tms.Parse(definition); err != nil {
			return fmt.Errorf("%s: %w", c.Portal.SetFiles[i], err)
		}
	}
	open := openStore
	if dir == "" {
		open = openExisting
	}
	st, err := open(ctx, env, storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	if dir == "" {
		if c, err = storedCatalogue(ctx, st); err != nil {
			return err
		}
	}
	o := newObserver(env, asJSON)
	opt.Observer, opt.CheckArchive, opt.Refreshes = o, archive.Check, st
	opt.Start = func(d catalog.Dataset) { o.begin(d.ID) }
	opt.Done = func(_ catalog.Dataset, r *ingest.Report, err error) {
		o.end(r, err)
		reports.add(r, err)
	}
	return reports.write(ingest.Apply(ctx, st, c, opt))
}

// ingestFile loads one file as dataset d. A dataset that the store already has
// keeps its entry, and flags that are not given keep what the entry says.
func ingestFile(ctx context.Context, env *environment, storeURL, path string, d catalog.Dataset, opt ingest.Options, asJSON bool, reports *reportFiles) error {
	src, remove, err := openFile(ctx, env, path)
	if err != nil {
		return err
	}
	defer remove()
	st, err := openStore(ctx, env, storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	before, err := st.Dataset(ctx, d.ID)
	known := err == nil
	if known {
		d = override(before.Dataset, d)
	} else if geo.KindOf(err) != geo.KindNotFound {
		return err
	}
	d.Source = d.Source.OfFile(src.Name())
	if d.Title.IsZero() {
		d.Title.FR = d.ID
	}
	if !known {
		if err := st.PutDataset(ctx, d); err != nil {
			return err
		}
	}
	o := newObserver(env, asJSON)
	opt.Observer = o
	o.begin(d.ID)
	r, err := ingest.Load(ctx, st, d, src, opt)
	o.end(r, err)
	reports.add(r, err)
	if err != nil && !known {
		// A mistyped id or file must not stand in lists; what ended the load may have
		// ended its context.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, st.Forget(ctx, d.ID))
	}
	if err == nil && known {
		err = st.PutDataset(ctx, d) // what the flags say holds from this version on
	}
	return reports.correct(ctx, d, src, r, reports.write(err))
}

// override gives the entry d with what the flags say.
func override(d, flags catalog.Dataset) catalog.Dataset {
	for _, v := range []struct{ to, from *string }{
		{&d.Title.FR, &flags.Title.FR}, {&d.Key, &flags.Key}, {&d.Time, &flags.Time}, {&d.Schema, &flags.Schema}, {&d.Source.Format, &flags.Source.Format},
		{&d.Source.Layer, &flags.Source.Layer}, {&d.Source.CRS, &flags.Source.CRS}, {&d.Source.Encoding, &flags.Source.Encoding},
		{&d.Source.Delimiter, &flags.Source.Delimiter}, {&d.Source.Decimal, &flags.Source.Decimal},
		{&d.Source.Geometry, &flags.Source.Geometry}, {&d.Source.Axes, &flags.Source.Axes}, {&d.Source.Header, &flags.Source.Header}, {&d.Source.X, &flags.Source.X}, {&d.Source.Y, &flags.Source.Y},
	} {
		if *v.from != "" {
			*v.to = *v.from
		}
	}
	if flags.Source.Tags != nil {
		d.Source.Tags = flags.Source.Tags
	}
	d.Repair = d.Repair || flags.Repair
	return d
}

// openFile opens path, which may be the folder of a GTFS feed, or standard input for "-".
func openFile(ctx context.Context, env *environment, path string) (src *format.Source, remove func(), err error) {
	if isFolder(path) {
		feed, err := source.OpenFeed(ctx, path, source.Options{})
		if err != nil {
			return nil, nil, err
		}
		return feed.Source, func() { feed.Close() }, nil //nolint:errcheck // the system removes what is temporary
	}
	if path != "-" {
		src, err = format.OpenSource(path, "")
		return src, func() {}, err
	}
	f, err := os.CreateTemp("", "puy-stdin-*")
	if err != nil {
		return nil, nil, geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	remove = func() { os.Remove(f.Name()) }
	n, err := copyUntil(ctx, f, env.stdin)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	switch {
	case err != nil:
		err = geo.Errorf(geo.KindInvalid, "cannot read standard input: %w", err)
	case n == 0:
		err = geo.Errorf(geo.KindInvalid, "standard input is empty")
	default:
		src, err = format.OpenSource(f.Name(), "stdin")
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	return src, remove, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// copyUntil is io.Copy that the end of ctx ends, also while r waits; then a
// Read of r may still be under way.
func copyUntil(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	type outcome struct {
		n   int64
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		n, err := io.Copy(w, r)
		done <- outcome{n, err}
	}()
	select {
	case o := <-done:
		return o.n, o.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
