package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"puy/geo"
)

// maxNesting bounds how deep a JSON Schema is followed, references included;
// maxVisits how many of its nodes are looked at.
const (
	maxNesting = 24
	maxVisits  = 20_000
)

// node is one JSON Schema.
type node struct {
	ID          string            `json:"$id"`
	Ref         string            `json:"$ref"`
	Title       text              `json:"title"`
	Description text              `json:"description"`
	Version     text              `json:"version"`
	Type        texts             `json:"type"`
	Properties  json.RawMessage   `json:"properties"`
	Required    json.RawMessage   `json:"required"`
	Items       json.RawMessage   `json:"items"`
	Enum        []json.RawMessage `json:"enum"`
	Const       json.RawMessage   `json:"const"`
	Pattern     string            `json:"pattern"`
	Format      string            `json:"format"`
	Minimum     json.RawMessage   `json:"minimum"`
	Maximum     json.RawMessage   `json:"maximum"`
	Above       json.RawMessage   `json:"exclusiveMinimum"` // a number; in draft 4 a flag
	Below       json.RawMessage   `json:"exclusiveMaximum"`
	MinLength   *int              `json:"minLength"`
	MaxLength   *int              `json:"maxLength"`
	AllOf       []json.RawMessage `json:"allOf"`
	AnyOf       []json.RawMessage `json:"anyOf"`
	OneOf       []json.RawMessage `json:"oneOf"`
}

// jsonDoc is a JSON Schema on its way to be a Schema.
type jsonDoc struct {
	root   []byte
	schema Schema
	visits int
}

var errTooLarge = errors.New("too large or nested too deep")

// versionIn finds a version in the address of a schema.
var versionIn = regexp.MustCompile(`/v?(\d+\.\d+(?:\.\d+)?)/`)

func parseJSONSchema(data []byte) (*Schema, error) {
	d := &jsonDoc{root: data}
	root, err := d.node(data, 0)
	if err == nil {
		if d.schema.Name = root.ID; d.schema.Name == "" {
			d.schema.Name = string(root.Title)
		}
		d.schema.Title.FR, d.schema.Version = string(root.Title), strings.TrimPrefix(string(root.Version), "v")
		if m := versionIn.FindStringSubmatch(root.ID); m != nil && d.schema.Version == "" {
			d.schema.Version = m[1]
		}
		var row node
		if row, err = d.row(root, false, 0); err == nil {
			err = d.fields(row, "", true, 0)
		}
	}
	if errors.Is(err, errTooLarge) {
		return nil, geo.Errorf(geo.KindLimit, "the schema is too large or nested too deep")
	}
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "the file is not a JSON Schema that describes rows: %w", err)
	}
	return &d.schema, nil
}

// node reads raw, follows its reference and merges what allOf adds.
func (d *jsonDoc) node(raw []byte, depth int) (node, error) {
	var n node
	if d.visits++; depth > maxNesting || d.visits > maxVisits {
		return n, errTooLarge
	}
	if text := bytes.TrimSpace(raw); len(text) == 0 || text[0] != '{' {
		return n, nil // true, false or none
	}
	if err := json.Unmarshal(raw, &n); err != nil {
		return n, err
	}
	if strings.HasPrefix(n.Ref, "#") {
		target, err := d.resolve(n.Ref)
		if err != nil {
			return n, err
		}
		referred, err := d.node(target, depth+1)
		if err != nil {
			return n, err
		}
		n = merge(referred, n)
	} else if n.Ref != "" && !strings.Contains(n.Ref, "geojson.org") {
		d.schema.Unchecked = append(d.schema.Unchecked, unchecked("%q : un autre fichier", "%q: another file", clip(n.Ref)))
	}
	for _, part := range n.AllOf {
		more, err := d.node(part, depth+1)
		if err != nil {
			return n, err
		}
		n = merge(n, more)
	}
	n.AllOf = nil
	return n, nil
}

