package postgis

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"puy/geo"
	"puy/store"
)

// SQLSTATE codes that mean something to the store (PostgreSQL appendix A).
const (
	codeFeatureNotSupported    = "0A000" // of a prepared statement whose table has other types now
	codeInvalidTableDefinition = "42P16"
	codeUndefinedTable         = "42P01"
	codeWrongObjectType        = "42809"
	codeUniqueViolation        = "23505"
	codeLockNotAvailable       = "55P03"
	codeObjectInUse            = "55006"
	codeQueryCanceled          = "57014"
	codeDependentObjects       = "2BP01"
	codeDeadlockDetected       = "40P01"
	codeSerializationFailure   = "40001"
)

var errClosed = errors.New("the store is closed")

// sqlState gives the SQLSTATE of an error, empty where it has none.
func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// fail makes a *geo.Error of err: what says what could not be done. pgx keeps
// passwords out of its texts.
func fail(ctx context.Context, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*geo.Error](err); ok {
		return e
	}
	what := fmt.Sprintf(format, args...)
	if cause := context.Cause(ctx); cause != nil {
		switch {
		case errors.Is(cause, errClosed):
			return geo.Errorf(geo.KindUnavailable, "cannot %s: %w", what, errClosed)
		case store.IsTooSlow(cause): // before the query began
			return geo.Errorf(geo.KindUnavailable, "all connections were busy, or the catalogue was locked; cannot %s", what).
				WithHint("let the store have more connections with pool_max_conns, or see pg_locks")
		case errors.Is(cause, context.DeadlineExceeded):
			return geo.Errorf(geo.KindLimit, "the time allowed ended; cannot %s: %w", what, cause)
		}
		return geo.Errorf(geo.KindUnavailable, "cannot %s: %w", what, cause)
	}
	kind, hint := classify(err)
	return geo.Errorf(kind, "cannot %s: %w", what, err).WithHint("%s", hint)
}

func classify(err error) (geo.ErrorKind, string) {
	code := sqlState(err)
	switch {
	case code == codeQueryCanceled:
		return geo.KindLimit, "the query ran longer than statement_timeout allows"
	case code == codeLockNotAvailable || code == codeObjectInUse:
		return geo.KindConflict, "another program holds a lock: see pg_locks"
	case code == codeDeadlockDetected || code == codeSerializationFailure:
		return geo.KindConflict, "two transactions met; try again"
	case code == codeDependentObjects:
		return geo.KindConflict, "something that puy did not make depends on the view or table"
	case code == "42501":
		return geo.KindUnavailable, "grant the role what it needs: CREATE on the database, USAGE on its schemas"
	}
	class := ""
	if len(code) == 5 {
		class = code[:2]
	}
	switch class {
	case "22", "23", "54": // data exception, integrity constraint, program limit
		return geo.KindInvalid, ""
	case "08", "28", "3D", "53", "57", "58": // connection, authorization, no such database, resources, shutdown, system
		return geo.KindUnavailable, "see the log of the PostgreSQL server"
	case "":
		var connect *pgconn.ConnectError
		var network net.Error
		if errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || errors.Is(err, net.ErrClosed) {
			return geo.KindUnavailable, "is the PostgreSQL server running, and is the URL right?"
		}
	}
	return geo.KindInternal, ""
}
