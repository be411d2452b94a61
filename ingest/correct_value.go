package ingest

import (
	"strings"

	"puy/geo"
)

// better gives the text that should stand in column i instead of v; ok is false where v
// may stay as it is.
func (l *layerCorrection) better(i int, v geo.Value) (text string, ok bool) {
	switch v.Type() {
	case geo.TypeNull, geo.TypeTextArray, geo.TypeJSON:
		return "", false
	}
	if l.corrector != nil {
		if text, ok = l.corrector.Value(i, v); ok || v.Type() != geo.TypeText {
			return text, ok
		}
	}
	text = strings.TrimSpace(v.Text())
	return text, v.Type() == geo.TypeText && text != v.Text()
}

// find looks at the values of a row as they will be.
func (l *layerCorrection) find(f *geo.Feature) error {
	for i := range l.columns {
		c, v := &l.columns[i], f.Values[i]
		text, changed := l.better(i, v)
		if !changed {
			text = v.String()
		}
		if isSheet(l.from.Name) {
			c.cells.Add([]byte(text))
		}
		if text == "" {
			continue
		}
		if changed && c.fitsRead {
			_, c.fitsRead = frenchNotation(c.read).Parse([]byte(text))
		}
		if c.want != geo.TypeNull && c.fitsAny {
			_, c.fitsAny = frenchNotation(c.want).Parse([]byte(text))
		}
	}
	return nil
}

// settle decides on the type of a column after all rows were seen, and gives it.
func (c *correctedColumn) settle(cells, loose bool) geo.FieldType {
	if cells {
		c.notation = c.cells.Notation()
		c.read, c.fitsRead = c.notation.Type, true
	}
	switch {
	case c.want != geo.TypeNull && (c.fitsAny || loose):
	case c.read == geo.TypeNull, !c.fitsRead:
		c.read, c.want = geo.TypeText, geo.TypeNull
	default:
		c.want = geo.TypeNull
	}
	if c.want != geo.TypeNull {
		return c.want
	}
	return c.read
}

// correct corrects the values of a row.
func (l *layerCorrection) correct(f *geo.Feature) {
	for i := range l.columns {
		v := f.Values[i]
		text, changed := l.better(i, v)
		if !changed {
			text = v.String()
		}
		now := v
		switch c := &l.columns[i]; {
		case text == "":
			now = geo.Value{}
		case v.Type() == geo.TypeTextArray, v.Type() == geo.TypeJSON:
		default:
			now = l.typed(c, v, text, changed)
		}
		if f.Values[i] = now; !sameCell(v, now) {
			l.Cells++
		}
	}
}

// typed makes a value of text, of the type of its column where it can be.
func (l *layerCorrection) typed(c *correctedColumn, v geo.Value, text string, changed bool) geo.Value {
	if c.want != geo.TypeNull {
		if now, ok := frenchNotation(c.want).Parse([]byte(text)); ok {
			return now
		}
		return geo.Text(text)
	}
	if isSheet(l.from.Name) {
		if now, ok := c.notation.Parse([]byte(text)); ok {
			return now
		}
		return geo.Text(text)
	}
	if !changed && v.Type() == c.read {
		return v
	}
	if now, ok := frenchNotation(c.read).Parse([]byte(text)); ok {
		return now
	}
	return geo.Text(text)
}

// sameCell tells whether a cell reads the same, whatever its type.
func sameCell(before, after geo.Value) bool {
	if before == after {
		return true
	}
	a, b := before.String(), after.String()
	return a == b || after.Type() == geo.TypeDateTime && a == strings.TrimSuffix(b, "Z")
}
