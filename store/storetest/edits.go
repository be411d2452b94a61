package storetest

import (
	"cmp"
	"slices"
	"strconv"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// editing is a dataset that a test edits, and what it must hold.
type editing struct {
	st, other store.Store // two handles on one store
	id        string
	schema    geo.Schema
	rows      []geo.Feature    // of the current version, by fid
	fids      map[string]int64 // of every id that there ever was
	extent    geo.Bounds
	keyed     bool
}

// edit loads tb as the first version of a dataset, for a test to edit.
func (s *suite) edit(t *testing.T, id string, tb *table, keyed bool) *editing {
	t.Helper()
	put(t, s.st, id)
	e := &editing{st: s.st, other: s.reopen(t), id: id, schema: tb.schema, fids: map[string]int64{}, keyed: keyed}
	e.load(t, tb)
	return e
}

// load makes a version of tb.
func (e *editing) load(t *testing.T, tb *table) catalog.Version {
	t.Helper()
	spec := tb.spec()
	spec.Keyed = e.keyed
	v := loadSpec(t, e.st, e.id, spec, tb.rows)
	e.rows, e.extent, e.schema = nil, v.Extent, tb.schema
	for _, f := range all(t, e.st, e.id, store.Query{}) {
		if fid, known := e.fids[f.ID]; e.keyed && known && fid != f.FID {
			t.Errorf("%s had fid %d, now %d", f.ID, fid, f.FID)
		}
		e.rows, e.fids[f.ID] = append(e.rows, f), f.FID
	}
	return v
}

func (e *editing) find(id string) int {
	return slices.IndexFunc(e.rows, func(f geo.Feature) bool { return f.ID == id })
}

// feature gives a copy of the feature id with another name, which is its first field.
func (e *editing) feature(id, name string) geo.Feature {
	f := *e.rows[e.find(id)].Clone()
	f.Values[0] = geo.Text(name)
	return f
}

func create(f geo.Feature) store.Edit  { return store.Edit{Kind: store.Create, Feature: f} }
func replace(f geo.Feature) store.Edit { return store.Edit{Kind: store.Replace, Feature: f} }
func remove(id string) store.Edit {
	return store.Edit{Kind: store.Delete, Feature: geo.Feature{ID: id}}
}

// apply edits, and compares all that the store then says with the model.
func (e *editing) apply(t *testing.T, edits ...store.Edit) []string {
	t.Helper()
	ctx := testContext(t)
	was, started := e.current(t, e.st), time.Now()
	revision, err := e.st.Revision(ctx)
	must(t, err)
	ids, err := e.st.Edit(ctx, e.id, edits)
	if err != nil {
		t.Fatalf("Edit: %v", err)
	}
	if len(ids) != len(edits) {
		t.Fatalf("%d ids for %d edits", len(ids), len(edits))
	}
	want := e.follow(t, ids, edits)

	for name, st := range map[string]store.Store{"same handle": e.st, "other handle": e.other} {
		now := e.current(t, st)
		if now.Rows != int64(len(e.rows)) || now.Extent != e.extent && !(now.Extent.IsEmpty() && e.extent.IsEmpty()) {
			t.Errorf("%s: %d rows in %v, want %d in %v", name, now.Rows, now.Extent, len(e.rows), e.extent)
		}
		if now.Edits <= was.Edits || now.Tag() == was.Tag() || now.Edited.Before(started.Add(-2*time.Second)) || now.Edited.After(time.Now().Add(2*time.Second)) {
			t.Errorf("%s: edits %d to %d, tag %q to %q, edited %v", name, was.Edits, now.Edits, was.Tag(), now.Tag(), now.Edited)
		}
		if got, err := st.Revision(ctx); err != nil || got <= revision {
			t.Errorf("%s: revision %d after %d, %v", name, got, revision, err)
		}
		listed := versionByNumber(t, st, e.id, now.Number)
		if diff := diffRecords(now, listed); diff != "" {
			t.Errorf("%s: Dataset and Versions differ:\n%s", name, diff)
		}
		e.wantChanges(t, st, now.Number, was.Edits, now.Edits, want)
		now.Rows, now.Extent, now.Edits, now.Edited = was.Rows, was.Extent, was.Edits, was.Edited
		if diff := diffRecords(was, now); diff != "" {
			t.Errorf("%s: an edit changed other parts of the record:\n%s", name, diff)
		}
	}
	e.check(t)
	return ids
}

func (e *editing) current(t testing.TB, st store.Store) catalog.Version {
	t.Helper()
	d, err := st.Dataset(testContext(t), e.id)
	must(t, err)
	return *d.Current
}

// check reads everything by both handles.
func (e *editing) check(t *testing.T) {
	t.Helper()
	for _, st := range []store.Store{e.st, e.other} {
		same(t, "all features of "+e.id, e.schema, all(t, st, e.id, store.Query{}), e.rows)
		if n, exact, err := st.Count(testContext(t), e.id, store.Query{}, 0); err != nil || !exact || n != int64(len(e.rows)) {
			t.Errorf("Count: %d, %v, %v; want %d", n, exact, err, len(e.rows))
		}
	}
}

// follow makes the edits in the model, and gives the changes that this must
// have logged, one a fid. Those of features that came and went are left out.
func (e *editing) follow(t *testing.T, ids []string, edits []store.Edit) map[int64]store.Change {
	t.Helper()
	touched := make(map[int64]store.Change)
	existed := make(map[int64]bool)
	touch := func(f *geo.Feature, exists bool) {
		if _, known := touched[f.FID]; !known {
			touched[f.FID], existed[f.FID] = store.Change{FID: f.FID, Before: f.Geometry.Bounds(), After: geo.EmptyBounds()}, exists
		}
	}
	for i, edit := range edits {
		at := e.find(ids[i])
		switch edit.Kind {
		case store.Create:
			f := *edit.Feature.Clone()
			if f.ID != "" && ids[i] != f.ID {
				t.Errorf("created %q as %q", f.ID, ids[i])
			}
			f.ID = ids[i]
			f.FID = e.fidOf(t, edit.Feature.ID, f.ID)
			touch(&geo.Feature{FID: f.FID}, false)
			at, _ = slices.BinarySearchFunc(e.rows, f.FID, func(r geo.Feature, fid int64) int { return cmp.Compare(r.FID, fid) })
			e.rows = slices.Insert(e.rows, at, f)
			e.grow(f.Geometry)
		case store.Replace:
			touch(&e.rows[at], true)
			f := *edit.Feature.Clone()
			f.FID, f.ID = e.rows[at].FID, ids[i]
			e.rows[at] = f
			e.grow(f.Geometry)
		case store.Delete:
			touch(&e.rows[at], true)
			e.rows = slices.Delete(e.rows, at, at+1)
		}
	}
	for fid, c := range touched {
		at := slices.IndexFunc(e.rows, func(f geo.Feature) bool { return f.FID == fid })
		if at >= 0 {
			c.After = e.rows[at].Geometry.Bounds()
			touched[fid] = c
		} else if !existed[fid] {
			delete(touched, fid)
		}
	}
	return touched
}

func (e *editing) grow(g geo.Geometry) {
	if b := g.Bounds(); !b.IsEmpty() {
		e.extent = e.extent.Extend(b.MinX, b.MinY).Extend(b.MaxX, b.MaxY)
	}
}

// fidOf gives the fid that a created feature must have: the old one of its id,
// or one that nothing has had.
func (e *editing) fidOf(t *testing.T, wanted, id string) int64 {
	t.Helper()
	if fid, known := e.fids[id]; known && wanted != "" {
		return fid
	}
	f, err := e.st.Feature(testContext(t), e.id, id)
	if err != nil { // deleted by the same call: its text is its fid, or its fid is nobody's
		fid, _ := strconv.ParseInt(id, 10, 64)
		return fid
	}
	for other, fid := range e.fids {
		if fid == f.FID {
			t.Errorf("the new feature %q has the fid %d of %q", id, fid, other)
		}
	}
	if f.FID <= 0 || wanted == "" && id != strconv.FormatInt(f.FID, 10) {
		t.Errorf("the new feature %q has fid %d", id, f.FID)
	}
	e.fids[id] = f.FID
	return f.FID
}

// wantChanges compares what the log has of the edits after and up to last.
func (e *editing) wantChanges(t *testing.T, st store.Store, version, after, last int64, want map[int64]store.Change) {
	t.Helper()
	got, at := changes(t, st, e.id, version, after)
	if at != last {
		t.Errorf("the last change is of edit %d, want %d", at, last)
	}
	for fid, c := range got {
		w, wanted := want[fid]
		if !wanted && c.Before.IsEmpty() && c.After.IsEmpty() {
			continue // came and went
		}
		if !sameBox(c.Before, w.Before) || !sameBox(c.After, w.After) || !wanted {
			t.Errorf("fid %d: change %v, want %v (%v)", fid, c, w, wanted)
		}
	}
	for fid := range want {
		if _, ok := got[fid]; !ok {
			t.Errorf("no change of fid %d", fid)
		}
	}
}

func sameBox(a, b geo.Bounds) bool { return a == b || a.IsEmpty() && b.IsEmpty() }

// changes gives the changes after an edit, joined to one for each fid, and
// the number of the last edit.
func changes(t testing.TB, st store.Store, id string, version, after int64) (joined map[int64]store.Change, last int64) {
	t.Helper()
	joined, last = make(map[int64]store.Change), after
	for c, err := range st.Changes(testContext(t), id, version, after) {
		must(t, err)
		if c.Edit <= after || c.Edit < last || c.FID <= 0 {
			t.Errorf("change of edit %d follows %d, after %d: %v", c.Edit, last, after, c)
		}
		last = c.Edit
		if before, ok := joined[c.FID]; ok {
			if !sameBox(before.After, c.Before) {
				t.Errorf("fid %d: %v does not follow %v", c.FID, c, before)
			}
			c.Before = before.Before
		}
		joined[c.FID] = c
	}
	return joined, last
}