// resolve follows a JSON pointer (RFC 6901) within the file.
func (d *jsonDoc) resolve(ref string) ([]byte, error) {
	at := d.root
	for i, step := range strings.Split(strings.TrimPrefix(ref, "#"), "/") {
		if i == 0 {
			continue
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(at, &members) != nil {
			return nil, fmt.Errorf("the reference %q leads nowhere", clip(ref))
		}
		next, ok := members[strings.NewReplacer("~1", "/", "~0", "~").Replace(step)]
		if !ok {
			return nil, fmt.Errorf("the reference %q leads nowhere", clip(ref))
		}
		at = next
	}
	return at, nil
}

// merge gives n with what over says besides.
func merge(n, over node) node {
	pick := func(a, b json.RawMessage) json.RawMessage {
		if len(b) > 0 {
			return b
		}
		return a
	}
	n.Properties, n.Items, n.Const = join(n.Properties, over.Properties), pick(n.Items, over.Items), pick(n.Const, over.Const)
	n.Minimum, n.Maximum, n.Above, n.Below = pick(n.Minimum, over.Minimum), pick(n.Maximum, over.Maximum), pick(n.Above, over.Above), pick(n.Below, over.Below)
	required, _ := json.Marshal(slices.Concat(n.required(), over.required()))
	n.Required = required
	for _, t := range []struct{ to, from *text }{{&n.Title, &over.Title}, {&n.Description, &over.Description}, {&n.Version, &over.Version}} {
		if *t.from != "" {
			*t.to = *t.from
		}
	}
	for _, t := range []struct{ to, from *string }{{&n.ID, &over.ID}, {&n.Pattern, &over.Pattern}, {&n.Format, &over.Format}} {
		if *t.from != "" {
			*t.to = *t.from
		}
	}
	if len(over.Type) > 0 {
		n.Type = over.Type
	}
	if len(over.Enum) > 0 {
		n.Enum = over.Enum
	}
	if over.MinLength != nil {
		n.MinLength = over.MinLength
	}
	if over.MaxLength != nil {
		n.MaxLength = over.MaxLength
	}
	n.AllOf = slices.Concat(n.AllOf, over.AllOf)
	n.AnyOf, n.OneOf = slices.Concat(n.AnyOf, over.AnyOf), slices.Concat(n.OneOf, over.OneOf)
	return n
}

// join gives the members of two JSON objects as those of one.
func join(a, b json.RawMessage) json.RawMessage {
	a, b = bytes.TrimSpace(a), bytes.TrimSpace(b)
	switch {
	case len(b) < 2 || b[0] != '{' || len(bytes.TrimSpace(b[1:len(b)-1])) == 0:
		return a
	case len(a) < 2 || a[0] != '{' || len(bytes.TrimSpace(a[1:len(a)-1])) == 0:
		return b
	}
	return slices.Concat(a[:len(a)-1], []byte(","), b[1:])
}

// required gives the names of required members; draft 3 has a flag there.
func (n *node) required() []string {
	var names []string
	if json.Unmarshal(n.Required, &names) != nil {
		return nil
	}
	return names
}

// row finds the schema of one row: of the properties of the features of a
// FeatureCollection, of the elements of a list, or of the object itself. Listed
// tells that n is what a list holds.
func (d *jsonDoc) row(n node, listed bool, depth int) (node, error) {
	if depth > maxNesting {
		return n, errTooLarge
	}
	if len(n.Items) > 0 && (len(n.Type) == 0 || slices.Contains(n.Type, "array")) {
		item, err := d.node(n.Items, depth+1)
		if err != nil {
			return n, err
		}
		return d.row(item, true, depth+1)
	}
	members, err := d.members(n.Properties)
	if err != nil {
		return n, err
	}
	var nested []node
	for _, m := range members {
		child, err := d.node(m.raw, depth+1)
		if err != nil {
			return n, err
		}
		switch {
		case m.name == "features" && len(child.Items) > 0:
			return d.row(child, listed, depth+1)
		case m.name == "properties" && len(child.Properties) > 0:
			return child, nil
		case len(child.Properties) > 0 || len(child.Items) > 0:
			nested = append(nested, child)
		}
	}
	// An object that holds nothing but lists and objects wraps the rows, as
	// {"marches": {"marche": […]}}.
	if !listed && len(nested) > 0 && len(nested) == len(members) {
		return d.row(nested[0], false, depth+1)
	}
	return n, nil
}

type member struct {
	name string
	raw  json.RawMessage
}

// members gives the members of a JSON object in their order.
func (d *jsonDoc) members(raw json.RawMessage) ([]member, error) {
	if len(raw) == 0 || raw[0] != '{' {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var all []member
	for dec.More() {
		if d.visits++; d.visits > maxVisits {
			return nil, errTooLarge
		}
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var m member
		m.name, _ = key.(string)
		if err := dec.Decode(&m.raw); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}
