package xlsx

import (
	"math"
	"strings"
	"time"

	"puy/geo"
)

// numberKind is what a number's format says that it is.
type numberKind uint8

const (
	plainNumber numberKind = 0
	hasDate     numberKind = 1
	hasTime     numberKind = 2
)

// builtin gives the kind of a format without a code (ECMA-376 part 1, 18.8.30).
func builtin(id int) numberKind {
	switch {
	case id == 22:
		return hasDate | hasTime
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return hasDate
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return hasTime
	}
	return plainNumber
}

// kindOf reads a format code: letters count outside quotes, brackets and escapes.
// Elapsed times, as [h]:mm, are numbers.
func kindOf(code string) numberKind {
	code, _, _ = strings.Cut(strings.ToLower(code), ";")
	if code == "general" || code == "standard" {
		return plainNumber
	}
	kind := plainNumber
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				return kind
			}
			i += n + 1
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				return kind
			}
			if strings.Trim(code[i+1:i+n], "hms") == "" {
				return plainNumber
			}
			i += n
		case '\\', '_', '*':
			i++
		case 'y', 'd':
			kind |= hasDate
		case 'h', 's':
			kind |= hasTime
		case 'm':
			if !strings.ContainsAny(code, "hs") {
				kind |= hasDate
			}
		}
	}
	return kind
}

// appendDate appends serial number f as a date, a date-time or a time; false means
// that it is none.
func appendDate(dst []byte, f float64, kind numberKind, from04 bool) ([]byte, bool) {
	const days = 2958466 // after 9999-12-31
	if !(f >= 0 && f < days) {
		return dst, false
	}
	whole := math.Floor(f)
	millis := math.Round((f - whole) * 86400e3)
	if kind == hasTime {
		if whole > 0 {
			return dst, false
		}
		return time.UnixMilli(int64(millis)).UTC().AppendFormat(dst, "15:04:05.999"), true
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from04:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case whole < 60: // before the 29th of February 1900, which the first spreadsheets thought there was
		epoch = epoch.AddDate(0, 0, 1)
	}
	t := epoch.AddDate(0, 0, int(whole)).Add(time.Duration(millis) * time.Millisecond)
	if kind&hasTime == 0 && millis == 0 {
		return t.AppendFormat(dst, time.DateOnly), true
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.999"), true
}

// serial gives a moment as the number of days that a worksheet counts; false for
// moments before March 1900, which programs disagree about, and after 9999.
func serial(v geo.Value) (float64, bool) {
	t := v.Time()
	if y := t.Year(); y < 1900 || y > 9999 || y == 1900 && t.Month() < time.March {
		return 0, false
	}
	const unixEpoch = 25569
	return unixEpoch + float64(t.UnixMilli())/86400e3, true
}
