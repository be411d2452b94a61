package postgis

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"puy/geo"
)

// Other programs can alter and drop the tables of versions. This file tells
// whether a table is still what the version's record says.

// querier is a pgx.Tx or a *pgxpool.Pool.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// columnTypes gives the type of each column of t as it is in the database;
// empty where there is no table.
func (t *table) columnTypes(ctx context.Context, q querier) (map[string]string, error) {
	rows, err := q.Query(ctx, `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
		WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`, t.name())
	if err != nil {
		return nil, err
	}
	types := make(map[string]string)
	var name, typ string
	_, err = pgx.ForEachRow(rows, []any{&name, &typ}, func() error {
		types[name] = typ
		return nil
	})
	return types, err
}

// fits tells whether the table of t can be read as t; it may have more columns.
func (t *table) fits(ctx context.Context, q querier) (bool, error) {
	types, err := t.columnTypes(ctx, q)
	return t.fitsTypes(types), err
}

// fitsTypes tells whether a table with columns of these types can be read as t.
func (t *table) fitsTypes(types map[string]string) bool {
	good := types["fid"] == "bigint" && types["id"] == "text"
	for i, c := range t.columns {
		want, _, _ := strings.Cut(columnType(t.schema.Fields[i].Type), " COLLATE")
		if want == "timestamptz" {
			want = "timestamp with time zone"
		}
		good = good && types[c] == want
	}
	if t.schema.Spatial() {
		typ := types["geom"]
		good = good && (typ == "geometry" || strings.HasPrefix(typ, "geometry(") && strings.HasSuffix(typ, ",4326)"))
	}
	return good
}

// hasKeys tells whether fids and ids can be read.
func (t *table) hasKeys(ctx context.Context, q querier) (bool, error) {
	types, err := t.columnTypes(ctx, q)
	return types["fid"] == "bigint" && types["id"] == "text", err
}

func misfit(id string, version int64) error {
	return geo.Errorf(geo.KindConflict, "another program has altered or removed the table of the dataset %q, so its version %d cannot be read", id, version).
		WithHint("load the dataset again")
}

// explain gives the reason of err, which a query of t has met: that the table
// does not fit, or err itself.
func (t *table) explain(ctx context.Context, q querier, id string, err error) error {
	code := sqlState(err)
	if err == nil || ctx.Err() != nil || geo.KindOf(err) != geo.KindInternal || code != "" && code != codeFeatureNotSupported && !strings.HasPrefix(code, "42") {
		return err
	}
	if good, look := t.fits(ctx, q); look == nil && !good {
		return misfit(id, t.version)
	}
	return err
}

// rescueKeys makes the table puy_known of all keys and their fids that can
// still be read where the reference cannot: of the other keyed versions, the
// newest first, and of puy.keys.
func (l *load) rescueKeys(ctx context.Context) error {
	rows, err := l.tx.Query(ctx, "SELECT number FROM puy.versions WHERE dataset = $1 AND number <> $2 AND keyed ORDER BY number DESC", l.t.dataset, l.reference)
	if err != nil {
		return err
	}
	numbers, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	sources := []string{}
	for _, number := range numbers {
		t := &table{dataset: l.t.dataset, version: number}
		good, err := t.hasKeys(ctx, l.tx)
		if err != nil {
			return err
		}
		if good {
			sources = append(sources, "SELECT fid, id FROM "+t.name()+" ORDER BY fid")
		}
	}
	sources = append(sources, "SELECT fid, id FROM puy.keys WHERE dataset = "+itoa(int64(l.t.dataset)))
	if _, err := l.tx.Exec(ctx, `CREATE TEMP TABLE puy_known (fid bigint UNIQUE, id text COLLATE "C" PRIMARY KEY) ON COMMIT DROP`); err != nil {
		return err
	}
	for _, source := range sources {
		if _, err := l.tx.Exec(ctx, "INSERT INTO puy_known "+source+" ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
	}
	return nil
}

// discard removes a version whose table does not fit.
func (l *load) discard(ctx context.Context, t *table) error {
	return dropVersion(ctx, l.tx, t.dataset, t.version)
}
