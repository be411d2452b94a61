package postgis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"puy/geo"
	"puy/geo/cql2"
	"puy/internal/pgtest"
	"puy/store"
	"puy/store/postgis"
)

func TestStatementTimeoutOfALockedTable(t *testing.T) {
	address := pgtest.Database(t)
	st, err := postgis.Open(t.Context(), address, postgis.Options{StatementTimeout: 300 * time.Millisecond, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	loadRows(t, st, "d", geo.Schema{}, geo.Feature{ID: "k"})
	conn := connect(t, address)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `LOCK TABLE puy."v_1_1" IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	_, _, err = st.Count(t.Context(), "d", store.Query{}, 0)
	if !store.IsTooSlow(err) || geo.KindOf(err) != geo.KindLimit {
		t.Errorf("a query beyond its time: kind %v, %v", geo.KindOf(err), err)
	}
	if _, err = st.Feature(t.Context(), "d", "k"); !store.IsTooSlow(err) {
		t.Errorf("an item beyond its time: %v", err)
	}
}

// TestSlowReadersLeaveRoom has one reader keep all the connections that there are
// for reading.
func TestSlowReadersLeaveRoom(t *testing.T) {
	st, err := postgis.Open(t.Context(), pgtest.Database(t), postgis.Options{StatementTimeout: 200 * time.Millisecond, MaxConns: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	loadRows(t, st, "d", geo.Schema{}, geo.Feature{ID: "k"}, geo.Feature{ID: "l"})
	for _, err := range st.Features(t.Context(), "d", store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := st.Feature(t.Context(), "d", "k"); geo.KindOf(err) != geo.KindUnavailable {
			t.Error("a second reader:", err)
		}
		if _, err := st.APIKeys(t.Context()); err != nil {
			t.Error("the keys:", err)
		}
		if _, err := st.Edit(t.Context(), "d", []store.Edit{{Kind: store.Create, Feature: geo.Feature{ID: "m"}}}); err != nil {
			t.Error("an edit:", err)
		}
		break
	}
	if _, err := st.Feature(t.Context(), "d", "m"); err != nil {
		t.Error("afterwards:", err)
	}
}

// TestSlowQueryIsTold sorts so many rows that a millisecond cannot suffice, and
// reads of the plan what the operator needs and nothing of what was asked.
func TestSlowQueryIsTold(t *testing.T) {
	told := make(chan store.SlowQuery, 1)
	st, err := postgis.Open(t.Context(), pgtest.Database(t), postgis.Options{StatementTimeout: time.Millisecond, Slow: func(q store.SlowQuery) { told <- q }})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	rows := make([]geo.Feature, 20_000)
	for i := range rows {
		rows[i] = geo.Feature{ID: fmt.Sprint(i), Values: []geo.Value{geo.Text(strings.Repeat("x", i%500)), geo.Integer(int64(i))}}
	}
	loadRows(t, st, "voies", geo.Schema{Fields: []geo.Field{{Name: "nom", Type: geo.TypeText}, {Name: "n", Type: geo.TypeInteger}}}, rows...)
	filter, err := cql2.ParseText(`nom <> 'Madame ''Secret' AND n + 3 < 424242 - n`)
	if err != nil {
		t.Fatal(err)
	}
	q := store.Query{Sort: []store.Order{{Field: "nom"}}, Limit: 10, Filter: filter}
	for range 5 { // the first may end while the connection is still being made
		for _, err = range st.Features(t.Context(), "voies", q) {
		}
		if store.IsTooSlow(err) {
			break
		}
	}
	if !store.IsTooSlow(err) {
		t.Fatal(err)
	}
	got := <-told
	if got.Dataset != "voies" || got.Allowed != time.Millisecond || !strings.Contains(got.SQL, "ORDER BY") || !strings.Contains(got.Plan, "Seq Scan on") ||
		!strings.Contains(got.Plan, "Filter: ") || !strings.Contains(got.Plan, "rows=") {
		t.Errorf("%+v", got)
	}
	for _, secret := range []string{"Madame", "Secret", "424242"} {
		if strings.Contains(got.SQL+got.Plan, secret) {
			t.Errorf("%q is told:\n%s\n%s", secret, got.SQL, got.Plan)
		}
	}
	// What reads all of a version may take as long as it takes.
	n := 0
	for _, err := range st.Features(t.Context(), "voies", store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != len(rows) {
		t.Errorf("%d rows", n)
	}
}
