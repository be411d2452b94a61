package tagfilter

import (
	"strings"

	"puy/geo"
)

// Bounds of a filter.
const (
	maxEntries    = 200
	maxEntry      = 2000 // bytes
	maxConditions = 20
)

// Parse reads the entries of a filter. The error is of KindInvalid and begins with
// the entry that is wrong.
func Parse(entries []string) (Filter, error) {
	var f Filter
	if len(entries) > maxEntries {
		return f, geo.Errorf(geo.KindInvalid, "there are %d tags; at most %d are possible", len(entries), maxEntries)
	}
	for _, entry := range entries {
		all, err := parseEntry(entry)
		if err != nil {
			return Filter{}, geo.Errorf(geo.KindInvalid, "%q: %s", geo.ClipValue(entry), err)
		}
		f.any = append(f.any, all)
	}
	return f, nil
}

func parseEntry(entry string) (conjunction, error) {
	if len(entry) > maxEntry {
		return nil, geo.Errorf(geo.KindInvalid, "it is longer than %d bytes", maxEntry)
	}
	parts, err := split(entry, '&')
	if err != nil {
		return nil, err
	}
	if len(parts) > maxConditions {
		return nil, geo.Errorf(geo.KindInvalid, "it has more than %d conditions", maxConditions)
	}
	var all conjunction
	positive := false
	for _, part := range parts {
		c, err := parseCondition(part)
		if err != nil {
			return nil, err
		}
		positive = positive || !c.not
		all = append(all, c)
	}
	if !positive {
		return nil, geo.Errorf(geo.KindInvalid, "it says only what must not be there; begin with what is, as in \"highway=* & !bicycle\"")
	}
	return all, nil
}

func parseCondition(text string) (condition, error) {
	var c condition
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return c, geo.Errorf(geo.KindInvalid, "a tag is expected, as highway=cycleway")
	case text == "*" || text == "*=*":
		return c, nil
	}
	sides, err := split(text, '=')
	if err != nil {
		return c, err
	}
	key := sides[0]
	if len(sides) > 2 {
		return c, geo.Errorf(geo.KindInvalid, "a tag has one =; put values that have one between double quotes")
	}
	if len(sides) == 2 {
		key, c.not = strings.CutSuffix(key, "!")
	} else if rest, absent := strings.CutPrefix(key, "!"); absent {
		key, c.not = rest, true
	}
	if c.key, err = word(key); err != nil {
		return c, err
	}
	if c.key == "" || c.key == "*" && !quoted(key) {
		return c, geo.Errorf(geo.KindInvalid, "a key is missing; a tag is expected, as highway=cycleway")
	}
	if len(sides) == 1 {
		return c, nil
	}
	values, err := split(sides[1], '|')
	if err != nil {
		return c, err
	}
	for _, value := range values {
		v, err := word(value)
		if err != nil {
			return c, err
		}
		switch {
		case v == "*" && !quoted(value) && len(values) == 1:
			return c, nil
		case v == "*" && !quoted(value):
			return c, geo.Errorf(geo.KindInvalid, "* stands alone for any value")
		case v == "":
			return c, geo.Errorf(geo.KindInvalid, "the value of %s is missing; * stands for any", c.key)
		}
		c.values = append(c.values, v)
	}
	return c, nil
}

func quoted(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), `"`) }

// word gives a key or a value without its quotes.
func word(text string) (string, error) {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		inner, ok = strings.CutSuffix(inner, `"`)
		if !ok || strings.Contains(inner, `"`) {
			return "", geo.Errorf(geo.KindInvalid, "double quotes stand around a whole key or value")
		}
		return inner, nil
	}
	if i := strings.IndexAny(text, `"!&|=`); i >= 0 {
		return "", geo.Errorf(geo.KindInvalid, "%q stands at a wrong place; put keys and values that have it between double quotes", text[i:i+1])
	}
	return text, nil
}

// split cuts text at a sign that stands outside of quotes.
func split(text string, sign byte) ([]string, error) {
	var parts []string
	start, inside := 0, false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			inside = !inside
		case text[i] == sign && !inside:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	if inside {
		return nil, geo.Errorf(geo.KindInvalid, "a double quote is not closed")
	}
	return append(parts, text[start:]), nil
}
