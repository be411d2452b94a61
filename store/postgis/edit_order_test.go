package postgis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
)

// TestCommitOrder commits in another order than that of the statements: a
// reader who has seen the first edit still finds the second.
func TestCommitOrder(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	first, second := connect(t, url), connect(t, url)
	run(t, first, "BEGIN; UPDATE data.d SET n = 1 WHERE fid = 1")
	run(t, second, "BEGIN; UPDATE data.d SET n = 2 WHERE fid = 2")
	if got, last := changesOf(t, st, 1, 0); len(got) != 0 || last != 0 {
		t.Errorf("changes before a commit: %v", got)
	}
	run(t, second, "COMMIT")
	got, last := changesOf(t, st, 1, 0)
	if len(got) != 1 || got[0][0] != '2' || last != 1 {
		t.Errorf("changes %v to %d", got, last)
	}
	run(t, first, "COMMIT")
	if got, last := changesOf(t, st, 1, 1); len(got) != 1 || got[0][0] != '1' || last != 2 {
		t.Errorf("changes %v to %d", got, last)
	}
}

// TestNoChangeIsLost has writers with transactions of all lengths, on two
// datasets in either order, and readers who know features by their changes
// alone: each change begins where the one before has ended.
func TestNoChangeIsLost(t *testing.T) {
	const writers, rounds, own = 5, 30, 6
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	for _, id := range []string{"d", "e"} {
		loadRows(t, st, id, pointSchema)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
	defer cancel()
	var wrote, read sync.WaitGroup
	var stop atomic.Bool
	replicas := map[string]map[int64]geo.Bounds{"d": {}, "e": {}}
	for id, replica := range replicas {
		read.Go(func() {
			after := int64(0)
			for last := false; !last; {
				last = stop.Load() // then everything is committed
				for c, err := range st.Changes(ctx, id, 1, after) {
					if err != nil {
						t.Errorf("changes of %s: %v", id, err)
						return
					}
					was, known := replica[c.FID]
					if known && was != c.Before && !(was.IsEmpty() && c.Before.IsEmpty()) || !known && !c.Before.IsEmpty() || c.Edit < after {
						t.Errorf("%s: %+v follows %v, edit %d", id, c, was, after)
					}
					replica[c.FID], after = c.After, c.Edit
				}
			}
		})
	}
	for w := range writers {
		wrote.Go(func() {
			conn, err := pgx.Connect(ctx, url)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close(context.Background())
			rnd := rand.New(rand.NewPCG(uint64(w), 7))
			for range rounds {
				sql := "BEGIN;"
				tables := []string{"data.d", "data.e"}
				if rnd.IntN(8) == 0 { // such a transaction takes its numbers in the order of its statements
					sql += "SET CONSTRAINTS ALL IMMEDIATE;"
					tables[0] = tables[1]
				}
				for n := range 1 + rnd.IntN(4) {
					table, fid := tables[rnd.IntN(2)], w*own+1+rnd.IntN(own)
					point := fmt.Sprintf("ST_SetSRID(ST_MakePoint(%d, %d), 4326)", rnd.IntN(180), rnd.IntN(90))
					undo := rnd.IntN(5) == 0
					if undo {
						sql += fmt.Sprintf("SAVEPOINT s%d;", n)
					}
					switch rnd.IntN(3) {
					case 0:
						sql += fmt.Sprintf("DELETE FROM %s WHERE fid = %d;", table, fid)
					case 1:
						sql += fmt.Sprintf("UPDATE %s SET geom = %s WHERE fid BETWEEN %d AND %d;", table, point, fid, w*own+own)
					default:
						sql += fmt.Sprintf("INSERT INTO %s (fid, id, geom) VALUES (%d, 'k%d', %s) ON CONFLICT (fid) DO UPDATE SET geom = excluded.geom;", table, fid, fid, point)
					}
					if undo {
						sql += fmt.Sprintf("ROLLBACK TO s%d;", n)
					}
					if rnd.IntN(3) == 0 {
						sql += fmt.Sprintf("SELECT pg_sleep(%g);", rnd.Float64()*0.01)
					}
				}
				end := "COMMIT"
				if rnd.IntN(6) == 0 {
					end = "ROLLBACK"
				}
				if _, err := conn.PgConn().Exec(ctx, sql+end).ReadAll(); err != nil {
					t.Errorf("%s: %v", sql, err)
					return
				}
			}
		})
	}
	wrote.Wait()
	stop.Store(true)
	read.Wait()
	for id, replica := range replicas {
		n := int64(0)
		for f, err := range st.Features(ctx, id, store.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; replica[f.FID] != f.Geometry.Bounds() {
				t.Errorf("%s: feature %d is at %v, its changes tell %v", id, f.FID, f.Geometry.Bounds(), replica[f.FID])
			}
			delete(replica, f.FID)
		}
		for fid, box := range replica {
			if !box.IsEmpty() {
				t.Errorf("%s: feature %d is gone, its changes tell %v", id, fid, box)
			}
		}
		if d, err := st.Dataset(ctx, id); err != nil || d.Current.Rows != n {
			t.Errorf("%s: %d rows, %v; want %d", id, d.Current.Rows, err, n)
		}
	}
}

// TestWatchLosesConnection ends the connection that listens, and raises the
// revision without a notification, as it looks behind a pooler.
func TestWatchLosesConnection(t *testing.T) {
	url := pgtest.Database(t)
	st := open(t, url)
	defer st.Close()
	conn := connect(t, url)
	loadRows(t, st, "d", pointSchema, points(t, 1, 5)...)
	ctx, cancel := context.WithCancel(t.Context())
	var calls, seen atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		st.Watch(ctx, func() {
			calls.Add(1)
			if n, err := st.Revision(ctx); err == nil {
				seen.Store(n)
			}
		})
	}()
	await := func(what string, n int64) {
		t.Helper()
		for start := time.Now(); seen.Load() < n; time.Sleep(time.Millisecond) {
			if time.Since(start) > 3*time.Second {
				t.Fatalf("%s: not called", what)
			}
		}
	}
	revision := func() int64 {
		n, err := st.Revision(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	await("start", revision())
	run(t, conn, "UPDATE puy.revision SET number = number + 1")
	await("no notification", revision())
	run(t, conn, "UPDATE data.d SET n = 1")
	await("edit", revision())
	for range 2 {
		before := calls.Load()
		killed := strings1(t, conn, "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name = 'puy watch' AND datname = current_database()")
		if len(killed) == 0 {
			t.Fatal("nothing listens")
		}
		for start := time.Now(); calls.Load() == before; time.Sleep(time.Millisecond) {
			if time.Since(start) > 5*time.Second {
				t.Fatal("not called after the connection was lost")
			}
		}
		run(t, conn, "UPDATE data.d SET n = 1")
		await("edit after the loss", revision())
	}
	cancel()
	<-ended
}
