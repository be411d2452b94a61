package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// module is what the tests know of a Go module.
type module struct {
	path     string // as in go.mod
	packages []pkg
	texts    []text
}

// pkg is one folder of Go files.
type pkg struct {
	dir   string // below the module's root, with slashes; "." for the root
	files []file
}

// file is one Go file.
type file struct {
	path   string // below the module's root
	name   string // of its package
	doc    string // its package comment
	test   bool
	lines  int
	syntax *ast.File
	tokens *token.FileSet
}

// text is one file whose words are looked at.
type text struct {
	path    string
	content []byte
}

// skipped are folders that hold what others wrote or tools made.
var skipped = []string{"node_modules", "dist", "testdata", "vendor", "bin", "data"}

// textual are the extensions of files whose words are looked at.
var textual = []string{".go", ".md", ".ts", ".mjs", ".yaml", ".yml", ".sh"}

// read reads the module at root.
func read(root string) (*module, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(mod), "\n")
	m := &module{path: strings.TrimSpace(strings.TrimPrefix(first, "module"))}
	byDir := map[string]*pkg{}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != root && (slices.Contains(skipped, d.Name()) || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		extension := filepath.Ext(name)
		if !d.Type().IsRegular() || !slices.Contains(textual, extension) {
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		below = filepath.ToSlash(below)
		m.texts = append(m.texts, text{below, content})
		if extension != ".go" {
			return nil
		}
		f, err := parse(below, content)
		if err != nil {
			return err
		}
		dir := path.Dir(below)
		if byDir[dir] == nil {
			byDir[dir] = &pkg{dir: dir}
		}
		byDir[dir].files = append(byDir[dir].files, f)
		return nil
	})
	for _, p := range byDir {
		m.packages = append(m.packages, *p)
	}
	slices.SortFunc(m.packages, func(a, b pkg) int { return strings.Compare(a.dir, b.dir) })
	return m, err
}

func parse(name string, content []byte) (file, error) {
	tokens := token.NewFileSet()
	syntax, err := parser.ParseFile(tokens, name, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return file{}, err
	}
	return file{
		path: name, name: syntax.Name.Name, doc: syntax.Doc.Text(), test: strings.HasSuffix(name, "_test.go"),
		lines: bytes.Count(content, []byte("\n")), syntax: syntax, tokens: tokens,
	}, nil
}

// imports gives the folders of the module at modulePath that f imports.
func (f *file) imports(modulePath string) []string {
	var dirs []string
	for _, spec := range f.syntax.Imports {
		name := strings.Trim(spec.Path.Value, "`\"")
		if dir, ok := strings.CutPrefix(name, modulePath+"/"); ok {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
