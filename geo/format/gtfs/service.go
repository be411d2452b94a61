package gtfs

import (
	"time"

	"puy/geo"
)

// span is when something runs: the first and the last day, as days since 1970, and on
// which days of the week.
type span struct {
	first, last int32
	days        uint8 // 0: never
}

func (s *span) extend(o span) {
	if o.days == 0 {
		return
	}
	if s.days == 0 {
		*s = o
		return
	}
	s.first, s.last, s.days = min(s.first, o.first), max(s.last, o.last), s.days|o.days
}

// services are those of calendar.txt and calendar_dates.txt.
type services struct {
	index *index
	spans []span
}

func (s *services) at(id []byte) (*span, error) {
	n, fresh, err := s.index.add(id)
	if err != nil {
		return nil, err
	}
	if fresh {
		s.spans = append(s.spans, span{})
	}
	return &s.spans[n], nil
}

// readServices reads both files; nil where the feed has neither. What is taken out by
// calendar_dates.txt makes no period shorter.
func (f *feed) readServices() (*services, error) {
	calendar, err := f.table("calendar.txt", "service_id", "start_date", "end_date")
	if err != nil {
		return nil, err
	}
	s := &services{index: newIndex("calendar.txt", maxServices)}
	if calendar != nil {
		if err := f.readCalendar(s, calendar); err != nil {
			return nil, err
		}
	}
	dates, err := f.table("calendar_dates.txt", "service_id", "date", "exception_type")
	if err != nil {
		return nil, err
	}
	if dates == nil && calendar == nil {
		return nil, nil
	}
	if dates == nil {
		return s, nil
	}
	id, date, kind := dates.column("service_id"), dates.column("date"), dates.column("exception_type")
	return s, f.each(dates, true, func() error {
		if string(dates.cell(kind)) != "1" || len(dates.cell(id)) == 0 { // 2 takes a day out
			return nil
		}
		on, ok := day(dates.cell(date))
		if !ok {
			f.badDate(dates, date)
			return nil
		}
		at, err := s.at(dates.cell(id))
		if err == nil {
			at.extend(span{on, on, 1 << weekday(on)})
		}
		return err
	})
}

func (f *feed) readCalendar(s *services, t *table) error {
	id, start, end := t.column("service_id"), t.column("start_date"), t.column("end_date")
	var days [allDays]int
	for i, name := range [allDays]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		days[i] = t.column(name)
	}
	return f.each(t, true, func() error {
		if len(t.cell(id)) == 0 {
			return nil
		}
		var runs span
		var ok bool
		if runs.first, ok = day(t.cell(start)); !ok {
			f.badDate(t, start)
			return nil
		}
		if runs.last, ok = day(t.cell(end)); !ok || runs.last < runs.first {
			f.badDate(t, end)
			return nil
		}
		for i, cell := range days {
			if string(t.cell(cell)) == "1" {
				runs.days |= 1 << i
			}
		}
		at, err := s.at(t.cell(id))
		if err == nil {
			at.extend(runs)
		}
		return err
	})
}

func (f *feed) badDate(t *table, cell int) {
	f.notes.add(geo.Problem{Column: t.name, Value: clip(t.cell(cell)), Rule: geo.RuleIgnored}, t.row, "services whose dates cannot be read")
}

// weekday gives the day of the week, 0 for Monday, of days since 1970.
func weekday(days int32) int {
	return (int(time.Unix(int64(days)*86400, 0).UTC().Weekday()) + 6) % 7
}
