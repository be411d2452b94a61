package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryPhraseHasBothSentences reads the phrases that faults in filters and in
// bodies are told with from the sources, and finds each in French, with the same
// values; no other is there.
func TestEveryPhraseHasBothSentences(t *testing.T) {
	fr, en := languages(t)
	said := map[string]string{}
	for _, folder := range []string{"geo/cql2", "geo/cql2/predicate", "server/edit", "geo/valid", "geo/format/geojson"} {
		names, err := fs.Glob(os.DirFS(".."), folder+"/*.go")
		if err != nil || len(names) == 0 {
			t.Fatalf("no sources in %s: %v", folder, err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				for _, format := range phrasesOf(t, "../"+name) {
					said[format] = name
				}
			}
		}
	}
	for _, typ := range []string{"null", "text", "integer", "number", "boolean", "date", "date-time", "text-array", "json"} { // of fields
		said[typ] = "geo/value.go"
	}
	said["nested too deep"], said["the geometry breaks off"] = "geo/format/geojson/geometry.go", "geo/format/geojson/geometry.go"
	if len(said) < 150 {
		t.Fatalf("only %d phrases were found", len(said))
	}
	verb := regexp.MustCompile(`%(?:\[\d\])?([-+.\d]*[a-z%])`)
	verbs := func(format string) (list []string) {
		for _, m := range verb.FindAllStringSubmatch(format, -1) {
			list = append(list, m[1])
		}
		return list
	}
	for format, name := range said {
		if english, ok := en.Phrase(format); !ok || english != format {
			t.Errorf("%q is %q in English", format, english)
		}
		french, ok := fr.Phrase(format)
		switch {
		case !ok || french == "":
			t.Errorf("%s: %q is not said in French", name, format)
		case !slices.Equal(verbs(french), verbs(format)):
			t.Errorf("%q and %q do not have the same values", format, french)
		}
	}
	for format := range fr.phrases {
		if said[format] == "" {
			t.Errorf("nobody says %q", format)
		}
	}
}

// phrasesOf gives the formats in a file: the first literal in a call of what makes a
// phrase, and what the packages valid and geojson find wrong with geometries.
func phrasesOf(t *testing.T, name string) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(e ast.Expr) bool {
		if sum, ok := e.(*ast.BinaryExpr); ok { // a text and a value after it
			e = sum.X
		}
		literal, ok := e.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return false
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(text, " ") {
			text += "%s"
		}
		list = append(list, strings.TrimPrefix(text, "GeoJSON: "))
		return true
	}
	makers := []string{"Say", "invalid", "NewFault", "unexpected"}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			called := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				called = f.Name
			case *ast.SelectorExpr:
				called = f.Sel.Name
			}
			if slices.Contains(makers, called) {
				first(n.Args, add)
			}
		case *ast.ValueSpec: // of type Reason
			if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Reason" && strings.HasSuffix(name, "/defect.go") {
				first(n.Values, add)
			}
		case *ast.AssignStmt:
			if to, ok := n.Lhs[len(n.Lhs)-1].(*ast.Ident); ok && to.Name == "wrong" && len(n.Rhs) == 1 {
				add(n.Rhs[0])
			}
		case *ast.ReturnStmt:
			if strings.HasSuffix(name, "geojson/geometry.go") && len(n.Results) == 2 && !isEmpty(n.Results[1]) {
				add(n.Results[1])
			}
		}
		return true
	})
	return list
}

// first gives list to add until it takes one.
func first(list []ast.Expr, add func(ast.Expr) bool) {
	for _, e := range list {
		if add(e) {
			return
		}
	}
}

func isEmpty(e ast.Expr) bool {
	literal, ok := e.(*ast.BasicLit)
	return ok && literal.Value == `""`
}
