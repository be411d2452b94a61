package postgis

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"puy/geo"
)

//go:embed sql/*.sql
var migrations embed.FS

// Advisory locks of puy: one for migrations, one class for the loads of each dataset.
const (
	migrationLock = 0x7075_7901
	loadLock      = 0x7075_7902
)

// migrate applies the files of sql/ that the database has not seen, all or none.
func migrate(ctx context.Context, conn *pgx.Conn) error {
	files, err := fs.Glob(migrations, "sql/*.sql") // sorted by name
	if err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	done, err := appliedMigrations(ctx, tx)
	if err != nil || done == len(files) {
		return err
	}
	if done > len(files) {
		return geo.Errorf(geo.KindConflict, "the database was made by a newer version of puy").
			WithHint("schema puy is at migration %d, this program knows %d: upgrade puy", done, len(files))
	}
	for i := done; i < len(files); i++ {
		sql, err := fs.ReadFile(migrations, files[i])
		if err != nil {
			return err
		}
		if _, err := tx.Conn().PgConn().Exec(ctx, string(sql)).ReadAll(); err != nil {
			return fmt.Errorf("migration %s: %w", files[i], err)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO puy.migrations (number, name) VALUES ($1, $2)", i+1, files[i]); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

// appliedMigrations tells how many files are applied; it makes the table that knows.
func appliedMigrations(ctx context.Context, tx pgx.Tx) (n int, err error) {
	var exists bool
	if err := tx.QueryRow(ctx, "SELECT to_regclass('puy.migrations') IS NOT NULL").Scan(&exists); err != nil {
		return 0, err
	}
	if !exists {
		_, err := tx.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS puy`)
		if err == nil {
			_, err = tx.Exec(ctx, `CREATE TABLE puy.migrations (number integer PRIMARY KEY, name text NOT NULL, applied timestamptz NOT NULL DEFAULT now())`)
		}
		return 0, err
	}
	err = tx.QueryRow(ctx, "SELECT count(*) FROM puy.migrations").Scan(&n)
	return n, err
}

// findPostGIS gives the schema that PostGIS is installed in, and installs it in
// public where it is missing and the role may.
func findPostGIS(ctx context.Context, conn *pgx.Conn) (schema string, err error) {
	const find = "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
	err = conn.QueryRow(ctx, find).Scan(&schema)
	if err != pgx.ErrNoRows {
		return schema, err
	}
	// Two processes may come here at once: the loser's error does not matter if it is there now.
	_, createErr := conn.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS postgis SCHEMA public")
	if err = conn.QueryRow(ctx, find).Scan(&schema); err != pgx.ErrNoRows {
		return schema, err
	}
	missing := geo.Errorf(geo.KindUnavailable, "the database does not have PostGIS: %w", createErr)
	return "", missing.WithHint("install the PostGIS package of the server and run CREATE EXTENSION postgis as a superuser")
}
