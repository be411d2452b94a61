package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIDRuns(t *testing.T) {
	tests := []struct {
		name string
		ids  []string
		held int
	}{
		{"ascending", []string{"1", "2", "3", "7", "8", "100"}, 6},
		{"twice", []string{"1", "2", "2"}, 2},
		{"going back", []string{"5", "6", "1", "7"}, 2},
		{"texts", []string{"a", "b"}, 0},
		{"another form of a number", []string{"1", "02", "3"}, 1},
		{"negative", []string{"-1", "0"}, 0},
		{"the greatest", []string{"9223372036854775806", "9223372036854775807", "9223372036854775807"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r idRuns
			var held, released []string
			for i, id := range tt.ids {
				if r.add(int64(2*i+1), id) {
					held = append(held, id)
				}
			}
			if tt.held > 0 && len(held) != tt.held {
				t.Errorf("held %v", held)
			}
			if (len(held) == len(tt.ids)) == r.full {
				t.Errorf("held %v, full: %v", held, r.full)
			}
			rows := int64(-1)
			err := r.release(func(row int64, id string) error {
				if row != rows+2 {
					t.Errorf("row %d after %d", row, rows)
				}
				rows = row
				released = append(released, id)
				return nil
			})
			if diff := cmp.Diff(held, released); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}
