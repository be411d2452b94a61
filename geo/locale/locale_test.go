package locale

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
)

const root = "../.."

// verb is one of a format of package fmt.
var verb = regexp.MustCompile(`%(\[\d+\])?[-+#.0-9]*[a-zA-Z%]`)

func TestEverySentenceHasFrench(t *testing.T) {
	french, err := load("fr.json")
	if err != nil {
		t.Fatal(err)
	}
	say := In("fr")
	used := map[string]bool{}
	asked := func(english string) (string, bool) {
		said, ok := say(english)
		if ok {
			used[english] = true
		}
		return said, ok
	}
	count := 0
	for _, dir := range spoken {
		for _, s := range sentences(t, root, dir) {
			if strings.Trim(verb.ReplaceAllString(s.format, ""), " :,;()\"“”") == "" {
				continue // nothing but its operands
			}
			count++
			if _, ok := geo.Say(s.format).FormatIn(asked); !ok {
				t.Errorf("%s: fr.json has nothing for %q", s.at, s.format)
			}
		}
	}
	if count < 500 {
		t.Errorf("%d sentences cannot be all", count)
	}
	for _, english := range slices.Sorted(maps.Keys(french.Sentences)) {
		if !used[english] {
			t.Errorf("fr.json: nobody says %q", english)
		}
	}
}

func TestFormatsAgree(t *testing.T) {
	french, err := load("fr.json")
	if err != nil {
		t.Fatal(err)
	}
	for english, said := range french.Sentences {
		if diff := cmp.Diff(verb.FindAllString(english, -1), verb.FindAllString(said, -1)); diff != "" {
			t.Errorf("%q: %q has other operands:\n%s", english, said, diff)
		}
		if strings.Contains(said, "'") && !strings.Contains(english, "'") {
			t.Errorf("%q: an apostrophe is written ’ in French", said)
		}
	}
}

func TestErrorIn(t *testing.T) {
	cause := geo.Errorf(geo.KindInvalid, "line %d: the text breaks off", 7)
	tests := []struct {
		err  error
		want string
	}{
		{geo.Errorf(geo.KindInvalid, "%s is empty", "a.csv"), "a.csv est vide"},
		{geo.Errorf(geo.KindInvalid, "cannot read %s: %w", "a.csv", cause), "impossible de lire a.csv : ligne 7 : le texte est coupé"},
		{geo.Errorf(geo.KindInvalid, "%s, line %d: %s", "a.gml", 3, cause.Sentence()), "a.gml, ligne 3 : ligne 7 : le texte est coupé"},
		{geo.Errorf(geo.KindInvalid, "row %d, field %q: %w", 3, "n", cause), `ligne 3, champ "n" : ligne 7 : le texte est coupé`},
		{geo.Errorf(geo.KindInvalid, "no French at all for %s", "this"), "no French at all for this"},
	}
	for _, test := range tests {
		if got := geo.ErrorIn(test.err, In("fr")); got != test.want {
			t.Errorf("%q is told as %q, want %q", test.err, got, test.want)
		}
		if got := geo.ErrorIn(test.err, In("en")); got != test.err.Error() {
			t.Errorf("%q is told in English as %q", test.err, got)
		}
	}
	wrapped := geo.Errorf(geo.KindInvalid, "cannot read %s: %w", "a.csv", cause)
	if got, want := wrapped.MessageIn(In("fr")), "impossible de lire a.csv"; got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
}
