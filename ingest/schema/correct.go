package schema

import (
	"strings"

	"puy/geo"
)

// Corrector proposes the cells that a table should have, where that is certain.
type Corrector struct {
	// Names are the official names of the columns, in their order.
	Names  []string
	fields []*Field
}

// NewCorrector matches the schema with the names of columns.
func NewCorrector(s *Schema, columns []string) *Corrector {
	c := &Corrector{Names: append([]string(nil), columns...), fields: make([]*Field, len(columns))}
	for i, j := range s.match(columns) {
		if j >= 0 {
			c.fields[i], c.Names[i] = &s.Fields[j], strings.ReplaceAll(s.Fields[j].Name, ".", "_")
		}
	}
	return c
}

// Cell gives the text that column i should have instead of text; known is false
// where the schema does not have the column.
func (c *Corrector) Cell(i int, text string) (better string, known bool) {
	if i >= len(c.fields) || c.fields[i] == nil {
		return text, false
	}
	f := c.fields[i]
	better = strings.TrimSpace(text)
	if better == "" {
		return "", true
	}
	if now, old := f.Old[better]; old {
		return now, true
	}
	for _, fault := range f.value(geo.Text(better), nil) {
		if fault.Fix != "" {
			return fault.Fix, true
		}
	}
	return better, true
}

// Value gives what should stand in column i instead of v, as text; ok is false where v
// may stay, or where a person has to say what is meant.
func (c *Corrector) Value(i int, v geo.Value) (better string, ok bool) {
	if v.Type() == geo.TypeText {
		better, _ = c.Cell(i, v.Text())
		return better, better != v.Text()
	}
	if i >= len(c.fields) || c.fields[i] == nil {
		return "", false
	}
	for _, fault := range c.fields[i].value(v, nil) {
		if fault.Fix != "" {
			return fault.Fix, true
		}
	}
	return "", false
}
