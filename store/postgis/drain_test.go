package postgis

import (
	"fmt"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// TestLastRowKeepsTheConnection looks that who breaks off near the end of a
// page, as those do who read one more to know that there is more, costs neither
// a request to cancel nor a connection.
func TestLastRowKeepsTheConnection(t *testing.T) {
	const rows = 2 * drainable
	st, err := Open(t.Context(), pgtest.Database(t), Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	l, err := st.Begin(t.Context(), "d", store.LoadSpec{Schema: geo.Schema{Fields: []geo.Field{{Name: "a", Type: geo.TypeInteger}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Abort()
	for i := range rows {
		if err := l.Write(t.Context(), &geo.Feature{FID: int64(i + 1), ID: fmt.Sprint(i), Values: []geo.Value{geo.Integer(1)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Commit(t.Context(), store.Outcome{}); err != nil {
		t.Fatal(err)
	}
	before := st.pool.Stat().NewConnsCount()
	for _, taken := range []int{rows, rows - 1, rows - drainable} {
		n := 0
		for _, err := range st.Features(t.Context(), "d", store.Query{Limit: rows}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == taken {
				break
			}
		}
	}
	if _, _, err := st.Count(t.Context(), "d", store.Query{}, 0); err != nil {
		t.Fatal(err)
	}
	if after := st.pool.Stat().NewConnsCount(); after != before {
		t.Errorf("%d new connections", after-before)
	}
}
