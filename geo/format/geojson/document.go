package geojson

import (
	"bytes"
	"io"
	"strings"

	"puy/geo"
	"puy/geo/format"
)

const (
	// maxRow bounds the bytes of one feature.
	maxRow = 64 << 20
	// recordSeparator begins each text of a sequence (RFC 8142 section 2).
	recordSeparator = 0x1e
)

// arrangement is how the rows lie in a file.
type arrangement uint8

const (
	inCollection arrangement = iota // in the features member of a FeatureCollection
	single                          // one Feature or geometry
	concatenated                    // several, without a sign between them
	lines                           // one a line
	records                         // each after a record separator
)

// document walks over the rows of one file, once.
type document struct {
	name        string // of the file, for errors
	w           *format.Window
	arrangement arrangement
	row         int64 // rows so far
	members     int   // top-level members so far
	inRows      bool
	ended       bool
	c           cursor // the cursor in use, here so that it is not allocated for each row

	title string // the name member, GDAL's layer name
	crs   crsMember
}

// newDocument finds how the rows lie in r, and stands before the first.
func newDocument(r io.Reader, name string, windowSize int) (*document, error) {
	d := &document{name: name, w: format.NewWindow(r, windowSize, maxRow)}
	if err := d.start(); err != nil {
		return nil, err
	}
	if d.arrangement != inCollection {
		d.inRows = true
		return d, nil
	}
	if err := d.take(func(c *cursor) { c.take('{', "'{'") }); err != nil {
		return nil, err
	}
	found, err := d.member()
	if err == nil && !found {
		err = geo.Errorf(geo.KindInvalid, "%s is a FeatureCollection without features", name)
	}
	d.inRows = true
	return d, err
}

// start finds the arrangement and stands before the first value.
func (d *document) start() error {
	for {
		c := cursor{b: d.w.Bytes()}
		b := c.peek()
		d.w.Advance(c.i)
		if b == 0 && c.i >= len(c.b) {
			more, err := d.w.More()
			if err != nil {
				return err
			}
			if !more {
				return geo.Errorf(geo.KindInvalid, "%s has no content", d.name)
			}
			continue
		}
		switch b {
		case recordSeparator:
			d.arrangement = records
			return nil
		case '{':
			return d.look()
		case '[':
			return geo.Errorf(geo.KindInvalid, "%s is a JSON array, not GeoJSON", d.name).
				WithHint("GeoJSON is an object: a FeatureCollection, a Feature or a geometry")
		}
		return geo.Errorf(geo.KindInvalid, "%s is not JSON: it begins with %q", d.name, head(c.b[c.i:]))
	}
}

func head(b []byte) string { return strings.ToValidUTF8(string(b[:min(len(b), 12)]), "") }

// look reads ahead to the member that tells what the first value is.
func (d *document) look() error {
	for {
		c := cursor{b: d.w.Bytes()}
		what, decided := topLevel(&c)
		complete := false
		if decided && (what == "Feature" || geometryType([]byte(what)) != geo.GeometryNone) {
			c = cursor{b: c.b}
			if c.skip() {
				end := c.i
				if next := c.peek(); next != 0 {
					d.arrangement = between(c.b[:end], c.b[end:c.i])
					return nil
				}
				complete, c.fail = true, tooShort
			}
		}
		if c.fail == tooShort {
			more, err := d.w.More()
			if err != nil {
				return err
			}
			if more {
				continue
			}
		}
		switch {
		case complete:
			d.arrangement = single
		case c.fail != ok && isSequenceName(strings.ToLower(d.name)):
			d.arrangement = lines
		case c.fail != ok:
			return d.failed(&c)
		case what == "FeatureCollection", what == "" && decided:
			d.arrangement = inCollection
		case what == "Topology":
			return geo.Errorf(geo.KindInvalid, "%s is TopoJSON, not GeoJSON", d.name).
				WithHint("state source.format: topojson, or leave it out")
		case what != "":
			return geo.Errorf(geo.KindInvalid, "%s is JSON of type %q, not GeoJSON", d.name, geo.ClipValue(what))
		default:
			return geo.Errorf(geo.KindInvalid, "%s is JSON, but not GeoJSON: it has no type", d.name)
		}
		return nil
	}
}

// topLevel gives the type member of an object; decided and "" where it has an array
// called features before any type.
func topLevel(c *cursor) (what string, decided bool) {
	c.take('{', "'{'")
	for n := 0; ; n++ {
		key, _, more := c.member(n)
		if !more {
			return "", false
		}
		if string(key) == "features" && c.peek() == '[' {
			return "", true
		}
		k, raw, _, good := c.value(0)
		if good && k == kindString && string(key) == "type" {
			return string(raw), true
		}
	}
}

// between tells the arrangement from the first of several values and the white
// space after it.
func between(value, space []byte) arrangement {
	if bytes.IndexByte(value, '\n') < 0 && bytes.IndexByte(space, '\n') >= 0 {
		return lines
	}
	return concatenated
}

// take runs step on the window until it has bytes enough, and consumes what it took.
func (d *document) take(step func(c *cursor)) error {
	for {
		d.c = cursor{b: d.w.Bytes()}
		step(&d.c)
		if d.c.fail == tooShort {
			more, err := d.w.More()
			if err != nil {
				return err
			}
			if more {
				continue
			}
		}
		if d.c.fail != ok {
			return d.failed(&d.c)
		}
		d.w.Advance(d.c.i)
		return nil
	}
}

