package archtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// root gives the folder of the module that holds this package.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above this package")
		}
		dir = parent
	}
}

func TestHouse(t *testing.T) {
	m, err := read(root(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.packages) < 5 || len(m.texts) < 20 {
		t.Fatalf("%d packages and %d texts cannot be all", len(m.packages), len(m.texts))
	}
	report := func(found []string) {
		for _, f := range found {
			t.Error(f)
		}
	}
	for _, p := range m.packages {
		report(checkImports(p, m.path))
		report(checkDoc(p))
		report(checkName(p))
		report(checkSize(p))
		report(checkEnds(p))
	}
	for _, text := range m.texts {
		report(checkText(text))
	}
}

func TestForbiddenImport(t *testing.T) {
	tests := []struct {
		from, to string
		test     bool
		allowed  bool
	}{
		{"geo/format/csv", "geo", false, true},
		{"geo", "geo/crs", false, true},
		{"geo", "catalog", false, false},
		{"geo/crs", "store", false, false},
		{"geo", "store", true, true},
		{"catalog", "geo", false, true},
		{"catalog", "store", false, false},
		{"store/postgis", "catalog", false, true},
		{"store/postgis", "ingest", false, false},
		{"store", "server", false, false},
		{"tiles/mvt", "geo", false, true},
		{"tiles/snapshot", "store", false, false},
		{"tiles/pmtiles", "outbound", false, true},
		{"ingest/source", "outbound", false, true},
		{"outbound", "ingest", false, false},
		{"geo", "outbound", false, false},
		{"styles", "tiles", false, false},
		{"ingest", "store", false, true},
		{"ingest", "tiles", false, false},
		{"ingest", "server", false, false},
		{"server/api", "ingest", false, true},
		{"server/api", "web", false, true},
		{"server", "cmd/puy", false, false},
		{"web", "server", false, false},
		{"cmd/puy", "server", false, true},
		{"cmd/puy", "internal/pgtest", false, false},
		{"cmd/puy", "internal/pgtest", true, true},
		{"e2e", "cmd/puy", true, false},
		{"e2e", "internal/pgtest", false, true},
		{"bench/load", "internal/pgtest", false, true},
		{"internal/pgtest", "store", false, true},
		{"internal/pgtest/run", "internal/pgtest", false, true},
		{"store/storetest", "internal/pgtest", false, false},
		{"attic", "geo", false, false},
	}
	for _, tt := range tests {
		reason := forbiddenImport(tt.from, tt.to, tt.test)
		if (reason == "") != tt.allowed {
			t.Errorf("%s imports %s (test %v): got %q", tt.from, tt.to, tt.test, reason)
		}
	}
}

// folder makes a package from the text of files, by name.
func folder(t *testing.T, dir string, files map[string]string) pkg {
	t.Helper()
	p := pkg{dir: dir}
	for name, content := range files {
		f, err := parse(dir+"/"+name, []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		p.files = append(p.files, f)
	}
	return p
}

func TestRulesCanFail(t *testing.T) {
	const doc = "// Package x owns x.\n"
	tests := []struct {
		name  string
		dir   string
		files map[string]string
		rule  func(pkg) []string
		want  []string
	}{
		{
			"a forbidden import", "geo", map[string]string{"a.go": "package geo\nimport (\n\"fmt\"\n\"puy/store\"\n_ \"puy/geo/crs\"\n)"},
			func(p pkg) []string { return checkImports(p, "puy") },
			[]string{"geo/a.go imports store: what a feature is depends on nothing"},
		},
		{
			"the same import by a test", "geo", map[string]string{"a_test.go": "package geo_test\nimport \"puy/store\""},
			func(p pkg) []string { return checkImports(p, "puy") }, nil,
		},
		{"no package comment", "geo", map[string]string{"a.go": "package geo"}, checkDoc,
			[]string{"geo has no package comment that says what it owns"}},
		{"a comment apart from the package clause", "geo", map[string]string{"a.go": "// Package geo\n\npackage geo"}, checkDoc,
			[]string{"geo has no package comment that says what it owns"}},
		{"a package comment in a test", "geo", map[string]string{"a.go": "package geo", "a_test.go": doc + "package geo"}, checkDoc,
			[]string{"geo has no package comment that says what it owns"}},
		{"a package comment", "geo", map[string]string{"a.go": doc + "package geo", "b.go": "package geo"}, checkDoc, nil},
		{"tests alone", "e2e", map[string]string{"a_test.go": "package e2e"}, checkDoc, nil},
		{"a vague folder", "geo/utils", map[string]string{"a.go": "package geo"}, checkName,
			[]string{`geo/utils: a package is named for what it owns, not "utils"`}},
		{"a vague package", "geo/shapes", map[string]string{"a_test.go": "package helpers_test"}, checkName,
			[]string{`geo/shapes: a package is named for what it owns, not "helpers"`}},
		{"a clear name", "store/storetest", map[string]string{"a.go": "package storetest"}, checkName, nil},
		{"a long file", "geo", map[string]string{"a.go": "package geo" + strings.Repeat("\n", 401)}, checkSize,
			[]string{"geo/a.go has 401 lines, more than 400: it holds more than one idea"}},
		{"a long test", "geo", map[string]string{"a_test.go": "package geo" + strings.Repeat("\n", 401)}, checkSize, nil},
		{"400 lines", "geo", map[string]string{"a.go": "package geo" + strings.Repeat("\n", 400)}, checkSize, nil},
		{"an init function", "geo", map[string]string{"a.go": "package geo\nfunc init() {}"}, checkEnds,
			[]string{"geo/a.go:2:1: an init function runs unasked; only a command's main.go may"}},
		{"a method called init", "geo", map[string]string{"a.go": "package geo\ntype t int\nfunc (t) init() {}"}, checkEnds, nil},
		{"log.Fatal", "geo", map[string]string{"a.go": "package geo\nimport \"log\"\nfunc f() { log.Fatalf(\"x\") }"}, checkEnds,
			[]string{"geo/a.go:3:12: log.Fatalf ends the process; only a command's main.go may"}},
		{"os.Exit as a value", "cmd/puy", map[string]string{"serve.go": "package main\nimport \"os\"\nvar exit = os.Exit"}, checkEnds,
			[]string{"cmd/puy/serve.go:3:12: os.Exit ends the process; only a command's main.go may"}},
		{"os.Exit in main.go", "cmd/puy", map[string]string{"main.go": "package main\nimport \"os\"\nfunc main() { os.Exit(1) }"}, checkEnds, nil},
		{"os.Exit in a main.go that is none", "geo", map[string]string{"main.go": "package geo\nimport \"os\"\nfunc f() { os.Exit(1) }"}, checkEnds,
			[]string{"geo/main.go:3:12: os.Exit ends the process; only a command's main.go may"}},
		{"os.Exit in a test", "geo", map[string]string{"a_test.go": "package geo\nimport \"os\"\nfunc f() { os.Exit(1) }"}, checkEnds, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.rule(folder(t, tt.dir, tt.files))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckText(t *testing.T) {
	for _, parts := range registries {
		host := strings.Join(parts, ".")
		found := checkText(text{"docs/a.md", []byte("see https://" + strings.ToUpper(host) + "/x")})
		if len(found) == 0 || !strings.Contains(found[0], "docs/a.md mentions ") {
			t.Errorf("%s: %v", host, found)
		}
	}
	if found := checkText(text{"docs/a.md", []byte("see https://www.example.org/pypi")}); found != nil {
		t.Error(found)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module example\n\ngo 1.26\n", "geo/a.go": "// Package geo owns.\npackage geo\n", "geo/a_test.go": "package geo_test\n",
		"geo/testdata/b.go": "not Go", "node_modules/x/c.ts": "x", ".git/d.md": "x", "docs/e.md": "text", "web/f.ts": "text", "g.png": "x",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, text := range m.texts {
		texts = append(texts, text.path)
	}
	if diff := cmp.Diff([]string{"docs/e.md", "geo/a.go", "geo/a_test.go", "web/f.ts"}, texts); diff != "" {
		t.Error(diff)
	}
	if m.path != "example" || len(m.packages) != 1 || m.packages[0].dir != "geo" || len(m.packages[0].files) != 2 {
		t.Errorf("got %+v", m)
	}
}
