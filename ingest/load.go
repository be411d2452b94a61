package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/place"
	"puy/ingest/source"
	"puy/store"
)

// Options of a load.
type Options struct {
	// AcceptErrors is the share of rows, 0 to 1, that may have errors and be
	// left out without stopping the version; 0: what the dataset's entry says.
	AcceptErrors float64
	// DryRun checks everything and commits nothing.
	DryRun   bool
	Observer Observer // nil for nobody
	// Source is what versions and pages tell of where it comes from; empty for
	// the file's name.
	Source string
	// HoldBelow is how many rows a version needs not to be held for a person.
	HoldBelow int64
	// Schemas says where schemas that datasets name are, and what may be fetched.
	Schemas source.Options
}

// Load reads src and makes it the next version of dataset d, which the store
// must have. The report is given also with an error, as far as it came. A
// source with more bad rows than accepted gives an error of KindInvalid.
func Load(ctx context.Context, st store.Store, d catalog.Dataset, src *format.Source, opt Options) (*Report, error) {
	if opt.Observer == nil {
		opt.Observer = silent{}
	}
	opt.AcceptErrors = cmp.Or(opt.AcceptErrors, float64(d.AcceptErrors))
	l := &loading{dataset: d, opt: opt, report: &Report{Dataset: d.ID, Source: cmp.Or(opt.Source, src.Name()), Started: time.Now().UTC(), Fields: []ReportField{}}}
	err := geo.DiskFull(l.run(ctx, st, src))
	l.report.Seconds = time.Since(l.report.Started).Seconds()
	return l.report, err
}

// loading is one load on its way.
type loading struct {
	dataset catalog.Dataset
	opt     Options
	report  *Report
	conform *conformity // nil without a schema
	ids     idRuns      // of a dry run
	keyed   bool        // rows have ids, which are compared
	located bool        // some row that is stored has a geometry
	keys    *candidates // of a dry run, as layers
	layers  []string
	// crsGuessed tells that the file does not say its CRS, or a wrong one.
	crsGuessed bool
	axes       string // the order of coordinates in the file: "xy" or "yx"
}

func (l *loading) note(p geo.Problem, s Severity) { l.tell(severe{Problem: p, severity: s}) }

func (l *loading) run(ctx context.Context, st store.Store, src *format.Source) error {
	l.opt.Observer.Progress(Progress{Phase: Detecting, Total: src.Size()})
	var err error
	if l.report.Checksum, err = src.Checksum(); err != nil {
		return err
	}
	if err := l.findSchema(ctx); err != nil {
		return err
	}
	reader, err := l.open(ctx, src)
	if err != nil {
		return err
	}
	closeReader := sync.OnceValue(reader.Close)
	defer closeReader() //nolint:errcheck // what was read is read
	check, err := l.prepare(reader.Layer())
	if err != nil {
		return err
	}
	var source format.Reader = reader
	if check.transform != nil {
		source = l.orient(reader, check)
	}
	spec := store.LoadSpec{
		Schema: check.schema, Source: l.report.Source, Checksum: l.report.Checksum,
		Keyed: check.key >= 0 || check.hasIDs, Time: l.dataset.Time,
	}
	l.keyed = spec.Keyed
	if l.opt.DryRun {
		spec.Schema, spec.Time = geo.Schema{}, "" // only keys matter then
		l.keys = newCandidates(&check.schema)
		l.report.Found = l.findings(reader.Layer(), src)
	}
	load, err := st.Begin(ctx, l.dataset.ID, spec)
	if err != nil {
		return err
	}
	defer load.Abort() //nolint:errcheck // after Commit it does nothing; before, the first error is the one to tell
	err = l.stream(ctx, source, check, load)
	closeReader() //nolint:errcheck // its memory is wanted for what follows
	if l.keys != nil {
		l.report.Found.Keys = l.keys.found(l.report.Found.Geometry)
	}
	if err != nil {
		return err
	}
	l.opt.Observer.Progress(Progress{Phase: Finishing, Rows: l.report.Rows})
	if err := l.wholeFile(ctx, check.shapes); err != nil {
		return err
	}
	check.shapes = nil
	return l.finish(ctx, st, load, spec.Keyed)
}

