package source

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"puy/catalog"
	"puy/geo"
)

const (
	pageSize = 1000    // features asked for at a time
	maxPages = 100_000 // of one source
)

// openCollection reads a collection page by page (OGC API - Features - Part 1,
// OGC 17-069r4, sections 7.14 and 7.15) into one file of GeoJSON, in longitude,
// latitude.
func (c *client) openCollection(ctx context.Context, s catalog.Source) (*Fetched, error) {
	base, err := url.Parse(s.OAPIF)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%q is not the address of a source", Public(s.OAPIF))
	}
	first := base.JoinPath("collections", s.Collection, "items")
	query := first.Query()
	query.Set("limit", strconv.Itoa(pageSize))
	first.RawQuery = query.Encode()
	path, err := c.opt.spool(func(f *os.File) error {
		out := newMerged(f, c.opt.MaxBytes)
		if err := c.follow(ctx, first, out); err != nil {
			return err
		}
		return out.end()
	})
	if err != nil {
		return nil, err
	}
	return opened(path, s.Collection+".geojson", Public(base.JoinPath("collections", s.Collection).String()), Mark{})
}

// follow reads the page at an address and those that it links to.
func (c *client) follow(ctx context.Context, at *url.URL, out *merged) error {
	seen := map[string]bool{}
	for len(seen) < maxPages {
		seen[at.String()] = true
		p, err := c.page(ctx, request{address: at.String(), accept: "application/geo+json, application/json;q=0.5"}, out)
		if err != nil {
			return err
		}
		href := p.next()
		if href == "" {
			return complete(out.count, p.Matched)
		}
		if at, err = nextPage(at, href); err != nil {
			return err
		}
		if seen[at.String()] {
			return geo.Errorf(geo.KindInvalid, "the pages of the source go round in a circle")
		}
	}
	return geo.Errorf(geo.KindLimit, "the source has more than %d pages", maxPages)
}

// page downloads one page and adds its features to out.
func (c *client) page(ctx context.Context, r request, out *merged) (*page, error) {
	var path string
	err := c.get(ctx, r, func(resp *http.Response) (err error) {
		path, err = c.save(resp, min(maxPage, c.opt.MaxBytes), func(done, _ int64) { c.opt.Progress(out.bytes+done, 0) })
		return err
	})
	if err != nil {
		return nil, err
	}
	defer os.Remove(path)
	return readPage(path, func(feature json.RawMessage) error { return out.add(feature) })
}

// complete tells of a source that ended before all of its features were there:
// a part must not take the place of the whole.
func complete(got, matched int64) error {
	if matched >= 0 && got < matched {
		return geo.Errorf(geo.KindUnavailable, "the source has %d features, but its pages only gave %d", matched, got)
	}
	return nil
}

// nextPage gives the address of the next page, which must be of the same host.
// Behind a proxy servers link to http where they are asked by https, and the
// other way round: the scheme stays.
func nextPage(at *url.URL, href string) (*url.URL, error) {
	next, err := at.Parse(href)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "the source links to a next page that is no address")
	}
	if !strings.EqualFold(next.Hostname(), at.Hostname()) || next.Scheme == at.Scheme && next.Port() != at.Port() {
		return nil, geo.Errorf(geo.KindInvalid, "the next page of the source is at another host, %s", next.Host)
	}
	next.Scheme, next.Host, next.Fragment = at.Scheme, at.Host, ""
	if next.User == nil {
		next.User = at.User
	}
	keepSecrets(next, at)
	return next, nil
}

// keepSecrets adds the keys of one page's address to that of the next, where a
// server does not repeat them.
func keepSecrets(next, at *url.URL) {
	query, asked := next.Query(), at.Query()
	for name, values := range asked {
		if isSecret(name) && !query.Has(name) {
			query[name] = values
			next.RawQuery = query.Encode()
		}
	}
}
