package block

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Kind is one of the three kinds of elements, as a bit.
type Kind uint8

// The kinds.
const (
	Node Kind = 1 << iota
	Way
	Relation

	All = Node | Way | Relation
)

// String gives the name of k, as in "way/123".
func (k Kind) String() string {
	switch k {
	case Node:
		return "node"
	case Way:
		return "way"
	case Relation:
		return "relation"
	}
	return "element"
}

// Position is a place in ten-millionths of a degree, which is what OpenStreetMap
// keeps: longitude, latitude on WGS 84.
type Position struct{ Lon, Lat int32 }

// Degrees gives the longitude and latitude.
func (p Position) Degrees() (lon, lat float64) { return float64(p.Lon) / 1e7, float64(p.Lat) / 1e7 }

// Member is one member of a relation.
type Member struct {
	Kind Kind
	ID   int64
	role uint32
}

// Element is one node, way or relation. It and its bytes are valid until the next
// one is read.
type Element struct {
	Kind      Kind
	ID        int64
	Version   int64 // 0 where it is not told
	Timestamp int64 // milliseconds since 1970-01-01T00:00:00Z, 0 where it is not told
	Deleted   bool
	Position  Position // of a node
	Refs      []int64  // the nodes of a way
	Members   []Member // of a relation

	tags    []uint32 // keys and values in turn
	strings table
}

// Tags tells how many tags e has.
func (e *Element) Tags() int { return len(e.tags) / 2 }

// Tag gives the key and the value of a tag, as they stand in the file.
func (e *Element) Tag(i int) (key, value []byte) {
	return e.strings.at(e.tags[2*i]), e.strings.at(e.tags[2*i+1])
}

// Get gives the value of the tag with that key; nil where there is none.
func (e *Element) Get(key string) []byte {
	for i := range e.Tags() {
		if string(e.strings.at(e.tags[2*i])) == key {
			return e.strings.at(e.tags[2*i+1])
		}
	}
	return nil
}

// Role gives the role of a member of e.
func (e *Element) Role(m Member) []byte { return e.strings.at(m.role) }

// Closed tells whether a way ends where it begins and can be a ring.
func (e *Element) Closed() bool {
	n := len(e.Refs)
	return n > 3 && e.Refs[0] == e.Refs[n-1]
}

// IsValid tells whether text of a tag is UTF-8 without NUL, as it must be in XML, where
// all of OpenStreetMap comes from.
func IsValid(text []byte) bool { return utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 }

// Valid gives text of a tag with what is not valid replaced by U+FFFD.
func Valid(text []byte) string {
	if IsValid(text) {
		return string(text)
	}
	return strings.ReplaceAll(string(bytes.ToValidUTF8(text, []byte("\ufffd"))), "\x00", "\ufffd")
}

// table is the strings of a block.
type table [][]byte

func (t table) at(i uint32) []byte { return t[i] }

func (t table) has(i uint64) bool { return i < uint64(len(t)) }
