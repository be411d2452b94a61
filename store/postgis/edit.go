package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/store"
)

// maxEditAttempts is how often an edit that meets another one is tried.
const maxEditAttempts = 4

// Edit implements store.Store.
func (s *Store) Edit(ctx context.Context, id string, edits []store.Edit) ([]string, error) {
	if !storable(id) {
		return nil, noDataset(id)
	}
	ctx, done := s.bind(ctx)
	defer done()
	for attempt := 1; ; attempt++ {
		e := &editor{id: id}
		ids, err := s.edit(ctx, e, edits)
		if err == nil {
			return ids, nil
		}
		if _, ok := errors.AsType[*store.EditError](err); ok {
			return nil, err
		}
		// Another transaction was faster: what it did can now be seen.
		met := sqlState(err) == codeUniqueViolation || sqlState(err) == codeDeadlockDetected
		if met && attempt < maxEditAttempts && ctx.Err() == nil {
			continue
		}
		if sqlState(err) == codeUniqueViolation {
			return nil, geo.Errorf(geo.KindConflict, "another feature of %q has the same id or fid: %w", id, err)
		}
		err = fail(ctx, err, "edit %q", id)
		if e.t != nil {
			err = e.t.explain(ctx, s.pool, id, err)
		}
		return nil, err
	}
}

// edit makes the edits in one transaction.
func (s *Store) edit(ctx context.Context, e *editor, edits []store.Edit) ([]string, error) {
	ids := make([]string, len(edits))
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	begin := pgx.TxOptions{BeginQuery: "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0"}
	return ids, pgx.BeginTxFunc(ctx, conn, begin, func(tx pgx.Tx) error {
		e.tx = tx
		if err := e.open(ctx, s); err != nil {
			return err
		}
		for start := 0; start < len(edits); {
			end := runEnd(edits, start)
			if err := e.run(ctx, start, edits[start:end], ids[start:end]); err != nil {
				return err
			}
			start = end
		}
		return nil
	})
}

// runEnd gives where the edits from start on that concern different features
// end: those are made together.
func runEnd(edits []store.Edit, start int) int {
	seen := make(map[string]bool)
	for i := start; i < len(edits); i++ {
		id := edits[i].Feature.ID
		if seen[id] {
			return i
		}
		if id != "" || edits[i].Kind != store.Create {
			seen[id] = true
		}
	}
	return len(edits)
}

// editor makes edits in the table of the current version.
type editor struct {
	id        string
	tx        pgx.Tx
	t         *table
	reference *table // has the fids of keys that t and puy.keys may not have; or nil
	columns   []tableColumn
	rowType   uint32 // OID
	heights   bool   // the column takes no geometry without
}

// tableColumn is one column of a table as it is in the database.
type tableColumn struct {
	name, typ string
	oid       uint32
	from      int // the place in a row of COPY, or -1 for a column that another program added
}

// open finds the current version. No load can replace it while the
// transaction lasts.
func (e *editor) open(ctx context.Context, s *Store) error {
	var k tableKey
	var current, keyed *int64
	err := e.tx.QueryRow(ctx, "SELECT number, current, keyed FROM puy.datasets WHERE id = $1 FOR SHARE", e.id).Scan(&k.dataset, &current, &keyed)
	switch {
	case err == pgx.ErrNoRows:
		return noDataset(e.id)
	case err != nil:
		return err
	case current == nil:
		return noVersion(e.id, 0)
	}
	k.version = *current
	if e.t = s.tables.get(k); e.t == nil {
		if e.t, err = readTable(ctx, e.tx, k.dataset, k.version); err != nil {
			return err
		}
		s.tables.put(k, e.t)
	}
	if err := e.readColumns(ctx); err != nil {
		return err
	}
	if keyed != nil && *keyed != k.version {
		e.reference = &table{dataset: k.dataset, version: *keyed}
		if good, err := e.reference.hasKeys(ctx, e.tx); err != nil || !good {
			e.reference = nil
			return err
		}
	}
	return nil
}

// readColumns reads the columns of the table, in the order of its row type.
func (e *editor) readColumns(ctx context.Context) error {
	rows, err := e.tx.Query(ctx, `SELECT c.reltype, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.oid = to_regclass($1) ORDER BY a.attnum`, e.t.name())
	if err != nil {
		return err
	}
	places := map[string]int{"fid": 0, "id": 1}
	for i, c := range e.t.columns {
		places[c] = 2 + i
	}
	if e.t.schema.Spatial() {
		places["geom"] = 2 + len(e.t.columns)
	}
	types := make(map[string]string)
	var c tableColumn
	_, err = pgx.ForEachRow(rows, []any{&e.rowType, &c.name, &c.typ, &c.oid}, func() error {
		types[c.name] = c.typ
		c.from = -1
		if place, ok := places[c.name]; ok {
			c.from = place
		}
		e.columns = append(e.columns, c)
		return nil
	})
	if err != nil {
		return err
	}
	if !e.t.fitsTypes(types) {
		return misfit(e.id, e.t.version)
	}
	e.heights = types["geom"] == "geometry("+e.t.schema.Geometry.String()+"Z,4326)"
	return nil
}
