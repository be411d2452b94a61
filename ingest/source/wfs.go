package source

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"puy/catalog"
	"puy/geo"
)

// wfsCount is how many features a WFS server is asked for at a time.
const wfsCount = 5000

// openType reads a type of features by GetFeature (OGC 09-025r2, sections 7.6.3
// and 11) page by page into one file: of GeoJSON if that is the output asked
// for, else of GML.
func (c *client) openType(ctx context.Context, s catalog.Source) (*Fetched, error) {
	base, err := url.Parse(s.WFS)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "%q is not the address of a source", Public(s.WFS))
	}
	isJSON := strings.Contains(strings.ToLower(s.Output), "json")
	path, err := c.opt.spool(func(f *os.File) error {
		var to collector = newMembers(f, c.opt.MaxBytes)
		if isJSON {
			to = &jsonMembers{out: newMerged(f, c.opt.MaxBytes)}
		}
		return c.typePages(ctx, base, s, to)
	})
	if err != nil {
		return nil, err
	}
	name := s.TypeName[strings.LastIndexByte(s.TypeName, ':')+1:]
	if isJSON {
		return opened(path, name+".geojson", Public(s.WFS), Mark{})
	}
	return opened(path, name+".gml", Public(s.WFS), Mark{})
}

// collector takes one page after the other and tells how many features it had,
// and how many there are in all, -1 where it does not say. The same page again is
// errSamePage.
type collector interface {
	take(path string) (returned, matched int64, err error)
	finish() error
}

var errSamePage = errors.New("the same features again")

func (c *client) typePages(ctx context.Context, base *url.URL, s catalog.Source, to collector) error {
	total := int64(0)
	for range maxPages {
		at := *base
		at.RawQuery = getFeature(base.Query(), s, total).Encode()
		returned, matched, err := c.typePage(ctx, request{address: at.String()}, to)
		if errors.Is(err, errSamePage) {
			return geo.Errorf(geo.KindInvalid, "the source does not page: it gives the same features whatever startIndex says")
		} else if err != nil {
			return err
		}
		total += returned
		// Without a total, less than was asked for is the end, and more is a server that knows no pages.
		if returned == 0 || matched >= 0 && total >= matched || matched < 0 && returned != wfsCount {
			if err := complete(total, matched); err != nil {
				return err
			}
			return to.finish()
		}
	}
	return geo.Errorf(geo.KindLimit, "the source has more than %d pages", maxPages)
}

func (c *client) typePage(ctx context.Context, r request, to collector) (returned, matched int64, err error) {
	var path string
	err = c.get(ctx, r, func(resp *http.Response) (err error) {
		path, err = c.save(resp, c.opt.MaxBytes, c.opt.Progress)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(path)
	return to.take(path)
}

// getFeature makes the query of one page from that of the server's address.
func getFeature(query url.Values, s catalog.Source, start int64) url.Values {
	for name := range query {
		switch strings.ToLower(name) {
		case "service", "version", "request", "typenames", "typename", "count", "startindex", "outputformat":
			query.Del(name)
		}
	}
	query.Set("service", "WFS")
	query.Set("version", "2.0.0")
	query.Set("request", "GetFeature")
	query.Set("typeNames", s.TypeName)
	query.Set("count", strconv.Itoa(wfsCount))
	query.Set("startIndex", strconv.FormatInt(start, 10))
	if s.Output != "" {
		query.Set("outputFormat", s.Output)
	}
	return query
}
