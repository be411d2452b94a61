package sheet

import (
	"math"
	"strings"
	"time"
)

// NumberKind is what the format of a number says that it is: a date, a time, both, or
// else a number.
type NumberKind uint8

// What a number is, by bits.
const (
	plainNumber NumberKind = 0
	hasDate     NumberKind = 1
	hasTime     NumberKind = 2
)

// BuiltinKind gives the kind of a format without a code (ECMA-376 part 1, 18.8.30).
func BuiltinKind(id int) NumberKind {
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

// KindOfCode reads a format code: letters count outside quotes, brackets and escapes.
// Elapsed times, as [h]:mm, are numbers.
func KindOfCode(code string) NumberKind {
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

// AppendDate appends serial number f as a date, a date-time or a time; false means
// that it is none. Days count from 1900, or from 1904 where a workbook says so.
func (kind NumberKind) AppendDate(dst []byte, f float64, from04 bool) ([]byte, bool) {
	if kind == plainNumber {
		return dst, false
	}
	const first, end = -693593, 2958466 // 0001-01-01, after 9999-12-31
	if !(f >= first && f < end) {
		return dst, false
	}
	whole := math.Floor(f)
	millis := math.Round((f - whole) * 86400e3)
	if kind == hasTime {
		if whole != 0 {
			return dst, false
		}
		return time.UnixMilli(int64(millis)).UTC().AppendFormat(dst, "15:04:05.999"), true
	}
	// LibreOffice alone has days before 1900, and counts them from here.
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from04:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case whole >= 0 && whole < 60: // before the 29th of February 1900, which the first spreadsheets thought there was
		epoch = epoch.AddDate(0, 0, 1)
	}
	t := epoch.AddDate(0, 0, int(whole)).Add(time.Duration(millis) * time.Millisecond)
	if kind&hasTime == 0 && millis == 0 {
		return t.AppendFormat(dst, time.DateOnly), true
	}
	return t.AppendFormat(dst, "2006-01-02T15:04:05.999"), true
}
