package server

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"puy/geo"
	"puy/server/transfer"
	"puy/store"
)

func downloadExchanges() []exchange {
	const file = "GET /downloads/stations"
	return []exchange{
		{file + ".geojson", 200, `
			Content-Type: application/geo+json
			Content-Disposition: attachment; filename="stations_
			Content-Disposition: _v1.geojson"
			Accept-Ranges: none
			OGC-NumberMatched: 250
			ETag: W/"
			Last-Modified: GMT
			Cache-Control: no-cache
			Access-Control-Expose-Headers: Content-Disposition
			name = stations
			features/# = 250`},
		{file + ".csv?q=rue", 200, "Content-Type: text/csv; charset=utf-8\nContent-Disposition: _v1_extrait.csv\"\nOGC-NumberMatched: -\n~ a/b c,7,1.75,false,2024-01-08"},
		{file + ".gpkg?crs=" + lambert93, 200, "Content-Type: application/geopackage+sqlite3\nContent-Disposition: _v1_epsg2154.gpkg\"\nContent-Length: "},
		{file + ".fgb", 200, "Content-Type: application/flatgeobuf\nContent-Length: "},
		{file + ".jsonfg", 200, "Content-Type: application/geo+json\nLink: <http://www.opengis.net/def/profile/OGC/0/jsonfg>; rel=\"profile\"\nContent-Disposition: .fg.json\""},
		{file + ".geojsonseq", 200, "Content-Type: application/geo+json-seq\n~ \x1e{\"type\":\"Feature\""},
		{"HEAD /downloads/stations.csv", 200, "Content-Type: text/csv\nContent-Disposition: attachment\nETag: W/\"\nLast-Modified: GMT"},
		{file + ".csv\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", 304, "Last-Modified: GMT"},
		{file + ".csv\nIf-Modified-Since: Fri, 01 Jan 2021 00:00:00 GMT", 200, ""},
		{"GET /downloads/marches.csv", 200, "~ id,montant,limit,notification"},
		{"GET /downloads/anciennes-stations.csv?rang=1", 301, "Location: {base}/downloads/stations.csv?rang=1"},

		{file, 404, "detail ~ stations.gpkg"},
		{file + ".gml", 404, "detail ~ stations.geojson, stations.csv\nAccess-Control-Allow-Origin: *"},
		{file + ".geojson.gz", 404, "detail ~ stations.geojson"},
		{"GET /downloads/nothing.csv", 404, "detail ~ nothing"},
		{"GET /downloads/interne.csv", 404, "detail ~ interne"},
		{"GET /downloads/promis.csv", 404, "detail ~ promis"},
		{"GET /downloads/", 404, ""},
		{file + ".csv?limit=1&f=csv", 400, "errors/# = 2\nerrors/0/parameter = limit\nContent-Disposition: -\nEtag: -"},
		{file + ".csv?properties=", 400, "errors/0/parameter = properties"},
		{file + ".csv?properties=code,nope", 400, "errors/0/reason ~ nope"},
		{file + ".csv?bbox=1", 400, "errors/0/parameter = bbox"},
		{file + ".csv?filter=nope%3D1", 400, "errors/0/parameter = filter"},
		{file + ".csv?rang=x", 400, "errors/0/parameter = rang"},
		{file + ".csv?rang=1&rang=2", 400, "errors/0/parameter = rang"},
		{file + ".csv?crs=EPSG:2154", 400, "errors/0/parameter = crs"},
		{file + ".geojsonseq?crs=" + lambert93, 400, "errors/0/parameter = crs\nerrors/0/reason ~ GeoJSON text sequences"},
		{file + ".csv?q=%ff", 400, "errors/0/parameter = q"},
		{"GET /downloads/marches.csv?crs=" + lambert93, 400, "errors/0/parameter = crs"},
		{"POST /downloads/stations.csv", 405, "Allow: GET, HEAD, OPTIONS"},
		{"OPTIONS /downloads/stations.csv", 200, "Allow: GET, HEAD, OPTIONS"},
	}
}

func TestDownloadExchanges(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, func(c *Config) { c.Temp = t.TempDir() })
		for _, e := range downloadExchanges() {
			e.check(t, c)
		}
	})
}

