package columns

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"

	"puy/geo"
)

// maxRecord bounds the values of one row in one nested column.
const maxRecord = 4 << 20

// Entry is a value of a nested column with its levels: Rep tells at which list it
// goes on (0 begins a row), Def how much of its path is there.
type Entry struct {
	Rep, Def int
	Value    Value
}

// Run gives the values of leaf, which Record read.
func (c *Column) Run(leaf *Node) []Entry {
	for i, l := range c.leaves {
		if l.node == leaf {
			return c.runs[i]
		}
	}
	return nil
}

// Record reads the values of a nested column in one row.
func (c *Column) Record() error {
	total := 0
	c.bytes = c.bytes[:0]
	for i, l := range c.leaves {
		c.runs[i], c.at[i] = c.runs[i][:0], 0
		for {
			err := l.peek()
			if len(c.runs[i]) > 0 && (errors.Is(err, io.EOF) || err == nil && l.r == 0) {
				break
			}
			if err != nil {
				return c.missing(err)
			}
			e := Entry{Rep: l.r, Def: l.d}
			if len(c.runs[i]) == 0 && e.Rep != 0 {
				return l.errorf("a row that begins inside a list")
			}
			if _, err := l.next(&e.Value); err != nil {
				return err
			}
			if total++; total > maxRecord || len(c.bytes) > maxPage {
				return geo.Errorf(geo.KindLimit, "column %s: more than %d values in one row", c.Node.Name, maxRecord)
			}
			if n := len(e.Value.Bytes); n > 0 { // the next page takes the place of this one
				from := len(c.bytes)
				c.bytes = append(c.bytes, e.Value.Bytes...)
				e.Value.Bytes = c.bytes[from : from+n : from+n]
			}
			c.runs[i] = append(c.runs[i], e)
		}
	}
	return nil
}

// AppendJSON appends the record that Record read as a JSON value: lists as arrays,
// maps of text keys and groups as objects, bytes in base64.
func (c *Column) AppendJSON(dst []byte) ([]byte, error) {
	a := assembler{column: c}
	dst = a.node(dst, c.Node, 0)
	for i, run := range c.runs {
		if !a.wrong && c.at[i] != len(run) {
			a.wrong = true
		}
	}
	if a.wrong {
		return dst, geo.Errorf(geo.KindInvalid, "column %s: levels of its lists that do not fit", c.Node.Name)
	}
	return dst, nil
}

// Texts gives the record as a list of texts; plain is false where it is null or has
// elements that are null or no text.
func (c *Column) Texts() (texts []string, plain bool) {
	run := c.runs[0]
	element := c.leaves[0].node
	if len(run) == 1 && run[0].Def < element.maxDef {
		return nil, emptyList(c.Node, run[0].Def)
	}
	for _, e := range run {
		if e.Def < element.maxDef || !storable(e.Value.Bytes) {
			return nil, false
		}
		texts = append(texts, string(e.Value.Bytes))
	}
	return texts, true
}

// emptyList tells an empty list from null, and from one of a null.
func emptyList(n *Node, def int) bool {
	list := n
	for !list.Repeated {
		list = list.Children[0]
	}
	return def == list.maxDef-1
}

// Null tells whether the record is null as a whole.
func (c *Column) Null() bool {
	return c.Node.Optional && c.runs[0][0].Def < c.Node.maxDef
}

// IsTexts tells whether n is a list of texts.
func (n *Node) IsTexts() bool {
	leaves := n.Leaves(nil)
	if len(leaves) != 1 || leaves[0].Kind != KindText || leaves[0].maxRep != 1 {
		return false
	}
	return n.list && len(n.Children) == 1 && n.Children[0].Repeated || n.Repeated && n.Leaf()
}

// assembler makes JSON of the values of one record (S. Melnik et al., Dremel, 2010).
type assembler struct {
	column *Column
	wrong  bool
}

// node appends n, whose first leaf is the one with number first.
func (a *assembler) node(dst []byte, n *Node, first int) []byte {
	if !n.Repeated {
		return a.one(dst, n, first)
	}
	e, ok := a.current(first)
	if !ok || e.Def < n.maxDef {
		a.consume(n, first)
		return append(dst, "[]"...)
	}
	dst = append(dst, '[')
	for i := 0; ; i++ {
		if i > 0 {
			dst = append(dst, ',')
		}
		before := a.column.at[first]
		dst = a.one(dst, n, first)
		e, ok := a.current(first)
		if !ok || e.Rep != n.maxRep || a.column.at[first] == before {
			return append(dst, ']')
		}
	}
}

