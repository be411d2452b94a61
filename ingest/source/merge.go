package source

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"

	"puy/geo"
)

// merged is one GeoJSON FeatureCollection (RFC 7946) made of many.
type merged struct {
	out   *bufio.Writer
	most  int64 // bytes
	bytes int64
	count int64
	text  bytes.Buffer
}

func newMerged(w io.Writer, most int64) *merged {
	m := &merged{out: bufio.NewWriterSize(w, 256<<10), most: most}
	m.out.WriteString(`{"type":"FeatureCollection","features":[` + "\n") //nolint:errcheck // Flush tells it
	return m
}

// add appends a feature in the compact form, so that a server's blanks do not
// make another checksum.
func (m *merged) add(feature json.RawMessage) error {
	m.text.Reset()
	if m.count > 0 {
		m.text.WriteString(",\n")
	}
	if err := json.Compact(&m.text, feature); err != nil {
		return geo.Errorf(geo.KindInvalid, "feature %d is not JSON: %w", m.count+1, err)
	}
	m.count++
	if m.bytes += int64(m.text.Len()); m.bytes > m.most {
		return geo.Errorf(geo.KindLimit, "the source has more than %d bytes", m.most)
	}
	if _, err := m.out.Write(m.text.Bytes()); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return nil
}

func (m *merged) end() error {
	m.out.WriteString("\n]}\n") //nolint:errcheck // Flush tells it
	if err := m.out.Flush(); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
	}
	return nil
}

// page is what a FeatureCollection tells beside its features.
type page struct {
	Links    []link
	Matched  int64 // features in all, -1 where it does not tell
	Features int64 // in this page
	crs      bool  // it names a CRS, as GeoJSON of 2008 does
}

type link struct {
	Href string `json:"href"`
	Rel  string `json:"rel"`
}

func (p *page) next() string {
	for _, l := range p.Links {
		if l.Rel == "next" {
			return l.Href
		}
	}
	return ""
}

// maxPage bounds a page of features, of which one is in memory at a time.
const maxPage = 256 << 20

// readPage reads the FeatureCollection in the file at path, feature by feature.
func readPage(path string, each func(json.RawMessage) error) (*page, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
	}
	defer f.Close()
	p, err := decodePage(f, each)
	if _, said := errors.AsType[*geo.Error](err); err != nil && !said {
		err = geo.Errorf(geo.KindInvalid, "the answer is not GeoJSON features: %w", err)
	}
	return p, err
}

func decodePage(r io.Reader, each func(json.RawMessage) error) (*page, error) {
	d := json.NewDecoder(bufio.NewReaderSize(r, 256<<10))
	p := &page{Matched: -1}
	if err := expect(d, json.Delim('{')); err != nil {
		return nil, err
	}
	kind, features := "", false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch key {
		case "type":
			err = d.Decode(&kind)
		case "features":
			features = true
			err = decodeFeatures(d, p, each)
		case "links":
			err = d.Decode(&p.Links)
		case "numberMatched":
			p.Matched, err = decodeCount(d)
		case "crs":
			var crs any
			err = d.Decode(&crs)
			p.crs = crs != nil
		default:
			var ignored json.RawMessage
			err = d.Decode(&ignored)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := expect(d, json.Delim('}')); err != nil {
		return nil, err
	}
	if kind != "FeatureCollection" || !features {
		return nil, geo.Errorf(geo.KindInvalid, "the answer is JSON, but not a GeoJSON FeatureCollection")
	}
	return p, nil
}

func decodeFeatures(d *json.Decoder, p *page, each func(json.RawMessage) error) error {
	if err := expect(d, json.Delim('[')); err != nil {
		return err
	}
	var feature json.RawMessage
	for d.More() {
		if err := d.Decode(&feature); err != nil {
			return err
		}
		p.Features++
		if err := each(feature); err != nil {
			return err
		}
	}
	return expect(d, json.Delim(']'))
}

// decodeCount reads a number of features; servers write "unknown" as well.
func decodeCount(d *json.Decoder) (int64, error) {
	var v any
	if err := d.Decode(&v); err != nil {
		return -1, err
	}
	if n, ok := v.(float64); ok && n >= 0 && n < 1<<53 {
		return int64(n), nil
	}
	return -1, nil
}

func expect(d *json.Decoder, want json.Delim) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != want {
		return geo.Errorf(geo.KindInvalid, "the answer is not GeoJSON: it has %v where %v is expected", t, want)
	}
	return nil
}
