package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// load is a version being built: one transaction on one connection.
type load struct {
	s    *Store
	conn *pgxpool.Conn // nil once the load has ended
	tx   pgx.Tx
	id   string
	spec store.LoadSpec
	t    *table
	pipe *copyPipe // nil once all rows are in the table
	buf  []byte    // rows not handed over yet
	now  time.Time

	// What the dataset's row said when the load began.
	reference int64 // the version whose table has the fids of keys; 0: only puy.keys
	nextFID   int64
	rescued   bool // the reference cannot be read: puy_known stands for it

	timeField int // the position of spec.Time, or -1
	lastRow   int64
	rows      int64
	removed   int64 // duplicates
	withZ     int64 // geometries with heights
	shapes    int64 // geometries, empty ones included
	extent    geo.Bounds
	interval  geo.Interval
	hasIndex  bool  // on id
	before    int64 // the version that this one was compared with
	failed    error
}

// Begin implements store.Store.
func (s *Store) Begin(ctx context.Context, id string, spec store.LoadSpec) (store.Load, error) {
	ctx, done := s.bind(ctx)
	defer done()
	l := &load{s: s, id: id, spec: spec, timeField: -1, extent: geo.EmptyBounds()}
	if err := l.checkSpec(); err != nil {
		return nil, err
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fail(ctx, err, "begin a load of %q", id)
	}
	l.conn = conn
	if err := l.begin(ctx); err != nil {
		l.Abort()
		return nil, fail(ctx, err, "begin a load of %q", id)
	}
	return l, nil
}

func (l *load) checkSpec() error {
	schema := &l.spec.Schema
	for i, f := range schema.Fields {
		if schema.Index(f.Name) != i {
			return geo.Errorf(geo.KindInvalid, "two fields are called %q", f.Name)
		}
	}
	if l.spec.Time == "" {
		return nil
	}
	l.timeField = schema.Index(l.spec.Time)
	if l.timeField < 0 {
		return noField(l.spec.Time)
	}
	if t := schema.Fields[l.timeField].Type; t != geo.TypeDate && t != geo.TypeDateTime && t != geo.TypeNull {
		return geo.Errorf(geo.KindInvalid, "the time field %q is of type %v", l.spec.Time, t)
	}
	return nil
}

func noField(name string) error {
	return geo.Errorf(geo.KindInvalid, "there is no field %q", name)
}

func (l *load) begin(ctx context.Context) (err error) {
	if l.tx, err = l.conn.Begin(ctx); err != nil {
		return err
	}
	var number int32
	var removed bool
	err = l.tx.QueryRow(ctx, "SELECT number, coalesce((doc->>'removed')::boolean, false) FROM puy.datasets WHERE id = $1", l.id).Scan(&number, &removed)
	switch {
	case err == pgx.ErrNoRows:
		return noDataset(l.id)
	case err != nil:
		return err
	case removed:
		return geo.Errorf(geo.KindConflict, "dataset %q was removed", l.id)
	}
	var free bool
	if err := l.tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock($1, $2)", int32(loadLock), number).Scan(&free); err != nil {
		return err
	}
	if !free {
		return geo.Errorf(geo.KindConflict, "a load of dataset %q is already running", l.id)
	}
	settings := `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
		SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL work_mem = '128MB'`
	if l.s.canWatch {
		settings += "; SET LOCAL client_connection_check_interval = '500ms'"
	}
	if _, err := l.conn.Conn().PgConn().Exec(ctx, settings).ReadAll(); err != nil {
		return err
	}
	var last int64
	var reference *int64
	err = l.tx.QueryRow(ctx, "SELECT last, keyed, next_fid, now() FROM puy.datasets WHERE number = $1", number).Scan(&last, &reference, &l.nextFID, &l.now)
	if err != nil {
		return err
	}
	if reference != nil {
		l.reference = *reference
	}
	l.t = &table{dataset: number, version: last + 1, keyed: l.spec.Keyed, schema: l.spec.Schema, columns: columnNames(l.spec.Schema.Fields)}
	if _, err := l.tx.Exec(ctx, l.t.create(l.t.name())); err != nil {
		return err
	}
	// The table is of this transaction, so its rows may be born frozen.
	sql := "COPY " + l.t.name() + " FROM STDIN WITH (FORMAT binary, FREEZE)"
	l.pipe = startCopy(l.s.closed, l.conn.Conn().PgConn(), sql)
	l.buf = append(make([]byte, 0, chunkSize+chunkSize/4), copyHeader...)
	return nil
}

