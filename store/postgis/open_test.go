package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"puy/catalog"
	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
	"puy/store/postgis"
)

func TestOpenErrors(t *testing.T) {
	good, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	const secret = "s3cret-pässword"
	change := func(do func(u *url.URL)) string {
		u := *good
		u.User = url.UserPassword(u.User.Username(), secret)
		do(&u)
		return u.String()
	}
	tests := []struct {
		name, url string
		kind      geo.ErrorKind
	}{
		{"wrong password", change(func(*url.URL) {}), geo.KindUnavailable},
		{"no such role", change(func(u *url.URL) { u.User = url.UserPassword("nobody-here", secret) }), geo.KindUnavailable},
		{"nothing listens", change(func(u *url.URL) { u.Host = "127.0.0.1:1" }), geo.KindUnavailable},
		{"bad port", change(func(u *url.URL) { u.RawQuery = "port=none" }), geo.KindUsage},
		{"bad setting", change(func(u *url.URL) { u.RawQuery = "sslmode=" + secret }), geo.KindUsage},
		{"not a URL", "postgres://user:" + secret + "@[::1", geo.KindUsage},
		{"no password in the file", change(func(u *url.URL) { u.Path = "/no-such-database" }), geo.KindUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := postgis.Open(t.Context(), tt.url, postgis.Options{})
			if err == nil || geo.KindOf(err) != tt.kind {
				t.Fatalf("kind %v, want %v: %v", geo.KindOf(err), tt.kind, err)
			}
			e, ok := errors.AsType[*geo.Error](err)
			if !ok || e.Hint == "" {
				t.Errorf("an error without a hint: %v", err)
			}
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, e), e.Hint} {
				if strings.Contains(text, secret) || strings.Contains(text, url.PathEscape(secret)) {
					t.Errorf("the password is in %q", text)
				}
			}
		})
	}
}

// TestOpenAtOnce has several processes meet in an empty database.
func TestOpenAtOnce(t *testing.T) {
	address := pgtest.Database(t)
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			st, err := postgis.Open(t.Context(), address, postgis.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer st.Close()
			if _, err := st.Revision(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	conn := connect(t, address)
	if _, err := conn.Exec(t.Context(), "INSERT INTO puy.migrations (number, name) VALUES (1000, 'from the future')"); err != nil {
		t.Fatal(err)
	}
	if _, err := postgis.Open(t.Context(), address, postgis.Options{}); geo.KindOf(err) != geo.KindConflict {
		t.Errorf("a database of a newer puy: %v", err)
	}
}

func TestNoPostGIS(t *testing.T) {
	address := pgtest.Database(t)
	conn := connect(t, address)
	// A role that may make schemas but not extensions.
	for _, sql := range []string{"DROP EXTENSION postgis", "DROP ROLE IF EXISTS puy_plain", "CREATE ROLE puy_plain LOGIN PASSWORD 'plain'"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { conn.Exec(context.Background(), "DROP ROLE puy_plain") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("puy_plain", "plain")
	_, err = postgis.Open(t.Context(), u.String(), postgis.Options{})
	e, ok := errors.AsType[*geo.Error](err)
	if !ok || e.Kind != geo.KindUnavailable || !strings.Contains(e.Hint, "CREATE EXTENSION") {
		t.Errorf("got %v", err)
	}
}

// TestReaderKeepsOldTable holds a dropped version open, and looks that its
// table goes with the next load after the reader.
func TestReaderKeepsOldTable(t *testing.T) {
	address := pgtest.Database(t)
	st := open(t, address)
	defer st.Close()
	row := func() geo.Feature { return geo.Feature{ID: "k"} }
	loadRows(t, st, "d", geo.Schema{}, row())
	conn := connect(t, address)
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT FROM puy."v_1_1"`); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		loadRows(t, st, "d", geo.Schema{}, row())
	}
	if got := strings1(t, conn, "SELECT name FROM puy.garbage"); len(got) != 1 || got[0] != "v_1_1" {
		t.Errorf("tables that wait: %v, want v_1_1", got)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	loadRows(t, st, "d", geo.Schema{}, row())
	if got := strings1(t, conn, "SELECT name FROM puy.garbage"); len(got) != 0 {
		t.Errorf("tables that wait: %v, want none", got)
	}
	wantTables(t, address)
}

// TestForeignView has something in schema data that puy did not make.
func TestForeignView(t *testing.T) {
	address := pgtest.Database(t)
	st := open(t, address)
	defer st.Close()
	if _, err := connect(t, address).Exec(t.Context(), "CREATE TABLE data.d (mine text)"); err != nil {
		t.Fatal(err)
	}
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	l, err := st.Begin(t.Context(), "d", store.LoadSpec{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), store.Outcome{}); geo.KindOf(err) != geo.KindConflict {
		t.Errorf("got %v", err)
	}
	if d, err := st.Dataset(t.Context(), "d"); err != nil || d.Current != nil {
		t.Errorf("the failed load left %+v, %v", d.Current, err)
	}
}
