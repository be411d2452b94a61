package postgis

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/store"
)

// Commit implements store.Load.
func (l *load) Commit(ctx context.Context, out store.Outcome) (catalog.Version, error) {
	if err := l.usable(); err != nil {
		return catalog.Version{}, err
	}
	ctx, done := l.s.bind(ctx)
	defer done()
	v, err := l.commit(ctx, out)
	l.s.tables.forget()
	if err != nil {
		err = fail(ctx, err, "complete the load of %q", l.id)
		l.failed = err
		l.Abort()
		return catalog.Version{}, err
	}
	l.conn.Release()
	l.conn = nil
	l.s.sweep(ctx)
	return v, nil
}

func (l *load) commit(ctx context.Context, out store.Outcome) (v catalog.Version, err error) {
	if err := l.endCopy(ctx); err != nil {
		return v, err
	}
	// From here on nobody else changes the dataset, and Edit waits: keys that it makes later would miss their fids.
	// Not FOR UPDATE: whoever has deleted features refers to it by puy.keys.
	var current *int64
	if err := l.tx.QueryRow(ctx, "SELECT current FROM puy.datasets WHERE number = $1 FOR NO KEY UPDATE", l.t.dataset).Scan(&current); err != nil {
		return v, err
	}
	if err := l.giveFIDs(ctx); err != nil {
		return v, err
	}
	if err := l.buildIndexes(ctx); err != nil {
		return v, err
	}
	v = l.version(out)
	if err := l.compare(ctx, current, &v); err != nil {
		return v, err
	}
	if err := l.keepVanishedKeys(ctx, v.Removed); err != nil {
		return v, err
	}
	if err := l.record(ctx, &v, out.Report); err != nil {
		return v, err
	}
	if err := l.retire(ctx); err != nil {
		return v, err
	}
	if err := showVersion(ctx, l.tx, l.id, l.t); err != nil {
		return v, err
	}
	if err := raiseRevision(ctx, l.tx); err != nil {
		return v, err
	}
	return v, l.tx.Commit(ctx)
}

// buildIndexes makes what the table does not have yet, its statistics, and the
// triggers for what is edited, which see nothing of the load.
func (l *load) buildIndexes(ctx context.Context) error {
	name := l.t.name()
	statements := []string{"ALTER TABLE " + name + " ADD PRIMARY KEY (fid)"}
	if l.t.keyed && !l.hasIndex {
		statements = append(statements, "CREATE UNIQUE INDEX ON "+name+" (id)")
	}
	if l.t.schema.Spatial() {
		// GiST reads all of an index to find nulls, and the planner does not know it.
		statements = append(statements, "CREATE INDEX ON "+name+" USING gist (geom) WHERE geom IS NOT NULL", "CREATE INDEX ON "+name+" (fid) WHERE geom IS NULL")
	}
	statements = append(statements, "ANALYZE "+name, "CREATE TRIGGER puy_inserted BEFORE INSERT ON "+name+
		" FOR EACH ROW WHEN (NEW.fid IS NULL OR NEW.id IS NULL) EXECUTE FUNCTION puy.name_inserted()")
	for _, sql := range statements {
		if _, err := l.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return logTable(ctx, l.tx, l.t)
}

// record writes the rows of the version and of its dataset.
func (l *load) record(ctx context.Context, v *catalog.Version, report json.RawMessage) error {
	schema, err := json.Marshal(v.Schema)
	if err != nil {
		return err
	}
	var comparison []byte
	if v.Comparison != nil {
		if comparison, err = json.Marshal(v.Comparison); err != nil {
			return err
		}
	}
	var extent []float64
	if b := v.Extent; !b.IsEmpty() {
		extent = []float64{b.MinX, b.MinY, b.MaxX, b.MaxY}
	}
	start, end := &v.Time.Start, &v.Time.End
	if v.Time.IsZero() {
		start, end = nil, nil
	}
	_, err = l.tx.Exec(ctx, `INSERT INTO puy.versions (dataset, number, loaded, source, checksum, rows, rejected, keyed, compared, added, removed,
		modified, shapeless, extent, time_start, time_end, schema, columns, report, comparison, logged_from)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 0)`,
		l.t.dataset, v.Number, v.Loaded, v.Source, v.Checksum, v.Rows, v.Rejected, l.t.keyed, v.Compared, v.Added, v.Removed,
		v.Modified, l.rows-l.shapes, extent, start, end, schema, l.t.columns, []byte(report), comparison)
	if err != nil {
		return err
	}
	var keyed *int64
	if l.t.keyed {
		keyed = &v.Number
	}
	if err := noteCurrent(ctx, l.tx, l.t.dataset, v.Number); err != nil {
		return err
	}
	_, err = l.tx.Exec(ctx, "UPDATE puy.datasets SET current = $2, last = $2, keyed = $3, next_fid = $4 WHERE number = $1",
		l.t.dataset, v.Number, keyed, l.nextFID)
	return err
}

// readTable gives the table of one version.
func readTable(ctx context.Context, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, dataset int32, version int64) (*table, error) {
	t := &table{dataset: dataset, version: version}
	var schema []byte
	var shapeless int64
	err := q.QueryRow(ctx, "SELECT keyed, comparison IS NOT NULL, shapeless, schema, columns FROM puy.versions WHERE dataset = $1 AND number = $2", dataset, version).
		Scan(&t.keyed, &t.compared, &shapeless, &schema, &t.columns)
	if err != nil {
		return nil, err
	}
	t.shapeless = shapeless > 0
	return t, json.Unmarshal(schema, &t.schema)
}
