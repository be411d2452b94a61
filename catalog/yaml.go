package catalog

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"puy/geo"
)

// Bounds of a catalogue file. The YAML library's time grows with the square of
// some nestings, so they are bounded before it sees them.
const (
	maxFile   = 256 << 10 // bytes
	maxNested = 32        // brackets within brackets, or dashes and blanks that begin a line
	maxErrors = 20        // told at once
)

// document is one parsed YAML file that can tell where a key stands.
type document struct {
	name string
	root ast.Node
}

// parse reads data into the struct that out points to. Keys that the struct
// does not have are errors, each with its place and the nearest key that it
// has. Errors are of KindInvalid and begin with "file:line:column".
func parse(name string, data []byte, out any) (doc *document, err error) {
	// The library panics on some malformed documents.
	defer func() {
		if r := recover(); r != nil {
			err = geo.Errorf(geo.KindInvalid, "%s:1:1: cannot be read as YAML", name)
		}
	}()
	if len(data) > maxFile {
		return nil, geo.Errorf(geo.KindLimit, "%s: a catalogue file has at most %d bytes", name, maxFile)
	}
	if line := tooDeep(data); line > 0 {
		return nil, geo.Errorf(geo.KindLimit, "%s:%d:1: nested too deep", name, line)
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, geo.Errorf(geo.KindInvalid, "%s:1:1: one YAML document with content is expected", name)
	}
	doc = &document{name: name, root: file.Docs[0].Body}
	found := doc.check(doc.root, reflect.TypeOf(out).Elem(), "", 0)
	if len(found) > maxErrors {
		found = append(found[:maxErrors], fmt.Sprintf("%s: … and %d more", name, len(found)-maxErrors))
	}
	if len(found) > 0 {
		return nil, geo.Errorf(geo.KindInvalid, "%s", strings.Join(found, "\n"))
	}
	if err := yaml.NodeToValue(doc.root, out); err != nil {
		return nil, syntaxError(name, err)
	}
	return doc, nil
}

// tooDeep gives the first line that is nested beyond maxNested, or 0. It counts
// brackets in texts as well: no description has so many open ones.
func tooDeep(data []byte) int {
	open, dashes, line, beginning := 0, 0, 1, true
	for _, c := range data {
		switch c {
		case '\n':
			line, dashes, beginning = line+1, 0, true
			continue
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		case '-':
			if beginning {
				dashes++
			}
		}
		beginning = beginning && (c == '-' || c == ' ')
		if open > maxNested || dashes > maxNested {
			return line
		}
	}
	return 0
}

// syntaxError gives an error of the YAML library in one line with its place.
func syntaxError(name string, err error) error {
	var at yaml.Error
	if e, ok := err.(yaml.Error); ok {
		at = e
	}
	if at == nil || at.GetToken() == nil {
		return geo.Errorf(geo.KindInvalid, "%s: %v", name, err)
	}
	p := at.GetToken().Position
	return geo.Errorf(geo.KindInvalid, "%s:%d:%d: %s", name, p.Line, p.Column, at.GetMessage())
}

// check gives a sentence for each key under node that type t does not have,
// and for each alias, which could multiply the size of a file.
func (d *document) check(node ast.Node, t reflect.Type, path string, depth int) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if depth > 20 {
		return []string{d.place(node) + ": nested too deep"}
	}
	if isAlias(node) {
		return []string{d.place(node) + ": anchors, aliases and tags are not supported"}
	}
	_, list := node.(*ast.SequenceNode)
	if kind := t.Kind(); list != (kind == reflect.Slice || kind == reflect.Array) {
		want := "one value"
		if !list {
			want = "a list"
		}
		return []string{fmt.Sprintf("%s: %q: %s is expected", d.place(node), strings.TrimSuffix(path, "."), want)}
	}
	if _, flag := reflect.New(t).Interface().(yaml.InterfaceUnmarshaler); flag && !isFlag(node) {
		return []string{fmt.Sprintf("%s: %q: true, false or a mapping is expected", d.place(node), strings.TrimSuffix(path, "."))}
	}
	switch n := node.(type) {
	case *ast.SequenceNode:
		var found []string
		for _, v := range n.Values {
			found = append(found, d.check(v, t.Elem(), path, depth+1)...)
		}
		return found
	case *ast.MappingNode:
		return d.checkMapping(n.Values, t, path, depth)
	case *ast.MappingValueNode:
		return d.checkMapping([]*ast.MappingValueNode{n}, t, path, depth)
	case *ast.StringNode:
		return d.checkText(node, n.Value, t)
	case *ast.IntegerNode, *ast.FloatNode:
		return d.checkText(node, n.GetToken().Value, t)
	}
	return nil
}

