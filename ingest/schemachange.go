package ingest

import (
	"context"
	"strings"

	"puy/geo"
	"puy/ingest/source"
	"puy/store"
)

// schemaChanged tells whether the schema that d names is another than the one
// that its current version was checked against, by their content.
func schemaChanged(ctx context.Context, st store.Store, d *store.Dataset, opt source.Options) (bool, error) {
	text, err := st.Report(ctx, d.ID, d.Current.Number)
	if err != nil {
		return false, err
	}
	e, err := ReadExamination(text)
	if err != nil {
		return false, geo.Errorf(geo.KindInternal, "the report of %s cannot be read: %w", d.ID, err)
	}
	if _, pin, pinned := strings.Cut(d.Schema, "#sha256="); pinned && e.Schema != nil && strings.EqualFold(pin, e.Schema.Checksum) {
		return false, nil
	}
	if d.Schema == "" {
		return e.Schema != nil, nil
	}
	s, _, err := openSchema(ctx, d.Schema, opt)
	switch {
	case err != nil:
		return false, err
	case s == nil || e.Schema == nil:
		return s != nil || e.Schema != nil, nil
	}
	return s.Checksum != e.Schema.Checksum, nil
}
