package storetest

import (
	"encoding/json"
	"fmt"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

func testLoad(t *testing.T, s *suite) {
	ctx := testContext(t)
	other := s.reopen(t)
	put(t, s.st, "d")
	first := texts("a", "b", "c")

	t.Run("Invisible until commit", func(t *testing.T) {
		l := begin(t, s.st, "d", first.spec())
		write(t, l, first.rows)
		_, err := collect(t, other, "d", store.Query{})
		wantKind(t, "Features during the load", err, geo.KindNotFound)
		_, _, err = l.Duplicates(ctx, 1)
		must(t, err)
		if v := commit(t, l); v.Number != 1 || v.Rows != 3 {
			t.Errorf("version %d with %d rows, want 1 with 3", v.Number, v.Rows)
		}
		if err := l.Abort(); err != nil {
			t.Errorf("Abort after Commit: %v", err)
		}
		adopt(t, other, "d", first)
	})
	t.Run("Abort", func(t *testing.T) {
		second := texts("x", "y")
		for _, rows := range []int{0, 1, 2} {
			l := begin(t, s.st, "d", second.spec())
			write(t, l, second.rows[:rows])
			must(t, l.Abort())
		}
		l := begin(t, s.st, "d", second.spec())
		write(t, l, second.rows)
		_, _, err := l.Duplicates(ctx, 1)
		must(t, err)
		must(t, l.Abort())
		adopt(t, s.st, "d", first)
		adopt(t, other, "d", first)
	})
	t.Run("Number counts committed loads", func(t *testing.T) {
		if v := load(t, s.st, "d", texts("z")); v.Number != 2 {
			t.Errorf("version %d, want 2", v.Number)
		}
	})
	t.Run("No rows", func(t *testing.T) {
		put(t, s.st, "nothing")
		v := load(t, s.st, "nothing", texts())
		if v.Rows != 0 || !v.Extent.IsEmpty() {
			t.Errorf("got %d rows in %v", v.Rows, v.Extent)
		}
		if got := all(t, s.st, "nothing", store.Query{}); len(got) != 0 {
			t.Errorf("got %d features", len(got))
		}
		if v := load(t, s.st, "nothing", first); v.Added != 3 || !v.Compared {
			t.Errorf("after no rows: %d added, compared %v; want 3, true", v.Added, v.Compared)
		}
	})
	t.Run("Many rows", func(t *testing.T) {
		ids := make([]string, 20000)
		for i := range ids {
			ids[i] = fmt.Sprint("key ", i*7919%len(ids))
		}
		loaded(t, s.st, "many", texts(ids...))
	})
	t.Run("Gaps in row numbers", func(t *testing.T) {
		put(t, s.st, "gaps")
		l := begin(t, s.st, "gaps", first.spec())
		for i, number := range []int64{2, 5, 1 << 40} {
			f := first.rows[i].Clone()
			f.FID = number
			must(t, l.Write(ctx, f))
		}
		_, _, err := l.Duplicates(ctx, 0)
		must(t, err)
		commit(t, l)
		adopt(t, s.st, "gaps", first)
	})
}

func testConflict(t *testing.T, s *suite) {
	ctx := testContext(t)
	other := s.reopen(t)
	put(t, s.st, "d")
	put(t, s.st, "e")
	rows := texts("a")
	l := begin(t, s.st, "d", rows.spec())
	for name, st := range map[string]store.Store{"same handle": s.st, "other handle": other} {
		_, err := st.Begin(ctx, "d", rows.spec())
		wantKind(t, "Begin from the "+name, err, geo.KindConflict)
	}
	write(t, l, rows.rows)
	must(t, l.Abort())
	l = begin(t, other, "d", rows.spec())
	_, err := s.st.Begin(ctx, "d", rows.spec())
	wantKind(t, "Begin while the other handle loads", err, geo.KindConflict)
	write(t, l, rows.rows)
	_, _, err = l.Duplicates(ctx, 1)
	must(t, err)
	commit(t, l)
	load(t, s.st, "d", rows)
	load(t, s.st, "e", rows)
}

func testPersistence(t *testing.T, s *suite) {
	ctx := testContext(t)
	must(t, s.st.PutDataset(ctx, fullDataset("d")))
	tb := texts("a", "é", "")
	tb.rows[2].ID = "c/d?e"
	v := load(t, s.st, "d", tb)
	rev, err := s.st.Revision(ctx)
	must(t, err)
	closing := s.open(t)
	must(t, closing.Close())
	st := s.reopen(t)
	adopt(t, st, "d", tb)
	d, err := st.Dataset(ctx, "d-old")
	must(t, err)
	if diff := diffRecords(store.Dataset{Dataset: fullDataset("d"), Current: &v}, d); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, err := st.Revision(ctx); err != nil || got < rev {
		t.Errorf("revision %d, %v; was %d", got, err, rev)
	}
}

func testRollback(t *testing.T, s *suite) {
	ctx := testContext(t)
	other := s.reopen(t)
	put(t, s.st, "d")
	_, err := s.st.Rollback(ctx, "d")
	wantKind(t, "Rollback without a version", err, geo.KindConflict)
	versions := []*table{texts("a"), texts("a", "b"), texts("a", "b", "c")}
	for _, tb := range versions {
		load(t, s.st, "d", tb)
	}
	for want := int64(2); want >= 1; want-- {
		v, err := s.st.Rollback(ctx, "d")
		must(t, err)
		if v.Number != want {
			t.Fatalf("Rollback gives version %d, want %d", v.Number, want)
		}
		for _, st := range []store.Store{s.st, other} {
			adopt(t, st, "d", versions[want-1])
			d, err := st.Dataset(ctx, "d")
			must(t, err)
			if d.Current == nil || diffRecords(v, *d.Current) != "" {
				t.Errorf("current is %+v, want %+v", d.Current, v)
			}
		}
		kept, err := s.st.Versions(ctx, "d")
		must(t, err)
		if len(kept) != 3 {
			t.Errorf("%d versions kept, want 3", len(kept))
		}
	}
	_, err = s.st.Rollback(ctx, "d")
	wantKind(t, "Rollback of the first version", err, geo.KindConflict)
	adopt(t, s.st, "d", versions[0])

	// The version before is the one that was current: the first.
	v := load(t, s.st, "d", texts("a", "c"))
	if v.Number != 4 || v.Added != 1 || v.Removed != 0 || v.Modified != 0 {
		t.Errorf("version %d: +%d −%d ~%d; want 4: +1 −0 ~0", v.Number, v.Added, v.Removed, v.Modified)
	}
	v, err = s.st.Rollback(ctx, "d")
	if err != nil || v.Number != 3 {
		t.Errorf("Rollback of version 4 gives %d, %v; want the newest kept, 3", v.Number, err)
	}
}

func testRetention(t *testing.T, s *suite) {
	ctx := testContext(t)
	put(t, s.st, "d")
	for n := int64(1); n <= 5; n++ {
		load(t, s.st, "d", texts(fmt.Sprint(n)))
		kept, err := s.st.Versions(ctx, "d")
		must(t, err)
		var numbers, want []int64
		for _, v := range kept {
			numbers = append(numbers, v.Number)
		}
		for k := n; k > 0 && k > n-3; k-- {
			want = append(want, k)
		}
		if diff := diffRecords(want, numbers); diff != "" {
			t.Errorf("after %d loads (-want +got):\n%s", n, diff)
		}
		for _, k := range want {
			got := all(t, s.st, "d", store.Query{Version: k})
			if len(got) != 1 || got[0].ID != fmt.Sprint(k) {
				t.Errorf("version %d holds %v", k, got)
			}
		}
		if n <= 3 {
			continue
		}
		_, err = collect(t, s.st, "d", store.Query{Version: n - 3})
		wantKind(t, "Features of a dropped version", err, geo.KindNotFound)
		_, err = s.st.Report(ctx, "d", n-3)
		wantKind(t, "Report of a dropped version", err, geo.KindNotFound)
		_, err = differences(ctx, s.st, "d", n-3)
		wantKind(t, "Differences of a dropped version", err, geo.KindNotFound)
	}
}

func testReport(t *testing.T, s *suite) {
	put(t, s.st, "d")
	reports := []string{`{"rows":3,"big":12345678901234567890,"text":"« é » \u0000 \"q\""}`, `[]`, `{"a":{"b":[1.50,null,true]}}`}
	for i, report := range reports {
		tb := texts("a")
		l := begin(t, s.st, "d", tb.spec())
		write(t, l, tb.rows)
		_, _, err := l.Duplicates(testContext(t), 1)
		must(t, err)
		v, err := l.Commit(testContext(t), store.Outcome{Report: json.RawMessage(report), Rejected: int64(i)})
		must(t, err)
		if v.Rejected != int64(i) {
			t.Errorf("%d rejected, want %d", v.Rejected, i)
		}
	}
	for i, want := range reports {
		got, err := s.reopen(t).Report(testContext(t), "d", int64(i+1))
		if err != nil || !sameJSON(string(got), want) {
			t.Errorf("report %d is %s, %v; want %s", i+1, got, err, want)
		}
	}
}

func versionByNumber(t testing.TB, st store.Store, id string, number int64) catalog.Version {
	t.Helper()
	kept, err := st.Versions(testContext(t), id)
	must(t, err)
	for _, v := range kept {
		if v.Number == number {
			return v
		}
	}
	t.Fatalf("%s has no version %d", id, number)
	return catalog.Version{}
}
