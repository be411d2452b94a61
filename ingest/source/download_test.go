package source

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"puy/catalog"
	"puy/geo"
)

// open opens a source that may be here, and tells what lies on disk. It fails t
// if a temporary file stays.
func openHere(t *testing.T, s catalog.Source, known Mark, opt Options) (text string, f *Fetched, err error) {
	t.Helper()
	opt.Temp = t.TempDir()
	opt.Private = true
	f, err = Open(t.Context(), s, known, opt)
	if err == nil && !f.Unchanged() {
		b, readErr := os.ReadFile(f.Path())
		if readErr != nil {
			t.Fatal(readErr)
		}
		text = string(b)
		f.Close()
	}
	if left, _ := filepath.Glob(filepath.Join(opt.Temp, "*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
	return text, f, err
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestDownloadAsksForWhatHasChanged(t *testing.T) {
	for _, test := range []struct {
		name   string
		mark   Mark
		answer func(w http.ResponseWriter, r *http.Request)
	}{
		{"an ETag", Mark{ETag: `"v1"`}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			if r.Header.Get("If-None-Match") == `"v1"` {
				w.WriteHeader(http.StatusNotModified)
			}
		}},
		{"an ETag without conditions", Mark{ETag: `"v1"`}, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("ETag", `"v1"`) }},
		{"a date", Mark{Modified: "Sun, 22 Nov 2026 10:00:00 GMT"}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
			if r.Header.Get("If-Modified-Since") == "Sun, 22 Nov 2026 10:00:00 GMT" {
				w.WriteHeader(http.StatusNotModified)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := catalog.Source{URL: serve(t, func(w http.ResponseWriter, r *http.Request) {
				test.answer(w, r)
				io.WriteString(w, "id\n1\n")
			})}
			text, f, err := openHere(t, s, Mark{}, Options{})
			if err != nil || text != "id\n1\n" || f.Mark != test.mark {
				t.Fatalf("%q, %+v, %v", text, f, err)
			}
			if _, f, err = openHere(t, s, test.mark, Options{}); err != nil || !f.Unchanged() || f.Mark != test.mark {
				t.Errorf("the second time: %+v, %v", f, err)
			}
			if text, _, err = openHere(t, s, Mark{ETag: `"v0"`}, Options{}); err != nil || text == "" {
				t.Errorf("of another edition: %q, %v", text, err)
			}
		})
	}
}

func TestDownloadRetries(t *testing.T) {
	for _, test := range []struct {
		name  string
		fails func(w http.ResponseWriter, n int32)
		calls int32
		kind  geo.ErrorKind
		text  string
	}{
		{"a server that comes back", func(w http.ResponseWriter, n int32) {
			if n < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}, 3, 0, ""},
		{"one that asks for patience", func(w http.ResponseWriter, n int32) {
			if n < 2 {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
			}
		}, 2, 0, ""},
		{"one that asks for too much of it", func(w http.ResponseWriter, n int32) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		}, 1, geo.KindUnavailable, "429"},
		{"a download that broke off", func(w http.ResponseWriter, n int32) {
			if n < 2 {
				w.Header().Set("Content-Length", "100")
			}
		}, 2, 0, ""},
		{"a server that is gone", func(w http.ResponseWriter, n int32) { w.WriteHeader(http.StatusBadGateway) }, 3, geo.KindUnavailable, "502"},
		{"what is not there", func(w http.ResponseWriter, n int32) { w.WriteHeader(http.StatusNotFound) }, 1, geo.KindUnavailable, "404"},
		{"what is forbidden", func(w http.ResponseWriter, n int32) { w.WriteHeader(http.StatusForbidden) }, 1, geo.KindUnavailable, "403"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			address := serve(t, func(w http.ResponseWriter, r *http.Request) {
				test.fails(w, calls.Add(1))
				io.WriteString(w, "id\n1\n")
			})
			text, _, err := openHere(t, catalog.Source{URL: address + "/a.csv?token=secret"}, Mark{}, Options{Attempts: 3})
			if calls.Load() != test.calls {
				t.Errorf("%d calls, not %d", calls.Load(), test.calls)
			}
			if test.text == "" && (err != nil || text != "id\n1\n") || test.text != "" && (geo.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.text)) {
				t.Errorf("%q, %v", text, err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}

func TestDownloadIsBounded(t *testing.T) {
	long := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush() // so that no length is told
		io.WriteString(w, strings.Repeat("x", 2000))
	})
	_, _, err := openHere(t, catalog.Source{URL: long}, Mark{}, Options{MaxBytes: 1000})
	if geo.KindOf(err) != geo.KindLimit {
		t.Errorf("too long: %v", err)
	}
	slow := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	_, _, err = openHere(t, catalog.Source{URL: slow}, Mark{}, Options{Deadline: 50 * time.Millisecond})
	if geo.KindOf(err) != geo.KindUnavailable || !strings.Contains(err.Error(), "not there after 50ms") {
		t.Errorf("too slow: %v", err)
	}
}

// A server in the internet must not lead to one in the house.
func TestPrivateAddresses(t *testing.T) {
	asked := false
	address := serve(t, func(w http.ResponseWriter, r *http.Request) { asked = true })
	for _, a := range []string{address, strings.Replace(address, "127.0.0.1", "localhost", 1), strings.Replace(address, "127.0.0.1", "[::ffff:127.0.0.1]", 1),
		"http://10.0.0.1/a.csv", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://0.0.0.0/"} {
		_, err := Open(t.Context(), catalog.Source{URL: a}, Mark{}, Options{Temp: t.TempDir(), Attempts: 1})
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "private network") || asked {
			t.Errorf("%s: %v", a, err)
		}
	}
	// The guard of the dialler sees what a redirect leads to, as it does the first address.
	c := newClient(Options{Attempts: 1})
	defer c.close()
	r := httptest.NewRequest(http.MethodGet, "http://[fe80::1]/", nil)
	if err := c.http.CheckRedirect(r, nil); err == nil {
		t.Error("a redirect to a private address is followed")
	}
	r = httptest.NewRequest(http.MethodGet, "http://example.org/", nil)
	r.Header.Set("Referer", "https://a.example/?token=secret")
	if err := c.http.CheckRedirect(r, nil); err != nil || r.Header.Get("Referer") != "" {
		t.Errorf("%v, %v", err, r.Header)
	}
}

func TestRetryWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		for text, want := range map[string]time.Duration{"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0,
			now.UTC().Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, now.UTC().Add(-time.Hour).Format(http.TimeFormat): 0} {
			if got := retryAfter(text, now); got != want {
				t.Errorf("%q: %v", text, got)
			}
		}
		for attempt, most := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 9: 30 * time.Second} {
			for range 50 {
				if d := backoff(attempt); d < most/2 || d > most {
					t.Errorf("attempt %d waits %v", attempt, d)
				}
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := pause(ctx, time.Hour); err == nil || time.Since(now) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(now))
		}
	})
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{"puy-source-old": 3 * time.Hour, "puy-source-new": time.Minute, "other": 3 * time.Hour} {
		path, at := filepath.Join(dir, name), time.Now().Add(-age)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	err := Sweep(dir, 2*time.Hour)
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if want := []string{filepath.Join(dir, "other"), filepath.Join(dir, "puy-source-new")}; err != nil || !slices.Equal(left, want) {
		t.Errorf("%v, %v", left, err)
	}
}
