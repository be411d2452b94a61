package osmpbf

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/osmpbf/block"
)

const (
	maxColumns = 40 // of tags, beyond those that the filter names or the dataset declares
	maxKey     = 60 // bytes of a key that becomes a column
	maxCounted = 50_000
	// A tag is a column where one feature in so many has it.
	frequent = 50
)

// The fields beside those of tags.
const (
	fieldID        = "osm_id"
	fieldKind      = "osm_type"
	fieldRest      = "tags"
	fieldVersion   = "osm_version"
	fieldTimestamp = "osm_timestamp"
)

// tagCounts counts the keys of elements that fit.
type tagCounts struct {
	elements int64
	keys     map[string]int64
}

func (c *tagCounts) add(e *block.Element) {
	c.elements++
	if c.keys == nil {
		c.keys = map[string]int64{}
	}
	for i := range e.Tags() {
		key, _ := e.Tag(i)
		if len(key) == 0 || len(key) > maxKey {
			continue
		}
		if _, known := c.keys[string(key)]; known || len(c.keys) < maxCounted {
			c.keys[string(key)]++
		}
	}
}

// columns makes the values of features.
type columns struct {
	fields    []geo.Field
	notations []format.Notation // of fields of tags
	index     map[string]int    // fields by the key of a tag
	rest      int               // the place of the field that holds the other tags
	texts     format.Interner
	buf       []byte
}

// newColumns chooses the fields: the keys of the filter, "name", those with a
// declared type, and the most frequent others.
func newColumns(c *tagCounts, keys []string, declared map[string]geo.FieldType) *columns {
	out := &columns{index: map[string]int{}}
	out.field(fieldID, geo.TypeText)
	out.field(fieldKind, geo.TypeText)
	taken := map[string]bool{fieldID: true, fieldKind: true, fieldRest: true, fieldVersion: true, fieldTimestamp: true}
	add := func(key string) {
		// Databases do not tell names apart by their case.
		if folded := strings.ToLower(key); key != "" && !taken[folded] && len(key) <= maxKey && block.IsValid([]byte(key)) {
			taken[folded] = true
			n := notation(key, declared[key])
			out.index[key] = len(out.fields)
			out.field(key, n.Type)
			out.notations[len(out.fields)-1] = n
		}
	}
	for _, key := range keys {
		if c.keys[key] > 0 {
			add(key)
		}
	}
	if c.keys["name"] > 0 {
		add("name")
	}
	for _, key := range slices.Sorted(maps.Keys(declared)) {
		add(key)
	}
	most := len(out.fields) + maxColumns
	byCount := slices.SortedFunc(maps.Keys(c.keys), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.keys[b], c.keys[a]), cmp.Compare(a, b))
	})
	for _, key := range byCount {
		if len(out.fields) == most || c.keys[key]*frequent < c.elements {
			break
		}
		add(key)
	}
	out.rest = len(out.fields)
	out.field(fieldRest, geo.TypeJSON)
	out.field(fieldVersion, geo.TypeInteger)
	out.field(fieldTimestamp, geo.TypeDateTime)
	return out
}

// notation says how tags are read: as text, unless the dataset declares a type.
func notation(key string, declared geo.FieldType) format.Notation {
	if declared == geo.TypeNull {
		declared = geo.TypeText
	}
	f := format.NewCellFinder(key, declared, '.', false)
	return f.Notation()
}

func (c *columns) field(name string, t geo.FieldType) {
	c.fields = append(c.fields, geo.Field{Name: name, Type: t})
	c.notations = append(c.notations, format.Notation{Type: t})
}

// values sets values to those of e, reusing the slice, and tells which do not fit
// their declared types.
func (c *columns) values(e *block.Element, id string, row int64, values []geo.Value) ([]geo.Value, []geo.Problem) {
	if cap(values) < len(c.fields) {
		values = make([]geo.Value, len(c.fields))
	}
	values = values[:len(c.fields)]
	clear(values)
	values[0], values[1] = geo.Text(id), geo.Text(e.Kind.String())
	var problems []geo.Problem
	rest := c.buf[:0]
	for n := range e.Tags() {
		key, value := e.Tag(n)
		i, ok := c.index[string(key)]
		switch {
		case !ok:
			rest = append(rest, ',')
			rest = geo.AppendJSONString(rest, block.Valid(key))
			rest = append(rest, ':')
			rest = geo.AppendJSONString(rest, block.Valid(value))
		case len(value) == 0:
		case c.notations[i].Type == geo.TypeText:
			if block.IsValid(value) {
				values[i] = geo.Text(c.texts.String(value))
			} else {
				values[i] = geo.Text(block.Valid(value))
			}
		default:
			if values[i], ok = c.notations[i].Parse(value); !ok {
				problems = append(problems, geo.Problem{Row: row, Column: string(key), Rule: geo.RuleType, Value: geo.ClipValue(block.Valid(value)), Detail: "expected " + c.notations[i].Type.String()})
			}
		}
	}
	if c.buf = rest; len(rest) > 0 {
		rest[0] = '{'
		values[c.rest] = geo.JSON(string(rest) + "}")
	}
	if e.Version > 0 {
		values[c.rest+1] = geo.Integer(e.Version)
	}
	if e.Timestamp > 0 {
		values[c.rest+2] = geo.DateTime(time.UnixMilli(e.Timestamp))
	}
	return values, problems
}
