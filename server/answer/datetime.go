package answer

import (
	"strconv"
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
// becomes is read as one, and the second end may be a period of ISO 8601 such
// as P2D after the first. Clients write open ends as the years 0000 and 9999
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
	var start time.Time
	if first != ".." && first != "" {
		var err error
		if start, _, err = parseInstant(first); err != nil {
			return geo.Interval{}, err
		}
		if start.After(earliest) {
			i.Start = start
		}
	}
	if second != ".." && second != "" {
		end, ok := afterPeriod(start, second)
		if !ok {
			var err error
			if _, end, err = parseInstant(second); err != nil {
				return geo.Interval{}, err
			}
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

// afterPeriod gives the instant that is a period (ISO 8601-1 section 5.5.2.3)
// after start, which is needed for it.
func afterPeriod(start time.Time, text string) (end time.Time, ok bool) {
	rest, ok := strings.CutPrefix(strings.ToUpper(text), "P")
	if !ok || rest == "" || start.IsZero() {
		return end, false
	}
	days, clock, timed := strings.Cut(rest, "T")
	years, months, weeks, date := 0, 0, 0, 0
	hours, minutes, seconds := 0, 0, 0
	if timed && clock == "" ||
		!parsePeriod(days, "YMWD", &years, &months, &weeks, &date) || !parsePeriod(clock, "HMS", &hours, &minutes, &seconds) {
		return end, false
	}
	return start.AddDate(years, months, 7*weeks+date).
		Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second), true
}

// parsePeriod reads numbers that each have a letter of units behind them, in
// the order of these.
func parsePeriod(text, units string, numbers ...*int) bool {
	for i, into := range numbers {
		number, rest, found := strings.Cut(text, units[i:i+1])
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 31)
		if err != nil || n > longest {
			return false
		}
		*into, text = int(n), rest
	}
	return text == ""
}

// longest is the largest number of a period: as many hours are within a time.Duration.
const longest = 2_000_000

func notBefore(t time.Time) time.Time {
	if t.Before(earliest) {
		return earliest
	}
	return t
}
