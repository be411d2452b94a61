package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"math"
	"net/http"
	"strings"
	"time"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// Keys is what a Gate needs of a store.
type Keys interface {
	APIKey(ctx context.Context, hash [sha256.Size]byte) (store.APIKey, error)
}

// Gate tells whose key a request bears. It is safe for use by many goroutines.
type Gate struct {
	keys    Keys
	limiter *limiter
}

// NewGate makes a Gate that asks keys.
func NewGate(keys Keys) *Gate { return &Gate{keys, newLimiter()} }

// Presented tells whether r bears something that means to be a key.
func Presented(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || r.Header.Get("X-Api-Key") != ""
}

// Holder gives the key that r bears as `Authorization: Bearer KEY` (RFC 6750
// section 2.1), as the password of `Authorization: Basic` (RFC 7617), which old
// clients know, or as `X-Api-Key: KEY`. Without one that holds the error is a
// Problem of status 401, after many of them 429; it also sets WWW-Authenticate.
// Nothing that it gives or logs has the key in it.
func (g *Gate) Holder(w http.ResponseWriter, r *http.Request) (store.APIKey, error) {
	key, err := read(r)
	switch {
	case err != nil:
		challenge(w, "invalid_request")
		return store.APIKey{}, err
	case key == "":
		challenge(w, "")
		return store.APIKey{}, answer.Refusal(http.StatusUnauthorized, "key.missing")
	}
	address, hash := network(r.RemoteAddr), Hash(key)
	if wait := g.limiter.wait(address, hash); wait > 0 {
		p := answer.Refusal(http.StatusTooManyRequests, "key.wrong")
		p.RetryAfter = int(math.Ceil(wait.Seconds()))
		return store.APIKey{}, p
	}
	k, err := g.lookUp(r.Context(), key, hash)
	if err != nil {
		if geo.KindOf(err) != geo.KindNotFound {
			return store.APIKey{}, err
		}
		g.limiter.failed(address, hash)
		challenge(w, "invalid_token")
		return store.APIKey{}, answer.Refusal(http.StatusUnauthorized, "key.unknown")
	}
	g.limiter.passed(hash)
	return k, nil
}

// Reader gives the key that r bears, for reading. Whoever bears none that holds
// reads as the public does: then ok is false, and no answer tells that there is
// more to see. The error is that of a store that does not answer.
func (g *Gate) Reader(r *http.Request) (k store.APIKey, ok bool, err error) {
	key, err := read(r)
	if err != nil || key == "" {
		return k, false, nil
	}
	address, hash := network(r.RemoteAddr), Hash(key)
	if g.limiter.wait(address, hash) > 0 {
		return k, false, nil
	}
	k, err = g.lookUp(r.Context(), key, hash)
	if err != nil {
		if geo.KindOf(err) != geo.KindNotFound {
			return k, false, err
		}
		if wellFormed(key) { // a proxy's own is none of our concern
			g.limiter.failed(address, hash)
		}
		return k, false, nil
	}
	g.limiter.passed(hash)
	return k, true, nil
}

// PermitEdit is Holder for changes of one dataset: a key that does not permit
// them gives a Problem of status 403.
func (g *Gate) PermitEdit(w http.ResponseWriter, r *http.Request, dataset string) (store.APIKey, error) {
	k, err := g.Holder(w, r)
	if err != nil || k.PermitsEdit(dataset) {
		return k, err
	}
	challenge(w, "insufficient_scope")
	if k.Permits(dataset) {
		return k, answer.Refusal(http.StatusForbidden, "key.reading")
	}
	return k, answer.Refusal(http.StatusForbidden, "key.dataset", "name", dataset)
}

func (g *Gate) lookUp(ctx context.Context, key string, hash [sha256.Size]byte) (store.APIKey, error) {
	unknown := geo.Errorf(geo.KindNotFound, "there is no such key")
	if !wellFormed(key) {
		return store.APIKey{}, unknown
	}
	k, err := g.keys.APIKey(ctx, hash)
	if err != nil {
		return store.APIKey{}, err
	}
	if subtle.ConstantTimeCompare(k.Hash[:], hash[:]) != 1 || k.Expired(time.Now()) {
		return store.APIKey{}, unknown
	}
	return k, nil
}

// read gives the key that r bears, "" where it bears none.
func read(r *http.Request) (string, error) {
	authorization, header := r.Header.Values("Authorization"), r.Header.Values("X-Api-Key")
	if len(authorization) > 1 || len(header) > 1 {
		return "", answer.Refusal(http.StatusUnauthorized, "key.several")
	}
	key := ""
	if len(header) == 1 {
		key = strings.TrimSpace(header[0])
	}
	if len(authorization) == 1 && authorization[0] != "" {
		scheme, token, _ := strings.Cut(strings.TrimSpace(authorization[0]), " ")
		token = strings.TrimSpace(token)
		bearer := strings.EqualFold(scheme, "Bearer")
		_, password, basic := r.BasicAuth()
		switch {
		case !bearer && key != "": // a proxy's own
		case basic:
			key = password
		case !bearer:
			return "", answer.Refusal(http.StatusUnauthorized, "key.scheme")
		case key != "" && key != token:
			return "", answer.Refusal(http.StatusUnauthorized, "key.differ")
		default:
			key = token
		}
	}
	return key, nil
}

// challenge tells clients how to authenticate (RFC 6750 section 3).
func challenge(w http.ResponseWriter, code string) {
	text := `Bearer realm="puy"`
	if code != "" {
		text += `, error="` + code + `"`
	}
	w.Header().Set("WWW-Authenticate", text)
}
