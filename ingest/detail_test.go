package ingest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"puy/geo"
)

// literal gives the text of an expression, with a parameter for what is not
// written there: "a" + b, and the format of fmt.Sprintf.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.BinaryExpr:
		return literal(e.X) + literal(e.Y)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return literal(e.Args[0])
		}
	}
	return "%s"
}

// TestEveryDetailHasFrench looks through the sources of readers and checks for what
// they say of a problem.
func TestEveryDetailHasFrench(t *testing.T) {
	verb := regexp.MustCompile(`%[a-z]`)
	found := 0
	see := func(at token.Position, rule geo.Rule, text string) {
		if text == "%s" || text == "" {
			return
		}
		found++
		detail := verb.ReplaceAllString(text, "7")
		if strings.HasPrefix(text, "expected ") || strings.HasPrefix(text, "not of type ") {
			rule, detail = geo.RuleType, strings.Replace(detail, "7", "integer", 1)
		}
		if detailFR(geo.Problem{Rule: rule, Detail: detail}) == "" {
			t.Errorf("%s: there is no French for %q", at, text)
		}
	}
	for _, dir := range []string{"../geo/format", "."} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && path == "schema" || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				if err == nil && d.IsDir() && path == "schema" { // whose faults bear sentences of their own
					return fs.SkipDir
				}
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, content, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Detail" {
						see(set.Position(n.Pos()), "", literal(n.Value))
					}
				case *ast.CallExpr:
					f, ok := n.Fun.(*ast.SelectorExpr)
					switch {
					case ok && f.Sel.Name == "problem" && len(n.Args) == 4:
						see(set.Position(n.Pos()), "", literal(n.Args[3]))
					case ok && f.Sel.Name == "warn" && len(n.Args) >= 2:
						see(set.Position(n.Pos()), "", literal(n.Args[1]))
					}
				case *ast.AssignStmt:
					if to, ok := n.Lhs[0].(*ast.Ident); ok && (to.Name == "wrong" || to.Name == "fault") && len(n.Rhs) == 1 {
						text := literal(n.Rhs[0])
						if c, ok := n.Rhs[0].(*ast.CallExpr); ok && len(c.Args) > 0 {
							if _, isText := c.Args[0].(*ast.BasicLit); isText {
								text = literal(c.Args[0])
							}
						}
						see(set.Position(n.Pos()), "", text)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 40 {
		t.Errorf("only %d details were found: the sources say them otherwise now", found)
	}
}

func TestDetailsKeepTheirParameters(t *testing.T) {
	for _, c := range []struct {
		rule         geo.Rule
		detail, want string
	}{
		{geo.RuleColumns, "3 cells where the header has 12", "3 au lieu de 12"},
		{geo.RuleGeometry, "WKT: byte 12: a number is expected", "le texte (WKT) est illisible à l’octet 12"},
		{geo.RuleIgnored, "fields after the first 4096", "champs après les 4096 premiers"},
		{geo.RuleType, "expected date-time", "attendu : date et heure"},
		{geo.RuleOutsideCRS, "EPSG:2154; x and y seem to be exchanged", "EPSG:2154 ; x et y semblent échangés"},
		{geo.RuleOutsideCRS, "EPSG:2154", "EPSG:2154"},
		{geo.RuleEncoding, "windows-1252", "windows-1252"},
		{geo.RuleGeometry, "self-intersection", "le contour se croise"},
		{geo.RuleRepaired, "spike, area 3 → 2 m²", "le contour fait un aller-retour, surface 3 → 2 m²"},
		{geo.RuleGeometry, "something that no reader says", ""},
		{geo.RuleGeometry, "row", ""},
	} {
		if got := detailFR(geo.Problem{Rule: c.rule, Detail: c.detail}); got != c.want {
			t.Errorf("%s, %q: %q, want %q", c.rule, c.detail, got, c.want)
		}
	}
}
