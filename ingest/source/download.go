package source

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"

	"puy/geo"
)

// fetch downloads what r asks for, unless it is as it was at known.
func (c *client) fetch(ctx context.Context, r request, known Mark) (*Fetched, error) {
	r.header = http.Header{}
	switch {
	case known.ETag != "":
		r.header.Set("If-None-Match", known.ETag)
	case known.Modified != "":
		r.header.Set("If-Modified-Since", known.Modified)
	}
	var f *Fetched
	err := c.get(ctx, r, func(resp *http.Response) (err error) {
		mark := Mark{ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified")}
		// A server that knows ETags but no conditions sends the same one again.
		if resp.StatusCode == http.StatusNotModified || known.ETag != "" && mark.ETag == known.ETag {
			if known == (Mark{}) {
				return geo.Errorf(geo.KindUnavailable, "the source %s answers that it has not changed, which nobody asked", Public(r.address))
			}
			f = &Fetched{Public: Public(r.address), Mark: known}
			return nil
		}
		p, err := c.save(resp, c.opt.MaxBytes, c.opt.Progress)
		if err != nil {
			return err
		}
		f, err = opened(p, downloadName(resp), Public(r.address), mark)
		return err
	})
	return f, err
}

// save writes an answer to a temporary file, which is not empty.
func (c *client) save(resp *http.Response, most int64, progress func(done, total int64)) (string, error) {
	at := Public(resp.Request.URL.String())
	if resp.ContentLength > most {
		return "", geo.Errorf(geo.KindLimit, "the source has %d bytes; at most %d are fetched", resp.ContentLength, most)
	}
	return c.opt.spool(func(f *os.File) error {
		body := &watched{r: io.LimitReader(resp.Body, most+1), total: max(resp.ContentLength, 0), progress: progress}
		n, err := io.Copy(f, body)
		switch {
		case err != nil && !body.failed:
			return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
		case err != nil:
			return geo.Errorf(geo.KindUnavailable, "the download of the source broke off after %d bytes: %w", n, withoutURL(err))
		case n > most:
			return geo.Errorf(geo.KindLimit, "the source has more than %d bytes", most)
		case n == 0:
			return geo.Errorf(geo.KindInvalid, "the source %s is empty", at)
		}
		return nil
	})
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

// watched tells how far a download is.
type watched struct {
	r           io.Reader
	done, total int64
	progress    func(done, total int64)
	failed      bool // reading, not writing
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	w.done += int64(n)
	w.failed = w.failed || err != nil && err != io.EOF
	w.progress(w.done, w.total)
	return n, err
}
