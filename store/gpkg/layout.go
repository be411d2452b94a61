package gpkg

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"slices"

	gp "puy/geo/format/gpkg"

	"puy/geo"
)

// layoutVersion counts the changes of the internal tables.
const layoutVersion = 4

// layout is the internal tables, but for those that later layouts added. The row of gpkg_extensions
// tells GDAL that all layers are listed in gpkg_contents, so that it shows none
// of these as one.
var layout = [...]string{
	`CREATE TABLE puy_revision (number INTEGER NOT NULL, layout INTEGER NOT NULL)`,
	`INSERT INTO puy_revision VALUES (1, 4)`,
	`CREATE TABLE puy_portal (one INTEGER PRIMARY KEY CHECK (one = 1), entry TEXT NOT NULL)`,
	`CREATE TABLE puy_datasets (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  entry TEXT NOT NULL,
  aliases TEXT NOT NULL,
  current INTEGER,
  last_version INTEGER NOT NULL DEFAULT 0,
  next_fid INTEGER NOT NULL DEFAULT 1)`,
	`CREATE TABLE puy_versions (
  dataset INTEGER NOT NULL,
  number INTEGER NOT NULL,
  loaded INTEGER NOT NULL,
  source TEXT NOT NULL,
  checksum TEXT NOT NULL,
  rows INTEGER NOT NULL,
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  time_start INTEGER, time_end INTEGER,
  schema TEXT NOT NULL,
  columns TEXT NOT NULL,
  keyed INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  compared INTEGER NOT NULL,
  added INTEGER NOT NULL, removed INTEGER NOT NULL, modified INTEGER NOT NULL,
  PRIMARY KEY (dataset, number))`,
	// The fids of keys that the current version does not have; the others are in its table.
	`CREATE TABLE puy_keys (
  dataset INTEGER NOT NULL,
  id TEXT NOT NULL,
  fid INTEGER NOT NULL,
  PRIMARY KEY (dataset, id)) WITHOUT ROWID`,
	`CREATE TABLE puy_reports (
  dataset INTEGER NOT NULL,
  version INTEGER NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (dataset, version))`,
	`INSERT INTO gpkg_extensions VALUES (NULL, NULL, 'gdal_aspatial', 'http://gdal.org/geopackage_aspatial.html', 'read-write')`,
}

// editLayout is the tables that layout 2 added.
var editLayout = [...]string{
	// What edits in place have made of a version; puy_versions has it as it was
	// loaded. It is a small row because triggers write it for every row edited.
	`CREATE TABLE puy_edits (
  dataset INTEGER NOT NULL,
  version INTEGER NOT NULL,
  edits INTEGER NOT NULL,
  edited INTEGER,
  rows INTEGER NOT NULL,
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  PRIMARY KEY (dataset, version)) WITHOUT ROWID`,
	// The newest edits of each version; the heads are those of the row's geometry.
	`CREATE TABLE puy_changes (
  dataset INTEGER NOT NULL,
  version INTEGER NOT NULL,
  edit INTEGER NOT NULL,
  fid INTEGER NOT NULL,
  before_head BLOB,
  after_head BLOB,
  PRIMARY KEY (dataset, version, edit)) WITHOUT ROWID`,
}

// keyLayout is the table that layout 3 added.
var keyLayout = [...]string{
	`CREATE TABLE puy_api_keys (
  name TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  last TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  datasets TEXT NOT NULL,
  edit INTEGER NOT NULL,
  note TEXT NOT NULL) WITHOUT ROWID`,
}

// versionLayout is the tables that layout 4 added.
var versionLayout = [...]string{
	`CREATE TABLE puy_differences (
  dataset INTEGER NOT NULL,
  version INTEGER NOT NULL,
  fid INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (dataset, version, fid)) WITHOUT ROWID`,
	`CREATE TABLE puy_comparisons (
  dataset INTEGER NOT NULL,
  version INTEGER NOT NULL,
  comparison TEXT NOT NULL,
  PRIMARY KEY (dataset, version))`,
	// Since when which version has been current, those that are no longer kept included.
	`CREATE TABLE puy_tenures (
  dataset INTEGER NOT NULL,
  since INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (dataset, since)) WITHOUT ROWID`,
}

// refuseForeign tells of a file that is not a store before anything is written
// to it: the switch to WAL alone would change it.
func (s *Store) refuseForeign(ctx context.Context) error {
	if info, err := os.Stat(s.path); err != nil || info.Size() == 0 {
		return nil
	}
	db, err := gp.Open(s.path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(ON)"}})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = s.check(ctx, db)
	return err
}

// initialize makes the tables of a new file, or brings those of an old one up
// to this layout.
func (s *Store) initialize(ctx context.Context) error {
	over := s.waits()
	tx, err := s.write.BeginTx(ctx, nil)
	over()
	if err != nil {
		return s.notOurs(ctx, err)
	}
	defer tx.Rollback()
	found, err := s.check(ctx, tx)
	if err != nil {
		return err
	}
	what := "make the store"
	switch found {
	case layoutVersion:
	case 0:
		err = create(ctx, tx)
	default:
		what = "bring the store up to date"
		err = migrate(ctx, tx, found)
	}
	if err == nil {
		err = execAll(ctx, tx, refreshLayout)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return s.fail(ctx, what, err)
	}
	return nil
}

// check gives the layout of a file, 0 if it is empty; one that holds something
// and is not a store of a layout known here gives KindInvalid.
func (s *Store) check(ctx context.Context, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (found int, err error) {
	var objects, ours int
	if err := q.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name = 'puy_revision'), 0) FROM sqlite_schema").Scan(&objects, &ours); err != nil {
		return 0, s.notOurs(ctx, err)
	}
	switch {
	case objects == 0:
		return 0, nil
	case ours == 0:
		return 0, geo.Errorf(geo.KindInvalid, "%s is not a store: puy did not make it", s.path).
			WithHint("load the file as a source, and choose another path for the store")
	}
	if err := q.QueryRowContext(ctx, "SELECT layout FROM puy_revision").Scan(&found); err != nil {
		return 0, s.notOurs(ctx, err)
	}
	if found < 1 || found > layoutVersion {
		return 0, geo.Errorf(geo.KindInvalid, "the store %s has layout %d, this program wants %d", s.path, found, layoutVersion)
	}
	return found, nil
}

func create(ctx context.Context, tx *sql.Tx) error {
	if err := gp.CreateCore(ctx, tx); err != nil {
		return err
	}
	return execAll(ctx, tx, slices.Concat(layout[:], editLayout[:], keyLayout[:], versionLayout[:])...)
}

func (s *Store) notOurs(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return s.fail(ctx, "open the store", err)
	}
	return geo.Errorf(geo.KindInvalid, "cannot open %s as a store: %w", s.path, err)
}
