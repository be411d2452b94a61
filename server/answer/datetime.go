package answer

import (
	"strings"
	"time"

	"puy/geo"
)

// ParseInterval reads a datetime parameter (OGC 17-069r4 section 7.15.4): an
// instant, or two ends parted by a slash of which one may be ".." or empty.
// Both ends belong to the interval; ".." alone at both ends is all time.
//
// Ends are RFC 3339 date-times; more leniently, a date is the whole day in
// UTC, a time without offset is in UTC, and the blank that an unencoded plus
// becomes is read as one. Clients write open ends as the years 0000 and 9999
// (QGIS does): these are open.
func ParseInterval(text string) (geo.Interval, error) {
	first, second, ranged := strings.Cut(text, "/")
	if strings.Contains(second, "/") {
		return geo.Interval{}, Because("interval.slashes")
	}
	if !ranged {
		if first == ".." || first == "" {
			return geo.Interval{}, Because("interval.form")
		}
		start, end, err := parseInstant(first)
		return geo.Interval{Start: start, End: end}, err
	}
	var i geo.Interval
	if first != ".." && first != "" {
		start, _, err := parseInstant(first)
		if err != nil {
			return geo.Interval{}, err
		}
		if start.After(earliest) {
			i.Start = start
		}
	}
	if second != ".." && second != "" {
		_, end, err := parseInstant(second)
		if err != nil {
			return geo.Interval{}, err
		}
		if end.Year() < 9999 {
			i.End = end
		}
	}
	if !i.Start.IsZero() && !i.End.IsZero() && i.Start.After(i.End) {
		return geo.Interval{}, Because("interval.order")
	}
	return i, nil
}

// earliest is the first instant that databases can hold and that is not the
// zero time, which means an open end.
var earliest = time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC)

// parseInstant reads one end; a date gives its first and its last microsecond.
func parseInstant(text string) (start, end time.Time, err error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return notBefore(day), notBefore(day.Add(24*time.Hour - time.Microsecond)), nil
	}
	upper := strings.ToUpper(text)
	if n := len(upper); n > 6 && upper[n-6] == ' ' {
		upper = upper[:n-6] + "+" + upper[n-5:]
	}
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, upper); err == nil {
			t = notBefore(t.UTC().Truncate(time.Microsecond))
			return t, t, nil
		}
	}
	return start, end, Because("interval.end", "value", geo.ClipValue(text))
}

func notBefore(t time.Time) time.Time {
	if t.Before(earliest) {
		return earliest
	}
	return t
}
