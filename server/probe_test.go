package server

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// probe reads one place of a JSON document: members by name, "#" for how many
// elements, a number for one of them, "name=value" for the first element that
// has it. The result is text; a missing place is "absent".
func probe(document, path string) string {
	var v any
	d := json.NewDecoder(strings.NewReader(document))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return "not JSON: " + err.Error()
	}
	for step := range strings.SplitSeq(path, "/") {
		next, ok := advance(v, step)
		if !ok {
			return "absent"
		}
		v = next
	}
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case map[string]any, []any:
		b, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		return string(b)
	}
	return fmt.Sprint(v)
}

func advance(v any, step string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		next, ok := v[step]
		return next, ok
	case []any:
		if step == "#" {
			return len(v), true
		}
		if name, value, ok := strings.Cut(step, "="); ok {
			for _, element := range v {
				if m, ok := element.(map[string]any); ok && fmt.Sprint(m[name]) == value {
					return m, true
				}
			}
			return nil, false
		}
		if i, err := strconv.Atoi(step); err == nil && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}
