package reportpage

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"

	"puy/geo"
	"puy/geo/locale"
	"puy/ingest"
	"puy/ingest/gate"
)

//go:embed page.html
var pageText string

// Outcome is the report of one load, and why it failed if it did.
type Outcome struct {
	*ingest.Report
	Err error
}

// Failure tells in a language why nothing was loaded.
func (o Outcome) Failure(lang string) string {
	if o.Err == nil {
		return ""
	}
	return geo.ErrorIn(o.Err, locale.In(lang))
}

// group is a headline with tests below.
type group struct {
	Title string
	Tests []gate.Test
}

// Write writes one page with the outcomes of one or several loads. Lang is "fr"
// or "en".
func Write(w io.Writer, lang string, outcomes []Outcome) error {
	anchored := map[[2]int64]bool{}
	t, err := template.New("report").Funcs(template.FuncMap{
		"in":       func(l geo.Localized) string { return l.In(lang) },
		"say":      func(fr, en string) string { return geo.Localized{FR: fr, EN: en}.In(lang) },
		"ninths":   func(v float64) string { return fmt.Sprintf("%.0f", v*9) },
		"thousand": func(n int64) string { return thousands(lang, n) },
		"left":     func(r *ingest.Report) int64 { return r.Errors + r.Warnings - int64(len(r.Problems)) },
		"dict":     func(title string, tests []gate.Test) group { return group{title, tests} },
		"first": func(report int, row int64) bool {
			at := [2]int64{int64(report), row}
			again := anchored[at]
			anchored[at] = true
			return row > 0 && !again
		},
		"rules": rules,
		"name":  func(r geo.Rule) string { return ruleName(r).In(lang) },
		"map":   drawing,
		"short": func(s string) string { return s[:min(12, len(s))] },
	}).Parse(pageText)
	if err != nil {
		return geo.Errorf(geo.KindInternal, "the template of the report: %w", err)
	}
	return t.Execute(w, struct {
		Lang    string
		Reports []Outcome
	}{lang, outcomes})
}

// thousands writes n with spaces or commas.
func thousands(lang string, n int64) string {
	text, sign := fmt.Sprint(n), "\u202f"
	if lang == "en" {
		sign = ","
	}
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + sign + text[i:]
	}
	return text
}

type ruleCount struct {
	Rule  geo.Rule
	Count int64
}

// rules gives the counts by rule, the most frequent first.
func rules(r *ingest.Report) []ruleCount {
	var all []ruleCount
	for _, rule := range slices.Sorted(maps.Keys(r.Rules)) {
		all = append(all, ruleCount{rule, r.Rules[rule]})
	}
	slices.SortStableFunc(all, func(a, b ruleCount) int { return int(min(1, max(-1, b.Count-a.Count))) })
	return all
}
