package gpkg

import (
	"context"
	"strings"
	"time"

	"puy/store"
)

// explainPatience is how long SQLite may take to tell a plan, which it does
// without running the query.
const explainPatience = 2 * time.Second

// slowQuery is a query that may turn out to be one.
type slowQuery struct {
	dataset string
	allowed time.Duration
	sql     string
	args    []any
}

// allowed gives how long a query may take.
func (s *Store) allowed(bounded bool) time.Duration {
	if !bounded {
		return 0
	}
	return s.opt.QueryTimeout
}

// slow gives err, or the error of store.TooSlow where ctx has ended q; then it
// tells opt.Slow, in the background.
func (s *Store) slow(ctx context.Context, q slowQuery, err error) error {
	if err == nil || !store.IsTooSlow(context.Cause(ctx)) {
		return err
	}
	if s.opt.Slow != nil {
		go func() {
			told := store.SlowQuery{Dataset: q.dataset, Allowed: q.allowed, SQL: q.sql[:min(len(q.sql), store.SlowText)]}
			ctx, cancel := context.WithTimeout(s.closed, explainPatience)
			defer cancel()
			told.Plan, _ = s.plan(ctx, q) // without one, the query is told of all the same
			s.opt.Slow(told)
		}()
	}
	return store.TooSlow(q.dataset, q.allowed)
}

// plan gives the plan of a query as a tree. SQLite puts no values in it.
func (s *Store) plan(ctx context.Context, q slowQuery) (string, error) {
	rows, err := s.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q.sql, q.args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var plan strings.Builder
	depth := map[int]int{}
	for rows.Next() && plan.Len() < store.SlowText {
		var id, parent int
		var unused any
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", err
		}
		depth[id] = depth[parent] + 1
		plan.WriteString(strings.Repeat("  ", depth[id]-1) + detail + "\n")
	}
	text := plan.String()
	return text[:min(len(text), store.SlowText)], rows.Err()
}
