package answer

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"

	"puy/geo"
)

// serve runs h behind a Frame and a router, and gives the log too.
func serve(t *testing.T, h Handler) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	mux := chi.NewRouter()
	mux.Use(Frame{Release: "test", Log: slog.New(slog.NewJSONHandler(&log, nil))}.Wrap)
	mux.Method("GET", "/things/{id}", h)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s, &log
}

func get(t *testing.T, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestFailTellsEachKind(t *testing.T) {
	secret := fmt.Errorf("password=hunter2")
	for _, c := range []struct {
		err    error
		status int
		detail string
	}{
		{geo.Errorf(geo.KindNotFound, "there is no dataset %q", "x"), 404, `there is no dataset "x"`},
		{geo.Errorf(geo.KindInvalid, "no such field: %w", secret), 400, "no such field"},
		{geo.Errorf(geo.KindConflict, "a load runs"), 409, "a load runs"},
		{geo.Errorf(geo.KindLimit, "too much"), 413, "too much"},
		{geo.Errorf(geo.KindUnavailable, "no route to db.internal"), 503, "The data cannot be reached at the moment. Try again in a few seconds."},
		{geo.Errorf(geo.KindInternal, "broken: %w", secret), 500, "The server failed. The request's id tells the operator what happened."},
		{secret, 500, "The server failed. The request's id tells the operator what happened."},
		{context.DeadlineExceeded, 503, "The answer took too long. Ask for less, for instance with a filter or in another order, or try again later."},
		{NewProblem(410, "gone"), 410, "gone"},
	} {
		s, log := serve(t, func(http.ResponseWriter, *http.Request) error { return fmt.Errorf("wrapped: %w", c.err) })
		res, body := get(t, s.URL+"/things/a%2Fb", "X-Request-Id", "proxy-17")
		var p Problem
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != c.status || p.Status != c.status || p.Detail != c.detail || p.Title == "" || p.Instance != "/things/a%2Fb" {
			t.Errorf("%v: %d %s", c.err, res.StatusCode, body)
		}
		if strings.Contains(body, "hunter2") || strings.Contains(body, "db.internal") {
			t.Errorf("%v leaks: %s", c.err, body)
		}
		for name, want := range map[string]string{"Content-Type": "application/problem+json", "Access-Control-Allow-Origin": "*",
			"X-Request-Id": "proxy-17", "Cache-Control": "no-store"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%v: %s is %q; want %q", c.err, name, got, want)
			}
		}
		if (res.Header.Get("Retry-After") != "") != (c.status == 503) {
			t.Errorf("%v: Retry-After is %q", c.err, res.Header.Get("Retry-After"))
		}
		s.Close()
		line := log.String()
		for _, want := range []string{`"route":"/things/{id}"`, `"request":"proxy-17"`, fmt.Sprintf(`"status":%d`, c.status), `"error":"wrapped: `} {
			if !strings.Contains(line, want) {
				t.Errorf("%v: the log lacks %s: %s", c.err, want, line)
			}
		}
		if want := map[bool]string{true: "ERROR", false: "INFO"}[c.status >= 500]; !strings.Contains(line, want) {
			t.Errorf("%v: not logged as %s: %s", c.err, want, line)
		}
	}
}

func TestFailIsAPageForBrowsers(t *testing.T) {
	s, _ := serve(t, func(http.ResponseWriter, *http.Request) error {
		return geo.Errorf(geo.KindNotFound, "there is no <b>x</b>")
	})
	res, body := get(t, s.URL+"/things/x", "Accept", "text/html,*/*;q=0.8", "Accept-Language", "en")
	if res.StatusCode != 404 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") ||
		!strings.Contains(body, "This page does not exist.") || strings.Contains(body, "<b>x") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if _, body := get(t, s.URL+"/things/x?f=json", "Accept", "text/html"); !strings.HasPrefix(body, "{") {
		t.Errorf("f=json gives %s", body)
	}
}

