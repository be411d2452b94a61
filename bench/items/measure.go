package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"puy/bench/process"
	"puy/bench/walk"
)

// question is what is asked for besides the size and place of pages.
type question struct {
	name   string
	query  url.Values
	share  int64 // one of so many features matches
	limits []int64
}

func (b *bench) questions() []question {
	sorted := b.limits
	if len(sorted) > 2 {
		sorted = sorted[:2]
	}
	return []question{
		{"plain", nil, 1, b.limits},
		{"filter=classe = 3", url.Values{"filter": {"classe = 3"}}, 9, b.limits},
		{"sortby=-longueur", url.Values{"sortby": {"-longueur"}}, 1, sorted},
		{"properties=nom, no geometry", url.Values{"properties": {"nom"}, "skipGeometry": {"true"}}, 1, sorted},
	}
}

// deepest is the number of the deep page, where there are so many.
const deepest = 1000

// measure loads a store, serves it, and asks.
func (b *bench) measure(ctx context.Context, name, store string) error {
	if err := b.load(ctx, store); err != nil {
		return err
	}
	p, err := process.Start(ctx, b.dir, nil, b.puy, "serve", "--store", store, "--cache", b.dir+"/cache", "--log-level", "warn")
	if err != nil {
		return err
	}
	defer p.Stop()
	items := "http://" + p.Host + "/api/collections/lines/items"
	if _, err := p.Wait(ctx, func() error { _, err := fetch(ctx, items+"?limit=1"); return err }); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\n## %s\n\n| what | limit | page | clients | requests/s | p50 ms | p99 ms | MB/s | KB a page | failed |\n|---|---|---|---|---|---|---|---|---|---|\n", name)
	for _, q := range b.questions() {
		for _, limit := range q.limits {
			if err := b.pages(ctx, items, q, limit); err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
		}
	}
	peak, anonymous := p.Memory()
	fmt.Fprintf(b.out, "\nMemory of the server: peak %d MB, %d MB of it not file pages\n", peak, anonymous)
	return nil
}

// pages asks for the first page, for a deep one by its cursor, and for the deep
// one by its offset alone.
func (b *bench) pages(ctx context.Context, items string, q question, limit int64) error {
	address := func(more url.Values) string {
		query := url.Values{"limit": {strconv.FormatInt(limit, 10)}}
		for _, values := range []url.Values{q.query, more} {
			for name := range values {
				query.Set(name, values.Get(name))
			}
		}
		return items + "?" + query.Encode()
	}
	page := min(deepest, b.n/q.share/limit) // the last that is full, roughly
	offset := strconv.FormatInt((page-1)*limit, 10)
	cursor, err := cursorAt(ctx, address, (page-1)*limit)
	if err != nil {
		return err
	}
	for _, what := range []struct {
		name string
		url  string
	}{{"1", address(nil)}, {strconv.FormatInt(page, 10), address(url.Values{"offset": {offset}, "cursor": {cursor}})},
		{strconv.FormatInt(page, 10) + " by offset", address(url.Values{"offset": {offset}})}} {
		for _, clients := range b.clients {
			f, err := walk.Ask(ctx, []string{what.url}, walk.Options{Clients: clients, Time: b.time, Repeat: true, Plain: b.plain})
			if err != nil {
				return err
			}
			fmt.Fprintf(b.out, "| %s | %d | %s | %d | %.0f | %.2f | %.2f | %.1f | %.0f | %d |\n", q.name, limit, what.name, clients,
				f.Rate(), f.P50, f.P99, float64(f.Bytes)/1e6/f.Seconds, f.KB(), f.Failed)
		}
	}
	return nil
}

// cursorAt gives the cursor of the page that begins at an offset.
func cursorAt(ctx context.Context, address func(url.Values) string, offset int64) (string, error) {
	if offset == 0 {
		return "", fmt.Errorf("there are too few features for a second page")
	}
	p, err := fetch(ctx, address(url.Values{"limit": {"1"}, "offset": {strconv.FormatInt(offset-1, 10)}}))
	if err != nil {
		return "", err
	}
	for _, l := range p.Links {
		if u, err := url.Parse(l.Href); l.Rel == "next" && err == nil {
			return u.Query().Get("cursor"), nil
		}
	}
	return "", fmt.Errorf("the page at offset %d has no next", offset-1)
}

type page struct {
	Links    []struct{ Rel, Href string }
	Features []struct{}
}

func fetch(ctx context.Context, address string) (p page, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return p, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return p, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !strings.HasSuffix(answer.Header.Get("Content-Type"), "json") {
		return p, fmt.Errorf("%s: %s", address, answer.Status)
	}
	return p, json.NewDecoder(answer.Body).Decode(&p)
}
