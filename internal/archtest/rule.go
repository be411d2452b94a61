package archtest

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// layer says what the code of one top folder may import, and why no more.
type layer struct {
	folder  string
	imports []string // top folders; nil: any but cmd
	reason  string
}

var layers = []layer{
	{"geo", []string{"geo"}, "what a feature is depends on nothing"},
	{"outbound", []string{"geo", "outbound"}, "whom puy may ask is decided without knowing what for"},
	{"catalog", []string{"geo", "catalog"}, "what is published is known without a store or a server"},
	{"store", []string{"geo", "catalog", "store"}, "a store keeps what it is given and knows nobody who uses it"},
	{"tiles", []string{"geo", "catalog", "outbound", "tiles"}, "tiles are cut from features, whatever store they come from"},
	{"styles", []string{"geo", "catalog", "styles"}, "styles are made from data and catalogue alone"},
	{"ingest", []string{"geo", "catalog", "store", "outbound", "ingest"}, "loading knows the store and nothing of serving"},
	{"web", []string{"geo", "catalog", "web"}, "templates and islands know no server"},
	{"server", []string{"geo", "catalog", "store", "tiles", "styles", "ingest", "web", "server"}, "a server is wired by cmd, not the other way round"},
	{"cmd", nil, ""},
	{"internal", nil, ""},
	{"demo", []string{"geo", "catalog", "demo"}, "the demonstration is made without a store or a server"},
	{"bench", nil, ""},
	{"e2e", nil, ""},
	{"scripts", nil, ""},
}

// forTests are the top folders whose code exists for tests and measurements.
var forTests = []string{"internal", "bench", "e2e"}

func top(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

// forbiddenImport says why code in the folder from may not import the folder
// to, or gives "".
func forbiddenImport(from, to string, test bool) string {
	if top(to) == "cmd" && top(from) != "cmd" {
		return "the command line wires everything and nobody imports it"
	}
	if top(to) == "internal" {
		if test || slices.Contains(forTests, top(from)) {
			return ""
		}
		return "what serves tests is imported by tests only"
	}
	if test {
		return ""
	}
	i := slices.IndexFunc(layers, func(l layer) bool { return l.folder == top(from) })
	switch {
	case i < 0:
		return "the folder " + top(from) + " has no place in the table of layers"
	case layers[i].imports == nil || slices.Contains(layers[i].imports, top(to)):
		return ""
	}
	return layers[i].reason
}

func checkImports(p pkg, modulePath string) []string {
	var out []string
	for _, f := range p.files {
		for _, to := range f.imports(modulePath) {
			if reason := forbiddenImport(p.dir, to, f.test); reason != "" {
				out = append(out, fmt.Sprintf("%s imports %s: %s", f.path, to, reason))
			}
		}
	}
	return out
}

func checkDoc(p pkg) []string {
	code := false
	for _, f := range p.files {
		if f.doc != "" && !f.test {
			return nil
		}
		code = code || !f.test
	}
	if !code {
		return nil
	}
	return []string{p.dir + " has no package comment that says what it owns"}
}

// vague are names that say nothing of what a package owns.
var vague = []string{"util", "utils", "common", "helper", "helpers", "types", "model", "models"}

func checkName(p pkg) []string {
	names := []string{path.Base(p.dir)}
	for _, f := range p.files {
		names = append(names, strings.TrimSuffix(f.name, "_test"))
	}
	for _, name := range names {
		if slices.Contains(vague, name) {
			return []string{fmt.Sprintf("%s: a package is named for what it owns, not %q", p.dir, name)}
		}
	}
	return nil
}

const maxLines = 400

func checkSize(p pkg) []string {
	var out []string
	for _, f := range p.files {
		if !f.test && f.lines > maxLines {
			out = append(out, fmt.Sprintf("%s has %d lines, more than %d: it holds more than one idea", f.path, f.lines, maxLines))
		}
	}
	return out
}

// checkEnds finds init functions and calls that end the process. Only the main
// function's own file of a command may do so.
func checkEnds(p pkg) []string {
	var out []string
	for _, f := range p.files {
		if f.test || f.name == "main" && path.Base(f.path) == "main.go" {
			continue
		}
		report := func(n ast.Node, what string) {
			out = append(out, fmt.Sprintf("%s: %s; only a command's main.go may", f.tokens.Position(n.Pos()), what))
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					report(n, "an init function runs unasked")
				}
			case *ast.SelectorExpr:
				of, ok := n.X.(*ast.Ident)
				if ok && (of.Name == "log" && strings.HasPrefix(n.Sel.Name, "Fatal") || of.Name == "os" && n.Sel.Name == "Exit") {
					report(n, of.Name+"."+n.Sel.Name+" ends the process")
				}
			}
			return true
		})
	}
	return out
}

// registries are the parts of the host names of package registries, apart so
// that this file does not hold them.
var registries = [][]string{
	{"registry", "npmjs", "org"}, {"registry", "yarnpkg", "com"}, {"pypi", "org"}, {"files", "pythonhosted", "org"},
	{"proxy", "golang", "org"}, {"sum", "golang", "org"}, {"goproxy", "io"}, {"repo", "maven", "apache", "org"},
	{"repo1", "maven", "org"}, {"crates", "io"}, {"rubygems", "org"}, {"deb", "debian", "org"},
}

func checkText(t text) []string {
	var out []string
	lower := strings.ToLower(string(t.content))
	for _, parts := range registries {
		if host := strings.Join(parts, "."); strings.Contains(lower, host) {
			out = append(out, fmt.Sprintf("%s mentions %s: where packages come from is the builder's choice", t.path, host))
		}
	}
	return out
}
