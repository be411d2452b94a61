package web

import (
	"fmt"
	"strings"
	"time"
)

// Date writes the day of t, as "1er juillet 2026" or "1 July 2026".
func (l *Language) Date(t time.Time) string {
	if l.Code != "fr" {
		return t.Format("2 January 2006")
	}
	day := fmt.Sprint(t.Day())
	if t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s %s %d", day, frenchMonths()[t.Month()-1], t.Year())
}

// DateTime writes t to the minute in UTC, which it names.
func (l *Language) DateTime(t time.Time) string {
	t = t.UTC()
	return l.Date(t) + l.text["value.at"] + t.Format("15:04") + " UTC"
}

func frenchMonths() []string {
	return strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
}
