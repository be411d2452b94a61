package record

import (
	"io"
	"strings"

	"puy/geo"
	"puy/geo/format"
)

// AnyElement stands in a path for the place of any element of an array.
const AnyElement = "[]"

// Action is what to do with a value.
type Action uint8

// The actions.
const (
	Skip  Action = iota // pass over it
	Enter               // look at what is inside it, of arrays and objects
	Take                // it is a record
)

// Walker finds the records of a JSON document, once.
type Walker struct {
	w     *format.Window
	name  string
	open  []frame
	path  []string
	count int64
	began bool
}

// frame is an array or object that was entered.
type frame struct {
	array bool
	n     int // of its members that were read
}

// NewWalker reads r, which is UTF-8. Name is that of the file in errors, which are of
// KindInvalid and KindLimit and tell the line, and the record where they are in one.
func NewWalker(r io.Reader, name string, windowSize int) *Walker {
	return &Walker{w: format.NewWindow(r, windowSize, MaxBytes), name: name}
}

// Next gives the next record, and io.EOF at the end of the document. Decide says what
// to do with the value at path, which begins with the byte first; path is valid during
// the call. What follows the document is not looked at.
func (w *Walker) Next(decide func(path []string, first byte) Action) (n Node, err error) {
	for {
		more := true
		if w.began && len(w.open) == 0 {
			return n, io.EOF
		}
		if w.began {
			if more, err = w.step(); err != nil {
				return n, err
			}
		}
		w.began = true
		if !more {
			w.open = w.open[:len(w.open)-1]
			w.path = w.path[:len(w.path)-min(1, len(w.path))]
			continue
		}
		first, err := w.peek()
		if err != nil {
			return n, err
		}
		action := decide(w.path, first)
		if len(w.open) == 0 && (action != Enter || first != '{' && first != '[') {
			return n, geo.Errorf(geo.KindInvalid, "%s is not an array or object of JSON", w.name)
		}
		switch {
		case action == Enter && (first == '{' || first == '['):
			if len(w.open) >= maxDepth {
				return n, w.failed(&cursor{fail: tooDeep})
			}
			w.w.Advance(1)
			w.open = append(w.open, frame{array: first == '['})
			continue
		case action == Take:
			w.count++
			err := w.try(func(c *cursor) bool { var good bool; n, good = c.value(0); return good })
			w.leave()
			return n, err
		}
		if err := w.skip(0); err != nil {
			return n, err
		}
		w.leave()
	}
}

// step goes to the next member of what was entered last.
func (w *Walker) step() (more bool, err error) {
	top := &w.open[len(w.open)-1]
	key := AnyElement
	err = w.try(func(c *cursor) bool {
		if top.array {
			more = c.element(top.n)
		} else {
			key, more = c.member(top.n)
		}
		return more || c.fail == none
	})
	if top.n++; more {
		w.path = append(w.path, key)
	}
	return more, err
}

// leave goes back to what is around the value that was read.
func (w *Walker) leave() { w.path = w.path[:len(w.path)-1] }

// skip passes over a value without keeping it.
func (w *Walker) skip(depth int) error {
	first, err := w.peek()
	if err != nil {
		return err
	}
	if first != '{' && first != '[' {
		return w.try(func(c *cursor) bool { _, good := c.value(0); return good })
	}
	if depth >= maxDepth {
		return w.failed(&cursor{fail: tooDeep})
	}
	w.w.Advance(1)
	for n := 0; ; n++ {
		more := false
		err := w.try(func(c *cursor) bool {
			if first == '[' {
				more = c.element(min(n, 1))
			} else {
				_, more = c.member(min(n, 1))
			}
			return more || c.fail == none
		})
		if err != nil || !more {
			return err
		}
		if err := w.skip(depth + 1); err != nil {
			return err
		}
	}
}

// peek gives the first byte of the next value.
func (w *Walker) peek() (first byte, err error) {
	err = w.try(func(c *cursor) bool {
		first = c.peek()
		return first != 0 || c.expected("a value")
	})
	return first, err
}

// try runs read on the window, which grows until read has all it needs.
func (w *Walker) try(read func(c *cursor) bool) error {
	for {
		c := cursor{b: w.w.Bytes()}
		if read(&c) {
			w.w.Advance(c.i)
			return nil
		}
		if c.fail == tooShort {
			more, err := w.w.More()
			if err != nil {
				return geo.Errorf(geo.KindOf(err), "%s%s: %w", w.name, w.record(), err)
			}
			if more {
				continue
			}
		}
		return w.failed(&c)
	}
}

func (w *Walker) record() geo.Sentence {
	if w.count == 0 {
		return geo.Say("")
	}
	return geo.Say(", record %d", w.count)
}

func (w *Walker) failed(c *cursor) error {
	line, at := w.w.Line(c.i), w.w.Offset()+int64(c.i)
	switch c.fail {
	case tooShort:
		return geo.Errorf(geo.KindInvalid, "%s breaks off at line %d, byte %d%s: the file is not complete", w.name, line, at, w.record())
	case tooDeep:
		return geo.Errorf(geo.KindLimit, "%s: line %d, byte %d%s: nested more than %d deep", w.name, line, at, w.record(), maxDepth)
	case tooMany:
		return geo.Errorf(geo.KindLimit, "%s: line %d, byte %d%s: one record has more than %d values", w.name, line, at, w.record(), maxNodes)
	}
	rest := c.b[c.i:]
	found := strings.ToValidUTF8(string(rest[:min(len(rest), 12)]), "")
	return geo.Errorf(geo.KindInvalid, "%s is not valid JSON at line %d, byte %d%s: %s expected, not %q", w.name, line, at, w.record(), c.want, found)
}
