package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lines cuts lines of cells; a cell that begins with # is typed.
func lines(text string) (list [][]Cell) {
	for line := range strings.SplitSeq(text, "\n") {
		var cells []Cell
		for cell := range strings.SplitSeq(line, "|") {
			value, typed := strings.CutPrefix(cell, "#")
			cells = append(cells, Cell{Text: []byte(value), Typed: typed})
		}
		list = append(list, cells)
	}
	return list
}

func TestFindHeader(t *testing.T) {
	for _, c := range []struct {
		name, text string
		lines      int
		names      []string
	}{
		{"the first line", "a|b|c\n#1|#2|#3", 1, []string{"a", "b", "c"}},
		{"under a title", "MARCHÉS CONCLUS EN 2012\n\nObjet|Montant|Date\nx|#2|#2012-01-01", 3, []string{"Objet", "Montant", "Date"}},
		{"with years", "commune|#2011|#2012\nRiom|#3|#4", 1, []string{"commune", "2011", "2012"}},
		{"names twice and none", "a||a|b\nx|y|z|w", 1, []string{"a", "column_2", "a_2", "b"}},
		{"on two lines", "Service|Montant||Lot\n|annuel|total|\nx|#1|#2|y", 2, []string{"Service", "Montant annuel", "Montant total", "Lot"}},
		{"texts below that are data", "a|b|c\nx|y|z\nx||z", 1, []string{"a", "b", "c"}},
		{"a short line of data below", "a|b|c\nx||", 1, []string{"a", "b", "c"}},
		{"line breaks", "Libellé\n du lot|b", 1, []string{"Libellé"}},
		{"no header", "#1|#2\n#3|#4", 0, nil},
		{"one column", "nom\nRiom\nVichy", 1, []string{"nom"}},
	} {
		h := findHeader(lines(c.text))
		if c.name == "line breaks" {
			h = findHeader([][]Cell{{{Text: []byte("Libellé\n  du lot")}}})
			c.names = []string{"Libellé du lot"}
		}
		if diff := cmp.Diff(c.names, h.names); diff != "" || h.lines != c.lines {
			t.Errorf("%s: %d lines %s", c.name, h.lines, diff)
		}
	}
}
