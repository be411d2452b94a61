package postgis_test

import (
	"context"
	"fmt"
	"testing"

	"puy/catalog"
	"puy/internal/pgtest"
	"puy/store"
)

// BenchmarkEdits edits lines among 100,000 of them: by Edit, and by an UPDATE
// of the view with the triggers of the log and without.
func BenchmarkEdits(b *testing.B) {
	ctx := context.Background()
	url := pgtest.Database(b)
	st := open(b, url)
	defer st.Close()
	if err := st.PutDataset(ctx, catalog.Dataset{ID: "lines"}); err != nil {
		b.Fatal(err)
	}
	l := makeLines()
	l.load(b, st, 0, *benchRows)
	conn := connect(b, url)
	for _, n := range []int{1, 10_000} {
		edits := make([]store.Edit, n)
		for i := range edits {
			edits[i].Kind = store.Replace
			l.set(&edits[i].Feature, i, 0)
		}
		b.Run(fmt.Sprint("edit-", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := st.Edit(ctx, "lines", edits); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, triggers := range []string{"ENABLE", "DISABLE"} {
			if _, err := conn.Exec(ctx, "ALTER TABLE puy.v_1_1 "+triggers+" TRIGGER USER"); err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("sql-%d-%s", n, triggers), func(b *testing.B) {
				for b.Loop() {
					if _, err := conn.Exec(ctx, "UPDATE data.lines SET lanes = lanes + 1 WHERE fid <= $1", n); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		if _, err := conn.Exec(ctx, "ALTER TABLE puy.v_1_1 ENABLE TRIGGER USER"); err != nil {
			b.Fatal(err)
		}
	}
}
