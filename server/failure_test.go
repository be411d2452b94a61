package server

import (
	"bytes"
	"context"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"puy/geo"
	"puy/store"
)

// breaking is a store that fails after so many features, and whose revision
// may fail too.
type breaking struct {
	store.Store
	after int
	err   error
	down  atomic.Bool
	gate  chan struct{} // where not nil, features wait for it,
	// after they have said here that they do.
	entered chan struct{}
}

func gated(s store.Store) *breaking {
	return &breaking{Store: s, gate: make(chan struct{}), entered: make(chan struct{}, 8)}
}

func (b *breaking) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		if b.gate != nil {
			b.entered <- struct{}{}
			<-b.gate
		}
		n := 0
		for f, err := range b.Store.Features(ctx, id, q) {
			if n == b.after && b.err != nil {
				yield(nil, b.err)
				return
			}
			if n++; !yield(f, err) {
				return
			}
		}
	}
}

func (b *breaking) Revision(ctx context.Context) (int64, error) {
	if b.down.Load() {
		return 0, geo.Errorf(geo.KindUnavailable, "no route to db.internal")
	}
	return b.Store.Revision(ctx)
}

func TestFailuresOfTheStore(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		early := start(t, &breaking{Store: s, err: geo.Errorf(geo.KindUnavailable, "no route to db.internal")}, nil)
		a := early.ask("GET", "/api/collections/stations/items")
		if a.status != 503 || a.header.Get("Retry-After") == "" || a.header.Get("Etag") != "" || a.header.Get("Content-Type") != "application/problem+json" ||
			strings.Contains(a.body, "internal") {
			t.Errorf("before the first byte: %d %v %s", a.status, a.header, a.body)
		}

		// Thirty thousand bytes a feature: the failure comes after the first chunk.
		var log bytes.Buffer
		big := &breaking{Store: s, after: 200, err: geo.Errorf(geo.KindInternal, "the disk is gone")}
		late := start(t, wide{big}, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		for _, encoding := range []string{"identity", "gzip"} {
			r, _ := http.NewRequestWithContext(t.Context(), "GET", late.base+"/api/collections/stations/items?limit=1000", nil)
			r.Header.Set("Accept-Encoding", encoding)
			res, err := late.http.Do(r)
			if err == nil {
				_, err = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
			if err == nil {
				t.Errorf("%s: a page that broke off looks complete", encoding)
			}
		}

		down := &breaking{Store: s}
		c := start(t, down, nil)
		if a := c.ask("GET", "/readyz"); a.status != 200 {
			t.Errorf("ready: %d", a.status)
		}
		down.down.Store(true)
		if a := c.ask("GET", "/readyz"); a.status != 503 || strings.Contains(a.body, "internal") {
			t.Errorf("not ready: %d %s", a.status, a.body)
		}
		if a := c.ask("GET", "/healthz"); a.status != 200 {
			t.Errorf("alive: %d", a.status)
		}
		if a := c.ask("GET", "/api/collections"); a.status != 200 {
			t.Errorf("the catalogue is not served while the store is away: %d", a.status)
		}
	})
}

// wide gives features with a long text.
type wide struct{ *breaking }

func (w wide) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		for f, err := range w.breaking.Features(ctx, id, q) {
			if err == nil {
				f = f.Clone()
				f.Values[len(f.Values)-1] = geo.Text(strings.Repeat("x", 30_000))
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// A page of large features ends before its limit and says how to go on.
func TestPageOfLargeFeatures(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, func(c *Config) { c.PageBytes = 10_000 })
		ids, pages := walk(t, c, "/api/collections/stations/items?limit=1000", stationCount, nil)
		if len(ids) != stationCount || pages < 4 {
			t.Errorf("%d features on %d pages", len(ids), pages)
		}
	})
}

func TestBusyServer(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		slow := gated(s)
		c := start(t, slow, func(c *Config) { c.AtOnce, c.Patience = 1, 100*time.Millisecond })
		first := make(chan int)
		go func() { first <- c.ask("GET", "/api/collections/stations/items").status }()
		<-slow.entered
		a := c.ask("GET", "/api/collections/stations/items")
		if a.status != 503 || a.header.Get("Retry-After") == "" {
			t.Errorf("the second of one: %d", a.status)
		}
		if a := c.ask("GET", "/api/collections"); a.status != 200 {
			t.Errorf("a light request of a busy server: %d", a.status)
		}
		close(slow.gate)
		if status := <-first; status != 200 {
			t.Errorf("the first: %d", status)
		}
	})
}

// A server that is told to stop ends what it is doing, and takes nothing new.
func TestServeStopsGracefully(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		slow := gated(s)
		srv, err := New(t.Context(), Config{Store: slow, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- srv.Serve(ctx, l) }()
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		c := &client{t: t, base: "http://" + l.Addr().String(), http: &http.Client{Transport: transport}}
		answers := make(chan answered, 1)
		go func() { answers <- c.ask("GET", "/api/collections/stations/items?limit=250") }()
		<-slow.entered
		stop()
		time.Sleep(50 * time.Millisecond)
		if conn, err := net.Dial("tcp", l.Addr().String()); err == nil {
			conn.Close()
			t.Error("a stopping server takes new connections")
		}
		close(slow.gate)
		if a := <-answers; a.status != 200 || probe(a.body, "numberReturned") != "250" {
			t.Errorf("an answer in flight: %d", a.status)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
