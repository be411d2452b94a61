package record

import (
	"strings"

	"puy/geo"
)

const (
	// MaxBytes bounds the bytes of one record.
	MaxBytes = 16 << 20
	maxNodes = 200_000 // of one record
	maxDepth = 64      // of nodes in each other
)

// Kind is what a node is.
type Kind uint8

// The kinds. An element of XML is an Object where it has children, else a Text.
const (
	Null Kind = iota
	Text
	Number
	Boolean
	Array
	Object
)

// Node is a value with those inside it. The children of an object have keys, and a
// key may come again, as elements of XML do.
type Node struct {
	Key   string
	Kind  Kind
	Text  string // of a text; a number as it is spelled; "true" or "false"
	Nodes []Node // of an array or object
}

// Scalar tells whether n is a text, a number, a boolean or null.
func (n *Node) Scalar() bool { return n.Kind < Array }

// Value gives the text of a scalar without white space around it, and "" of all else.
func (n *Node) Value() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.Text)
}

// Child gives the first child with that key, or nil.
func (n *Node) Child(key string) *Node {
	for i := range n.Nodes {
		if n.Nodes[i].Key == key {
			return &n.Nodes[i]
		}
	}
	return nil
}

// Blank tells whether there is no text and no number anywhere in n.
func (n *Node) Blank() bool {
	if n.Scalar() {
		return n.Value() == ""
	}
	for i := range n.Nodes {
		if !n.Nodes[i].Blank() {
			return false
		}
	}
	return true
}

// Each calls do with each member of the list n: the elements of arrays, however many
// are around them, and what stands under the key called item, which wraps members in
// national formats, as in [{"item": {…}}], {"item": [{…}]} and <item>…</item> twice.
func (n *Node) Each(item string, do func(*Node)) {
	switch n.Kind {
	case Null:
	case Array:
		for i := range n.Nodes {
			n.Nodes[i].Each(item, do)
		}
	case Object:
		wrapped := false
		for i := range n.Nodes {
			if n.Nodes[i].Key == item {
				wrapped = true
				n.Nodes[i].unwrap(do)
			}
		}
		if !wrapped {
			do(n)
		}
	default:
		do(n)
	}
}

// unwrap is as Each, without a further look for wrappers: a tariff has a price of the
// same name.
func (n *Node) unwrap(do func(*Node)) {
	if n.Kind != Array {
		if n.Kind != Null {
			do(n)
		}
		return
	}
	for i := range n.Nodes {
		n.Nodes[i].unwrap(do)
	}
}

// AppendJSON appends n as JSON. Children with the same key become an array.
func (n *Node) AppendJSON(dst []byte) []byte {
	switch n.Kind {
	case Null:
		return append(dst, "null"...)
	case Number, Boolean:
		return append(dst, n.Text...)
	case Array:
		dst = append(dst, '[')
		for i := range n.Nodes {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = n.Nodes[i].AppendJSON(dst)
		}
		return append(dst, ']')
	case Object:
		return n.appendObject(append(dst, '{'))
	}
	return geo.AppendJSONString(dst, n.Text)
}

func (n *Node) appendObject(dst []byte) []byte {
	at := make(map[string][]int, len(n.Nodes))
	for i := range n.Nodes {
		at[n.Nodes[i].Key] = append(at[n.Nodes[i].Key], i)
	}
	first := true
	for i := range n.Nodes {
		key := n.Nodes[i].Key
		same := at[key]
		if same[0] != i {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(geo.AppendJSONString(dst, key), ':')
		if len(same) == 1 {
			dst = n.Nodes[i].AppendJSON(dst)
			continue
		}
		dst = append(dst, '[')
		for j, k := range same {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = n.Nodes[k].AppendJSON(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}