func TestPanics(t *testing.T) {
	s, log := serve(t, func(w http.ResponseWriter, r *http.Request) error {
		if chi.URLParam(r, "id") == "late" {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, strings.Repeat("[", 200000))
		}
		panic("a defect")
	})
	res, body := get(t, s.URL+"/things/early", "Accept-Encoding", "gzip")
	if res.StatusCode != 500 || strings.Contains(body, "defect") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	for _, encoding := range []string{"gzip", "identity"} {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/things/late", nil)
		r.Header.Set("Accept-Encoding", encoding)
		res, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: an answer that broke off looks complete", encoding)
		}
	}
	s.Close()
	if n := strings.Count(log.String(), "a defect"); n != 3 {
		t.Errorf("%d of 3 panics are logged: %s", n, log)
	}
}

func TestCompressionAndValidators(t *testing.T) {
	large := strings.Repeat("Clermont-Ferrand ", 500)
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) error {
		text, err := PathText(r, "id")
		if err != nil {
			return err
		}
		if text == "large" {
			text = large
		}
		return WriteJSON(w, r, "application/json", text)
	})
	plain, body := get(t, s.URL+"/things/large")
	if plain.Header.Get("Content-Encoding") != "" || !strings.Contains(body, large) || plain.Header.Get("Content-Length") == "" {
		t.Error("identity:", plain.Header)
	}
	tag := plain.Header.Get("ETag")
	zipped, body := get(t, s.URL+"/things/large", "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if unzipped, err := io.ReadAll(z); err != nil || !strings.Contains(string(unzipped), large) {
		t.Error("gzip:", err)
	}
	if got := zipped.Header.Get("ETag"); got != strings.TrimSuffix(tag, `"`)+`-gzip"` {
		t.Errorf("ETag of gzip is %s, of identity %s", got, tag)
	}
	for _, res := range []*http.Response{plain, zipped} {
		if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept-Encoding") {
			t.Error("no Vary:", res.Header)
		}
	}
	for _, refused := range []string{"gzip;q=0", "identity", "*;q=0"} {
		if res, _ := get(t, s.URL+"/things/large", "Accept-Encoding", refused); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q gets %s", refused, res.Header.Get("Content-Encoding"))
		}
	}
	if res, body := get(t, s.URL+"/things/a%2Fb%20c", "Accept-Encoding", "gzip"); res.Header.Get("Content-Encoding") != "" || body != "\"a/b c\"\n" {
		t.Error("small:", res.Header, body)
	}
	for _, have := range []string{tag, zipped.Header.Get("ETag"), "W/" + tag, `"other", ` + tag, "*"} {
		res, body := get(t, s.URL+"/things/large", "If-None-Match", have, "Accept-Encoding", "gzip")
		if res.StatusCode != 304 || body != "" || res.Header.Get("Cache-Control") == "" || res.Header.Get("ETag") == "" {
			t.Errorf("If-None-Match %s: %d %v", have, res.StatusCode, res.Header)
		}
	}
	if res, _ := get(t, s.URL+"/things/large", "If-None-Match", `"other"`); res.StatusCode != 200 {
		t.Error("another tag gets", res.StatusCode)
	}
}

func TestLinksAreUnderThePublicURL(t *testing.T) {
	r := httptest.NewRequest("GET", "http://data.example:8080/x", nil)
	if got := URL(r, "/api/collections", "vélos", "a/b c?"); got != "http://data.example:8080/api/collections/v%C3%A9los/a%2Fb%20c%3F" {
		t.Error(got)
	}
	if id := requestID(r); len(id) < 16 {
		t.Error("request id", id)
	}
	r.Header.Set("X-Request-Id", "line\nbreak")
	if id := requestID(r); strings.Contains(id, "\n") {
		t.Error("request id", id)
	}
}

func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := Busy(1, time.Second)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
		first := httptest.NewRecorder()
		go h.ServeHTTP(first, httptest.NewRequest("GET", "/", nil))
		synctest.Wait()
		second := httptest.NewRecorder()
		h.ServeHTTP(second, httptest.NewRequest("GET", "/", nil))
		if second.Code != 503 || second.Header().Get("Retry-After") == "" {
			t.Errorf("the second of one gets %d %v", second.Code, second.Header())
		}
		third := httptest.NewRecorder()
		go h.ServeHTTP(third, httptest.NewRequest("GET", "/", nil))
		synctest.Wait()
		close(release)
		synctest.Wait()
		if third.Code != 200 {
			t.Errorf("one that waited gets %d", third.Code)
		}
	})
}
