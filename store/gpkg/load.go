package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// load is a version being built in the attached file "load": the table rows,
// whose fid is the row's number in the source.
type load struct {
	store *Store
	id    string // of the dataset
	spec  store.LoadSpec
	lock  *os.File
	db    *sql.DB
	conn  *sql.Conn // main is the store, load the file of this load
	table *gp.Table
	time  int // the index of the time field, or -1

	insert *sql.Stmt
	args   []any
	blob   []byte
	last   int64
	rows   int64
	extent geo.Bounds
	span   geo.Interval
	boxes  []gp.Box

	unique bool // Duplicates was called
	ended  bool
}

// maxFields leaves room under SQLite's limit of 2000 columns.
const maxFields = 1900

// loadPath is the lock of a dataset's load; the data is beside it.
func loadPath(store, id string) string { return store + "-load-" + id }

// sweep removes what loads of processes that died left beside the store.
func sweep(store string) {
	left, err := filepath.Glob(globQuote(store) + "-load-*")
	if err != nil {
		return
	}
	for _, path := range left {
		path, _ = strings.CutSuffix(path, ".db")
		if lock, taken, err := lockFile(path); err == nil && !taken {
			os.Remove(path + ".db")
			unlockFile(lock)
		}
	}
}

func globQuote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// Begin starts a load. It blocks no other writer of the store.
func (s *Store) Begin(ctx context.Context, id string, spec store.LoadSpec) (store.Load, error) {
	ctx, cancel := s.within(ctx)
	defer cancel()
	d, err := findDataset(ctx, s.read, id)
	if err != nil {
		return nil, s.fail(ctx, "load "+id, err)
	}
	if err := errors.Join(checkRemoved(d), checkFree(ctx, s.read, d)); err != nil {
		return nil, s.fail(ctx, "load "+id, err)
	}
	l := &load{store: s, id: d.entry.ID, spec: spec, extent: geo.EmptyBounds(), time: -1}
	if len(spec.Schema.Fields) > maxFields {
		return nil, geo.Errorf(geo.KindLimit, "%d fields are more than a table of the embedded store can hold (%d)", len(spec.Schema.Fields), maxFields)
	}
	if spec.Time != "" {
		l.time = spec.Schema.Index(spec.Time)
		if l.time < 0 || !isTime(spec.Schema.Fields[l.time].Type) {
			return nil, geo.Errorf(geo.KindInvalid, "the time field %q is not a date or date-time field of the schema", spec.Time)
		}
	}
	lock, taken, err := lockFile(loadPath(s.path, l.id))
	if err != nil {
		return nil, s.fail(ctx, "load "+id, err)
	}
	if taken {
		return nil, geo.Errorf(geo.KindConflict, "the dataset %q is being loaded already", l.id)
	}
	l.lock = lock
	if err := l.open(ctx); err != nil {
		l.Abort()
		return nil, s.fail(ctx, "load "+id, err)
	}
	return l, nil
}

func isTime(t geo.FieldType) bool { return t == geo.TypeDate || t == geo.TypeDateTime }

