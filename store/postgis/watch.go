package postgis

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

const (
	pollAlways   = time.Second      // where notifications do not arrive, or have not been seen to
	pollRarely   = 15 * time.Second // where they do: it also finds out that the connection is dead
	connectTime  = 10 * time.Second
	firstBackOff = 100 * time.Millisecond
	lastBackOff  = 10 * time.Second
)

// Watch implements store.Store. It listens on a connection of its own, and
// looks at the revision besides: a pooler between here and the database that
// shares connections takes LISTEN without an error and delivers nothing.
func (s *Store) Watch(ctx context.Context, changed func()) {
	ctx, done := s.bind(ctx)
	defer done()
	w := &watch{s: s, changed: changed, every: pollAlways}
	for backOff := firstBackOff; ctx.Err() == nil; backOff = min(2*backOff, lastBackOff) {
		if w.listen(ctx) {
			backOff = firstBackOff
		}
		// Instances that lost the same server come back at different times.
		w.pause(ctx, backOff/2+rand.N(backOff))
	}
}

type watch struct {
	s       *Store
	changed func()
	seen    int64         // the newest revision that changed was called for
	every   time.Duration // how often to look without a notification
}

// listen waits for notifications until the connection is lost, and tells
// whether there was one.
func (w *watch) listen(ctx context.Context) (connected bool) {
	config := w.s.pool.Config().ConnConfig.Copy()
	config.RuntimeParams["application_name"] += " watch"
	// A wait that ends must leave the connection alone.
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: conn.Conn()}
	}
	connect, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := pgx.ConnectConfig(connect, config)
	if err != nil {
		return false
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		conn.Close(closing)
	}()
	if _, err := conn.Exec(connect, "LISTEN puy"); err != nil {
		return false
	}
	if !w.look(ctx, conn, true) {
		return false
	}
	for ctx.Err() == nil {
		wait, cancel := context.WithTimeout(ctx, w.every)
		_, err := conn.WaitForNotification(wait)
		timeout := wait.Err() != nil
		cancel()
		switch {
		case err == nil:
			w.every = pollRarely
			if !w.look(ctx, conn, true) {
				return true
			}
		case !timeout || conn.IsClosed() || !w.look(ctx, conn, false):
			return true
		}
	}
	return true
}

// look reads the revision, and calls changed where that is wanted or it has
// grown without a notification.
func (w *watch) look(ctx context.Context, conn *pgx.Conn, wanted bool) bool {
	query, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	var n int64
	if err := conn.QueryRow(query, "SELECT number FROM puy.revision").Scan(&n); err != nil {
		return false
	}
	if grown := n > w.seen; grown || wanted {
		if grown && !wanted {
			w.every = pollAlways
		}
		w.seen = max(n, w.seen)
		w.changed()
	}
	return true
}

// pause waits without a connection to listen on, and looks by the pool's.
func (w *watch) pause(ctx context.Context, d time.Duration) {
	for end := time.Now().Add(d); ctx.Err() == nil && time.Now().Before(end); {
		select {
		case <-ctx.Done():
		case <-time.After(min(time.Until(end), pollAlways)):
		}
		if n, err := w.s.Revision(ctx); err == nil && n > w.seen {
			w.seen = n
			w.changed()
		}
	}
}
