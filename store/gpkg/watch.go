package gpkg

import (
	"context"
	"database/sql"
	"net/url"
	"time"

	gp "puy/geo/format/gpkg"
)

// watchInterval is how often the file is asked for changes of other processes.
const watchInterval = 500 * time.Millisecond

// Watch calls changed when it begins, at once after a change by this Store, and
// soon after one by anybody else. It also ends when the store is closed.
func (s *Store) Watch(ctx context.Context, changed func()) {
	ctx, cancel := s.within(ctx)
	defer cancel()
	told := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[told] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watchers, told)
		s.mu.Unlock()
	}()
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	w := watcher{path: s.path}
	defer w.close()
	for {
		if w.look(ctx) && ctx.Err() == nil {
			changed()
		}
		select {
		case <-ctx.Done():
			return
		case <-told:
		case <-ticker.C:
		}
	}
}

// watcher looks at the file by a connection of its own, which no query keeps busy.
type watcher struct {
	path     string
	db       *sql.DB
	conn     *sql.Conn
	version  int64 // SQLite's count of the commits of others
	revision int64 // 0 where it is not known
}

// look tells whether the revision is another than the last time.
func (w *watcher) look(ctx context.Context) bool {
	before := w.revision
	if err := w.read(ctx); err != nil { // all is looked at anew the next time
		w.close()
		*w = watcher{path: w.path}
		return false
	}
	return w.revision != before
}

func (w *watcher) read(ctx context.Context) (err error) {
	if w.db == nil {
		if w.db, err = gp.Open(w.path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(ON)", "cache_size(-64)"}}); err != nil {
			return err
		}
	}
	if w.conn == nil {
		if w.conn, err = w.db.Conn(ctx); err != nil {
			return err
		}
	}
	was := w.version
	if err := w.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&w.version); err != nil || w.version == was {
		return err
	}
	return w.conn.QueryRowContext(ctx, "SELECT number FROM puy_revision").Scan(&w.revision)
}

func (w *watcher) close() {
	if w.conn != nil {
		w.conn.Close()
	}
	if w.db != nil {
		w.db.Close()
	}
}

// tellWatchers has them look at once.
func (s *Store) tellWatchers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for told := range s.watchers {
		select {
		case told <- struct{}{}:
		default: // it has not looked yet
		}
	}
}
