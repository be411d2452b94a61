package cql2

import (
	"encoding/json"
	"strings"

	"puy/geo"
)

// value is a JSON value with its place. Objects keep the order of members.
type value struct {
	at      Position
	kind    byte   // one of { [ " 0 t f n
	text    string // of a string or a number
	items   []value
	members []member
}

type member struct {
	name  string
	at    Position
	value value
}

// get gives the member called name, or nil.
func (v *value) get(name string) *value {
	for i := range v.members {
		if v.members[i].name == name {
			return &v.members[i].value
		}
	}
	return nil
}

func (v *value) describe() string { return kindName(v.kind) }

func kindName(kind byte) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't':
		return "true"
	case 'f':
		return "false"
	}
	return "null"
}

// reader reads JSON (RFC 8259) with places, refusing what encoding/json lets
// pass: members of one name, invalid UTF-8.
type reader struct {
	src    string
	offset int
	values int
}

func (r *reader) at() Position { return Position(r.offset + 1) }

func (r *reader) space() {
	for r.offset < len(r.src) && strings.IndexByte(" \t\r\n", r.src[r.offset]) >= 0 {
		r.offset++
	}
}

// maxValues bounds the JSON values of a filter; coordinates are most of them.
const maxValues = 4*MaxNodes + 4*MaxVertices

func (r *reader) value(depth int) (value, error) {
	r.space()
	v := value{at: r.at()}
	if depth > 3*MaxDepth {
		return v, tooDeep(v.at)
	}
	if r.values++; r.values > maxValues {
		return v, errorAt(geo.KindLimit, v.at, "the filter has more than %d values", maxValues)
	}
	if r.offset >= len(r.src) {
		return v, invalid(v.at, "the JSON ends too early")
	}
	switch c := r.src[r.offset]; {
	case c == '{':
		v.kind = c
		return v, r.object(&v, depth)
	case c == '[':
		v.kind = c
		return v, r.array(&v, depth)
	case c == '"':
		v.kind = c
		var err error
		v.text, err = r.string()
		return v, err
	case c == '-' || c >= '0' && c <= '9':
		v.kind = '0'
		return v, r.number(&v)
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(r.src[r.offset:], word) {
			v.kind = word[0]
			r.offset += len(word)
			return v, nil
		}
	}
	return v, invalid(v.at, "expected a JSON value")
}

// list reads items up to the closing character.
func (r *reader) list(closing byte, item func() error) error {
	r.offset++
	for n := 0; ; n++ {
		r.space()
		if r.offset < len(r.src) && r.src[r.offset] == closing && n == 0 {
			r.offset++
			return nil
		}
		if err := item(); err != nil {
			return err
		}
		r.space()
		if r.offset >= len(r.src) || r.src[r.offset] != ',' && r.src[r.offset] != closing {
			return invalid(r.at(), "expected , or %c", closing)
		}
		r.offset++
		if r.src[r.offset-1] == closing {
			return nil
		}
	}
}

func (r *reader) array(v *value, depth int) error {
	return r.list(']', func() error {
		item, err := r.value(depth + 1)
		v.items = append(v.items, item)
		return err
	})
}

func (r *reader) object(v *value, depth int) error {
	return r.list('}', func() error {
		m := member{at: r.at()}
		if r.offset >= len(r.src) || r.src[r.offset] != '"' {
			return invalid(m.at, "expected the name of a member")
		}
		var err error
		if m.name, err = r.string(); err != nil {
			return err
		}
		if v.get(m.name) != nil {
			return invalid(m.at, "the member %q is there twice", cut(m.name))
		}
		r.space()
		if r.offset >= len(r.src) || r.src[r.offset] != ':' {
			return invalid(r.at(), "expected :")
		}
		r.offset++
		m.value, err = r.value(depth + 1)
		v.members = append(v.members, m)
		return err
	})
}

func (r *reader) string() (string, error) {
	start := r.offset
	for i := start + 1; i < len(r.src); i++ {
		switch r.src[i] {
		case '\\':
			i++
		case '"':
			r.offset = i + 1
			var s string
			if err := json.Unmarshal([]byte(r.src[start:r.offset]), &s); err != nil {
				return "", invalid(Position(start+1), "a string is not valid JSON")
			}
			if i := strings.IndexFunc(s, control); i >= 0 {
				return "", invalid(Position(start+1), "a string may not hold the control character %q", s[i])
			}
			return s, nil
		}
	}
	return "", invalid(Position(start+1), "a string begins here and has no end")
}

func (r *reader) number(v *value) error {
	start := r.offset
	for r.offset < len(r.src) && strings.IndexByte("+-0123456789.eE", r.src[r.offset]) >= 0 {
		r.offset++
	}
	v.text = r.src[start:r.offset]
	if !json.Valid([]byte(v.text)) {
		return invalid(v.at, "the number %s is not valid JSON", cut(v.text))
	}
	return nil
}