// one appends one instance of n.
func (a *assembler) one(dst []byte, n *Node, first int) []byte {
	e, ok := a.current(first)
	if !ok {
		a.wrong = true
		return append(dst, "null"...)
	}
	if e.Def < n.maxDef {
		a.consume(n, first)
		return append(dst, "null"...)
	}
	switch {
	case n.Leaf():
		a.column.at[first]++
		return n.appendJSON(dst, e.Value)
	case n.list && len(n.Children) == 1 && n.Children[0].Repeated:
		return a.list(dst, n.Children[0], first)
	case n.mapped && len(n.Children) == 1 && n.Children[0].Repeated && keyed(n.Children[0]):
		return a.object(dst, n.Children[0], first)
	}
	dst = append(dst, '{')
	for i, c := range n.Children {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(geo.AppendJSONString(dst, c.Name), ':')
		dst = a.node(dst, c, first)
		first += len(c.Leaves(nil))
	}
	return append(dst, '}')
}

// list appends a list without the group around each element, which only the rules
// of LogicalTypes.md want there.
func (a *assembler) list(dst []byte, repeated *Node, first int) []byte {
	if repeated.Leaf() || len(repeated.Children) != 1 || repeated.Name == "array" || repeated.Children[0].Repeated {
		return a.node(dst, repeated, first)
	}
	e, ok := a.current(first)
	if !ok || e.Def < repeated.maxDef {
		a.consume(repeated, first)
		return append(dst, "[]"...)
	}
	dst = append(dst, '[')
	for i := 0; ; i++ {
		if i > 0 {
			dst = append(dst, ',')
		}
		before := a.column.at[first]
		dst = a.node(dst, repeated.Children[0], first)
		e, ok := a.current(first)
		if !ok || e.Rep != repeated.maxRep || a.column.at[first] == before {
			return append(dst, ']')
		}
	}
}

// keyed tells whether n is a group of a text and its value.
func keyed(n *Node) bool {
	return len(n.Children) == 2 && n.Children[0].Leaf() && !n.Children[0].Repeated && !n.Children[0].Optional && n.Children[0].Kind == KindText
}

func (a *assembler) object(dst []byte, pair *Node, first int) []byte {
	e, ok := a.current(first)
	if !ok || e.Def < pair.maxDef {
		a.consume(pair, first)
		return append(dst, "{}"...)
	}
	dst = append(dst, '{')
	for i := 0; ; i++ {
		if i > 0 {
			dst = append(dst, ',')
		}
		e, ok := a.current(first)
		if !ok {
			a.wrong = true
			return append(dst, '}')
		}
		a.column.at[first]++
		dst = append(geo.AppendJSONString(dst, cleanText(e.Value.Bytes)), ':')
		dst = a.node(dst, pair.Children[1], first+1)
		if e, ok = a.current(first); !ok || e.Rep != pair.maxRep {
			return append(dst, '}')
		}
	}
}

// current gives the entry that leaf number i stands at.
func (a *assembler) current(i int) (Entry, bool) {
	if run := a.column.runs[i]; a.column.at[i] < len(run) {
		return run[a.column.at[i]], true
	}
	return Entry{}, false
}

// consume steps over the entry that each leaf of an absent n has.
func (a *assembler) consume(n *Node, first int) {
	for i := range n.Leaves(nil) {
		if _, ok := a.current(first + i); !ok {
			a.wrong = true
			continue
		}
		a.column.at[first+i]++
	}
}

// appendJSON appends the value of a column of values.
func (n *Node) appendJSON(dst []byte, v Value) []byte {
	switch n.Kind {
	case KindText:
		return geo.AppendJSONString(dst, cleanText(v.Bytes))
	case KindBinary, KindGeometry:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v.Bytes)
		return append(dst, '"')
	}
	value, ok := n.Scalar(v)
	if !ok {
		return append(dst, "null"...)
	}
	return value.AppendJSON(dst)
}

// cleanText drops U+0000, which databases refuse even where it is escaped.
func cleanText(b []byte) string { return string(bytes.ReplaceAll(b, []byte{0}, nil)) }
