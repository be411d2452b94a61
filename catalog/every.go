package catalog

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"puy/geo"
)

// Every is how often something is done again. In a file it is a duration, as
// 90m, or one of hourly, daily, weekly, monthly (30 days).
type Every time.Duration

const day = 24 * time.Hour

// UnmarshalText reads a duration or a word.
func (e *Every) UnmarshalText(text []byte) error {
	words := map[string]time.Duration{"hourly": time.Hour, "daily": day, "weekly": 7 * day, "monthly": 30 * day}
	word := strings.TrimSpace(string(text))
	d, ok := words[word]
	if !ok {
		var err error
		if d, err = time.ParseDuration(word); err != nil {
			return geo.Errorf(geo.KindInvalid, "%q is not a duration such as 24h, nor hourly, daily, weekly or monthly", word)
		}
	}
	*e = Every(d)
	return nil
}

// MarshalText writes the duration.
func (e Every) MarshalText() ([]byte, error) { return []byte(time.Duration(e).String()), nil }

// UnmarshalJSON reads what MarshalText writes, and a number of nanoseconds,
// which stores held before.
func (e *Every) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		return e.UnmarshalText([]byte(text))
	}
	return json.Unmarshal(b, (*int64)(e))
}
