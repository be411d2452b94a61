package source

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"puy/geo"
	"puy/outbound"
)

const (
	maxRedirects = 5
	firstWait    = time.Second
	longestWait  = 30 * time.Second
	// longestAsked is how long a server may ask for patience; who wants more is
	// asked again at the next refresh.
	longestAsked = 2 * time.Minute
	// idle is how long a server may send nothing.
	idle = time.Minute
)

// client makes the requests of one source.
type client struct {
	http *http.Client
	opt  Options
}

func newClient(opt Options) *client {
	c := &client{opt: opt}
	c.http = &http.Client{Transport: outbound.Transport(opt.Private), CheckRedirect: func(r *http.Request, via []*http.Request) error {
		r.Header.Del("Referer") // it would tell the next server the keys in the query
		if len(via) > maxRedirects || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
			return errRedirect
		}
		return outbound.Check(r.URL, opt.Private)
	}}
	return c
}

func (c *client) close() { c.http.CloseIdleConnections() }

var errRedirect = errors.New("too many redirects, or one to another protocol")

// request is one GET.
type request struct {
	address string
	accept  string
	header  http.Header // may be nil
}

// passing is a failure that may pass: its request is worth another attempt.
type passing struct {
	err  error
	wait time.Duration // as the server asks; 0 where it does not
}

func (p *passing) Error() string { return p.err.Error() }
func (p *passing) Unwrap() error { return p.err }

// get makes a request until it succeeds, and hands each answer of 200 or 304 to
// use, which must be able to begin again.
func (c *client) get(ctx context.Context, r request, use func(*http.Response) error) error {
	u, err := url.Parse(r.address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return geo.Errorf(geo.KindInvalid, "%q is not the address of a source", Public(r.address))
	}
	if err := outbound.Check(u, c.opt.Private); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, u, r, use)
		p, ok := errors.AsType[*passing](err)
		if !ok {
			return err
		}
		if attempt == c.opt.Attempts || ctx.Err() != nil || p.wait > longestAsked {
			return p.err
		}
		if err := pause(ctx, max(p.wait, backoff(attempt))); err != nil {
			return p.err
		}
	}
}

// backoff doubles from attempt to attempt; chance keeps many clients apart.
func backoff(attempt int) time.Duration {
	d := min(firstWait<<(attempt-1), longestWait)
	return d/2 + rand.N(d/2+1)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *client) once(ctx context.Context, u *url.URL, r request, use func(*http.Response) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "%q is not the address of a source", Public(r.address))
	}
	if r.header != nil {
		req.Header = r.header.Clone()
	}
	req.Header.Set("User-Agent", "puy")
	if r.accept != "" {
		req.Header.Set("Accept", r.accept)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		err = withoutURL(err)
		failure := geo.Errorf(geo.KindUnavailable, "cannot download the source %s: %w", Public(r.address), err)
		if refused, ok := errors.AsType[*geo.Error](err); ok {
			return refused // by the guard
		}
		if errors.Is(err, errRedirect) {
			return failure
		}
		return &passing{err: failure}
	}
	defer resp.Body.Close()
	switch code := resp.StatusCode; {
	case code == http.StatusOK, code == http.StatusNotModified:
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		return &passing{c.status(r, resp), retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	default:
		return c.status(r, resp)
	}
	body := &patientBody{ReadCloser: resp.Body, timer: time.AfterFunc(idle, cancel)}
	defer body.timer.Stop()
	resp.Body = body
	if err := use(resp); err != nil {
		if body.failed {
			return &passing{err: err}
		}
		return err
	}
	return nil
}

func (c *client) status(r request, resp *http.Response) error {
	return geo.Errorf(geo.KindUnavailable, "the source %s answers %s", Public(r.address), resp.Status)
}

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// patientBody ends a request that stands still, and remembers whether the
// network failed and not what reads.
type patientBody struct {
	io.ReadCloser
	timer  *time.Timer
	failed bool
}

func (b *patientBody) Read(p []byte) (int, error) {
	b.timer.Reset(idle)
	n, err := b.ReadCloser.Read(p)
	b.failed = b.failed || err != nil && err != io.EOF
	return n, err
}
