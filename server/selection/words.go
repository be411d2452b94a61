package selection

import (
	"strings"

	"puy/geo"
	"puy/geo/cql2"
	"puy/server/answer"
	"puy/store"
)

// maxWords is how many words q may have, maxTests how often one is looked for.
const (
	maxWords = 16
	maxTests = 400
)

// readWords reads q: features with all the words, parted by blanks, in their
// texts, of one of the alternatives that commas part, whatever their case and
// accents. A word may be part of a longer one.
func readWords(p *answer.Params, d *store.Dataset) cql2.Expr {
	text, ok := p.Text("q")
	if !ok {
		return nil
	}
	var fields []cql2.Expr
	for _, f := range d.Current.Schema.Fields {
		if f.Type == geo.TypeText && f.Name != "" {
			fields = append(fields, &cql2.AccentI{Arg: &cql2.CaseI{Arg: &cql2.Property{Name: f.Name}}})
		}
	}
	var alternatives []cql2.Expr
	words := 0
	for part := range strings.SplitSeq(text, ",") {
		var all []cql2.Expr
		for word := range strings.FieldsSeq(part) {
			if words++; words > maxWords || words*len(fields) > maxTests {
				p.Reject("q", text, answer.Because("words.many"))
				return nil
			}
			all = append(all, anywhere(fields, word))
		}
		if all != nil {
			alternatives = append(alternatives, joined(all, func(l []cql2.Expr) cql2.Expr { return &cql2.And{Args: l} }))
		}
	}
	if alternatives == nil {
		p.Reject("q", text, answer.Because("words.none"))
		return nil
	}
	return joined(alternatives, func(l []cql2.Expr) cql2.Expr { return &cql2.Or{Args: l} })
}

// anywhere looks for word in each of fields.
func anywhere(fields []cql2.Expr, word string) cql2.Expr {
	if len(fields) == 0 {
		return &cql2.Literal{Value: geo.Boolean(false)}
	}
	literal := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word)
	pattern := &cql2.AccentI{Arg: &cql2.CaseI{Arg: &cql2.Literal{Value: geo.Text("%" + literal + "%")}}}
	tests := make([]cql2.Expr, len(fields))
	for i, f := range fields {
		tests[i] = &cql2.Like{Arg: f, Pattern: pattern}
	}
	return joined(tests, func(l []cql2.Expr) cql2.Expr { return &cql2.Or{Args: l} })
}

func joined(list []cql2.Expr, join func([]cql2.Expr) cql2.Expr) cql2.Expr {
	if len(list) == 1 {
		return list[0]
	}
	return join(list)
}
