package format

import (
	"time"

	"puy/geo"
)

// ParseDate reads a day as RFC 3339 writes it, "2024-05-31", and gives it as
// days since 1970-01-01.
func ParseDate(b []byte) (days int64, ok bool) {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return 0, false
	}
	return civil(number(b[0:4]), number(b[5:7]), number(b[8:10]))
}

// ParseDateTime reads an instant as RFC 3339 writes it, and its usual variants: a
// space instead of T, no seconds, a zone of hours only, or no zone, which is
// read as UTC. Fractions are cut to microseconds.
func ParseDateTime(b []byte) (geo.Value, bool) {
	if len(b) < 16 {
		return geo.Value{}, false
	}
	days, ok := ParseDate(b[:10])
	if !ok || b[10] != 'T' && b[10] != 't' && b[10] != ' ' {
		return geo.Value{}, false
	}
	micros, ok := clock(b[11:])
	if !ok {
		return geo.Value{}, false
	}
	return instant(days, micros), true
}

// parseDay reads a day in the notations of cells: year first or, where dayFirst
// allows it, day first, with '-', '/' or '.' between; n is its length.
func parseDay(b []byte, dayFirst bool) (days int64, n int, ok bool) {
	if len(b) >= 10 && (b[4] == '-' || b[4] == '/') && b[7] == b[4] {
		days, ok = civil(number(b[0:4]), number(b[5:7]), number(b[8:10]))
		return days, 10, ok
	}
	if !dayFirst {
		return 0, 0, false
	}
	part := func(width int) int {
		start := n
		for n < len(b) && n-start < width && b[n]-'0' <= 9 {
			n++
		}
		return number(b[start:n])
	}
	day := part(2)
	if n == len(b) || b[n] != '/' && b[n] != '-' && b[n] != '.' {
		return 0, 0, false
	}
	separator := b[n]
	n++
	month := part(2)
	if n == len(b) || b[n] != separator {
		return 0, 0, false
	}
	n++
	start := n
	year := part(4)
	if n-start != 4 {
		return 0, 0, false
	}
	days, ok = civil(year, month, day)
	return days, n, ok
}

// parseCellDate reads a cell that holds a day, or an instant at midnight where
// midnight allows it.
func parseCellDate(b []byte, dayFirst, midnight bool) (geo.Value, bool) {
	days, n, ok := parseDay(b, dayFirst)
	if !ok {
		return geo.Value{}, false
	}
	if n < len(b) {
		if !midnight || b[n] != 'T' && b[n] != ' ' {
			return geo.Value{}, false
		}
		if micros, ok := clock(b[n+1:]); !ok || micros != 0 {
			return geo.Value{}, false
		}
	}
	return geo.Date(days), true
}

// parseCellDateTime reads a cell that holds an instant, or a day where bareDay
// allows it.
func parseCellDateTime(b []byte, dayFirst, bareDay bool) (geo.Value, bool) {
	days, n, ok := parseDay(b, dayFirst)
	if !ok {
		return geo.Value{}, false
	}
	if n == len(b) {
		return instant(days, 0), bareDay
	}
	if b[n] != 'T' && b[n] != 't' && b[n] != ' ' {
		return geo.Value{}, false
	}
	micros, ok := clock(b[n+1:])
	return instant(days, micros), ok
}

// clock reads "hh:mm[:ss[.fraction]]" and a zone, and gives microseconds after
// midnight UTC.
func clock(b []byte) (micros int64, ok bool) {
	if len(b) < 5 || b[2] != ':' {
		return 0, false
	}
	hour, minute, second := number(b[0:2]), number(b[3:5]), 0
	b = b[5:]
	if len(b) >= 3 && b[0] == ':' {
		second = number(b[1:3])
		b = b[3:]
		if len(b) > 1 && (b[0] == '.' || b[0] == ',') {
			i, scale := 1, int64(100_000)
			for ; i < len(b) && b[i]-'0' <= 9; i++ {
				micros += int64(b[i]-'0') * scale
				scale /= 10
			}
			if i == 1 {
				return 0, false
			}
			b = b[i:]
		}
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return 0, false
	}
	offset, ok := zone(b)
	micros += int64(hour*3600+minute*60+second-offset) * 1e6
	return micros, ok
}

// zone reads "", "Z", "+hh", "+hhmm" or "+hh:mm" and gives seconds east of UTC.
func zone(b []byte) (seconds int, ok bool) {
	if len(b) > 1 && b[0] == ' ' {
		b = b[1:]
	}
	switch {
	case len(b) == 0, len(b) == 1 && b[0]|0x20 == 'z', string(b) == "UTC":
		return 0, true
	case b[0] != '+' && b[0] != '-', len(b) < 3:
		return 0, false
	}
	hours, minutes := number(b[1:3]), 0
	switch rest := b[3:]; {
	case len(rest) == 0:
	case len(rest) == 2:
		minutes = number(rest)
	case len(rest) == 3 && rest[0] == ':':
		minutes = number(rest[1:])
	default:
		return 0, false
	}
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	seconds = hours*3600 + minutes*60
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

func instant(days, micros int64) geo.Value {
	return geo.DateTime(time.UnixMicro(days*86400e6 + micros))
}

// number reads ASCII digits; -1 where there is something else or nothing.
func number(b []byte) int {
	if len(b) == 0 {
		return -1
	}
	n := 0
	for _, c := range b {
		if c-'0' > 9 {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// civil gives the days since 1970-01-01 of a day of the proleptic Gregorian
// calendar (H. Hinnant, chrono-compatible low-level date algorithms).
func civil(year, month, day int) (int64, bool) {
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	y := int64(year)
	if month <= 2 {
		y--
	}
	era := y / 400
	if y < 0 {
		era = -1
	}
	yoe := y - era*400
	doy := int64((153*((month+9)%12)+2)/5 + day - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
