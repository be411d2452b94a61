package ingest

import (
	"cmp"
	"math/rand/v2"
	"strings"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest/source"
	"puy/store"
)

const (
	firstRetry    = 5 * time.Minute // or every, where that is less
	longestRetry  = time.Hour       // or every, where that is more
	conflictRetry = time.Minute
	longestJitter = 5 * time.Minute
	maxErrorText  = 1000 // bytes
)

// settle gives the state after a refresh that ended now.
func settle(state store.Refresh, d catalog.Dataset, began time.Time, r *Report, mark source.Mark, err error) store.Refresh {
	now := time.Now().UTC().Truncate(time.Microsecond)
	every := time.Duration(d.Source.Every)
	state.Dataset, state.Tried, state.Error, state.Reason = d.ID, began.UTC().Truncate(time.Microsecond), "", ""
	regular := state.Tried.Add(every + rand.N(min(every/20, longestJitter)+1))
	if regular.Before(now) {
		regular = now
	}
	switch {
	case err == nil:
		state.Succeeded, state.Failures, state.Held, state.Next = now, 0, nil, regular
		state.ETag, state.Modified, state.Checksum = mark.ETag, mark.Modified, r.Checksum
		return state
	case r.Held:
		held := &store.Held{Since: now, Rows: r.Rows - r.Rejected}
		if state.Held != nil {
			held.Since = state.Held.Since
		}
		state.Failures, state.Held, state.Next = 0, held, regular
	case geo.KindOf(err) == geo.KindConflict: // somebody else loads it
		state.Next = now.Add(conflictRetry)
	default:
		state.Failures++
		state.Next = now.Add(retryAfter(every, state.Failures))
	}
	state.Reason = cmp.Or(r.Reason, reasonOf(err))
	text := err.Error()
	state.Error = strings.ToValidUTF8(text[:min(len(text), maxErrorText)], "")
	return state
}

// retryAfter gives how long to wait after so many failures in a row: twice as
// long each time, with chance, so that many datasets of a server that was away
// do not come back at once.
func retryAfter(every time.Duration, failures int) time.Duration {
	wait, most := min(every, firstRetry), max(every, longestRetry)
	for range min(failures-1, 30) {
		wait = min(wait*2, most)
	}
	return wait - wait/10 + rand.N(wait/5+1)
}

// reasonOf gives what the kind of an error tells anybody.
func reasonOf(err error) store.Reason {
	switch geo.KindOf(err) {
	case geo.KindInvalid:
		return store.ReasonUnreadable
	case geo.KindNotFound:
		return store.ReasonGone
	case geo.KindConflict:
		return store.ReasonBusy
	case geo.KindLimit:
		return store.ReasonLimit
	case geo.KindUnavailable:
		return store.ReasonUnavailable
	}
	return store.ReasonInternal
}
