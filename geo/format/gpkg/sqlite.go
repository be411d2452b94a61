package gpkg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"

	"modernc.org/sqlite"

	"puy/geo"
)

// Function is an SQL function in Go. Its arguments are only valid during the call.
type Function struct {
	Name string
	Args int32
	Call func(args []driver.Value) (driver.Value, error)
}

// Open gives a pool of connections to the SQLite file at path, each with the
// functions that R-tree triggers call (OGC 12-128r18 annex F.3) and those given.
// Params are the query of the driver's connection string. This is the only
// place that names the SQLite driver.
func Open(path string, params url.Values, functions ...Function) (*sql.DB, error) {
	drv := &sqlite.Driver{}
	for _, f := range append(boundsFunctions(), functions...) {
		err := drv.RegisterFunction(f.Name, &sqlite.FunctionImpl{
			NArgs: f.Args, Deterministic: true, VolatileArgs: true,
			Scalar: func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return f.Call(args) },
		})
		if err != nil {
			return nil, geo.Errorf(geo.KindInternal, "cannot register the SQL function %s: %w", f.Name, err)
		}
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: params.Encode()}
	return sql.OpenDB(connector{drv, dsn.String()}), nil
}

// limits for a file that a stranger made (sqlite.org/c3ref/c_limit_attached.html).
var limits = [...]struct{ id, value int }{
	{0, 64 << 20}, // bytes of one value or row
	{1, 1 << 20},  // bytes of a statement, those of views included
	{3, 200},      // depth of an expression
	{4, 50},       // terms of a compound SELECT
	{5, 250_000},  // instructions of a program
	{7, 0},        // attached files
	{10, 10},      // depth of triggers
	{11, 0},       // worker threads
}

// openHostile gives the one connection to a file that a stranger made.
func openHostile(ctx context.Context, path string) (*sql.DB, *sql.Conn, error) {
	db, err := Open(path, url.Values{"mode": {"ro"}, "immutable": {"1"}, "_defensive": {"1"},
		"_pragma": {"trusted_schema(OFF)", "query_only(ON)", "cell_size_check(ON)", "cache_size(-16384)"}})
	if err != nil {
		return nil, nil, err
	}
	conn, err := db.Conn(ctx)
	for _, l := range limits {
		if err == nil {
			_, err = sqlite.Limit(conn, l.id, l.value)
		}
	}
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		db.Close()
		return nil, nil, err
	}
	return db, conn, nil
}

type connector struct {
	driver *sqlite.Driver
	dsn    string
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.driver.Open(c.dsn)
}

func (c connector) Driver() driver.Driver { return c.driver }

func boundsFunctions() []Function {
	part := func(name string, pick func(geo.Bounds) float64) Function {
		return Function{name, 1, func(args []driver.Value) (driver.Value, error) {
			blob, ok := args[0].([]byte)
			if !ok {
				return nil, nil
			}
			b, err := BlobBounds(blob)
			if err != nil || b.IsEmpty() {
				return nil, nil
			}
			return pick(b), nil
		}}
	}
	return []Function{
		part("ST_MinX", func(b geo.Bounds) float64 { return b.MinX }),
		part("ST_MaxX", func(b geo.Bounds) float64 { return b.MaxX }),
		part("ST_MinY", func(b geo.Bounds) float64 { return b.MinY }),
		part("ST_MaxY", func(b geo.Bounds) float64 { return b.MaxY }),
		{"ST_IsEmpty", 1, func(args []driver.Value) (driver.Value, error) {
			blob, ok := args[0].([]byte)
			if !ok {
				return nil, nil
			}
			b, err := BlobBounds(blob)
			return err != nil || b.IsEmpty(), nil
		}},
	}
}

// IsFull tells whether err is SQLite's for a disk without room.
func IsFull(err error) bool {
	const full = 13 // SQLITE_FULL
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == full
}