// checkText reads what is written as a text: the library tells no place for an
// error of UnmarshalText.
func (d *document) checkText(node ast.Node, text string, t reflect.Type) []string {
	if u, ok := reflect.New(t).Interface().(encoding.TextUnmarshaler); ok {
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return []string{d.place(node) + ": " + err.Error()}
		}
	}
	return nil
}

// isFlag tells whether node can be a struct that may also be true or false.
func isFlag(node ast.Node) bool {
	switch node.(type) {
	case *ast.BoolNode, *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// isAlias tells whether node is one of YAML's ways of naming other nodes.
func isAlias(node ast.Node) bool {
	switch node.(type) {
	case *ast.AliasNode, *ast.AnchorNode, *ast.MergeKeyNode, *ast.TagNode:
		return true
	}
	return false
}

func (d *document) checkMapping(entries []*ast.MappingValueNode, t reflect.Type, path string, depth int) []string {
	var found []string
	for _, entry := range entries {
		key := keyOf(entry)
		var elem reflect.Type
		switch t.Kind() {
		case reflect.Struct:
			known := yamlKeys(t)
			field, ok := known[key]
			if !ok {
				found = append(found, fmt.Sprintf("%s: unknown key %q%s", d.place(entry.Key), path+key, suggestion(key, known)))
				continue
			}
			elem = field
		case reflect.Map:
			elem = t.Elem()
		default:
			found = append(found, fmt.Sprintf("%s: %q is a single value, not a mapping", d.place(entry), strings.TrimSuffix(path, ".")))
			continue
		}
		found = append(found, d.check(entry.Value, elem, path+key+".", depth+1)...)
	}
	return found
}

// place gives "file:line:column" of node.
func (d *document) place(node ast.Node) string {
	if node == nil || node.GetToken() == nil {
		return d.name + ":1:1"
	}
	p := node.GetToken().Position
	return fmt.Sprintf("%s:%d:%d", d.name, p.Line, p.Column)
}

// at gives the place of the value under the given keys, or of the nearest
// mapping above that exists.
func (d *document) at(keys ...string) string {
	node := d.root
	for _, key := range keys {
		var entries []*ast.MappingValueNode
		switch n := node.(type) {
		case *ast.MappingNode:
			entries = n.Values
		case *ast.MappingValueNode:
			entries = []*ast.MappingValueNode{n}
		}
		for _, entry := range entries {
			if keyOf(entry) == key {
				node = entry.Value
			}
		}
	}
	return d.place(node)
}

func keyOf(entry *ast.MappingValueNode) string { return entry.Key.GetToken().Value }

// yamlKeys gives the keys of a struct with the types under them.
func yamlKeys(t reflect.Type) map[string]reflect.Type {
	known := make(map[string]reflect.Type, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			known[name] = f.Type
		}
	}
	return known
}

// suggestion names the known key nearest to key.
func suggestion(key string, known map[string]reflect.Type) string {
	best, distance := "", len(key)/2+2
	for k := range known {
		if d := editDistance(key, k); d < distance || d == distance && k < best {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// editDistance counts the bytes to insert, delete, replace or swap with their
// neighbour to make b of a (optimal string alignment).
func editDistance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			replaced := row[j]
			if a[i] != b[j] {
				replaced++
			}
			next[j+1] = min(replaced, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
