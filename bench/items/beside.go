package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"puy/bench/walk"
)

// contender is a server that is measured beside others on the same table.
type contender struct {
	name  string
	items string // the address of its items, with what it always wants in the query
}

// parseContender reads "name=address".
func parseContender(text string) (contender, error) {
	name, items, ok := strings.Cut(text, "=")
	if u, err := url.Parse(items); !ok || name == "" || err != nil || u.Scheme != "http" {
		return contender{}, fmt.Errorf("%q is no name=http://…/items", text)
	}
	return contender{name, items}, nil
}

// address gives the contender's items with more in the query.
func (c contender) address(more url.Values) string {
	u, err := url.Parse(c.items)
	if err != nil { // was parsed before
		return c.items
	}
	query := u.Query()
	for name := range more {
		query.Set(name, more.Get(name))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// deep gives the address of the page of limit features that begins at an offset,
// as the contender links to it from the feature before.
func (c contender) deep(ctx context.Context, offset, limit int64) (string, error) {
	at := c.address(url.Values{"limit": {"1"}, "offset": {strconv.FormatInt(offset-1, 10)}})
	p, err := fetch(ctx, at)
	if err != nil {
		return "", err
	}
	for _, l := range p.Links {
		next, err := url.Parse(l.Href)
		if l.Rel != "next" || err != nil {
			continue
		}
		query := next.Query()
		query.Set("limit", strconv.FormatInt(limit, 10))
		next.RawQuery = query.Encode()
		return next.String(), nil
	}
	return "", fmt.Errorf("%s has no next page", at)
}

// compare asks each contender for the first and for a deep page of each size, in
// turns. Ratios are to the first contender.
func (b *bench) compare(ctx context.Context) error {
	fmt.Fprintf(b.out, "\n| limit | page | clients | server | requests/s | p50 ms | p99 ms | MB/s | KB a page | failed | the first is faster by |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, limit := range b.limits {
		last := min(deepest, b.n/limit)
		for _, page := range []int64{1, last} {
			addresses := make([]string, len(b.beside))
			for i, c := range b.beside {
				var err error
				addresses[i] = c.address(url.Values{"limit": {strconv.FormatInt(limit, 10)}})
				if page > 1 {
					if addresses[i], err = c.deep(ctx, (page-1)*limit, limit); err != nil {
						return fmt.Errorf("%s: %w", c.name, err)
					}
				}
				p, err := fetch(ctx, addresses[i])
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				if n := int64(len(p.Features)); n != limit {
					return fmt.Errorf("%s: %s has %d features", c.name, addresses[i], n)
				}
			}
			for _, clients := range b.clients {
				if err := b.turns(ctx, addresses, limit, page, clients); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *bench) turns(ctx context.Context, addresses []string, limit, page int64, clients int) error {
	first := 0.0
	for i, c := range b.beside {
		f, err := walk.Ask(ctx, addresses[i:i+1], walk.Options{Clients: clients, Time: b.time, Repeat: true, Plain: b.plain})
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if i == 0 {
			first = f.Rate()
		}
		fmt.Fprintf(b.out, "| %d | %d | %d | %s | %.1f | %.2f | %.2f | %.1f | %.0f | %d | %.1f |\n", limit, page, clients, c.name,
			f.Rate(), f.P50, f.P99, float64(f.Bytes)/1e6/f.Seconds, f.KB(), f.Failed, first/max(f.Rate(), 1e-9))
	}
	return nil
}
