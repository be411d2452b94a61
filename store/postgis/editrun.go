package postgis

import (
	"bytes"
	"context"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/store"
)

// maxRowsSize is how many bytes of rows one statement of an edit has.
const maxRowsSize = 16 << 20

// run makes edits that concern different features; base is the place of the
// first one in the caller's list. It sets the ids.
func (e *editor) run(ctx context.Context, base int, edits []store.Edit, ids []string) error {
	found, err := e.lock(ctx, edits)
	if err != nil {
		return err
	}
	fids, err := e.giveFIDs(ctx, edits, found)
	if err != nil {
		return err
	}
	created, replaced := e.newRows(), e.newRows()
	var deleted []int64
	for i := range edits {
		edit := &edits[i]
		if err := e.check(edit, found); err != nil {
			return &store.EditError{Index: base + i, Err: err}
		}
		ids[i] = edit.Feature.ID
		f := edit.Feature
		rows := replaced
		switch edit.Kind {
		case store.Delete:
			deleted = append(deleted, found[f.ID].FID)
			continue
		case store.Create:
			f.FID, rows = fids[i], created
			if f.ID == "" {
				f.ID = itoa(f.FID)
				ids[i] = f.ID
			}
		default:
			f.FID = found[f.ID].FID
		}
		if err := rows.add(&f); err != nil {
			return &store.EditError{Index: base + i, Err: err}
		}
		if len(rows.buf) > maxRowsSize {
			if err := e.write(ctx, rows, rows == created); err != nil {
				return err
			}
		}
	}
	if len(deleted) > 0 {
		if _, err := e.tx.Exec(ctx, "DELETE FROM "+e.t.name()+" WHERE fid = ANY ($1::bigint[])", deleted); err != nil {
			return err
		}
	}
	if err := e.write(ctx, replaced, false); err != nil {
		return err
	}
	return e.write(ctx, created, true)
}

// lock gives the features that the edits name, and keeps others from changing
// them. They have no values where no edit expects any.
func (e *editor) lock(ctx context.Context, edits []store.Edit) (map[string]*geo.Feature, error) {
	found := make(map[string]*geo.Feature)
	var ids []string
	var fids []int64
	whole := false
	for i := range edits {
		if id := edits[i].Feature.ID; id != "" && storable(id) {
			ids, fids = append(ids, id), append(fids, integerOf(id))
		}
		whole = whole || edits[i].Expect != nil
	}
	if len(ids) == 0 {
		return found, nil
	}
	var fields []int
	if whole {
		fields, _ = e.t.project(nil) // all: none is named
	}
	d := newDecoder(e.t, fields)
	b := e.t.selectFrom(fields, whole)
	b.WriteString(" WHERE id = ANY (" + b.bind(ids) + "::text[])")
	if !e.t.keyed { // as Feature does
		b.WriteString(" AND fid = ANY (" + b.bind(fids) + "::bigint[])")
	}
	b.WriteString(" ORDER BY fid FOR UPDATE") // in one order, against deadlocks
	rows, err := e.tx.Query(ctx, b.String(), append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, b.args...)...)
	if err != nil {
		return nil, err
	}
	_, err = readRows(ctx, e.tx.Conn(), rows, 0, func(raw [][]byte) (bool, error) {
		if err := d.decode(raw); err != nil {
			return false, err
		}
		found[d.f.ID] = d.f.Clone()
		return true, nil
	})
	return found, err
}

// giveFIDs gives the fid of each feature to create: the one that its key has
// had before, unless another feature has it now, or one of puy.inserted_fids.
func (e *editor) giveFIDs(ctx context.Context, edits []store.Edit, found map[string]*geo.Feature) ([]int64, error) {
	var keys []string
	creates := 0
	for i := range edits {
		if edits[i].Kind != store.Create {
			continue
		}
		creates++
		if id := edits[i].Feature.ID; id != "" && e.t.keyed && found[id] == nil && storable(id) {
			keys = append(keys, id)
		}
	}
	if creates == 0 {
		return nil, nil
	}
	known, err := e.knownFIDs(ctx, keys)
	if err != nil {
		return nil, err
	}
	rows, err := e.tx.Query(ctx, "SELECT nextval('puy.inserted_fids') FROM generate_series(1, $1)", max(0, creates-len(known)))
	if err != nil {
		return nil, err
	}
	fresh, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, err
	}
	fids := make([]int64, len(edits))
	for i := range edits {
		if edits[i].Kind != store.Create {
			continue
		}
		if fid, ok := known[edits[i].Feature.ID]; ok {
			fids[i] = fid
		} else {
			fids[i], fresh = fresh[0], fresh[1:]
		}
	}
	return fids, nil
}

// knownFIDs gives the fids that keys have had, of those that are free.
func (e *editor) knownFIDs(ctx context.Context, keys []string) (map[string]int64, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	sql := "SELECT 2 AS rank, id, fid FROM puy.keys WHERE dataset = $1 AND id = ANY ($2::text[])"
	if e.reference != nil {
		sql += " UNION ALL SELECT 1, id, fid FROM " + e.reference.name() + " WHERE id = ANY ($2::text[])"
	}
	rows, err := e.tx.Query(ctx, "SELECT k.id, k.fid FROM ("+sql+") k WHERE NOT EXISTS (SELECT FROM "+e.t.name()+
		" t WHERE t.fid = k.fid) ORDER BY k.rank, k.fid", e.t.dataset, keys)
	if err != nil {
		return nil, err
	}
	known, taken := make(map[string]int64), make(map[int64]bool)
	var id string
	var fid int64
	_, err = pgx.ForEachRow(rows, []any{&id, &fid}, func() error {
		if _, ok := known[id]; !ok && !taken[fid] {
			known[id], taken[fid] = fid, true
		}
		return nil
	})
	return known, err
}

// check compares an edit with the feature that there is.
func (e *editor) check(edit *store.Edit, found map[string]*geo.Feature) error {
	id := edit.Feature.ID
	now := found[id]
	switch edit.Kind {
	case store.Create:
		switch {
		case now != nil:
			return geo.Errorf(geo.KindConflict, "dataset %q has a feature %q already", e.id, id)
		case id != "" && !e.t.keyed:
			return geo.Errorf(geo.KindInvalid, "the features of %q have no key, so a new one cannot have an id of its own", e.id)
		}
		return nil
	case store.Replace, store.Delete:
		if now == nil {
			return noFeature(e.id, id)
		}
		if edit.Expect != nil && !e.t.equal(now, edit.Expect) {
			return geo.Errorf(geo.KindConflict, "feature %q of %q has been changed meanwhile", id, e.id)
		}
		return nil
	}
	return geo.Errorf(geo.KindInvalid, "an edit of an unknown kind, %d", edit.Kind)
}

// equal tells whether the feature now, as it was read, is what was expected.
func (t *table) equal(now, expected *geo.Feature) bool {
	if len(expected.Values) != len(now.Values) {
		return false
	}
	for i, v := range expected.Values {
		if t.schema.Fields[i].Type == geo.TypeNumber && v.Type() == geo.TypeInteger {
			v = geo.Number(float64(v.Integer()))
		}
		if v != now.Values[i] {
			return false
		}
	}
	a, b := now.Geometry, expected.Geometry
	if a.IsNull() || b.IsNull() {
		return a.IsNull() && b.IsNull()
	}
	return bytes.Equal(a.AppendWKB(nil), b.Promote(t.schema.Geometry).AppendWKB(nil))
}
