package gpkg

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	gp "puy/geo/format/gpkg"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

type versionKey struct{ dataset, number int64 }

// version is a row of puy_versions.
type version struct {
	catalog.Version
	key     versionKey
	keyed   bool
	columns []string // of the schema's fields
}

const (
	fidColumn      = "fid"
	geometryColumn = "geom"
	idColumn       = "feature_id"
)

// oldName is what the table of a version is called while it is not current.
func (k versionKey) oldName() string { return fmt.Sprintf("puy_v_%d_%d", k.dataset, k.number) }

// table describes the table of v, which is called as the dataset while it is current.
func (v *version) table(d *dataset) *gp.Table {
	t := &gp.Table{Name: d.entry.ID, Key: fidColumn, Geometry: geometryColumn, Schema: v.Schema, Columns: v.columns,
		SRS: 4326, Bounds: v.Extent, Rows: v.Rows, Changed: v.Loaded}
	if v.keyed {
		t.Extra = []string{idColumn}
	}
	return t
}

// names gives the table and the R-tree of v as they are now.
func (v *version) names(d *dataset) (table, rtree string) {
	if v.Number == d.current {
		t := v.table(d)
		return t.Name, t.RTree()
	}
	return v.key.oldName(), v.key.oldName() + "_rtree"
}

const maxCachedVersions = 1000

// version gives a kept version by its number, as edits have made it.
func (s *Store) version(ctx context.Context, q queryer, d *dataset, number int64) (*version, error) {
	var now edited
	err := q.QueryRowContext(ctx, "SELECT "+editedColumns+" FROM puy_edits e WHERE dataset = ? AND version = ?", d.number, number).Scan(now.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, geo.Errorf(geo.KindNotFound, "the dataset %q has no version %d", d.entry.ID, number)
	} else if err != nil {
		return nil, err
	}
	key := versionKey{d.number, number}
	s.mu.Lock()
	loaded := s.versions[key]
	s.mu.Unlock()
	if loaded == nil {
		rows, err := readVersions(ctx, q, "WHERE v.dataset = ? AND number = ?", d.number, number)
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		loaded = rows[0]
		s.mu.Lock()
		if len(s.versions) >= maxCachedVersions {
			clear(s.versions)
		}
		s.versions[key] = loaded
		s.mu.Unlock()
	}
	v := *loaded
	now.apply(&v)
	return &v, nil
}

// edited is a row of puy_edits: the part of a version that edits in place change.
type edited struct {
	edits, rows int64
	last        sql.NullInt64 // milliseconds since 1970
	box         [4]sql.NullFloat64
}

const editedColumns = "e.edits, e.edited, e.rows, e.min_x, e.min_y, e.max_x, e.max_y"

func (e *edited) dest() []any {
	return []any{&e.edits, &e.last, &e.rows, &e.box[0], &e.box[1], &e.box[2], &e.box[3]}
}

func (e *edited) apply(v *version) {
	v.Edits, v.Rows, v.Extent, v.Edited = e.edits, e.rows, geo.EmptyBounds(), time.Time{}
	if e.last.Valid {
		v.Edited = time.UnixMilli(e.last.Int64).UTC()
	}
	if e.box[0].Valid {
		v.Extent = geo.Bounds{MinX: e.box[0].Float64, MinY: e.box[1].Float64, MaxX: e.box[2].Float64, MaxY: e.box[3].Float64}
	}
}

// currentVersion gives the version that a query without a number reads.
func (s *Store) currentVersion(ctx context.Context, q queryer, d *dataset) (*version, error) {
	if d.current == 0 {
		return nil, geo.Errorf(geo.KindNotFound, "the dataset %q has no version yet", d.entry.ID)
	}
	return s.version(ctx, q, d, d.current)
}

