package cql2

import (
	"strings"
	"time"

	"puy/geo"
)

// parseDate reads a full-date of RFC 3339.
func parseDate(text string) (geo.Value, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return geo.Value{}, false
	}
	return geo.Date(t.Unix() / 86400), true // midnight: the division is exact before 1970 too
}

// parseTimestamp reads a date-time of RFC 3339, T and Z in either case. The
// standard has only UTC; other offsets are converted.
func parseTimestamp(text string) (geo.Value, bool) {
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
	if err != nil {
		return geo.Value{}, false
	}
	if y := t.UTC().Year(); y < 0 || y > 9999 {
		return geo.Value{}, false
	}
	return geo.DateTime(t), true
}

// ParseInstant reads a date or a date-time.
func ParseInstant(text string) (geo.Value, bool) {
	if v, ok := parseDate(text); ok {
		return v, true
	}
	return parseTimestamp(text)
}

// parseEnd reads one end of an interval.
func parseEnd(at Position, text string) (Expr, bool) {
	if text == ".." {
		return &Open{at}, true
	}
	v, ok := ParseInstant(text)
	return &Literal{at, v}, ok
}
