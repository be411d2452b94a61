package topojson

import (
	"encoding/json"
	"errors"
	"io"

	"puy/geo"
	"puy/geo/format"
)

const (
	maxValue = 32 << 20 // bytes of one token, and of one geometry with its properties
	maxDepth = 100      // of objects and arrays that are passed over
)

// tokens reads JSON with bounds.
type tokens struct {
	json  *json.Decoder
	meter *meter
	name  string
}

// meter lets so many bytes through for each token or value.
type meter struct {
	r    io.Reader
	left int
	all  int64
}

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, geo.Errorf(geo.KindLimit, "one value takes more than %d MB", maxValue>>20)
	}
	n, err := m.r.Read(b[:min(len(b), m.left)])
	m.left -= n
	m.all += int64(n)
	return n, err
}

func newTokens(src *format.Source) (*tokens, *format.SourceReader, error) {
	f, err := src.Open()
	if err != nil {
		return nil, nil, err
	}
	text, err := format.Text{Encoding: "utf-8"}.Reader(f) // which drops a byte order mark
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	m := &meter{r: text}
	return &tokens{json: json.NewDecoder(m), meter: m, name: src.Name()}, f, nil
}

func (t *tokens) next() (json.Token, error) {
	t.meter.left = maxValue
	token, err := t.json.Token()
	return token, t.explain(err)
}

func (t *tokens) decode(v any) error {
	t.meter.left = maxValue
	return t.explain(t.json.Decode(v))
}

func (t *tokens) explain(err error) error {
	if err == nil {
		return nil
	}
	if g, ok := errors.AsType[*geo.Error](err); ok {
		return geo.Errorf(g.Kind, "%s, byte %d: %s", t.name, t.json.InputOffset(), g.Sentence())
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return geo.Errorf(geo.KindInvalid, "%s breaks off at byte %d", t.name, t.json.InputOffset())
	}
	return geo.Errorf(geo.KindInvalid, "%s is not valid TopoJSON at byte %d: %w", t.name, t.json.InputOffset(), err)
}

func (t *tokens) wrong(message string) error {
	return geo.Errorf(geo.KindInvalid, "%s is not valid TopoJSON at byte %d: %s", t.name, t.json.InputOffset(), message)
}

// members calls each with the key of each member of an object, whose value each
// must read.
func (t *tokens) members(each func(key string) error) error {
	token, err := t.next()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return t.wrong("an object is missing")
	}
	for t.more() {
		key, err := t.next()
		if err != nil {
			return err
		}
		if err := each(key.(string)); err != nil {
			return err
		}
	}
	_, err = t.next()
	return err
}

// elements calls each before each element of an array, which each must read.
func (t *tokens) elements(each func() error) error {
	token, err := t.next()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return t.wrong("an array is missing")
	}
	for t.more() {
		if err := each(); err != nil {
			return err
		}
	}
	_, err = t.next()
	return err
}

func (t *tokens) more() bool {
	t.meter.left = maxValue
	return t.json.More()
}

// skip passes over a value.
func (t *tokens) skip() error {
	for depth := 0; ; {
		token, err := t.next()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > maxDepth {
				return geo.Errorf(geo.KindLimit, "%s, byte %d: values are nested more than %d deep", t.name, t.json.InputOffset(), maxDepth)
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
