package gtfs

import (
	"bytes"

	"puy/geo"
)

// eachTime calls fn for each row of stop_times.txt whose trip and stop are known, with
// its sequence; told as for routes. Times are not looked at: they may be after 24:00:00, or blank.
func (f *feed) eachTime(t *table, trips *index, s *stops, told bool, fn func(trip, stop int32, sequence uint32) error) error {
	id, stop, sequence := t.column("trip_id"), t.column("stop_id"), t.column("stop_sequence")
	var last []byte // rows of a trip mostly follow one another
	trip := int32(-1)
	return f.each(t, told, func() error {
		if cell := t.cell(id); !bytes.Equal(cell, last) {
			last = append(last[:0], cell...)
			trip = trips.find(cell)
		}
		if trip < 0 {
			return nil
		}
		at := s.index.find(t.cell(stop))
		if at < 0 {
			if told && len(t.cell(stop)) > 0 { // blank: a zone of transport on demand
				f.notes.add(geo.Problem{Column: t.name, Value: clip(t.cell(stop)), Rule: geo.RuleIgnored}, t.row, "times at stops that are not there")
			}
			return nil
		}
		n, _ := integer(t.cell(sequence))
		return fn(trip, at, n)
	})
}
