package reportpage

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"puy/geo"
	"puy/ingest"
	"puy/store"
)

// rulesOf gives the values of the constants that name rules in some sources.
func rulesOf(t *testing.T, pattern string) []geo.Rule {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all []geo.Rule
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 && (strings.HasPrefix(v.Names[0].Name, "Rule") || strings.HasPrefix(v.Names[0].Name, "Check")) {
				if lit, ok := v.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil {
						all = append(all, geo.Rule(text))
					}
				}
			}
			return true
		})
	}
	return all
}

// english finds words that stand in any English sentence and in no French one.
var english = regexp.MustCompile(`(?i)(^|[^\pL])(the|is|are|was|were|has|have|does|not|of|and|with|without|which|this|that|row|rows|value|column|file|cannot|its|there|nothing|state|give|choose|say)($|[^\pL])`)

// TestFrenchReportsAreFrench writes a report with a problem of each rule, and one of
// each reason to fail, and looks for English in it.
func TestFrenchReportsAreFrench(t *testing.T) {
	rules := append(append(rulesOf(t, "../../geo/problem.go"), rulesOf(t, "../schema/*.go")...), ingest.RuleGate)
	if len(rules) < 50 {
		t.Fatalf("only %d rules were found", len(rules))
	}
	tag, aside := regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`), regexp.MustCompile(`(?s)<code[^>]*>.*?</code>`)
	for _, reason := range append(store.Reasons(), "") {
		for kind := geo.KindInternal; kind <= geo.KindUsage; kind++ {
			if reason != "" && kind != geo.KindInvalid {
				continue
			}
			o := outcome()
			o.Problems, o.Rules, o.Reason = nil, map[geo.Rule]int64{}, reason
			o.Err = geo.Errorf(kind, "the file has no row; the version that was served stays")
			for _, r := range rules {
				if l, ok := ruleNames[r]; !ok || l.FR == "" || l.EN == "" {
					t.Fatalf("rule %q has no name in both languages", r)
				}
				p := geo.Problem{Row: 3, Column: "nom", Value: "abc", Rule: r, Detail: "the reader says this in English"}
				o.Problems = append(o.Problems, ingest.Entry{Problem: p, Severity: ingest.Error, Message: ingest.Sentence(p)})
				o.Rules[r]++
			}
			var b strings.Builder
			if err := Write(&b, "fr", []Outcome{o}); err != nil {
				t.Fatal(err)
			}
			seen := tag.ReplaceAllString(aside.ReplaceAllString(b.String(), " "), "\n")
			if kind == geo.KindInternal && reason == "" && strings.Count(seen, "ligne") < 3 {
				t.Fatal("the page was not read")
			}
			for line := range strings.SplitSeq(seen, "\n") {
				if english.MatchString(line) {
					t.Errorf("reason %q, %s: %q", reason, kind, strings.TrimSpace(line))
				}
			}
		}
	}
}

func TestEnglishReportsSayWhy(t *testing.T) {
	o := outcome()
	var b strings.Builder
	if err := Write(&b, "en", []Outcome{o}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "2 of 12345 rows have errors") {
		t.Error("the reason is not told")
	}
}
