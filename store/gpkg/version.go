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

// version gives a kept version by its number.
func (s *Store) version(ctx context.Context, q queryer, d *dataset, number int64) (*version, error) {
	key := versionKey{d.number, number}
	s.mu.Lock()
	v := s.versions[key]
	s.mu.Unlock()
	if v != nil && number == d.current {
		return v, nil
	}
	rows, err := readVersions(ctx, q, "WHERE dataset = ? AND number = ?", d.number, number)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, geo.Errorf(geo.KindNotFound, "the dataset %q has no version %d", d.entry.ID, number)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.versions) >= maxCachedVersions {
		clear(s.versions)
	}
	s.versions[key] = rows[0]
	return rows[0], nil
}

// currentVersion gives the version that a query without a number reads.
func (s *Store) currentVersion(ctx context.Context, q queryer, d *dataset) (*version, error) {
	if d.current == 0 {
		return nil, geo.Errorf(geo.KindNotFound, "the dataset %q has no version yet", d.entry.ID)
	}
	return s.version(ctx, q, d, d.current)
}

func readVersions(ctx context.Context, q queryer, where string, args ...any) ([]*version, error) {
	rows, err := q.QueryContext(ctx, `SELECT dataset, number, loaded, source, checksum, rows, min_x, min_y, max_x, max_y,
time_start, time_end, schema, columns, keyed, rejected, compared, added, removed, modified FROM puy_versions `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []*version
	for rows.Next() {
		var v version
		var loaded int64
		var box [4]sql.NullFloat64
		var start, end sql.NullInt64
		var schema, columns []byte
		err := rows.Scan(&v.key.dataset, &v.key.number, &loaded, &v.Source, &v.Checksum, &v.Rows, &box[0], &box[1], &box[2], &box[3],
			&start, &end, &schema, &columns, &v.keyed, &v.Rejected, &v.Compared, &v.Added, &v.Removed, &v.Modified)
		if err != nil {
			return nil, err
		}
		v.Number, v.Loaded, v.Extent = v.key.number, time.UnixMicro(loaded).UTC(), geo.EmptyBounds()
		if box[0].Valid {
			v.Extent = geo.Bounds{MinX: box[0].Float64, MinY: box[1].Float64, MaxX: box[2].Float64, MaxY: box[3].Float64}
		}
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
	return err
}

// Versions gives the kept versions, the newest first.
func (s *Store) Versions(ctx context.Context, id string) (list []catalog.Version, err error) {
	err = s.view(ctx, "list the versions of "+id, func(ctx context.Context, tx *sql.Tx) error {
		d, err := findDataset(ctx, tx, id)
		if err != nil {
			return err
		}
		rows, err := readVersions(ctx, tx, "WHERE dataset = ? ORDER BY number DESC", d.number)
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

// Differences streams what a kept version changed, by kind and key.
func (s *Store) Differences(ctx context.Context, id string, number int64) iter.Seq2[store.Difference, error] {
	return func(yield func(store.Difference, error) bool) {
		err := s.view(ctx, "read the differences of "+id, func(ctx context.Context, tx *sql.Tx) error {
			d, err := findDataset(ctx, tx, id)
			if err != nil {
				return err
			}
			if _, err := s.version(ctx, tx, d, number); err != nil {
				return err
			}
			rows, err := tx.QueryContext(ctx, "SELECT kind, id FROM puy_differences WHERE dataset = ? AND version = ? ORDER BY kind, id", d.number, number)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var one store.Difference
				if err := rows.Scan(&one.Kind, &one.ID); err != nil {
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
