package ingest

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"puy/geo"
	"puy/geo/format"
)

// Limits of a download.
const (
	maxDownload     = 8 << 30 // bytes
	downloadTimeout = 30 * time.Minute
	maxRedirects    = 5
)

// fetch downloads address into a temporary file of dir. The caller removes it.
func fetch(ctx context.Context, address, dir string, seen Observer) (src *format.Source, err error) {
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%q is not a URL", address)
	}
	req.Header.Set("User-Agent", "puy")
	client := &http.Client{CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
			return errors.New("too many redirects, or one to another protocol")
		}
		return nil
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, geo.Errorf(geo.KindUnavailable, "cannot download the source: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, geo.Errorf(geo.KindUnavailable, "the source %s answers %s", publicAddress(address), resp.Status)
	}
	if resp.ContentLength > maxDownload {
		return nil, geo.Errorf(geo.KindLimit, "the source has %d bytes; at most %d are fetched", resp.ContentLength, int64(maxDownload))
	}
	f, err := os.CreateTemp(dir, "puy-source-*")
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", closeErr)
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	body := &watched{r: io.LimitReader(resp.Body, maxDownload+1), total: max(resp.ContentLength, 0), seen: seen}
	n, err := io.Copy(f, body)
	if err != nil {
		return nil, geo.Errorf(geo.KindUnavailable, "the download of the source broke off after %d bytes: %w", n, err)
	}
	if n > maxDownload {
		return nil, geo.Errorf(geo.KindLimit, "the source has more than %d bytes", int64(maxDownload))
	}
	if n == 0 {
		return nil, geo.Errorf(geo.KindInvalid, "the source %s is empty", publicAddress(address))
	}
	return format.OpenSource(f.Name(), downloadName(resp))
}

// publicAddress gives address without the user, the password and the keys that
// it may hold, for it stands on the dataset's page.
func publicAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	query, secret := u.Query(), false
	for name := range query {
		lower := strings.ToLower(name)
		for _, word := range []string{"key", "token", "secret", "passw", "auth", "signature", "credential"} {
			if strings.Contains(lower, word) {
				query.Del(name)
				secret = true
			}
		}
	}
	if secret {
		u.RawQuery = query.Encode()
	}
	return u.String()
}

// downloadName gives the publisher's name of a downloaded file.
func downloadName(resp *http.Response) string {
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil && params["filename"] != "" {
		return path.Base(params["filename"])
	}
	if u, err := url.PathUnescape(resp.Request.URL.EscapedPath()); err == nil {
		return path.Base(u)
	}
	return "download"
}

// watched tells an Observer how far a download is.
type watched struct {
	r           io.Reader
	done, total int64
	seen        Observer
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	w.done += int64(n)
	w.seen.Progress(Progress{Phase: Fetching, Done: w.done, Total: w.total})
	return n, err
}
