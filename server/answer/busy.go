package answer

import (
	"net/http"
	"time"
)

// Busy bounds how many requests work at once. One more waits for patience and
// then gets 503 with Retry-After.
func Busy(atOnce int, patience time.Duration) func(http.Handler) http.Handler {
	places := make(chan struct{}, atOnce)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case places <- struct{}{}:
			default:
				timer := time.NewTimer(patience)
				defer timer.Stop()
				select {
				case places <- struct{}{}:
				case <-r.Context().Done():
					panic(http.ErrAbortHandler)
				case <-timer.C:
					p := Refusal(http.StatusServiceUnavailable, "busy")
					p.RetryAfter = 2
					Fail(w, r, p)
					return
				}
			}
			defer func() { <-places }()
			next.ServeHTTP(w, r)
		})
	}
}
