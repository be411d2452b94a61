package postgis

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// showVersion makes the view data.<id> show the table t, with comments from
// its schema.
func showVersion(ctx context.Context, tx pgx.Tx, id string, t *table) error {
	// Whoever reads the view makes this wait, and it makes all others wait.
	if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '30s'"); err != nil {
		return err
	}
	view := pgx.Identifier{"data", id}.Sanitize()
	create := "VIEW " + view + " AS SELECT " + t.columnList("") + " FROM " + t.name()
	err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "CREATE OR REPLACE "+create)
		return err
	})
	switch sqlState(err) {
	case codeInvalidTableDefinition: // other columns than before
		if _, err = tx.Exec(ctx, "DROP VIEW "+view); err == nil {
			_, err = tx.Exec(ctx, "CREATE "+create)
		}
	case codeWrongObjectType:
		return geo.Errorf(geo.KindConflict, "data.%q is something that puy did not make", id)
	}
	if err != nil {
		return err
	}
	return comment(ctx, tx, view, t)
}

// comment sets the comments of the view's columns. PostgreSQL quotes the texts.
func comment(ctx context.Context, tx pgx.Tx, view string, t *table) error {
	var columns, texts []string
	for i := range t.schema.Fields {
		if text := describe(&t.schema.Fields[i]); text != "" {
			columns, texts = append(columns, quote(t.columns[i])), append(texts, strings.ReplaceAll(text, "\x00", ""))
		}
	}
	if len(columns) == 0 {
		return nil
	}
	var sql string
	err := tx.QueryRow(ctx, `SELECT string_agg(format('COMMENT ON COLUMN %s.%s IS %L; COMMENT ON COLUMN %s.%s IS %L', $1::text, c, t, $2::text, c, t), ';')
		FROM unnest($3::text[], $4::text[]) AS u (c, t)`, view, t.name(), columns, texts).Scan(&sql)
	if err != nil {
		return err
	}
	_, err = tx.Conn().PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// describe gives title, unit and description of a field, in French where there is a choice.
func describe(f *geo.Field) string {
	text := f.Title.In("fr")
	if f.Unit != "" {
		text = strings.TrimSpace(text + " (" + f.Unit + ")")
	}
	if d := f.Description.In("fr"); d != "" {
		if text != "" {
			text += ": "
		}
		text += d
	}
	return text
}

// Rollback implements store.Store.
func (s *Store) Rollback(ctx context.Context, id string) (v catalog.Version, err error) {
	ctx, done := s.bind(ctx)
	defer done()
	err = s.change(ctx, func(tx pgx.Tx) error {
		var dataset int32
		var current *int64
		err := tx.QueryRow(ctx, "SELECT number, current FROM puy.datasets WHERE id = $1 FOR NO KEY UPDATE", id).Scan(&dataset, &current)
		if err == pgx.ErrNoRows {
			return noDataset(id)
		} else if err != nil {
			return err
		}
		t, err := tableBefore(ctx, tx, id, dataset, current)
		if err != nil {
			return err
		}
		var r versionRow
		err = tx.QueryRow(ctx, "SELECT "+versionColumns+" FROM puy.versions v WHERE v.dataset = $1 AND v.number = $2", dataset, t.version).Scan(r.targets()...)
		if err != nil {
			return err
		}
		if v, err = r.version(); err != nil {
			return err
		}
		if err := noteCurrent(ctx, tx, dataset, v.Number); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE puy.datasets SET current = $2 WHERE number = $1", dataset, v.Number); err != nil {
			return err
		}
		return showVersion(ctx, tx, id, t)
	})
	return v, fail(ctx, err, "roll %q back", id)
}

// tableBefore gives the table of the newest version before the current one
// that can be read.
func tableBefore(ctx context.Context, tx pgx.Tx, id string, dataset int32, current *int64) (*table, error) {
	rows, err := tx.Query(ctx, "SELECT number FROM puy.versions WHERE dataset = $1 AND number < $2 ORDER BY number DESC", dataset, current)
	if err != nil {
		return nil, err
	}
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		t, err := readTable(ctx, tx, dataset, number)
		if err != nil {
			return nil, err
		}
		if good, err := t.fits(ctx, tx); err != nil || good {
			return t, err
		}
	}
	if len(numbers) > 0 {
		return nil, misfit(id, numbers[0])
	}
	return nil, geo.Errorf(geo.KindConflict, "dataset %q has no version before the current one", id)
}

var _ store.Load = (*load)(nil)
