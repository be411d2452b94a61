package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// Options of a Store. The zero value is good for a server of a city.
type Options struct {
	Readers int // how many queries run at once; 0 for 16
	// QueryTimeout ends reading queries that take longer (see store.Patience);
	// 0 for no bound. Loads and edits have none.
	QueryTimeout time.Duration
	// Slow is told of queries that were ended; nil for nobody.
	Slow func(store.SlowQuery)
	// Waiting is told, from a goroutine of its own, each time that a transaction has
	// waited two seconds for a lock that another holds; nil for nobody.
	Waiting func()
}

// patient is how long a wait for a lock is nothing to tell of.
const patient = 2 * time.Second

// waits is called before a wait for a lock, and what it gives after.
func (s *Store) waits() (over func()) {
	if s.opt.Waiting == nil {
		return func() {}
	}
	t := time.AfterFunc(patient, s.opt.Waiting)
	return func() { t.Stop() }
}

// reserved is how many of the readers are never used to stream features.
const reserved = 4

// Store is a store.Store in one GeoPackage file. Other processes may open the
// same file at the same time.
type Store struct {
	path   string
	opt    Options
	read   *sql.DB // connections that cannot write
	write  *sql.DB // one connection
	closed context.Context
	stop   context.CancelFunc
	shapes shapes
	// streaming holds a place for each stream of features: slow clients must not
	// keep the catalogue and the keys waiting.
	streaming chan struct{}

	mu       sync.Mutex
	versions map[versionKey]*version // what they say as they were loaded never changes
	fitting  map[versionKey]int64    // the schema of the file in which the version's table was found good
	watchers map[chan struct{}]bool
}

var _ store.Store = (*Store)(nil)

// Open opens the store at path, and makes the file, and its folder, where there
// is none. A file that puy did not make gives an error of KindInvalid.
func Open(ctx context.Context, path string, opt Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot use the path %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, geo.Errorf(geo.KindUnavailable, "cannot make the folder of the store: %w", err)
	}
	if opt.Readers <= 0 {
		opt.Readers = 16
	}
	s := &Store{path: path, opt: opt, versions: make(map[versionKey]*version), fitting: make(map[versionKey]int64),
		watchers: make(map[chan struct{}]bool)}
	s.streaming = make(chan struct{}, max(1, opt.Readers-reserved))
	s.closed, s.stop = context.WithCancel(context.Background())
	over := s.waits()
	err = s.refuseForeign(ctx)
	if over(); err != nil {
		return nil, err
	}
	if s.write, err = gp.Open(path, url.Values{"_txlock": {"immediate"}, "_pragma": append(writerPragmas(), "journal_mode(WAL)")}, functions(&s.shapes)...); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.initialize(ctx); err != nil {
		s.write.Close()
		return nil, err
	}
	s.read, err = gp.Open(path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(ON)", "cache_size(-8192)"}}, functions(&s.shapes)...)
	if err != nil {
		s.write.Close()
		return nil, err
	}
	s.read.SetMaxOpenConns(opt.Readers)
	s.read.SetMaxIdleConns(opt.Readers)
	sweep(path)
	return s, nil
}

// writerPragmas are those of connections that write. A rename must not follow
// into views that users made on a dataset (legacy_alter_table).
func writerPragmas() []string {
	return []string{"busy_timeout(60000)", "synchronous(FULL)", "cache_size(-16384)", "legacy_alter_table(ON)", "journal_size_limit(16777216)"}
}

// Close ends all queries in flight with an error.
func (s *Store) Close() error {
	s.stop()
	return errors.Join(s.read.Close(), s.write.Close())
}

// within gives a context that also ends when the store is closed.
func (s *Store) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.closed, func() { cancel(errClosed) })
	return ctx, func() { stop(); cancel(nil) }
}

var errClosed = errors.New("the store was closed")

// fail makes err, met while doing what, an error of the contract.
func (s *Store) fail(ctx context.Context, what string, err error) error {
	var known *geo.Error
	switch {
	case store.IsTooSlow(err):
		return err
	case s.closed.Err() != nil:
		return geo.Errorf(geo.KindUnavailable, "cannot %s: %w", what, errClosed)
	case store.IsTooSlow(context.Cause(ctx)): // before the query began
		return geo.Errorf(geo.KindUnavailable, "all readers were busy; cannot %s", what)
	case ctx.Err() != nil:
		return geo.Errorf(geo.KindUnavailable, "cannot %s: %w", what, ctx.Err())
	case errors.As(err, &known):
		return err
	case gp.IsFull(err):
		return geo.Errorf(geo.KindUnavailable, "cannot %s: the disk that holds %s is full: %w", what, s.path, err).
			WithHint("what was served stays; make room on the disk, about three times the size of the source")
	}
	return geo.Errorf(geo.KindUnavailable, "cannot %s: %w", what, err).
		WithHint("the store is the file " + s.path + "; look for a full disk, missing rights, or another program that holds it locked")
}

// view runs fn in a transaction that sees one state of the file.
func (s *Store) view(ctx context.Context, what string, fn func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := s.within(ctx)
	defer cancel()
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.fail(ctx, what, err)
	}
	defer tx.Rollback()
	if err := fn(ctx, tx); err != nil {
		return s.fail(ctx, what, err)
	}
	return nil
}

// change runs fn in a transaction that writes, and counts the revision.
func (s *Store) change(ctx context.Context, what string, fn func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := s.within(ctx)
	defer cancel()
	over := s.waits()
	tx, err := s.write.BeginTx(ctx, nil)
	over()
	if err != nil {
		return s.fail(ctx, what, err)
	}
	defer tx.Rollback()
	if err := fn(ctx, tx); err != nil {
		return s.fail(ctx, what, err)
	}
	if err := countRevision(ctx, tx); err != nil {
		return s.fail(ctx, what, err)
	}
	if err := tx.Commit(); err != nil {
		return s.fail(ctx, what, err)
	}
	s.tellWatchers()
	return nil
}

// Revision reads the one number that every change counts up.
func (s *Store) Revision(ctx context.Context) (n int64, err error) {
	ctx, cancel := s.within(ctx)
	defer cancel()
	if err := s.read.QueryRowContext(ctx, "SELECT number FROM puy_revision").Scan(&n); err != nil {
		return 0, s.fail(ctx, "read the revision", err)
	}
	return n, nil
}

func countRevision(ctx context.Context, x gp.Execer) error {
	_, err := x.ExecContext(ctx, "UPDATE puy_revision SET number = number + 1")
	return err
}