// A file is the same in each coding, and is not sent again.
func TestDownloadsAreCompressedAndCached(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		c := start(t, s, func(c *Config) { c.Temp = t.TempDir() })
		for _, f := range transfer.Formats() {
			path := "/downloads/stations." + f.Name
			plain := c.ask("GET", path)
			for coding, open := range map[string]func(io.Reader) (io.Reader, error){
				"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
				"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) },
			} {
				a := c.ask("GET", path, "Accept-Encoding: "+coding)
				tag := a.header.Get("ETag")
				if again := c.ask("GET", path, "Accept-Encoding: "+coding, "If-None-Match: "+tag); again.status != 304 || again.body != "" || again.header.Get("ETag") != tag {
					t.Errorf("%s (%s) again: %d %v", path, coding, again.status, again.header)
				}
				switch a.header.Get("Content-Encoding") {
				case "":
					if packed := strings.Contains(f.MediaType, "zip") || strings.Contains(f.MediaType, "parquet") || strings.Contains(f.MediaType, "openxml") || strings.HasSuffix(f.MediaType, "kmz"); !packed {
						t.Errorf("%s is not sent in %s", path, coding)
					}
					continue
				case coding:
				default:
					t.Fatalf("%s comes in %s", path, a.header.Get("Content-Encoding"))
				}
				r, err := open(strings.NewReader(a.body))
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(r)
				// A GeoPackage tells when it was made.
				if err != nil || string(body) != plain.body && f.Name != "gpkg" || len(body) != len(plain.body) {
					t.Errorf("%s is another file in %s: %v", path, coding, err)
				}
				if !strings.HasSuffix(tag, "-"+coding+`"`) || a.header.Get("Content-Length") == plain.header.Get("Content-Length") && plain.header.Get("Content-Length") != "" {
					t.Errorf("%s (%s): %v", path, coding, a.header)
				}
			}
		}
	})
}

// short loses features in silence.
type short struct {
	store.Store
	after int
}

func (s short) Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error] {
	return func(yield func(*geo.Feature, error) bool) {
		n := 0
		for f, err := range s.Store.Features(ctx, id, q) {
			if n++; n > s.after || !yield(f, err) {
				return
			}
		}
	}
}

// A file that could not be made as a whole is no file: the answer is an error, or
// breaks off.
func TestDownloadsThatFail(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		gone := geo.Errorf(geo.KindInternal, "the disk is gone")
		temp := t.TempDir()
		for name, broken := range map[string]store.Store{
			"at once":    &breaking{Store: s, err: gone},
			"late":       wide{&breaking{Store: s, after: 200, err: gone}},
			"in silence": short{Store: s, after: 240},
		} {
			c := start(t, broken, func(c *Config) { c.Temp = temp })
			for _, f := range transfer.Formats() {
				for _, query := range []string{"", "?filter=rang%3E=0"} {
					for _, coding := range []string{"identity", "gzip", "zstd"} {
						status, err := c.download("/downloads/stations."+f.Name+query, coding)
						if err == nil && status != 500 {
							t.Errorf("%s: %s%s (%s) looks complete: %d", name, f.Name, query, coding, status)
						}
					}
				}
			}
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
}

// download reads an answer to its end.
func (c *client) download(path, coding string) (status int, err error) {
	r, err := http.NewRequestWithContext(c.t.Context(), "GET", c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", coding)
	res, err := c.http.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// A client that leaves ends the work, and its files go.
func TestDownloadsThatNobodyWaitsFor(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		temp := t.TempDir()
		slow := gated(s)
		open := sync.OnceFunc(func() { close(slow.gate) })
		defer open()
		c := start(t, slow, func(c *Config) { c.Temp, c.DownloadsAtOnce, c.Patience = temp, 1, 100*time.Millisecond })
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", c.base+"/downloads/stations.gpkg", nil)
		if err != nil {
			t.Fatal(err)
		}
		left := make(chan error, 1)
		go func() {
			res, err := c.http.Do(r)
			if err == nil {
				res.Body.Close()
			}
			left <- err
		}()
		entries := func() int {
			list, err := os.ReadDir(temp)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		<-slow.entered
		if n := entries(); n != 1 {
			t.Errorf("%d folders for one file", n)
		}
		if a := c.ask("GET", "/downloads/stations.csv"); a.status != 503 || a.header.Get("Retry-After") == "" || a.header.Get("Content-Disposition") != "" {
			t.Errorf("the second of one: %d %v", a.status, a.header)
		}
		if a := c.ask("HEAD", "/downloads/stations.csv"); a.status != 200 {
			t.Errorf("HEAD while all places are taken: %d", a.status)
		}
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		open()
		until(t, func() bool { return entries() == 0 })
		until(t, func() bool { return c.ask("GET", "/downloads/stations.csv").status == 200 })
	})
}

func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen")
		}
	}
}