func readVersions(ctx context.Context, q queryer, where string, args ...any) ([]*version, error) {
	rows, err := q.QueryContext(ctx, `SELECT v.dataset, number, loaded, source, checksum,
time_start, time_end, schema, columns, keyed, rejected, compared, added, removed, modified, (SELECT comparison FROM puy_comparisons c WHERE c.dataset = v.dataset AND c.version = v.number), `+editedColumns+`
FROM puy_versions v JOIN puy_edits e ON e.dataset = v.dataset AND e.version = v.number `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*version
	for rows.Next() {
		var v version
		var loaded int64
		var start, end sql.NullInt64
		var schema, columns, comparison []byte
		var now edited
		err := rows.Scan(append([]any{&v.key.dataset, &v.key.number, &loaded, &v.Source, &v.Checksum,
			&start, &end, &schema, &columns, &v.keyed, &v.Rejected, &v.Compared, &v.Added, &v.Removed, &v.Modified, &comparison}, now.dest()...)...)
		if err != nil {
			return nil, err
		}
		if comparison != nil {
			if err := json.Unmarshal(comparison, &v.Comparison); err != nil {
				return nil, err
			}
		}
		v.Keyed = v.keyed
		v.Number, v.Loaded = v.key.number, time.UnixMicro(loaded).UTC()
		now.apply(&v)
		if start.Valid {
			v.Time = geo.Interval{Start: time.UnixMicro(start.Int64).UTC(), End: time.UnixMicro(end.Int64).UTC()}
		}
		if err := errors.Join(json.Unmarshal(schema, &v.Schema), json.Unmarshal(columns, &v.columns)); err != nil {
			return nil, err
		}
		list = append(list, &v)
	}
	return list, rows.Err()
}

func writeVersion(ctx context.Context, x gp.Execer, v *version) error {
	schema, err := json.Marshal(v.Schema)
	if err != nil {
		return err
	}
	columns, err := json.Marshal(v.columns)
	if err != nil {
		return err
	}
	var box [4]any
	if b := v.Extent; !b.IsEmpty() {
		box = [4]any{b.MinX, b.MinY, b.MaxX, b.MaxY}
	}
	var start, end any
	if !v.Time.IsZero() {
		start, end = v.Time.Start.UnixMicro(), v.Time.End.UnixMicro()
	}
	_, err = x.ExecContext(ctx, "INSERT INTO puy_versions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", v.key.dataset, v.Number,
		v.Loaded.UnixMicro(), v.Source, v.Checksum, v.Rows, box[0], box[1], box[2], box[3], start, end, string(schema), string(columns),
		v.keyed, v.Rejected, v.Compared, v.Added, v.Removed, v.Modified)
	if err != nil {
		return err
	}
	if v.Comparison != nil {
		comparison, err := json.Marshal(v.Comparison)
		if err != nil {
			return err
		}
		if _, err := x.ExecContext(ctx, "INSERT INTO puy_comparisons VALUES (?,?,?)", v.key.dataset, v.Number, string(comparison)); err != nil {
			return err
		}
	}
	_, err = x.ExecContext(ctx, "INSERT INTO puy_edits VALUES (?,?,0,NULL,?,?,?,?,?)", v.key.dataset, v.Number, v.Rows, box[0], box[1], box[2], box[3])
	return err
}

// Versions gives the kept versions, the newest first.
func (s *Store) Versions(ctx context.Context, id string) (list []catalog.Version, err error) {
	err = s.view(ctx, "list the versions of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, err := findDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		rows, err := readVersions(ctx, tx, "WHERE v.dataset = ? ORDER BY number DESC", d.number)
		for _, v := range rows {
			list = append(list, v.Version)
		}
		return err
	})
	return list, err
}

// Report gives the report of a kept version.
func (s *Store) Report(ctx context.Context, id string, number int64) (report json.RawMessage, err error) {
	err = s.view(ctx, "read a report of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, err := findDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		var text string
		err = tx.QueryRowContext(ctx, "SELECT report FROM puy_reports WHERE dataset = ? AND version = ?", d.number, number).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			return geo.Errorf(geo.KindNotFound, "the dataset %q has no version %d", id, number)
		}
		report = json.RawMessage(text)
		return err
	})
	return report, err
}

// Differences streams what a kept version changed, by fid.
func (s *Store) Differences(ctx context.Context, id string, number, after int64) iter.Seq2[store.Difference, error] {
	return func(yield func(store.Difference, error) bool) {
		err := s.view(ctx, "read the differences of "+id, func(ctx context.Context, tx *sql.Tx) error {
			d, err := findDataset(ctx, tx, id)
			if err != nil {
				return err
			}
			if _, err := s.version(ctx, tx, d, number); err != nil {
				return err
			}
			rows, err := tx.QueryContext(ctx, "SELECT fid, kind, id FROM puy_differences WHERE dataset = ? AND version = ? AND fid > ? ORDER BY fid", d.number, number, after)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var one store.Difference
				if err := rows.Scan(&one.FID, &one.Kind, &one.ID); err != nil {
					return err
				}
				if !yield(one, nil) {
					return errStopped
				}
			}
			return rows.Err()
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(store.Difference{}, err)
		}
	}
}

// errStopped tells that the consumer broke out of its loop.
var errStopped = errors.New("stopped")
