package geo

import "time"

// Interval is a closed range of time. A zero Start or End is open.
type Interval struct {
	Start, End time.Time
}

// IsZero tells whether both ends are open.
func (i Interval) IsZero() bool { return i.Start.IsZero() && i.End.IsZero() }

// Contains tells whether t lies in i, ends included.
func (i Interval) Contains(t time.Time) bool {
	return (i.Start.IsZero() || !t.Before(i.Start)) && (i.End.IsZero() || !t.After(i.End))
}

// Extend gives the smallest closed interval around i and t. The zero Interval
// counts as empty here.
func (i Interval) Extend(t time.Time) Interval {
	if i.Start.IsZero() || t.Before(i.Start) {
		i.Start = t
	}
	if i.End.IsZero() || t.After(i.End) {
		i.End = t
	}
	return i
}