func (l *load) open(ctx context.Context) error {
	path := l.lock.Name() + ".db"
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var err error
	if l.db, err = gp.Open(l.store.path, url.Values{"_pragma": writerPragmas()}); err != nil {
		return err
	}
	if l.conn, err = l.db.Conn(ctx); err != nil {
		return err
	}
	columns := gp.ColumnNames(l.spec.Schema.Fields, fidColumn, geometryColumn, idColumn)
	v := &version{columns: columns, keyed: l.spec.Keyed}
	v.Schema = l.spec.Schema
	l.table = v.table(&dataset{})
	statements := []string{
		"ATTACH " + gp.QuoteText(path) + " AS load",
		// Nobody else sees this file, and nobody needs it after a crash.
		"PRAGMA load.journal_mode = OFF", "PRAGMA load.synchronous = OFF", "PRAGMA load.locking_mode = EXCLUSIVE", "PRAGMA load.cache_size = -8192",
		l.table.CreateTable("load.rows"),
		"BEGIN",
	}
	for _, statement := range statements {
		if _, err := l.conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	// Unnamed from here on, the file goes with the process, where the system allows that.
	os.Remove(path)
	l.insert, err = l.conn.PrepareContext(ctx, l.table.Insert("load.rows"))
	return err
}

// Write adds one feature.
func (l *load) Write(ctx context.Context, f *geo.Feature) error {
	switch {
	case ctx.Err() != nil || l.store.closed.Err() != nil:
		return l.store.fail(ctx, "load "+l.id, ctx.Err())
	case l.ended || l.insert == nil:
		return geo.Errorf(geo.KindInternal, "a row was written after the end of the load of %s", l.id)
	case f.FID <= l.last:
		return geo.Errorf(geo.KindInternal, "row %d of %s does not follow row %d", f.FID, l.id, l.last)
	case !f.Geometry.IsNull() && !l.spec.Schema.Spatial():
		return geo.Errorf(geo.KindInvalid, "row %d has a geometry, the schema none", f.FID)
	case !f.Geometry.Finite():
		return geo.Errorf(geo.KindInvalid, "row %d has a coordinate that is not a finite number", f.FID)
	}
	var err error
	if l.args, l.blob, err = l.table.Row(l.args[:0], l.blob[:0], f.FID, f); err != nil {
		return err
	}
	// Without a context: one that can end costs a goroutine for each row.
	if _, err := l.insert.ExecContext(context.Background(), l.args...); err != nil {
		return l.store.fail(ctx, "load "+l.id, err)
	}
	l.last = f.FID
	l.rows++
	l.measure(f.FID, f.Geometry.Bounds())
	if l.time >= 0 && !f.Values[l.time].IsNull() {
		l.span = extend(l.span, f.Values[l.time].Time())
	}
	return nil
}

func extend(i geo.Interval, t time.Time) geo.Interval {
	if i.IsZero() {
		return geo.Interval{Start: t, End: t}
	}
	return i.Extend(t)
}

func (l *load) measure(fid int64, b geo.Bounds) {
	if b.IsEmpty() {
		return
	}
	l.boxes = append(l.boxes, gp.NewBox(fid, b))
	l.extent = l.extent.Extend(b.MinX, b.MinY).Extend(b.MaxX, b.MaxY)
}

// Duplicates removes the rows whose ID an earlier row has.
func (l *load) Duplicates(ctx context.Context, atMost int) (n int64, first []store.Duplicate, err error) {
	ctx, cancel := l.store.within(ctx)
	defer cancel()
	if n, first, err = l.duplicates(ctx, atMost); err != nil {
		return 0, nil, l.store.fail(ctx, "look for duplicates in "+l.id, err)
	}
	return n, first, nil
}

func (l *load) duplicates(ctx context.Context, atMost int) (n int64, first []store.Duplicate, err error) {
	if l.unique || !l.spec.Keyed {
		return 0, nil, nil
	}
	for _, statement := range []string{
		"CREATE INDEX load.rows_id ON rows (feature_id)",
		"CREATE TABLE load.duplicates (row INTEGER PRIMARY KEY, first INTEGER)",
		`INSERT INTO load.duplicates SELECT r.fid, g.first
FROM (SELECT feature_id AS id, min(fid) AS first FROM load.rows GROUP BY feature_id HAVING count(*) > 1) g
JOIN load.rows r ON r.feature_id = g.id AND r.fid != g.first`,
	} {
		if _, err := l.conn.ExecContext(ctx, statement); err != nil {
			return 0, nil, err
		}
	}
	l.unique = true
	if err := l.conn.QueryRowContext(ctx, "SELECT count(*) FROM load.duplicates").Scan(&n); err != nil || n == 0 {
		return 0, nil, err
	}
	if first, err = l.firstDuplicates(ctx, atMost); err != nil {
		return 0, nil, err
	}
	if _, err := l.conn.ExecContext(ctx, "DELETE FROM load.rows WHERE fid IN (SELECT row FROM load.duplicates)"); err != nil {
		return 0, nil, err
	}
	return n, first, l.measureAgain(ctx)
}

func (l *load) firstDuplicates(ctx context.Context, atMost int) (list []store.Duplicate, err error) {
	rows, err := l.conn.QueryContext(ctx, `SELECT r.feature_id, d.row, d.first
FROM load.duplicates d JOIN load.rows r ON r.fid = d.row ORDER BY d.row LIMIT ?`, max(0, atMost))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d store.Duplicate
		if err := rows.Scan(&d.ID, &d.Row, &d.First); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// measureAgain finds the boxes, the extent and the range of time of the rows that stayed.
func (l *load) measureAgain(ctx context.Context) error {
	l.boxes, l.extent, l.span, l.rows = l.boxes[:0], geo.EmptyBounds(), geo.Interval{}, 0
	exprs := []string{"fid", "NULL", "NULL"}
	if l.spec.Schema.Spatial() {
		exprs[1] = geometryColumn
	}
	if l.time >= 0 {
		exprs[2] = "+" + gp.Quote(l.table.Columns[l.time])
	}
	rows, err := l.conn.QueryContext(ctx, "SELECT "+strings.Join(exprs, ", ")+" FROM load.rows ORDER BY fid")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var fid int64
		var blob sql.RawBytes
		var moment cell
		if err := rows.Scan(&fid, &blob, &moment); err != nil {
			return err
		}
		l.rows++
		if len(blob) > 0 {
			b, err := gp.BlobBounds(blob)
			if err != nil {
				return err
			}
			l.measure(fid, b)
		}
		if moment.value != nil {
			if v, ok := gp.Decode(l.spec.Schema.Fields[l.time].Type, moment.value); ok {
				l.span = extend(l.span, v.Time())
			}
		}
	}
	return rows.Err()
}

// Abort ends the load and removes what it made.
func (l *load) Abort() error {
	if l.ended {
		return nil
	}
	l.ended = true
	var errs []error
	if l.insert != nil {
		errs = append(errs, l.insert.Close())
	}
	if l.conn != nil {
		errs = append(errs, l.conn.Close())
	}
	if l.db != nil {
		errs = append(errs, l.db.Close())
	}
	if err := os.Remove(l.lock.Name() + ".db"); err != nil && !errors.Is(err, os.ErrNotExist) {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, unlockFile(l.lock))...)
}
