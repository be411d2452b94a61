package xlsx

import (
	"time"

	"puy/geo"
)

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