// prepare completes the schema with what the catalogue declares, and finds the CRS.
func (l *loading) prepare(layer format.Layer) (*rows, error) {
	for _, p := range layer.Warnings {
		if p.Rule != geo.RuleUnknownCRS { // crs decides what that one means
			l.note(p, Warning)
		}
	}
	check := &rows{schema: layer.Schema, key: -1, hasIDs: layer.HasIDs && l.dataset.Key == ""}
	s := &check.schema
	l.matchSchema(check)
	for _, declared := range l.dataset.Fields {
		i := s.Index(declared.Name)
		if i < 0 {
			l.note(geo.Problem{Column: declared.Name, Rule: geo.RuleMissingColumn}, Warning)
			continue
		}
		s.Fields[i].Title, s.Fields[i].Unit = declared.Title, declared.Unit
		if declared.Description != (geo.Localized{}) { // else that of the format or the schema stays
			s.Fields[i].Description = declared.Description
		}
	}
	for i := range s.Fields {
		if s.Fields[i].Type == geo.TypeNull {
			s.Fields[i].Type = geo.TypeText // nothing but nulls: any type will do
		}
		l.report.Fields = append(l.report.Fields, ReportField{s.Fields[i].Name, s.Fields[i].Type})
	}
	if key := l.dataset.Key; key != "" {
		if check.key = s.Index(key); check.key < 0 {
			l.note(geo.Problem{Column: key, Rule: geo.RuleMissingColumn}, Error)
			return nil, geo.Errorf(geo.KindInvalid, "the key column %q is not in the file", key)
		}
		s.Key = key
	}
	if name := l.dataset.Time; name != "" {
		i := s.Index(name)
		if i < 0 {
			l.note(geo.Problem{Column: name, Rule: geo.RuleMissingColumn}, Error)
			return nil, geo.Errorf(geo.KindInvalid, "the time column %q is not in the file", name)
		}
		if t := s.Fields[i].Type; t != geo.TypeDate && t != geo.TypeDateTime {
			l.note(geo.Problem{Column: name, Value: t.String(), Rule: geo.RuleType}, Error)
			return nil, geo.Errorf(geo.KindInvalid, "the time column %q is of type %s, not date or date-time", name, t)
		}
	}
	if column, err := l.dataset.Tiles.Cluster.CheckSchema(s); err != nil {
		problem := geo.Problem{Column: column, Rule: geo.RuleMissingColumn}
		if i := s.Index(column); i >= 0 {
			problem.Rule, problem.Value = geo.RuleType, s.Fields[i].Type.String()
		}
		l.note(problem, Error)
		return nil, err
	}
	l.report.Geometry, l.report.HasZ = s.Geometry, s.HasZ
	l.report.Layer, l.report.Encoding, l.report.Delimiter = layer.Name, layer.Encoding, layer.Delimiter
	if !s.Spatial() {
		return check, nil
	}
	code, err := l.crs(layer)
	if err != nil {
		return nil, err
	}
	l.report.CRS = code.String()
	if check.transform, err = crs.New(code); err != nil {
		return nil, err
	}
	check.shapes = l.shapesOf(check, layer.Trail.Geometry)
	return check, nil
}

// crs decides in which CRS a layer's coordinates are: as stated in the
// catalogue, as the file says, or longitude and latitude if they can be that.
func (l *loading) crs(layer format.Layer) (crs.Code, error) {
	if layer.CRS != crs.Unknown {
		if _, known := crs.Lookup(layer.CRS); known {
			return layer.CRS, nil
		}
		l.note(geo.Problem{Value: layer.CRS.String(), Rule: geo.RuleUnknownCRS}, Error)
		return 0, geo.Errorf(geo.KindInvalid, "puy does not know the CRS %s", layer.CRS)
	}
	for _, p := range layer.Warnings {
		if p.Rule == geo.RuleUnknownCRS {
			l.note(p, Error)
			return 0, geo.Errorf(geo.KindInvalid, "puy does not know the CRS %s that the file names", p.Value).
				WithHint("state one that it knows with --crs EPSG:… or source.crs, if the coordinates are in it")
		}
	}
	b := layer.Bounds
	const rounding = 1e-3 // that of coordinates at the antimeridian
	if b.IsEmpty() || b.MinX >= -180-rounding && b.MaxX <= 180+rounding && b.MinY >= -90-rounding && b.MaxY <= 90+rounding {
		return crs.CRS84, nil
	}
	if code := place.Guess(b); code != crs.Unknown {
		l.guessed(code)
		return code, nil
	}
	l.note(geo.Problem{Value: position(b.MinX, b.MinY), Rule: geo.RuleUnknownCRS}, Error)
	return 0, geo.Errorf(geo.KindInvalid, "the file does not tell its CRS, and its coordinates are not degrees").
		WithHint("state it with --crs EPSG:… or source.crs")
}

