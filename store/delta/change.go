package delta

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"puy/geo"
	"puy/store"
)

// Change is one feature that differs between two versions.
type Change struct {
	Kind store.DifferenceKind
	FID  int64
	ID   string
	// Before and After have all fields of their version; nil where it does not
	// have the feature.
	Before, After *geo.Feature
	// Fields are the names of those in which a modified feature differs, in the
	// order of the later schema, then those that only the earlier one has.
	Fields   []string
	Geometry bool // the geometry differs
}

// rules say how features of two schemas are compared.
type rules struct {
	pairs    []pair
	from, to geo.GeometryType // what geometries are compared as
	change   Change
	wkb      [2][]byte
}

// pair is one field's positions in the two schemas, -1 where there is none.
type pair struct {
	name     string
	from, to int
}

func newRules(from, to *geo.Schema) *rules {
	r := &rules{from: from.Geometry, to: to.Geometry}
	for i, f := range to.Fields {
		r.pairs = append(r.pairs, pair{f.Name, from.Index(f.Name), i})
	}
	for i, f := range from.Fields {
		if to.Index(f.Name) < 0 {
			r.pairs = append(r.pairs, pair{f.Name, i, -1})
		}
	}
	// One part as itself and as the multi-part kind that a schema demands is the same.
	if from.Geometry != to.Geometry && from.Geometry.Multi() == to.Geometry.Multi() {
		r.from = from.Geometry.Multi()
		r.to = r.from
	}
	return r
}

// compare tells what became of a feature, nil where nothing did.
func (r *rules) compare(before, after *geo.Feature) *Change {
	c := &r.change
	*c = Change{Before: before, After: after, Fields: c.Fields[:0]}
	switch {
	case before == nil:
		c.Kind, c.FID, c.ID = store.Added, after.FID, after.ID
		return c
	case after == nil:
		c.Kind, c.FID, c.ID = store.Removed, before.FID, before.ID
		return c
	}
	c.Kind, c.FID, c.ID = store.Modified, after.FID, after.ID
	for _, p := range r.pairs {
		var was, is geo.Value
		if p.from >= 0 {
			was = before.Values[p.from]
		}
		if p.to >= 0 {
			is = after.Values[p.to]
		}
		if !equal(was, is) {
			c.Fields = append(c.Fields, p.name)
		}
	}
	c.Geometry = r.moved(before.Geometry, after.Geometry)
	if len(c.Fields) == 0 && !c.Geometry {
		return nil
	}
	return c
}

// moved tells whether two geometries differ in any number of theirs.
func (r *rules) moved(was, is geo.Geometry) bool {
	if was.IsNull() || is.IsNull() {
		return was.IsNull() != is.IsNull()
	}
	r.wkb[0] = was.Promote(r.from).AppendWKB(r.wkb[0][:0])
	r.wkb[1] = is.Promote(r.to).AppendWKB(r.wkb[1][:0])
	return !bytes.Equal(r.wkb[0], r.wkb[1])
}

// equal compares JSON by meaning, and values of different types as texts.
func equal(a, b geo.Value) bool {
	switch {
	case a == b:
		return true
	case a.IsNull() || b.IsNull():
		return false
	case a.Type() != b.Type():
		return a.String() == b.String()
	case a.Type() == geo.TypeJSON:
		return reflect.DeepEqual(meaning(a.Text()), meaning(b.Text()))
	}
	return false
}

func meaning(text string) (v any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return text
	}
	return v
}
