package postgis

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/store"
)

// explainPatience is how long the database may take to tell a plan, which it
// does without running the query.
const explainPatience = 5 * time.Second

// tellSlow tells opt.Slow of a query that was ended, with its plan. It waits for
// nothing. While one plan is being asked for, others go without: a database that
// is slow has better things to do.
func (s *Store) tellSlow(id string, allowed time.Duration, sql string, args []any) {
	if s.opt.Slow == nil {
		return
	}
	told := store.SlowQuery{Dataset: id, Allowed: allowed, SQL: sql[:min(len(sql), store.SlowText)]}
	select {
	case s.explaining <- struct{}{}:
	default:
		s.opt.Slow(told)
		return
	}
	go func() {
		defer func() { <-s.explaining }()
		ctx, cancel := context.WithTimeout(s.closed, explainPatience)
		defer cancel()
		told.Plan, _ = s.plan(ctx, sql, args) // without one, the query is told of all the same
		s.opt.Slow(told)
	}()
}

// plan gives the plan of a statement without the values in it.
func (s *Store) plan(ctx context.Context, sql string, args []any) (string, error) {
	rows, err := s.pool.Query(ctx, "EXPLAIN "+sql, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() && plan.Len() < 4*store.SlowText { // masking makes it shorter
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		plan.WriteString(line)
		plan.WriteByte('\n')
	}
	masked := maskPlan(plan.String())
	return masked[:min(len(masked), store.SlowText)], rows.Err()
}

// maskPlan puts a question mark in the place of each text and each number that
// a condition is made of: people's questions may tell more of them than of the
// data. Estimates, which stand in parentheses after a node's name, stay.
func maskPlan(plan string) string {
	var b strings.Builder
	condition, quoted := false, false
	for i := 0; i < len(plan); i++ {
		c := plan[i]
		switch {
		case c == '"':
			quoted = !quoted
		case quoted: // a name, digits and all
		case c == '\'':
			for i++; i < len(plan) && (plan[i] != '\'' || i+1 < len(plan) && plan[i+1] == '\''); i++ {
				if plan[i] == '\'' {
					i++ // of two, which stand for one
				}
			}
			b.WriteByte('?')
			continue
		case c == '\n':
			condition = false
		case c == ':' && !strings.HasPrefix(plan[i:], "::"):
			condition = true
		case condition && isDigit(c) && !isWord(plan[i-1]):
			for i+1 < len(plan) && (isWord(plan[i+1]) || plan[i+1] == '.') {
				i++
			}
			b.WriteByte('?')
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
