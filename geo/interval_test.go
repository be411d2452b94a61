package geo_test

import (
	"testing"
	"time"

	"puy/geo"
)

func TestInterval(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC) }
	tests := []struct {
		name string
		i    geo.Interval
		days []int // of January 2026, from 1 to 5, that are in i
	}{
		{"closed", geo.Interval{Start: day(2), End: day(4)}, []int{2, 3, 4}},
		{"open start", geo.Interval{End: day(2)}, []int{1, 2}},
		{"open end", geo.Interval{Start: day(4)}, []int{4, 5}},
		{"open", geo.Interval{}, []int{1, 2, 3, 4, 5}},
		{"an instant", geo.Interval{Start: day(3), End: day(3)}, []int{3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := map[int]bool{}
			for _, d := range tt.days {
				in[d] = true
			}
			for d := 1; d <= 5; d++ {
				if got := tt.i.Contains(day(d)); got != in[d] {
					t.Errorf("day %d: %v", d, got)
				}
			}
			if tt.i.IsZero() != (tt.i == geo.Interval{}) {
				t.Errorf("IsZero is %v", tt.i.IsZero())
			}
		})
	}
	var i geo.Interval
	for _, d := range []int{3, 2, 4, 3} {
		i = i.Extend(day(d))
	}
	if i != (geo.Interval{Start: day(2), End: day(4)}) {
		t.Errorf("extended to %v", i)
	}
}
