package ingest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"
)

// TestOddFeedsHaveFrench finds what the reader of feeds may note in its source.
func TestOddFeedsHaveFrench(t *testing.T) {
	names, err := filepath.Glob("../geo/format/gtfs/*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 3 {
				return true
			}
			if fn, ok := call.Fun.(*ast.SelectorExpr); !ok || fn.Sel.Name != "add" {
				return true
			}
			if what, ok := call.Args[2].(*ast.BasicLit); ok && what.Kind == token.STRING {
				text, err := strconv.Unquote(what.Value)
				if err != nil {
					t.Fatal(err)
				}
				said[text] = true
				if feedFR("2 "+text+"; the first is row 3") == "" {
					t.Errorf("%q has no French", text)
				}
			}
			return true
		})
	}
	for text := range oddFeedsFR {
		if !said[text] {
			t.Errorf("nobody says %q", text)
		}
	}
}
