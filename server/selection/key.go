package selection

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"puy/geo/cql2"
	"puy/store"
)

// keyOf gives the same short text for queries with the same conditions.
func keyOf(q *store.Query) string {
	var b strings.Builder
	if q.Bounds != nil {
		fmt.Fprintf(&b, "box %v\n", *q.Bounds)
	}
	if q.Time != nil {
		at := func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
		fmt.Fprintf(&b, "time %q %s/%s\n", q.Time.Field, at(q.Time.Interval.Start), at(q.Time.Interval.End))
	}
	for _, c := range q.Where { // in the order of the schema
		fmt.Fprintf(&b, "where %q %d %q\n", c.Field, c.Value.Type(), c.Value.String())
	}
	if q.Filter != nil {
		b.WriteString("filter " + cql2.Text(q.Filter))
	}
	if b.Len() == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(b.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
