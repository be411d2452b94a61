package pmtiles

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"puy/geo"
	"puy/outbound"
)

const (
	requestTimeout = 30 * time.Second
	maxRedirects   = 5
)

// HTTP is a Ranger over a URL whose server answers range requests (RFC 9110
// section 14).
type HTTP struct {
	url       string
	client    *http.Client
	transport *http.Transport
}

// NewHTTP gives the Ranger of an http or https URL. Private allows addresses of
// private networks; others are refused with KindInvalid, on redirects too.
func NewHTTP(address string, private bool) (*HTTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, invalid("an archive's address must be an http or https URL")
	}
	if err := outbound.Check(u, private); err != nil {
		return nil, err
	}
	transport := outbound.Transport(private)
	transport.ResponseHeaderTimeout, transport.IdleConnTimeout = 20*time.Second, 90*time.Second
	transport.MaxIdleConnsPerHost, transport.MaxConnsPerHost, transport.DisableCompression = 16, 64, true
	client := &http.Client{Transport: transport, Timeout: requestTimeout, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		return checkRedirect(r, via, private)
	}}
	return &HTTP{url: address, transport: transport, client: client}, nil
}

func checkRedirect(r *http.Request, via []*http.Request, private bool) error {
	r.Header.Del("Referer") // it would tell the next server the keys in the query
	switch {
	case len(via) >= maxRedirects:
		return errors.New("too many redirects")
	case r.URL.Scheme != "https" && (r.URL.Scheme != "http" || via[len(via)-1].URL.Scheme == "https"):
		return errors.New("a redirect away from https")
	}
	return outbound.Check(r.URL, private)
}

// Close closes idle connections.
func (h *HTTP) Close() error {
	h.transport.CloseIdleConnections()
	return nil
}

// ReadRange implements Ranger. A strong ETag is asked for with If-Match; where
// there is none, Last-Modified and the size tell editions apart.
func (h *HTTP) ReadRange(ctx context.Context, p []byte, off int64, tag string) (int, Edition, error) {
	if len(p) == 0 {
		return 0, Edition{Tag: tag}, nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url, nil)
	if err != nil {
		return 0, Edition{}, invalid("an archive's address cannot be asked for: %w", err)
	}
	r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, off+int64(len(p))-1))
	r.Header.Set("Accept-Encoding", "identity")
	r.Header.Set("User-Agent", "puy")
	if strings.HasPrefix(tag, `"`) {
		r.Header.Set("If-Match", tag)
	}
	answer, err := h.client.Do(r)
	if err != nil {
		return 0, Edition{}, unreachable(ctx, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusRequestedRangeNotSatisfiable && off == 0 {
		return 0, Edition{Tag: tagOf(answer.Header, 0)}, nil // an empty file
	}
	if err := checkStatus(answer.StatusCode); err != nil {
		return 0, Edition{}, err
	}
	first, last, size, ok := contentRange(answer.Header.Get("Content-Range"))
	if !ok || first != off || last-first >= int64(len(p)) || coded(answer.Header.Get("Content-Encoding")) {
		return 0, Edition{}, invalid("the server of the PMTiles archive answers another range than was asked for, or does not tell the size")
	}
	edition := Edition{Tag: tagOf(answer.Header, size), Size: size}
	if tag != "" && tag != edition.Tag {
		return 0, edition, ErrChanged
	}
	n := int(last - first + 1)
	if _, err := io.ReadFull(answer.Body, p[:n]); err != nil {
		return 0, edition, unreachable(ctx, err)
	}
	return n, edition, nil
}

func unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if refused, ok := errors.AsType[*geo.Error](err); ok {
		return refused // by the guard
	}
	return geo.Errorf(geo.KindUnavailable, "the server of the PMTiles archive does not answer: %w", err)
}

func checkStatus(code int) error {
	switch code {
	case http.StatusPartialContent:
		return nil
	case http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable:
		return ErrChanged
	case http.StatusOK:
		return invalid("the server of the PMTiles archive does not answer range requests")
	case http.StatusNotFound, http.StatusGone:
		return geo.Errorf(geo.KindNotFound, "there is no such PMTiles archive: the server answers %d", code)
	}
	return geo.Errorf(geo.KindUnavailable, "the server of the PMTiles archive answers %d", code)
}

func coded(encoding string) bool { return encoding != "" && !strings.EqualFold(encoding, "identity") }

// contentRange reads "bytes FIRST-LAST/SIZE".
func contentRange(text string) (first, last, size int64, ok bool) {
	text, ok = strings.CutPrefix(text, "bytes ")
	span, total, ok2 := strings.Cut(text, "/")
	from, to, ok3 := strings.Cut(span, "-")
	if !ok || !ok2 || !ok3 {
		return 0, 0, 0, false
	}
	var errs [3]error
	first, errs[0] = strconv.ParseInt(from, 10, 64)
	last, errs[1] = strconv.ParseInt(to, 10, 64)
	size, errs[2] = strconv.ParseInt(total, 10, 64)
	return first, last, size, errors.Join(errs[:]...) == nil && first >= 0 && first <= last && last < size
}

func tagOf(h http.Header, size int64) string {
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag
	}
	return fmt.Sprintf("%s %s %d", h.Get("ETag"), h.Get("Last-Modified"), size)
}
