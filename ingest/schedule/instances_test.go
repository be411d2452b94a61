package schedule_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/ingest"
	"puy/ingest/schedule"
	"puy/ingest/source"
	"puy/internal/pgtest"
	"puy/server"
	"puy/store"
	"puy/store/gpkg"
	"puy/store/postgis"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// origin is a portal that others read by OGC API Features.
type origin struct {
	store   *gpkg.Store
	server  *httptest.Server
	firsts  atomic.Int32 // requests of a first page
	follows atomic.Int32 // of one of the next
}

// newOrigin serves points. Its next links tell a public URL that is not asked.
func newOrigin(t *testing.T, points int) *origin {
	t.Helper()
	o := &origin{}
	var err error
	if o.store, err = gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "origin.gpkg"), gpkg.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.store.Close() })
	if err := o.store.PutDataset(t.Context(), catalog.Dataset{ID: "arbres", Title: geo.Localized{FR: "Arbres"}, Key: "id", Licence: "lov2"}); err != nil {
		t.Fatal(err)
	}
	o.load(t, points)
	s, err := server.New(t.Context(), server.Config{Store: o.store, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("cursor") || r.URL.Query().Has("offset") {
			o.follows.Add(1)
		} else {
			o.firsts.Add(1)
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(o.server.Close)
	return o
}

func (o *origin) load(t *testing.T, points int) {
	t.Helper()
	var text strings.Builder
	text.WriteString("id,n,lon,lat\n")
	for i := range points {
		fmt.Fprintf(&text, "A%05d,%d,3.%04d,45.77\n", i, i, i)
	}
	path := filepath.Join(t.TempDir(), "arbres.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ingest.Load(t.Context(), o.store, catalog.Dataset{ID: "arbres", Key: "id"}, src, ingest.Options{}); err != nil {
		t.Fatal(err)
	}
}

// Two instances on one database read another portal every second: each time one
// of them does, and only what is new makes a version.
func TestInstancesShareTheWork(t *testing.T) {
	o := newOrigin(t, 2500)
	url := pgtest.Database(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var runs, atOnce atomic.Int32
	var group sync.WaitGroup
	var st *postgis.Store
	began := time.Now()
	for range 2 {
		var err error
		if st, err = postgis.Open(t.Context(), url, postgis.Options{}); err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		instance := st
		group.Go(func() {
			schedule.Run(ctx, instance, schedule.Options{Poll: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
				Refresh: func(ctx context.Context, d catalog.Dataset, holder string) (*ingest.Report, error) {
					runs.Add(1)
					if atOnce.Add(1) > 1 {
						t.Error("two instances refresh one dataset at once")
					}
					defer atOnce.Add(-1)
					return ingest.Refresh(ctx, instance, d, ingest.ApplyOptions{Refreshes: instance, Holder: holder, Fetch: source.Options{Private: true}})
				}})
		})
	}
	d := catalog.Dataset{ID: "copie", Title: geo.Localized{FR: "Copie"}, Key: "id", Licence: "lov2",
		Source: catalog.Source{OAPIF: o.server.URL + "/api", Collection: "arbres", Every: catalog.Every(time.Second)}}
	if err := st.PutDataset(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	wait := func(what string, done func(d store.Dataset, r store.Refresh) bool) {
		t.Helper()
		for range 600 {
			now, err := st.Dataset(t.Context(), "copie")
			if err != nil {
				t.Fatal(err)
			}
			r, err := st.Refresh(t.Context(), "copie")
			if err != nil {
				t.Fatal(err)
			}
			if done(now, r) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		r, err := st.Refresh(t.Context(), "copie")
		t.Fatalf("%s did not come about: %+v, %v", what, r, err)
	}
	wait("a first version", func(d store.Dataset, r store.Refresh) bool { return d.Current != nil && d.Current.Rows == 2500 })
	wait("three refreshes", func(d store.Dataset, r store.Refresh) bool { return runs.Load() >= 4 && r.Error == "" })
	if versions, err := st.Versions(t.Context(), "copie"); err != nil || len(versions) != 1 {
		t.Errorf("nothing was new: %v, %v", versions, err)
	}
	o.load(t, 2600)
	wait("a second version", func(d store.Dataset, r store.Refresh) bool { return d.Current.Number == 2 && d.Current.Added == 100 })
	o.load(t, 100)
	wait("a version that is held", func(d store.Dataset, r store.Refresh) bool { return r.Held != nil && r.Held.Rows == 100 })
	cancel()
	group.Wait()
	if now, err := st.Dataset(t.Context(), "copie"); err != nil || now.Current.Rows != 2600 {
		t.Errorf("%+v, %v", now.Current, err)
	}
	if n, most := runs.Load(), int32(time.Since(began)/time.Second)+2; n > most || o.firsts.Load() > n || o.follows.Load() < 2 {
		t.Errorf("%d refreshes in %v, with %d first pages and %d next ones", n, time.Since(began), o.firsts.Load(), o.follows.Load())
	}
}
