package predicate

import (
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// FoldCase gives s by full case folding (Unicode section 5.18): equal for texts
// that differ by case alone.
func FoldCase(s string) string {
	changes := false
	for i := range len(s) {
		if s[i] >= 0x80 {
			return cases.Fold().String(s)
		}
		changes = changes || s[i] >= 'A' && s[i] <= 'Z'
	}
	if !changes {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// FoldAccents gives s without nonspacing marks (category Mn), those of
// composed characters included, in normal form C.
func FoldAccents(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			out, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
			if err != nil {
				return s // these transformers have no errors
			}
			return out
		}
	}
	return s
}
