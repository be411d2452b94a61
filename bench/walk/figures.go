package walk

import "time"

// Figures are what one walk came to.
type Figures struct {
	Requests int     `json:"requests"`
	Failed   int     `json:"failed"`
	Empty    int     `json:"empty"`
	Bytes    int64   `json:"bytes"` // of bodies, as they came over the wire
	Seconds  float64 `json:"seconds"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
	Failure  string  `json:"failure,omitempty"` // the first
}

// Rate gives answers a second.
func (f Figures) Rate() float64 { return over(float64(f.Requests), f.Seconds) }

// KB gives the mean size of a body.
func (f Figures) KB() float64 { return over(float64(f.Bytes)/1000, float64(f.Requests)) }

// and gives the figures of two walks together; the percentiles are the worse of the two.
func (f Figures) and(g Figures) Figures {
	if f.Requests == 0 {
		return g
	}
	f.Requests, f.Failed, f.Empty, f.Bytes, f.Seconds = f.Requests+g.Requests, f.Failed+g.Failed, f.Empty+g.Empty, f.Bytes+g.Bytes, f.Seconds+g.Seconds
	f.P50, f.P99, f.Max = max(f.P50, g.P50), max(f.P99, g.P99), max(f.Max, g.Max)
	if f.Failure == "" {
		f.Failure = g.Failure
	}
	return f
}

// Percentile gives the nearest-rank percentile of durations in ascending order:
// the least that p percent of them do not exceed.
func Percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	exact := p / 100 * float64(len(sorted))
	rank := int(exact)
	if float64(rank) < exact {
		rank++
	}
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func over(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
