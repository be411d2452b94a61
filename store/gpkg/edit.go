package gpkg

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// Edit changes features of the current version in one transaction. Each of them
// counts as an edit of its own.
func (s *Store) Edit(ctx context.Context, id string, edits []store.Edit) ([]string, error) {
	what := "edit " + id
	if len(edits) == 0 {
		return nil, s.view(ctx, what, func(ctx context.Context, tx *sql.Tx) error {
			_, _, err := s.find(ctx, tx, id, 0)
			return err
		})
	}
	ids := make([]string, len(edits))
	err := s.change(ctx, what, func(ctx context.Context, tx *sql.Tx) error {
		d, v, err := s.find(ctx, tx, id, 0)
		if err != nil {
			return err
		}
		e, err := newEditor(ctx, tx, d, v)
		if err != nil {
			return err
		}
		defer e.close()
		for i := range edits {
			ids[i], err = e.edit(&edits[i])
			var known *geo.Error
			if errors.As(err, &known) {
				return &store.EditError{Index: i, Err: err}
			} else if err != nil {
				return err
			}
		}
		return e.describe()
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// editor edits the current version of a dataset within a transaction.
type editor struct {
	ctx        context.Context
	tx         *sql.Tx
	d          *dataset
	v          *version
	rows       *rowReader
	statements map[string]*sql.Stmt
	nextFID    int64
}

func newEditor(ctx context.Context, tx *sql.Tx, d *dataset, v *version) (*editor, error) {
	e := &editor{ctx: ctx, tx: tx, d: d, v: v, statements: make(map[string]*sql.Stmt)}
	var err error
	if e.rows, err = newRowReader(v, store.Query{}); err != nil {
		return nil, err
	}
	err = tx.QueryRowContext(ctx, "SELECT max(?, 1 + coalesce((SELECT max(fid) FROM "+e.table()+"), 0))", d.nextFID).Scan(&e.nextFID)
	return e, err
}

func (e *editor) close() {
	for _, stmt := range e.statements {
		stmt.Close()
	}
}

func (e *editor) table() string { return "main." + gp.Quote(e.d.entry.ID) }

// prepared gives a statement that is prepared once.
func (e *editor) prepared(query string) (*sql.Stmt, error) {
	stmt := e.statements[query]
	if stmt == nil {
		var err error
		if stmt, err = e.tx.PrepareContext(e.ctx, query); err != nil {
			return nil, err
		}
		e.statements[query] = stmt
	}
	return stmt, nil
}

func (e *editor) exec(query string, args ...any) error {
	stmt, err := e.prepared(query)
	if err != nil {
		return err
	}
	_, err = stmt.ExecContext(e.ctx, args...)
	return err
}

// fid gives the number that a query finds, or 0; fids are positive.
func (e *editor) fid(query string, args ...any) (fid int64, err error) {
	stmt, err := e.prepared(query)
	if err != nil {
		return 0, err
	}
	err = stmt.QueryRowContext(e.ctx, args...).Scan(&fid)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return fid, err
}

// find gives the fid of the feature id, as Store.Feature finds it, or 0.
func (e *editor) find(id string) (int64, error) {
	query := "SELECT fid FROM " + e.table() + " WHERE fid = ?"
	if e.v.keyed {
		fid, err := e.fid("SELECT fid FROM "+e.table()+" WHERE feature_id = ? ORDER BY fid LIMIT 1", id)
		if fid != 0 || err != nil {
			return fid, err
		}
		query += " AND feature_id IS NULL"
	}
	fid, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(fid, 10) != id {
		return 0, nil
	}
	return e.fid(query, fid)
}

// edit makes one edit and gives the feature's id.
func (e *editor) edit(edit *store.Edit) (string, error) {
	f := &edit.Feature
	if err := checkText(f.ID); err != nil {
		return "", geo.Errorf(geo.KindInvalid, "the id of a feature cannot be kept: %w", err)
	}
	if edit.Kind == store.Create {
		return e.create(f)
	}
	if edit.Kind != store.Replace && edit.Kind != store.Delete {
		return "", geo.Errorf(geo.KindInvalid, "there is no kind of edit %d", edit.Kind)
	}
	fid, err := e.find(f.ID)
	if err != nil {
		return "", err
	}
	if fid == 0 {
		return "", geo.Errorf(geo.KindNotFound, "the dataset %q has no feature %q", e.d.entry.ID, f.ID)
	}
	if edit.Expect != nil {
		if err := e.expect(fid, f.ID, edit.Expect); err != nil {
			return "", err
		}
	}
	if edit.Kind == store.Delete {
		return f.ID, e.exec("DELETE FROM "+e.table()+" WHERE fid = ?", fid)
	}
	columns, args, err := e.row(f)
	if err != nil || len(columns) == 0 {
		return f.ID, err
	}
	return f.ID, e.exec("UPDATE "+e.table()+" SET "+strings.Join(columns, " = ?, ")+" = ? WHERE fid = ?", append(args, fid)...)
}

func (e *editor) create(f *geo.Feature) (id string, err error) {
	columns, args, err := e.row(f)
	if err != nil {
		return "", err
	}
	var fid int64
	switch {
	case f.ID == "":
		id, fid, err = e.newID()
	case !e.v.keyed:
		return "", geo.Errorf(geo.KindInvalid, "the features of the dataset %q have no key, so a new one cannot be given the id %q", e.d.entry.ID, f.ID)
	default:
		id = f.ID
		fid, err = e.fidFor(id)
	}
	if err != nil {
		return "", err
	}
	columns, args = append(columns, fidColumn), append(args, fid)
	if e.v.keyed {
		columns, args = append(columns, idColumn), append(args, id)
	}
	query := "INSERT INTO " + e.table() + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + ")"
	return id, e.exec(query, args...)
}

// fidFor gives the fid of a new feature that has the key id: the one that the
// key has had, unless a row of another program has taken it.
func (e *editor) fidFor(id string) (int64, error) {
	fid, err := e.find(id)
	if err != nil {
		return 0, err
	}
	if fid != 0 {
		return 0, geo.Errorf(geo.KindConflict, "the dataset %q already has a feature %q", e.d.entry.ID, id)
	}
	if fid, err = e.fid("SELECT fid FROM puy_keys WHERE dataset = ? AND id = ?", e.d.number, id); err != nil {
		return 0, err
	}
	if fid != 0 {
		taken, err := e.fid("SELECT fid FROM "+e.table()+" WHERE fid = ?", fid)
		if err != nil || taken == 0 {
			return fid, err
		}
		if err := e.exec("DELETE FROM puy_keys WHERE dataset = ? AND id = ?", e.d.number, id); err != nil {
			return 0, err
		}
	}
	e.nextFID++
	return e.nextFID - 1, nil
}

// newID gives the next fid whose text is not the key of another feature, past
// or present.
func (e *editor) newID() (id string, fid int64, err error) {
	for {
		fid = e.nextFID
		e.nextFID++
		id = strconv.FormatInt(fid, 10)
		if !e.v.keyed {
			return id, fid, nil
		}
		taken, err := e.find(id)
		if err == nil && taken == 0 {
			taken, err = e.fid("SELECT fid FROM puy_keys WHERE dataset = ? AND id = ?", e.d.number, id)
		}
		if err != nil || taken == 0 {
			return id, fid, err
		}
	}
}

// expect compares a feature, as it is, with what somebody has seen.
func (e *editor) expect(fid int64, id string, seen *geo.Feature) error {
	var same bool
	query := "SELECT " + e.rows.columns + " FROM " + e.table() + " t WHERE t.fid = ?"
	err := e.rows.each(e.ctx, e.tx, query, []any{fid}, func(f *geo.Feature) bool {
		same = e.same(f, seen)
		return true
	})
	if err == nil && !same {
		return geo.Errorf(geo.KindConflict, "the feature %q of the dataset %q has changed meanwhile", id, e.d.entry.ID)
	}
	return err
}

func (e *editor) same(a, b *geo.Feature) bool {
	if len(a.Values) != len(b.Values) {
		return false
	}
	for i := range a.Values {
		v := b.Values[i]
		if a.Values[i].Type() == geo.TypeNumber && v.Type() == geo.TypeInteger {
			v = geo.Number(v.Number())
		}
		if a.Values[i] != v {
			return false
		}
	}
	kind := e.v.Schema.Geometry
	return bytes.Equal(gp.AppendBlob(nil, a.Geometry.Promote(kind), 0), gp.AppendBlob(nil, b.Geometry.Promote(kind), 0))
}

// describe tells other programs of the extent and the time of the edits, and
// keeps which fids are taken.
func (e *editor) describe() error {
	err := e.exec(`UPDATE gpkg_contents SET last_change = ?, (min_x, min_y, max_x, max_y) =
(SELECT min_x, min_y, max_x, max_y FROM puy_edits WHERE dataset = ? AND version = ?) WHERE table_name = ?`,
		time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), e.d.number, e.v.Number, e.d.entry.ID)
	if err == nil && e.nextFID > e.d.nextFID {
		err = e.exec("UPDATE puy_datasets SET next_fid = max(next_fid, ?) WHERE number = ?", e.nextFID, e.d.number)
	}
	return err
}
