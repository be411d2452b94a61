package storetest

import (
	"context"
	"fmt"
	"testing"

	"puy/geo"
	"puy/store"
)

// testChanges asks for the changes after every edit.
func testChanges(t *testing.T, s *suite) {
	e := s.edit(t, "d", places("a", "b", "c", "d"), true)
	if got, _ := changes(t, s.st, "d", 1, 0); len(got) != 0 {
		t.Errorf("a new version has the changes %v", got)
	}
	type step struct {
		edits  int64
		states map[int64]geo.Bounds // of every feature there was, by fid
	}
	state := func() step {
		all := make(map[int64]geo.Bounds)
		for _, fid := range e.fids {
			all[fid] = geo.EmptyBounds()
		}
		for _, f := range e.rows {
			all[f.FID] = f.Geometry.Bounds()
		}
		return step{e.current(t, s.st).Edits, all}
	}
	steps := []step{state()}
	for _, edits := range [][]store.Edit{
		{create(place("e", "POINT (1 1)"))},
		{replace(place("a", "POINT (2 2)")), replace(place("c", "POINT (3 3)"))},
		{remove("e"), replace(place("a", ""))},
		{create(place("e", "POINT (4 4)")), remove("b")},
		{replace(e.feature("d", "only the name"))},
		{replace(place("c", "POINT (5 5)")), replace(place("c", "POINT (6 6)"))},
	} {
		e.apply(t, edits...)
		steps = append(steps, state())
	}
	final := steps[len(steps)-1]
	for i, from := range steps {
		got, last := changes(t, e.other, "d", 1, from.edits)
		if i < len(steps)-1 && last != final.edits || i == len(steps)-1 && len(got) != 0 {
			t.Errorf("after step %d: %d changes, the last of edit %d of %d", i, len(got), last, final.edits)
		}
		for fid, now := range final.states {
			was, existed := from.states[fid]
			if !existed {
				was = geo.EmptyBounds()
			}
			if c, ok := got[fid]; ok && (!sameBox(c.Before, was) || !sameBox(c.After, now)) || !ok && !sameBox(was, now) {
				t.Errorf("after step %d, fid %d: %v (%v), want %v to %v", i, fid, c, ok, was, now)
			}
		}
	}
	for range 20 {
		for _, err := range s.st.Changes(testContext(t), "d", 1, 0) {
			must(t, err)
			break
		}
	}
	ctx, cancel := context.WithCancel(testContext(t))
	cancel()
	for _, err := range s.st.Changes(ctx, "d", 1, 0) {
		wantKind(t, "Changes with a context that ended", err, geo.KindUnavailable)
	}
	for _, version := range []int64{2, -1} {
		ended := false
		for _, err := range s.st.Changes(testContext(t), "d", version, 0) {
			wantKind(t, fmt.Sprint("Changes of version ", version), err, geo.KindNotFound)
			ended = true
		}
		if !ended {
			t.Errorf("version %d, which does not exist, has no changes and no error", version)
		}
	}
}