// member takes top-level members up to the features, or to the end of the file,
// and tells whether it stands before the first feature.
func (d *document) member() (features bool, err error) {
	end := false
	for !features && !end {
		err = d.take(func(c *cursor) {
			key, _, more := c.member(d.members)
			switch {
			case !more:
				end = c.fail == ok
			case string(key) == "features" && d.row == 0 && c.peek() == '[':
				c.i++
				features = true
			case string(key) == "crs":
				_, raw, _, good := c.value(0)
				if good {
					d.crs = parseCRS(raw)
				}
			case string(key) == "name":
				k, raw, _, good := c.value(0)
				if good && k == kindString {
					d.title = string(unescape(nil, raw))
				}
			default:
				c.skip()
			}
		})
		if err != nil {
			return false, err
		}
		d.members++
	}
	if end {
		err = d.rest()
	}
	return features, err
}

// rest makes sure that nothing follows the last value.
func (d *document) rest() error {
	for {
		c := cursor{b: d.w.Bytes()}
		if b := c.peek(); b != 0 || c.i < len(c.b) {
			return geo.Errorf(geo.KindInvalid, "%s: line %d: something follows the end of the FeatureCollection", d.name, d.w.Line(c.i))
		}
		d.w.Advance(c.i)
		if more, err := d.w.More(); err != nil || !more {
			return err
		}
	}
}

// next runs parse on the next row; io.EOF ends the file. Bad tells why one row of
// a sequence is no JSON; in other arrangements that is an error.
func (d *document) next(parse func(c *cursor)) (bad string, err error) {
	switch d.arrangement {
	case lines:
		return d.frame('\n', parse)
	case records:
		return d.frame(recordSeparator, parse)
	}
	if d.ended || d.arrangement == single && d.row > 0 {
		return "", io.EOF
	}
	for {
		d.c = cursor{b: d.w.Bytes()}
		c := &d.c
		b := c.peek()
		if b == 0 && c.i >= len(c.b) { // white space need not stay in the window
			d.w.Advance(c.i)
			more, err := d.w.More()
			if err != nil {
				return "", err
			}
			if !more && d.arrangement == concatenated {
				d.ended = true
				return "", io.EOF
			}
			if !more {
				c.short()
				return "", d.failed(c)
			}
			continue
		}
		if d.arrangement == inCollection && !c.element(int(min(d.row, 1))) && c.fail == ok {
			d.w.Advance(c.i)
			d.ended = true
			return "", io.EOF
		}
		if c.fail == ok {
			parse(c)
		}
		if c.fail == tooShort {
			more, err := d.w.More()
			if err != nil {
				return "", err
			}
			if more {
				continue
			}
		}
		if c.fail != ok {
			return "", d.failed(c)
		}
		d.w.Advance(c.i)
		d.row++
		return "", nil
	}
}

// frame runs parse on the bytes before the next delimiter.
func (d *document) frame(delimiter byte, parse func(c *cursor)) (bad string, err error) {
	for {
		b := d.w.Bytes()
		end := bytes.IndexByte(b, delimiter)
		if end < 0 {
			more, err := d.w.More()
			if err != nil {
				return "", err
			}
			if more {
				continue
			}
			if len(b) == 0 {
				return "", io.EOF
			}
			end = len(b)
		}
		text := bytes.TrimSpace(b[:end])
		if len(text) == 0 {
			d.w.Advance(min(end+1, len(b)))
			continue
		}
		d.row++
		d.c = cursor{b: text}
		parse(&d.c)
		if d.c.fail == ok && d.c.peek() != 0 {
			d.c.expected("the end of the text")
		}
		if d.c.fail != ok {
			bad = d.reason(&d.c, d.w.Line(d.c.i))
		}
		d.w.Advance(min(end+1, len(b)))
		return bad, nil
	}
}

// reason says why c failed.
func (d *document) reason(c *cursor, line int64) string {
	switch c.fail {
	case tooShort:
		return geo.Errorf(geo.KindInvalid, "line %d: the text breaks off", line).Message
	case tooDeep:
		return geo.Errorf(geo.KindLimit, "line %d: nested more than %d deep", line, maxDepth).Message
	}
	return geo.Errorf(geo.KindInvalid, "line %d: %s expected, not %q", line, c.want, head(c.b[c.i:])).Message
}

// failed makes the final error of a cursor on the window.
func (d *document) failed(c *cursor) error {
	line, at := d.w.Line(c.i), d.w.Offset()+int64(c.i)
	row := geo.Say("")
	if d.inRows && !d.ended {
		row = geo.Say(", in row %d", d.row+1)
	}
	switch c.fail {
	case tooShort:
		return geo.Errorf(geo.KindInvalid, "%s breaks off at line %d, byte %d%s: the file is not complete", d.name, line, at, row)
	case tooDeep:
		return geo.Errorf(geo.KindLimit, "%s: line %d, byte %d%s: nested more than %d deep", d.name, line, at, row, maxDepth)
	}
	return geo.Errorf(geo.KindInvalid, "%s is not valid JSON at line %d, byte %d%s: %s expected, not %q", d.name, line, at, row, c.want, head(c.b[c.i:]))
}
