package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Variable is the environment variable that names a server to use.
const Variable = "PUY_TEST_POSTGRES"

// template is the database with PostGIS that all others are cloned from.
const template = "puy_test_template"

// server is what one test process uses: started once, by the first Database.
type server struct {
	url     string
	cluster *Cluster // nil if the server is not ours
}

var used atomic.Bool // whether shared was called

var shared = sync.OnceValues(func() (*server, error) {
	s := &server{url: os.Getenv(Variable)}
	if s.url == "" {
		c, err := Start()
		if err != nil {
			return s, err
		}
		s.cluster, s.url = c, c.URL
	}
	return s, s.makeTemplate()
})

// Main runs the tests of a package and stops the server that they started. A
// TestMain that calls it saves the removal from waiting for the process's end.
func Main(m *testing.M) {
	m.Run()
	if !used.Load() {
		return
	}
	if s, _ := shared(); s.cluster != nil {
		s.cluster.Stop()
	}
}

// Database gives the URL of a new database with PostGIS, which is dropped when
// t ends. Where PostgreSQL or PostGIS is missing the test fails if CI is
// "true", and is skipped with a line on standard error otherwise.
func Database(t testing.TB) string {
	t.Helper()
	used.Store(true)
	s, err := shared()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") != "true":
		fmt.Fprintf(os.Stderr, "SKIPPED %s: %v\n", t.Name(), err)
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	name := "puy_test_" + strings.ToLower(rand.Text()[:12])
	if err := s.exec(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, template)); err != nil {
		t.Fatalf("cannot make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("cannot drop the database: %v", err)
		}
	})
	return withDatabase(s.url, name)
}

// withDatabase gives the URL of another database on the same server.
func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

// exec runs one statement on a connection of its own to the server's first database.
func (s *server) exec(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for {
		_, err = conn.Exec(ctx, sql)
		// A connection that has just left the template still counts for a moment.
		if code(err) != "55006" || ctx.Err() != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// makeTemplate makes the template once for a server, whichever process is first.
func (s *server) makeTemplate() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return fmt.Errorf("%s: %w", Variable, err)
	}
	defer conn.Close(ctx)
	const lock = 0x70757974
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", lock); err != nil {
		return err
	}
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template).Scan(&exists)
	if err != nil || exists {
		return err
	}
	// Under another name until it is complete.
	const draft = template + "_draft"
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + draft + " WITH (FORCE)", "CREATE DATABASE " + draft + " TEMPLATE template0 ENCODING 'UTF8'"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	inside, err := pgx.Connect(ctx, withDatabase(s.url, draft))
	if err != nil {
		return err
	}
	_, err = inside.Exec(ctx, "CREATE EXTENSION postgis")
	inside.Close(ctx)
	switch code(err) {
	case "":
	case "0A000", "58P01": // feature_not_supported, undefined_file: no such extension
		return fmt.Errorf("%w (%v)", ErrMissing, err)
	}
	if err != nil {
		return err
	}
	for range 100 {
		if _, err = conn.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+template); code(err) != "55006" {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// code gives the SQLSTATE of an error, empty where there is none.
func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
