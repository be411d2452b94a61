package postgis

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"puy/geo"
	"puy/store"
)

// Options tune a Store. The zero Options are good.
type Options struct {
	// MaxConns bounds the connections, of which each query that streams and
	// each load holds one; 0 for what the URL says with pool_max_conns, or 16.
	MaxConns int32
	// StatementTimeout ends reading queries for which the database takes longer
	// (see store.Patience); 0 for no bound. Loads and edits have none.
	StatementTimeout time.Duration
	// Slow is told of queries that were ended; nil for nobody.
	Slow func(store.SlowQuery)
}

// reserved is how many connections are never used to stream rows.
const reserved = 4

// Store is a store.Store in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
	opt  Options
	// closed ends with errClosed, and with it every query in flight.
	closed  context.Context
	close   context.CancelCauseFunc
	tables  tableCache
	closing sync.Once
	// canWatch: the server can notice during a long statement that the client
	// is gone (client_connection_check_interval, PostgreSQL 14).
	canWatch bool
	// reading holds a place for each stream of rows, of which there are fewer than
	// connections: slow readers must not keep the catalogue, keys and edits waiting.
	reading chan struct{}
	// explaining holds the one place of those who ask for plans.
	explaining chan struct{}
}

var _ store.Store = (*Store)(nil)

// Open connects to the database that a postgres:// URL names, and makes or
// upgrades schema puy. Errors are of KindUsage for a URL that cannot be
// understood, of KindConflict for a database of a newer puy, otherwise of
// KindUnavailable.
func Open(ctx context.Context, url string, opt Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The cause would repeat the URL.
		return nil, geo.Errorf(geo.KindUsage, "the URL of the database cannot be understood").
			WithHint("write postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	params := config.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "puy"
	}
	params["timezone"] = "UTC"
	first, err := pgx.ConnectConfig(ctx, config.ConnConfig.Copy())
	if err != nil {
		return nil, fail(ctx, err, "reach the database")
	}
	defer first.Close(context.WithoutCancel(ctx))
	schema, err := findPostGIS(ctx, first)
	if err != nil {
		return nil, fail(ctx, err, "look for PostGIS")
	}
	if err := migrate(ctx, first); err != nil {
		return nil, fail(ctx, err, "prepare schema puy")
	}

	params["search_path"] = "pg_catalog," + pgx.Identifier{schema}.Sanitize()
	// The plan of a query depends on its box and values, so none is kept.
	params["plan_cache_mode"] = "force_custom_plan"
	if opt.MaxConns > 0 {
		config.MaxConns = opt.MaxConns
	} else if config.MaxConns < 16 && !strings.Contains(url, "pool_max_conns=") {
		config.MaxConns = 16
	}
	// A context that ends cancels the query and keeps the connection, unless the server is silent.
	config.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 5 * time.Second}
	}
	s := &Store{opt: opt, canWatch: serverVersion(first) >= 14, explaining: make(chan struct{}, 1)}
	if s.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), config); err != nil {
		return nil, fail(ctx, err, "open the connections")
	}
	s.reading = make(chan struct{}, max(1, config.MaxConns-reserved))
	s.closed, s.close = context.WithCancelCause(context.Background())
	s.mendLogs(ctx)
	s.sweep(ctx)
	return s, nil
}

// serverVersion gives the major version, as 15.
func serverVersion(conn *pgx.Conn) int {
	text := conn.PgConn().ParameterStatus("server_version")
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	version, _ := strconv.Atoi(text[:n]) // 0, the oldest, if it does not tell
	return version
}

// Close ends every query and load in flight with an error.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.close(errClosed)
		// The pool waits for its connections to come back; their users are told by s.closed.
		go s.pool.Close()
	})
	return nil
}

// bind gives a context that also ends when the store closes.
func (s *Store) bind(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.closed, func() { cancel(errClosed) })
	return ctx, func() { stop(); cancel(nil) }
}
