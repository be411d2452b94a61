package catalog_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
)

func TestKeepDrops(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	var versions []catalog.Version // 9 to 1, one a day
	for n := int64(9); n >= 1; n-- {
		versions = append(versions, catalog.Version{Number: n, Loaded: now.Add(-time.Duration(9-n) * 24 * time.Hour)})
	}
	tests := []struct {
		name    string
		keep    catalog.Keep
		current int64
		want    []int64
	}{
		{"three unless told", catalog.Keep{}, 9, []int64{6, 5, 4, 3, 2, 1}},
		{"by number", catalog.Keep{Versions: 7}, 9, []int64{2, 1}},
		{"never the current one", catalog.Keep{Versions: 1}, 4, []int64{8, 7, 6, 5, 3, 2, 1}},
		{"by age", catalog.Keep{Age: 49 * time.Hour}, 9, []int64{6, 5, 4, 3, 2, 1}},
		{"the newest whatever its age", catalog.Keep{Age: time.Nanosecond}, 9, []int64{8, 7, 6, 5, 4, 3, 2, 1}},
		{"by either", catalog.Keep{Versions: 2, Age: 97 * time.Hour}, 9, []int64{4, 3, 2, 1}},
		{"more than there are", catalog.Keep{Versions: 100}, 9, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []int64
			for _, v := range tt.keep.Drops(versions, tt.current, now) {
				got = append(got, v.Number)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
