package postgis

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

const versionColumns = `v.number, v.loaded, v.source, v.checksum, v.rows, v.rejected, v.compared, v.added, v.removed, v.modified,
	v.extent, v.time_start, v.time_end, v.schema, v.edits, v.edited, v.keyed, v.comparison`

// versionRow is versionColumns, where all are null if there is no version.
type versionRow struct {
	number, rows, rejected, added, removed, modified, edits *int64
	loaded, timeStart, timeEnd, edited                      *time.Time
	source, checksum                                        *string
	compared, keyed                                         *bool
	extent                                                  []float64
	schema, comparison                                      []byte
}

func (r *versionRow) targets() []any {
	return []any{&r.number, &r.loaded, &r.source, &r.checksum, &r.rows, &r.rejected, &r.compared, &r.added, &r.removed, &r.modified,
		&r.extent, &r.timeStart, &r.timeEnd, &r.schema, &r.edits, &r.edited, &r.keyed, &r.comparison}
}

// version turns a row that is not null into a Version.
func (r *versionRow) version() (catalog.Version, error) {
	v := catalog.Version{
		Number: *r.number, Loaded: r.loaded.UTC(), Source: *r.source, Checksum: *r.checksum, Rows: *r.rows, Rejected: *r.rejected,
		Compared: *r.compared, Added: *r.added, Removed: *r.removed, Modified: *r.modified, Extent: geo.EmptyBounds(),
		Edits: *r.edits, Keyed: *r.keyed,
	}
	if len(r.extent) == 4 {
		v.Extent = geo.Bounds{MinX: r.extent[0], MinY: r.extent[1], MaxX: r.extent[2], MaxY: r.extent[3]}
	}
	if r.timeStart != nil && r.timeEnd != nil {
		v.Time = geo.Interval{Start: r.timeStart.UTC(), End: r.timeEnd.UTC()}
	}
	if r.edited != nil {
		v.Edited = r.edited.UTC()
	}
	if r.comparison != nil {
		if err := json.Unmarshal(r.comparison, &v.Comparison); err != nil {
			return v, err
		}
	}
	err := json.Unmarshal(r.schema, &v.Schema)
	return v, err
}

// Versions implements store.Store.
func (s *Store) Versions(ctx context.Context, id string) ([]catalog.Version, error) {
	ctx, done := s.bind(ctx)
	defer done()
	return versionsOf(ctx, s.pool, id)
}

func versionsOf(ctx context.Context, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}, id string) ([]catalog.Version, error) {
	rows, err := q.Query(ctx, "SELECT "+versionColumns+` FROM puy.datasets d LEFT JOIN puy.versions v ON v.dataset = d.number
		WHERE d.id = $1 ORDER BY v.number DESC`, id)
	if err != nil {
		return nil, fail(ctx, err, "list the versions of %q", id)
	}
	defer rows.Close()
	var list []catalog.Version
	known := false
	for rows.Next() {
		known = true
		var r versionRow
		if err := rows.Scan(r.targets()...); err != nil {
			return nil, fail(ctx, err, "list the versions of %q", id)
		}
		if r.number == nil {
			continue
		}
		v, err := r.version()
		if err != nil {
			return nil, fail(ctx, err, "list the versions of %q", id)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fail(ctx, err, "list the versions of %q", id)
	}
	if !known {
		return nil, noDataset(id)
	}
	return list, nil
}

// Report implements store.Store.
func (s *Store) Report(ctx context.Context, id string, version int64) (json.RawMessage, error) {
	ctx, done := s.bind(ctx)
	defer done()
	var report []byte
	err := s.pool.QueryRow(ctx, `SELECT v.report FROM puy.datasets d JOIN puy.versions v ON v.dataset = d.number
		WHERE d.id = $1 AND v.number = $2`, id, version).Scan(&report)
	if err == pgx.ErrNoRows {
		return nil, noVersion(id, version)
	}
	return report, fail(ctx, err, "read the report of %q", id)
}

func noVersion(id string, number int64) error {
	if number == 0 {
		return geo.Errorf(geo.KindNotFound, "nothing has been loaded into dataset %q", id)
	}
	return geo.Errorf(geo.KindNotFound, "dataset %q has no version %d", id, number)
}

// Differences implements store.Store.
func (s *Store) Differences(ctx context.Context, id string, version, after int64) iter.Seq2[store.Difference, error] {
	return func(yield func(store.Difference, error) bool) {
		ctx, done := s.bind(ctx)
		defer done()
		if version == 0 { // which elsewhere means the current one
			yield(store.Difference{}, geo.Errorf(geo.KindNotFound, "dataset %q has no version 0", id))
			return
		}
		sql := func(t *table) (string, []any, error) {
			if !t.compared {
				return "SELECT 0::bigint, ''::text, ''::text WHERE false", nil, nil
			}
			return "SELECT fid, kind, id FROM " + t.differences() + " WHERE fid > $1 ORDER BY fid", []any{after}, nil
		}
		err := s.stream(ctx, reading{versionName: versionName{id, version}, build: sql}, func(raw [][]byte) (bool, error) {
			return yield(store.Difference{FID: int64(bigEndian.Uint64(raw[0])), Kind: store.DifferenceKind(raw[1]), ID: string(raw[2])}, nil), nil
		})
		if err != nil {
			yield(store.Difference{}, err)
		}
	}
}
