package tagfilter

import (
	"slices"
)

// Filter is a list of which one must fit. The zero Filter fits nothing.
type Filter struct{ any []conjunction }

// conjunction is conditions that must all hold.
type conjunction []condition

// condition is one thing about one key.
type condition struct {
	key    string   // "" for any tag
	values []string // none for any value
	not    bool
}

// Tags are those of an element.
type Tags interface {
	Tags() int             // how many there are
	Get(key string) []byte // nil where there is none
}

// IsZero tells whether f fits nothing.
func (f Filter) IsZero() bool { return len(f.any) == 0 }

// Match tells whether f fits an element.
func (f Filter) Match(t Tags) bool {
	if t.Tags() == 0 {
		return false
	}
	for _, c := range f.any {
		if c.match(t) {
			return true
		}
	}
	return false
}

func (c conjunction) match(t Tags) bool {
	for i := range c {
		if !c[i].match(t) {
			return false
		}
	}
	return true
}

func (c *condition) match(t Tags) bool {
	if c.key == "" {
		return true // whoever has no tag was turned away before
	}
	value := t.Get(c.key)
	if value == nil {
		return c.not
	}
	if len(c.values) == 0 {
		return !c.not
	}
	for _, v := range c.values {
		if string(value) == v {
			return !c.not
		}
	}
	return c.not
}

// Keys gives the keys that elements which fit may have, each once, in the order of
// the filter.
func (f Filter) Keys() []string {
	var keys []string
	for _, all := range f.any {
		for _, c := range all {
			absent := c.not && len(c.values) == 0
			if c.key != "" && !absent && !slices.Contains(keys, c.key) {
				keys = append(keys, c.key)
			}
		}
	}
	return keys
}
