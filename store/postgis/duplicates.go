package postgis

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/store"
)

// Duplicates implements store.Load. The unique index that the version needs
// anyway tells whether there are any; only then they are looked for.
func (l *load) Duplicates(ctx context.Context, atMost int) (n int64, first []store.Duplicate, err error) {
	if err := l.usable(); err != nil {
		return 0, nil, err
	}
	ctx, done := l.s.bind(ctx)
	defer done()
	defer func() {
		if err != nil {
			err = fail(ctx, err, "look for duplicates in %q", l.id)
			l.failed = err
		}
	}()
	if err := l.endCopy(ctx); err != nil || !l.t.keyed {
		return 0, nil, err
	}
	err = pgx.BeginFunc(ctx, l.tx, func(tx pgx.Tx) error { return createKeyIndex(ctx, tx, l.t.name()) })
	if err == nil {
		l.hasIndex = true
		return 0, nil, nil
	}
	if sqlState(err) != codeUniqueViolation {
		return 0, nil, err
	}
	if n, first, err = l.removeDuplicates(ctx, atMost); err != nil {
		return 0, nil, err
	}
	if err := createKeyIndex(ctx, l.tx, l.t.name()); err != nil {
		return 0, nil, err
	}
	l.hasIndex = true
	l.removed += n
	return n, first, l.observeAgain(ctx)
}

func createKeyIndex(ctx context.Context, tx pgx.Tx, table string) error {
	_, err := tx.Exec(ctx, "CREATE UNIQUE INDEX ON "+table+" (id)")
	return err
}

func (l *load) removeDuplicates(ctx context.Context, atMost int) (n int64, first []store.Duplicate, err error) {
	_, err = l.tx.Exec(ctx, `CREATE TEMP TABLE puy_duplicates ON COMMIT DROP AS
		SELECT id, fid AS row, first FROM (SELECT id, fid, min(fid) OVER (PARTITION BY id) AS first FROM `+l.t.name()+`) r WHERE fid <> first`)
	if err != nil {
		return 0, nil, err
	}
	rows, err := l.tx.Query(ctx, "SELECT id, row, first FROM puy_duplicates ORDER BY row LIMIT $1", max(0, atMost))
	if err != nil {
		return 0, nil, err
	}
	if first, err = pgx.CollectRows(rows, pgx.RowToStructByPos[store.Duplicate]); err != nil {
		return 0, nil, err
	}
	tag, err := l.tx.Exec(ctx, "DELETE FROM "+l.t.name()+" WHERE fid IN (SELECT row FROM puy_duplicates)")
	if err != nil {
		return 0, nil, err
	}
	_, err = l.tx.Exec(ctx, "DROP TABLE puy_duplicates")
	return tag.RowsAffected(), first, err
}

// observeAgain finds extent and times of the rows that stayed.
func (l *load) observeAgain(ctx context.Context) error {
	l.extent, l.interval = geo.EmptyBounds(), geo.Interval{}
	if l.t.schema.Spatial() {
		var b [4]*float64
		err := l.tx.QueryRow(ctx, "SELECT min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)) FROM "+l.t.name()).
			Scan(&b[0], &b[1], &b[2], &b[3])
		if err != nil {
			return err
		}
		if b[0] != nil {
			l.extent = geo.Bounds{MinX: *b[0], MinY: *b[1], MaxX: *b[2], MaxY: *b[3]}
		}
	}
	if l.timeField < 0 || l.t.schema.Fields[l.timeField].Type == geo.TypeNull {
		return nil
	}
	column := quote(l.t.columns[l.timeField])
	if l.t.schema.Fields[l.timeField].Type == geo.TypeDate {
		column += "::timestamp AT TIME ZONE 'UTC'"
	}
	var start, end *time.Time
	err := l.tx.QueryRow(ctx, "SELECT min("+column+"), max("+column+") FROM "+l.t.name()).Scan(&start, &end)
	if err == nil && start != nil {
		l.interval = geo.Interval{Start: start.UTC(), End: end.UTC()}
	}
	return err
}
