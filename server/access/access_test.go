package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// ring is a store of keys that counts how often it is asked.
type ring struct {
	keys  map[[sha256.Size]byte]store.APIKey
	asked int
	err   error
}

func (r *ring) APIKey(_ context.Context, hash [sha256.Size]byte) (store.APIKey, error) {
	r.asked++
	if r.err != nil {
		return store.APIKey{}, r.err
	}
	k, ok := r.keys[hash]
	if !ok {
		return k, geo.Errorf(geo.KindNotFound, "none")
	}
	return k, nil
}

// with gives a ring of one key, and the key.
func with(k store.APIKey) (*ring, string) {
	key := Generate()
	k.Hash = Hash(key)
	return &ring{keys: map[[sha256.Size]byte]store.APIKey{k.Hash: k}}, key
}

func ask(g *Gate, dataset, remote string, headers ...string) (int, http.Header, store.APIKey, error) {
	r := httptest.NewRequest("POST", "/", nil)
	r.RemoteAddr = remote
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	k, err := g.PermitEdit(w, r, dataset)
	if err == nil {
		return http.StatusOK, w.Header(), k, nil
	}
	return answer.ProblemOf(err).Status, w.Header(), k, err
}

const home = "192.0.2.1:1234"

func TestKeysAreRandomWords(t *testing.T) {
	a, b := Generate(), Generate()
	if a == b || !wellFormed(a) || len(a) != 56 || strings.Trim(a, "abcdefghijklmnopqrstuvwxyz234567_") != "" || Last(a) != a[50:] {
		t.Error(len(a))
	}
	for _, bad := range []string{"", "puy_", a[1:], a + "a", strings.ToUpper(a), "xuy_" + a[4:], a[:55] + "é", strings.Repeat("a", 1<<16)} {
		if wellFormed(bad) {
			t.Errorf("%.60q is taken for a key", bad)
		}
	}
}

func TestHeaders(t *testing.T) {
	keys, key := with(store.APIKey{Name: "ana", Edit: true, Datasets: []string{"velo"}})
	g := NewGate(keys)
	for _, c := range []struct {
		dataset string
		headers []string
		status  int
		says    string // in WWW-Authenticate
	}{
		{"velo", []string{"Authorization: Bearer " + key}, 200, ""},
		{"velo", []string{"authorization: bearer   " + key + " "}, 200, ""},
		{"velo", []string{"X-Api-Key: " + key}, 200, ""},
		{"velo", []string{"X-Api-Key: " + key, "Authorization: Bearer " + key}, 200, ""},
		{"velo", []string{"X-Api-Key: " + key, "Authorization: Basic YTpi"}, 200, ""},
		{"arbres", []string{"X-Api-Key: " + key}, 403, `error="insufficient_scope"`},
		{"velo", nil, 401, `Bearer realm="puy"`},
		{"velo", []string{"X-Api-Key: "}, 401, `Bearer realm="puy"`},
		{"velo", []string{"Authorization: Bearer "}, 401, `Bearer realm="puy"`},
		{"velo", []string{"Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("ana:"+key))}, 200, ""},
		{"velo", []string{"Authorization: Basic YTpi"}, 401, `error="invalid_token"`},
		{"velo", []string{"Authorization: Basic é"}, 401, `error="invalid_request"`},
		{"velo", []string{"Authorization: Digest x"}, 401, `error="invalid_request"`},
		{"velo", []string{"Authorization: " + key}, 401, `error="invalid_request"`},
		{"velo", []string{"X-Api-Key: " + key, "X-Api-Key: " + key}, 401, `error="invalid_request"`},
		{"velo", []string{"X-Api-Key: " + key, "Authorization: Bearer " + Generate()}, 401, `error="invalid_request"`},
		{"velo", []string{"X-Api-Key: " + Generate()}, 401, `error="invalid_token"`},
		{"velo", []string{"X-Api-Key: " + key[:55]}, 401, `error="invalid_token"`},
		{"velo", []string{"X-Api-Key: " + strings.Repeat("k", 10_000)}, 401, `error="invalid_token"`},
	} {
		status, header, k, err := ask(g, c.dataset, home, c.headers...)
		if status != c.status || !strings.Contains(header.Get("WWW-Authenticate"), c.says) || (status == 200) != (k.Name == "ana" && err == nil) && status != 403 {
			t.Errorf("%s %.40q: %d %v %v", c.dataset, c.headers, status, header, err)
		}
		if err != nil && strings.Contains(err.Error(), key[:20]) {
			t.Errorf("the error tells the key: %v", err)
		}
	}
}

func TestReadOnlyKeys(t *testing.T) {
	keys, key := with(store.APIKey{Name: "ana"})
	status, header, _, err := ask(NewGate(keys), "velo", home, "X-Api-Key: "+key)
	if status != 403 || !strings.Contains(header.Get("WWW-Authenticate"), "insufficient_scope") || !strings.Contains(err.Error(), "reading") {
		t.Error(status, header, err)
	}
}

func TestKeysEnd(t *testing.T) {
	keys, key := with(store.APIKey{Name: "ana", Edit: true, Expires: time.Now().Add(-time.Second)})
	g := NewGate(keys)
	if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+key); status != 401 {
		t.Errorf("an ended key: %d", status)
	}
	keys, key = with(store.APIKey{Name: "ana", Edit: true, Expires: time.Now().Add(time.Hour)})
	g = NewGate(keys)
	if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+key); status != 200 {
		t.Errorf("a key that has not ended: %d", status)
	}
	clear(keys.keys)
	if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+key); status != 401 {
		t.Errorf("a removed key: %d", status)
	}
	keys.err = geo.Errorf(geo.KindUnavailable, "the store is away")
	if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+key); status != 503 {
		t.Errorf("a store that is away: %d", status)
	}
}