// stream takes all rows from the reader to the load. One goroutine reads and
// checks, another stores; a few batches go round between them.
func (l *loading) stream(ctx context.Context, reader format.Reader, check *rows, load store.Load) error {
	group, ctx := errgroup.WithContext(ctx)
	const batches = 8
	free, full := make(chan *batch, batches), make(chan *batch, batches)
	for range batches {
		free <- newBatch()
	}
	group.Go(func() error {
		defer close(full)
		row := int64(0)
		for {
			var b *batch
			select {
			case b = <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
			row = check.fill(reader, b, row)
			end := b.err != nil // b is not ours any more once it is sent
			full <- b
			if end {
				return nil
			}
		}
	})
	group.Go(func() error {
		for b := range full {
			if err := l.take(ctx, b, load); err != nil {
				return err
			}
			b.release()
			free <- b
		}
		return ctx.Err()
	})
	return group.Wait()
}

// take stores one batch and tells its problems.
func (l *loading) take(ctx context.Context, b *batch, load store.Load) error {
	for i := range b.problems {
		l.tell(b.problems[i])
	}
	l.report.Rows, l.report.Rejected = b.rows, l.report.Rejected+b.rejected
	for i := range b.features[:b.n] {
		f := &b.features[i]
		l.located = l.located || !f.Geometry.IsEmpty()
		if l.opt.DryRun {
			l.keys.add(f.Values)
			if !l.keyed || l.ids.add(f.FID, f.ID) {
				continue
			}
			if err := l.ids.release(func(row int64, id string) error { return load.Write(ctx, &geo.Feature{FID: row, ID: id}) }); err != nil {
				return err
			}
			f = &geo.Feature{FID: f.FID, ID: f.ID}
		}
		if err := load.Write(ctx, f); err != nil {
			return err
		}
	}
	l.opt.Observer.Progress(Progress{Phase: Loading, Rows: b.rows, Done: b.done, Total: b.total})
	if b.err != nil && !errors.Is(b.err, io.EOF) {
		return b.err
	}
	return nil
}

// finish decides whether what was read becomes a version.
func (l *loading) finish(ctx context.Context, st store.Store, load store.Load, keyed bool) error {
	if keyed && (!l.opt.DryRun || l.ids.full) {
		n, first, err := load.Duplicates(ctx, MaxEntries)
		if err != nil {
			return err
		}
		for _, d := range first {
			l.note(geo.Problem{Row: d.Row, Column: l.dataset.Key, Value: d.ID, Rule: geo.RuleDuplicateKey, Detail: fmt.Sprintf("row %d", d.First)}, Error)
		}
		l.report.Errors += n - int64(len(first))
		if l.report.Rejected += n; n > int64(len(first)) {
			l.report.Rules[geo.RuleDuplicateKey] = n
		}
	}
	if err := l.finishSchema(); err != nil {
		return err
	}
	// An empty file is more often a failed export than the truth.
	if l.report.Rows == 0 && l.opt.AcceptErrors < 1 {
		l.note(geo.Problem{Rule: geo.RuleEmpty}, Error)
		l.report.Reason = store.ReasonEmpty
		return geo.Errorf(geo.KindInvalid, "the file has no row; the version that was served stays").
			WithHint("--accept-errors 100%% publishes an empty version")
	}
	// The quotient, not a product, so that 29 of 100 rows are 29%.
	if rejected := l.report.Rejected; rejected > 0 && float64(rejected)/float64(l.report.Rows) > l.opt.AcceptErrors {
		l.report.Reason = store.ReasonRows
		return geo.Errorf(geo.KindInvalid, "%d of %d rows have errors; the version that was served stays", rejected, l.report.Rows).
			WithHint("correct the source, or accept some with --accept-errors 5%%, or accept_errors: 5%% in the catalogue")
	}
	if left := l.report.Rows - l.report.Rejected; left < l.opt.HoldBelow {
		l.report.Held, l.report.Reason = true, store.ReasonShrunk
		return geo.Errorf(geo.KindConflict, "the source has only %d rows, less than half of before; the version that is served stays", left).
			WithHint("if that is right, publish it with puy ingest --accept-shrink " + l.dataset.ID)
	}
	if l.opt.DryRun {
		return nil
	}
	if err := l.judge(ctx, st); err != nil {
		return err
	}
	text, err := json.Marshal(l.report)
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write the report: %w", err)
	}
	v, err := load.Commit(ctx, store.Outcome{Report: text, Rejected: l.report.Rejected})
	if err == nil {
		l.report.Version = &v
	}
	return err
}
