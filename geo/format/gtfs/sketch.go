package gtfs

import (
	"cmp"
	"encoding/binary"
	"slices"

	"puy/geo"
)

// sketches are the lines, from stop to stop, of routes that no shape draws: along the
// longest trip in each direction.
type sketches struct {
	lines map[sketchKey][]float64
}

// sketchKey is a route and a direction, -1 where trips do not say theirs.
type sketchKey struct {
	route     int32
	direction int8
}

// maxSketched bounds the stops of all trips that lines are drawn along.
const maxSketched = 4_000_000

// of gives the lines of a route.
func (s *sketches) of(route int32) [][]float64 {
	var all [][]float64
	for direction := int8(-1); direction <= 1; direction++ {
		if line := s.lines[sketchKey{route, direction}]; extended(line) {
			all = append(all, line)
		}
	}
	return all
}

// call is a trip's stop.
type call struct {
	stop     int32
	sequence uint32
}

// sketch reads stop_times.txt twice, for the lengths of trips and for the stops of the
// longest; nil where no route wants it or the file is not there. Wanted is by route.
func (f *feed) sketch(r *routes, wanted []bool) (*sketches, error) {
	if !slices.Contains(wanted, true) {
		return nil, nil
	}
	times, err := f.table("stop_times.txt", "trip_id", "stop_id", "stop_sequence")
	if times == nil || err != nil {
		return nil, err
	}
	s, err := f.readStops(false)
	if err != nil || s == nil {
		times.close()
		return nil, err
	}
	trips := newIndex("trips.txt", maxTrips)
	var keys []sketchKey
	err = f.eachTrip(r, false, func(t trip) error {
		if !wanted[t.route] {
			return nil
		}
		_, fresh, err := trips.add(t.id)
		if fresh {
			keys = append(keys, sketchKey{t.route, t.direction})
		}
		return err
	})
	if err != nil {
		times.close()
		return nil, err
	}
	lengths := make([]uint32, len(keys))
	if err := f.eachTime(times, trips, s, true, func(trip, _ int32, _ uint32) error { lengths[trip]++; return nil }); err != nil {
		return nil, err
	}
	longest := map[sketchKey]int32{}
	for trip, key := range keys {
		if best, known := longest[key]; !known || lengths[trip] > lengths[best] {
			longest[key] = int32(trip)
		}
	}
	chosen := make(map[int32][]call, len(longest))
	total := 0
	for _, trip := range longest {
		if total += int(lengths[trip]); total > maxSketched {
			return nil, geo.Errorf(geo.KindLimit, "the trips that lines would be drawn along have more than %d stops", maxSketched).WithHint("a feed with shapes.txt has lines of its own")
		}
		chosen[trip] = make([]call, 0, lengths[trip])
	}
	if times, err = f.table("stop_times.txt"); err != nil {
		return nil, err
	}
	err = f.eachTime(times, trips, s, false, func(trip, stop int32, sequence uint32) error {
		if calls, known := chosen[trip]; known {
			chosen[trip] = append(calls, call{stop, sequence})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	drawn := &sketches{lines: make(map[sketchKey][]float64, len(chosen))}
	for trip, calls := range chosen {
		drawn.lines[keys[trip]] = s.line(calls)
	}
	return drawn, nil
}

// line goes through the stops in their order; those without a place are left out.
func (s *stops) line(calls []call) []float64 {
	slices.SortStableFunc(calls, func(a, b call) int { return cmp.Compare(a.sequence, b.sequence) })
	flat := make([]float64, 0, 2*len(calls))
	for _, c := range calls {
		x, y, ok := s.place(c.stop)
		if n := len(flat); ok && (n == 0 || flat[n-2] != x || flat[n-1] != y) {
			flat = append(flat, x, y)
		}
	}
	return flat
}

func appendBits(b []byte, v uint64) []byte { return binary.LittleEndian.AppendUint64(b, v) }