// Write implements store.Load.
func (l *load) Write(ctx context.Context, f *geo.Feature) error {
	if err := l.usable(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fail(ctx, err, "write row %d", f.FID)
	}
	if l.pipe == nil {
		return geo.Errorf(geo.KindInternal, "a row after the last row")
	}
	if f.FID <= l.lastRow {
		return geo.Errorf(geo.KindInvalid, "row %d follows row %d", f.FID, l.lastRow)
	}
	at := len(l.buf)
	buf, err := l.t.appendRow(l.buf, f)
	if err != nil {
		l.buf = buf[:at]
		return err
	}
	l.buf = buf
	l.lastRow = f.FID
	l.rows++
	l.observe(f)
	if len(l.buf) < chunkSize {
		return nil
	}
	if l.buf, err = l.pipe.send(l.buf); err != nil {
		l.failed = fail(l.s.closed, err, "store rows up to %d of %q", f.FID, l.id)
		return l.failed
	}
	return nil
}

// usable tells why a load that has ended or failed takes nothing more.
func (l *load) usable() error {
	if l.failed != nil {
		return l.failed
	}
	if l.conn == nil {
		return geo.Errorf(geo.KindInternal, "the load of %q has ended", l.id)
	}
	return nil
}

// observe notes what the version will say of itself.
func (l *load) observe(f *geo.Feature) {
	if !f.Geometry.IsNull() {
		l.shapes++
		if f.Geometry.HasZ() {
			l.withZ++
		}
		if b := f.Geometry.Bounds(); !b.IsEmpty() {
			l.extent = l.extent.Extend(b.MinX, b.MinY).Extend(b.MaxX, b.MaxY)
		}
	}
	if l.timeField >= 0 && !f.Values[l.timeField].IsNull() {
		l.interval = l.interval.Extend(f.Values[l.timeField].Time())
	}
}

// endCopy sends what is left and waits until the table has all rows.
func (l *load) endCopy(ctx context.Context) error {
	if l.pipe == nil {
		return nil
	}
	err := l.pipe.finish(append(l.buf, copyTrailer...))
	l.pipe, l.buf = nil, nil
	if err != nil {
		l.failed = fail(l.s.closed, err, "store the rows of %q", l.id)
		return l.failed
	}
	return l.settleHeights(ctx)
}

// settleHeights gives the geometry column its precise type if all geometries
// have heights.
func (l *load) settleHeights(ctx context.Context) error {
	if !l.t.schema.HasZ || !l.t.schema.Spatial() {
		return nil
	}
	sql := "ALTER TABLE " + l.t.name() + " ADD CHECK (st_srid(geom) = 4326)" // geometry_columns reads it
	if l.withZ == l.shapes {
		sql = "ALTER TABLE " + l.t.name() + " ALTER COLUMN geom TYPE geometry(" + l.t.schema.Geometry.String() + "Z,4326)"
	}
	_, err := l.tx.Exec(ctx, sql)
	return err
}

// Abort implements store.Load.
func (l *load) Abort() error {
	if l.conn == nil {
		return nil
	}
	if l.pipe != nil {
		l.pipe.cancel()
		l.pipe = nil
	}
	// A rollback that does not succeed closes the connection, which rolls back as well.
	ctx, cancel := context.WithTimeout(l.s.closed, 10*time.Second)
	defer cancel()
	if l.tx != nil {
		l.tx.Rollback(ctx)
	}
	l.conn.Release()
	l.conn = nil
	return nil
}

// version gives the record of the version as far as the rows tell it.
func (l *load) version(out store.Outcome) catalog.Version {
	return catalog.Version{Number: l.t.version, Loaded: l.now.UTC(), Source: l.spec.Source, Checksum: l.spec.Checksum, Rows: l.rows - l.removed,
		Extent: l.extent, Time: l.interval, Schema: l.spec.Schema, Rejected: out.Rejected, Keyed: l.spec.Keyed}
}