func TestWrongKeysAreSlowedDown(t *testing.T) {
	keys, key := with(store.APIKey{Name: "ana", Edit: true})
	g := NewGate(keys)
	now := time.Now()
	g.limiter.now = func() time.Time { return now }
	if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+key); status != 200 {
		t.Fatal(status)
	}
	refused := 0
	for range 1000 {
		if status, _, _, err := ask(g, "velo", home, "X-Api-Key: "+Generate()); status == 429 {
			refused++
			if p, ok := errors.AsType[*answer.Problem](err); !ok || p.RetryAfter != 6 {
				t.Fatal(err)
			}
		}
	}
	if refused != 1000-burst || keys.asked != 1+burst {
		t.Errorf("%d refused, the store was asked %d times", refused, keys.asked)
	}
	if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+key); status != 200 {
		t.Errorf("who had a right key: %d", status)
	}
	if status, _, _, _ := ask(g, "velo", "192.0.2.2:1", "X-Api-Key: "+Generate()); status != 401 {
		t.Errorf("another address: %d", status)
	}
	if status, _, _, _ := ask(g, "velo", home); status != 401 {
		t.Errorf("without a key: %d", status)
	}
	now = now.Add(refill)
	for _, want := range []int{401, 429} {
		if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+Generate()); status != want {
			t.Errorf("later: %d, want %d", status, want)
		}
	}
	now = now.Add(burst * refill)
	if status, _, _, _ := ask(g, "velo", home, "X-Api-Key: "+Generate()); status != 401 {
		t.Errorf("much later: %d", status)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l := newLimiter()
	for i := range 3 * maxAddresses {
		l.failed(network(fmt.Sprintf("[2001:db8:%x:%x::1]:80", i>>8, i&255)), Hash(fmt.Sprint(i)))
		l.passed(Hash(fmt.Sprint(i)))
	}
	if len(l.full) > maxAddresses || len(l.good) > maxGood {
		t.Errorf("%d addresses, %d keys", len(l.full), len(l.good))
	}
}

func TestNetworks(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1/32", "[::ffff:192.0.2.1]:80": "192.0.2.1/32",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "[fe80::1%eth0]:80": "fe80::/64",
	} {
		if got := network(remote); got != netip.MustParsePrefix(want) {
			t.Errorf("%s: %v", remote, got)
		}
	}
	if network("@").IsValid() {
		t.Error("no address")
	}
}