// testEditedVersions loads and rolls back where versions were edited.
func testEditedVersions(t *testing.T, s *suite) {
	e := s.edit(t, "d", places("a", "b", "c", "d"), true)
	e.apply(t, remove("a"), create(place("e", "POINT (50 50)")), replace(e.feature("b", "changed")))
	e.apply(t, replace(e.feature("c", "changed")), replace(e.feature("c", "<c>")))
	edited, first := e.rows, e.current(t, s.st)
	firstChanges, _ := changes(t, s.st, "d", 1, 0)

	v := e.load(t, places("a", "b", "c", "d"))
	if v.Number != 2 || v.Edits != 0 || !v.Edited.IsZero() || v.Added != 1 || v.Removed != 1 || v.Modified != 1 {
		t.Errorf("the load after the edits: version %d, %d edits %v, +%d −%d ~%d; want +1 −1 ~1", v.Number, v.Edits, v.Edited, v.Added, v.Removed, v.Modified)
	}
	if v.Extent == first.Extent {
		t.Errorf("the extent %v is still that of the edits", v.Extent)
	}
	list, err := differences(testContext(t), s.st, "d", 2)
	want := []store.Difference{{Kind: store.Added, ID: "a"}, {Kind: store.Modified, ID: "b"}, {Kind: store.Removed, ID: "e"}}
	if diff := diffRecords(want, withoutFIDs(list)); err != nil || diff != "" {
		t.Errorf("differences: %v\n%s", err, diff)
	}
	for _, st := range []store.Store{e.st, e.other} {
		same(t, "the version before", e.schema, all(t, st, "d", store.Query{Version: 1}), edited)
		if diff := diffRecords(first, versionByNumber(t, st, "d", 1)); diff != "" {
			t.Errorf("its record (-want +got):\n%s", diff)
		}
		if n, _, err := st.Count(testContext(t), "d", store.Query{Version: 1}, 0); err != nil || n != int64(len(edited)) {
			t.Errorf("it counts %d, %v; want %d", n, err, len(edited))
		}
		if got, _ := changes(t, st, "d", 1, 0); len(got) != len(firstChanges) {
			t.Errorf("its changes are %v, were %v", got, firstChanges)
		}
	}
	if got, _ := changes(t, s.st, "d", 2, 0); len(got) != 0 {
		t.Errorf("a new version has the changes %v", got)
	}
	e.apply(t, create(place("e", "")), replace(e.feature("d", "second")))
	second, secondRows := e.current(t, s.st), e.rows

	v, err = s.st.Rollback(testContext(t), "d")
	must(t, err)
	if diff := diffRecords(first, v); diff != "" {
		t.Errorf("rolled back (-want +got):\n%s", diff)
	}
	e.rows, e.extent = edited, first.Extent
	e.check(t)
	e.apply(t, replace(e.feature("d", "after the rollback")), create(place("a", "POINT (-50 -50)")))
	e.apply(t, remove("e"))
	same(t, "version 2", e.schema, all(t, s.st, "d", store.Query{Version: 2}), secondRows)
	if diff := diffRecords(second, versionByNumber(t, e.other, "d", 2)); diff != "" {
		t.Errorf("version 2 (-want +got):\n%s", diff)
	}
	e.load(t, places("e", "d", "f"))
	e.apply(t, remove("f"))
	if got, _ := changes(t, s.st, "d", 1, first.Edits); len(got) != 3 {
		t.Errorf("version 1 has the changes %v after edit %d, want 3", got, first.Edits)
	}
	for range 3 {
		e.load(t, places("x"))
	}
	for _, err := range s.st.Changes(testContext(t), "d", 1, 0) {
		wantKind(t, "Changes of a dropped version", err, geo.KindNotFound)
	}
}

// testEditsDuringLoad edits while a load of the same dataset is under way.
func testEditsDuringLoad(t *testing.T, s *suite) {
	e := s.edit(t, "d", places("a", "b", "c"), true)
	next := places("new", "c", "b")
	l := begin(t, s.st, "d", next.spec())
	write(t, l, next.rows[:2])
	e.apply(t, create(place("new", "POINT (1 1)")), remove("a"), replace(e.feature("b", "changed")))
	writeFrom(t, l, next.rows[2:], 3)
	_, _, err := l.Duplicates(testContext(t), 1)
	must(t, err)
	e.apply(t, create(place("gone", "")))
	fids := map[string]int64{"new": e.fids["new"], "b": e.fids["b"], "c": e.fids["c"]}
	v := commit(t, l)
	if v.Added != 0 || v.Removed != 1 || v.Modified != 3 || v.Edits != 0 {
		t.Errorf("+%d −%d ~%d, %d edits; want +0 −1 ~3", v.Added, v.Removed, v.Modified, v.Edits)
	}
	for _, f := range all(t, s.st, "d", store.Query{}) {
		if f.FID != fids[f.ID] {
			t.Errorf("%s has fid %d, want %d", f.ID, f.FID, fids[f.ID])
		}
	}
}

func writeFrom(t *testing.T, l store.Load, rows []geo.Feature, number int64) {
	t.Helper()
	for i := range rows {
		f := rows[i].Clone()
		f.FID = number + int64(i)
		must(t, l.Write(testContext(t), f))
	}
}
