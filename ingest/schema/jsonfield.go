package schema

import (
	"encoding/json"
	"slices"
	"strconv"

	"puy/geo"
)

// fields adds the members of n; those of nested objects are named as
// "acheteur.id" and are required where all above them are.
func (d *jsonDoc) fields(n node, prefix string, needed bool, depth int) error {
	if depth > maxNesting {
		return errTooLarge
	}
	members, err := d.members(n.Properties)
	if err != nil {
		return err
	}
	required := n.required()
	for _, m := range members {
		child, err := d.node(m.raw, depth+1)
		if err != nil {
			return err
		}
		name, must := prefix+m.name, needed && slices.Contains(required, m.name)
		if len(child.Properties) > 0 {
			if err := d.fields(child, name+".", must, depth+1); err != nil {
				return err
			}
			continue
		}
		if len(d.schema.Fields) >= maxFields {
			return errTooLarge
		}
		if slices.ContainsFunc(d.schema.Fields, func(f Field) bool { return f.Name == name }) {
			continue // joined objects may say a member twice
		}
		f, err := d.field(child, name, depth+1)
		if err != nil {
			return err
		}
		f.Required = must
		d.schema.Fields = append(d.schema.Fields, f)
	}
	return nil
}

// field reads the schema of one value.
func (d *jsonDoc) field(n node, name string, depth int) (Field, error) {
	f := Field{Name: name, Title: geo.Localized{FR: string(n.Title)}, Description: geo.Localized{FR: string(n.Description)}, Kind: n.kind(), MinLength: n.MinLength, MaxLength: n.MaxLength}
	if depth > maxNesting || len(n.Enum) > maxValues {
		return f, errTooLarge
	}
	switch n.Format {
	case "date":
		f.Kind = Date
	case "date-time":
		f.Kind = DateTime
	case "time":
		f.Kind = Time
	case "email", "idn-email":
		f.Format = "email"
	case "uri", "iri", "url":
		f.Format = "uri"
	case "uuid":
		f.Format = "uuid"
	}
	if len(n.Const) > 0 {
		n.Enum = append(n.Enum, n.Const)
	}
	for _, raw := range n.Enum {
		var v text
		if json.Unmarshal(raw, &v) == nil && string(raw) != "null" {
			f.Enum = append(f.Enum, string(v))
		}
	}
	f.Min, f.Max = limit(n.Minimum, n.Above), limit(n.Maximum, n.Below)
	d.schema.pattern(&f, n.Pattern, false)
	if len(n.Items) > 0 && n.Items[0] == '{' {
		item, err := d.node(n.Items, depth+1)
		if err != nil {
			return f, err
		}
		if len(item.Properties) == 0 {
			items, err := d.field(item, name, depth+1)
			if err != nil {
				return f, err
			}
			f.Items = &items
		}
	}
	for _, raw := range slices.Concat(n.AnyOf, n.OneOf) {
		child, err := d.node(raw, depth+1)
		if err != nil {
			return f, err
		}
		if len(child.Properties) > 0 || slices.Equal(child.Type, texts{"null"}) {
			continue
		}
		if len(child.Type) == 0 {
			child.Type = n.Type
		}
		either, err := d.field(child, name, depth+1)
		if err != nil {
			return f, err
		}
		f.Any = append(f.Any, either)
	}
	if len(f.Any) > 0 && f.Kind == AnyKind {
		f.Kind = f.Any[0].Kind
		for _, a := range f.Any {
			if a.Kind != f.Kind {
				f.Kind = AnyKind
			}
		}
	}
	return f, nil
}

// kind gives the kind of the first type that is not null; of several the widest.
func (n *node) kind() Kind {
	kinds := map[string]Kind{"string": String, "integer": Integer, "number": Number, "boolean": Boolean, "array": Array, "object": Object}
	found := AnyKind
	for _, t := range n.Type {
		k, ok := kinds[t]
		switch {
		case !ok:
		case found == AnyKind || found == Integer && k == Number:
			found = k
		case found != k && (found != Number || k != Integer):
			return AnyKind
		}
	}
	return found
}

// limit reads a bound, which drafts write as a number with a flag or as a number
// of its own.
func limit(inclusive, exclusive json.RawMessage) *Bound {
	number := func(raw json.RawMessage) (float64, bool) {
		f, err := strconv.ParseFloat(string(raw), 64)
		return f, err == nil
	}
	if n, ok := number(exclusive); ok {
		return &Bound{Text: string(exclusive), Number: n, Exclusive: true}
	}
	if n, ok := number(inclusive); ok {
		return &Bound{Text: string(inclusive), Number: n, Exclusive: string(exclusive) == "true"}
	}
	return nil
}
