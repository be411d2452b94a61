package parquet

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/parquet/columns"
)

// look reads, before all else, the columns whose names and annotations do not say
// enough: which kinds of geometry there are, whether lists hold nothing but texts and
// bytes nothing but text.
type look struct {
	primary primary
	none    bool // no geometry is wanted
	native  *native
	kind    geo.GeometryType
	hasZ    bool
	wrong   bool // something else than well-known binary
	texts   map[*columns.Node]*format.TypeFinder
	bytes   map[*columns.Node]*text
}

// text is what a column of bytes showed.
type text struct{ some, other bool }

func newLook(p primary, none bool) *look {
	l := &look{primary: p, none: none || p.node == nil, texts: map[*columns.Node]*format.TypeFinder{}, bytes: map[*columns.Node]*text{}}
	if !l.none && p.encoding != "WKB" {
		l.native = newNative(p.node, p.encoding)
		l.kind, l.hasZ = l.native.kind(), len(l.native.axes) == 3
	}
	return l
}

// isGeometry tells whether the column holds geometries after all.
func (l *look) isGeometry() bool {
	return !l.none && !(l.primary.guessed && (l.wrong || l.kind == geo.GeometryNone))
}

func (l *look) read(ctx context.Context, f *columns.File) error {
	var nodes []*columns.Node
	for _, n := range f.Root.Children {
		switch {
		case n.Flat() && n.Kind == columns.KindBinary && (l.none || n != l.primary.node):
			l.bytes[n] = &text{}
		case n.IsTexts():
			l.texts[n] = &format.TypeFinder{}
		case !l.none && n == l.primary.node && l.native == nil:
		default:
			continue
		}
		nodes = append(nodes, n)
	}
	if len(nodes) == 0 {
		return nil
	}
	r := f.Read(nodes)
	defer r.Close()
	for row := int64(0); ; row++ {
		if row%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if err := r.Next(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		for _, c := range r.Columns {
			if err := l.value(c); err != nil {
				return err
			}
		}
	}
}

func (l *look) value(c *columns.Column) error {
	if finder := l.texts[c.Node]; finder != nil {
		if err := c.Record(); err != nil {
			return err
		}
		if c.Null() {
			return nil
		}
		if _, plain := c.Texts(); plain {
			finder.AddTexts()
		} else {
			finder.AddJSON()
		}
		return nil
	}
	var v columns.Value
	there, err := c.Value(&v)
	if err != nil || !there {
		return err
	}
	if seen := l.bytes[c.Node]; seen != nil {
		seen.some = true
		seen.other = seen.other || !utf8.Valid(v.Bytes)
		return nil
	}
	l.shape(v.Bytes)
	return nil
}

// shape notes the kind that the head of well-known binary says.
func (l *look) shape(b []byte) {
	if len(b) == 0 {
		return
	}
	if len(b) < 5 || b[0] > 1 {
		l.wrong = true
		return
	}
	code := binary.LittleEndian.Uint32(b[1:])
	if b[0] == 0 {
		code = binary.BigEndian.Uint32(b[1:])
	}
	const ewkbZ = 0x80000000
	hasZ := code&ewkbZ != 0
	code &= 0x0fffffff
	if code/1000 > 3 || code%1000 < 1 || code%1000 > 7 {
		l.wrong = true
		return
	}
	l.kind = l.kind.Merge(geo.GeometryType(code % 1000))
	l.hasZ = l.hasZ || hasZ || code/1000 == 1 || code/1000 == 3
}

// typeOf gives the type of the field that n is, TypeNull for none.
func (l *look) typeOf(n *columns.Node) geo.FieldType {
	switch {
	case l.texts[n] != nil:
		if t := l.texts[n].Type(); t == geo.TypeJSON {
			return t
		}
		return geo.TypeTextArray
	case l.bytes[n] != nil:
		if l.bytes[n].some && !l.bytes[n].other {
			return geo.TypeText
		}
		return geo.TypeNull
	case n.Flat():
		return n.Type()
	}
	return geo.TypeJSON
}
