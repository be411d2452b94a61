package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// spoken are the folders whose errors people read.
var spoken = []string{"geo", "outbound", "ingest", "store", "server/edit", "cmd/puy"}

// sentence is a format as it stands in the source.
type sentence struct {
	format string
	at     string
}

// sentences gives every format of an error or a hint below dir, in the order of
// the source: those of geo.Errorf, geo.Say, WithHint and of functions that hand
// theirs on, with what these put before it.
func sentences(t *testing.T, root string, dir string) []sentence {
	t.Helper()
	var found []sentence
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case entry.Name() == "testdata" || strings.HasSuffix(entry.Name(), "test"):
			return fs.SkipDir
		}
		found = append(found, inFolder(t, root, path)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func inFolder(t *testing.T, root, dir string) []sentence {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	makers := map[string]string{"Errorf": "", "Say": "", "WithHint": ""}
	for known := -1; known < len(makers); { // one that hands on to another that does
		known = len(makers)
		for _, f := range files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					handOn(fn, makers)
				}
			}
		}
	}
	var found []sentence
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, of := called(call)
			prefix, ok := makers[name]
			if !ok || of == "fmt" || isInternal(call) {
				return true
			}
			for _, arg := range call.Args {
				if text, ok := literal(arg); ok {
					at := set.Position(call.Pos())
					rel, _ := filepath.Rel(root, at.Filename)
					found = append(found, sentence{prefix + text, rel + ":" + strconv.Itoa(at.Line)})
					break
				}
			}
			return true
		})
	}
	return found
}

// handOn notes fn if it has a parameter "format" that goes on to a maker, with
// the literal that it puts before.
func handOn(fn *ast.FuncDecl, makers map[string]string) {
	if fn.Body == nil || !slices.ContainsFunc(fn.Type.Params.List, func(p *ast.Field) bool {
		return slices.ContainsFunc(p.Names, func(n *ast.Ident) bool { return n.Name == "format" })
	}) {
		return
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name, of := called(call)
		prefix, ok := makers[name]
		if !ok || of == "fmt" || isInternal(call) {
			return true
		}
		for _, arg := range call.Args {
			if id, ok := arg.(*ast.Ident); ok && id.Name == "format" {
				makers[fn.Name.Name] = prefix
			}
			if sum, ok := arg.(*ast.BinaryExpr); ok {
				text, isText := literal(sum.X)
				if id, ok := sum.Y.(*ast.Ident); ok && isText && id.Name == "format" {
					makers[fn.Name.Name] = prefix + text
				}
			}
		}
		return true
	})
}

// called gives the name of what is called, and of what stands before its dot.
func called(call *ast.CallExpr) (name, of string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if id, ok := f.X.(*ast.Ident); ok {
			of = id.Name
		}
		return f.Sel.Name, of
	}
	return "", ""
}

// isInternal tells whether a call makes an error that no user can cause.
func isInternal(call *ast.CallExpr) bool {
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		switch a := arg.(type) {
		case *ast.SelectorExpr:
			return a.Sel.Name == "KindInternal"
		case *ast.Ident:
			return a.Name == "KindInternal"
		}
		return false
	})
}

func literal(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil && x.Kind == token.STRING
	case *ast.BinaryExpr:
		a, okA := literal(x.X)
		b, okB := literal(x.Y)
		return a + b, okA && okB
	}
	return "", false
}
