package postgis_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
	"puy/store/postgis"
)

// victimVariable makes this test binary load rows into the database that it
// names and tell its progress, until it is killed.
const victimVariable = "PUY_POSTGIS_VICTIM"

const victimRows = 60_000

var killSchema = geo.Schema{Geometry: geo.GeometryPoint, Fields: []geo.Field{{Name: "version", Type: geo.TypeInteger}, {Name: "text", Type: geo.TypeText}}}

// loadKeys loads n rows of a version, calling step at each stage.
func loadKeys(st store.Store, n, version int, step func(string)) error {
	ctx := context.Background()
	l, err := st.Begin(ctx, "d", store.LoadSpec{Schema: killSchema, Keyed: true})
	if err != nil {
		return err
	}
	defer l.Abort()
	step("begun")
	point := geo.Geometry{}
	for i := range n {
		f := geo.Feature{FID: int64(i + 1), ID: fmt.Sprint("k", i), Geometry: point, Values: []geo.Value{geo.Integer(int64(version)), geo.Text("some text to fill the table")}}
		if err := l.Write(ctx, &f); err != nil {
			return err
		}
		if i == 100 || i == n/2 {
			step(fmt.Sprint("row ", i))
		}
	}
	step("written")
	if _, _, err := l.Duplicates(ctx, 1); err != nil {
		return err
	}
	step("checked")
	_, err = l.Commit(ctx, store.Outcome{})
	step("committed")
	return err
}

func victim(url string) {
	st, err := postgis.Open(context.Background(), url, postgis.Options{})
	if err == nil {
		err = loadKeys(st, victimRows, 2, func(s string) { fmt.Println(s) })
	}
	fmt.Println("end", err)
	time.Sleep(time.Minute)
}

func TestKilledLoad(t *testing.T) {
	moments := []struct {
		after string
		wait  time.Duration
	}{
		{"begun", 0}, {"row 100", 0}, {fmt.Sprint("row ", victimRows/2), 0}, {"written", 0}, {"written", 20 * time.Millisecond},
		{"checked", 0}, {"checked", 30 * time.Millisecond}, {"checked", 100 * time.Millisecond}, {"checked", 200 * time.Millisecond}, {"committed", 0},
	}
	for _, m := range moments {
		t.Run(fmt.Sprint(m.after, " + ", m.wait), func(t *testing.T) {
			url := pgtest.Database(t)
			st := open(t, url)
			defer st.Close()
			if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
				t.Fatal(err)
			}
			if err := loadKeys(st, 1000, 1, func(string) {}); err != nil {
				t.Fatal(err)
			}
			killAfter(t, url, m.after, m.wait)

			// Until COMMIT nothing has happened, after it everything has.
			want, rows := int64(1), int64(1000)
			if v := current(t, st); v == 2 && m.after != "begun" {
				want, rows = 2, victimRows
			}
			if m.after == "committed" && want != 2 {
				t.Error("a committed load is lost")
			}
			wantRows(t, st, want, rows)
			start := time.Now()
			for err := loadKeys(st, 500, 3, func(string) {}); err != nil; err = loadKeys(st, 500, 3, func(string) {}) {
				if geo.KindOf(err) != geo.KindConflict || time.Since(start) > 5*time.Second {
					t.Fatalf("a new load after %v: %v", time.Since(start), err)
				}
				time.Sleep(10 * time.Millisecond)
			}
			wantRows(t, st, 3, 500)
			wantTables(t, url)
		})
	}
}

// killAfter runs the victim and kills it some time after it has told a stage.
func killAfter(t *testing.T, url, stage string, wait time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimVariable+"="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != stage {
		if text := lines.Text(); len(text) > 3 && text[:3] == "end" {
			t.Errorf("the victim ended: %s", text)
			break
		}
	}
	time.Sleep(wait)
	cmd.Process.Kill()
	cmd.Wait()
}

func current(t *testing.T, st store.Store) int64 {
	t.Helper()
	d, err := st.Dataset(t.Context(), "d")
	if err != nil {
		t.Fatal(err)
	}
	return d.Current.Number
}

func wantRows(t *testing.T, st store.Store, marker, rows int64) {
	t.Helper()
	n := int64(0)
	for f, err := range st.Features(t.Context(), "d", store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; f.Values[0].Integer() != marker {
			t.Fatalf("a row of load %d, want only those of %d", f.Values[0].Integer(), marker)
		}
	}
	if n != rows {
		t.Errorf("%d rows of load %d, want %d", n, marker, rows)
	}
}

// wantTables compares the tables that there are with those that kept versions have.
func wantTables(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	names := func(sql string) []string {
		rows, err := conn.Query(t.Context(), sql)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	got := names(`SELECT relname::text FROM pg_class WHERE relnamespace = 'puy'::regnamespace AND relkind = 'r' AND relname ~ '^[vdr]_' ORDER BY relname COLLATE "C"`)
	want := names(`SELECT name FROM (SELECT format('v_%s_%s', dataset, number) AS name FROM puy.versions
		UNION ALL SELECT format('d_%s_%s', dataset, number) FROM puy.versions WHERE compared) n ORDER BY name COLLATE "C"`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}
