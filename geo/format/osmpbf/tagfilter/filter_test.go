package tagfilter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format/osmpbf/tagfilter"
)

type tags map[string]string

func (t tags) Tags() int { return len(t) }

func (t tags) Get(key string) []byte {
	if v, ok := t[key]; ok {
		return []byte(v)
	}
	return nil
}

func TestMatch(t *testing.T) {
	cycleway, path := tags{"highway": "cycleway"}, tags{"highway": "path", "bicycle": "designated"}
	plain, none := tags{"highway": "path", "name": "A & B"}, tags{}
	for _, c := range []struct {
		entries []string
		fits    [4]bool // cycleway, path, plain, none
	}{
		{nil, [4]bool{}},
		{[]string{"highway=cycleway"}, [4]bool{true, false, false, false}},
		{[]string{"highway=cycleway", "bicycle=*"}, [4]bool{true, true, false, false}},
		{[]string{" highway = path & bicycle=yes|designated "}, [4]bool{false, true, false, false}},
		{[]string{"highway"}, [4]bool{true, true, true, false}},
		{[]string{"highway=* & !bicycle"}, [4]bool{true, false, true, false}},
		{[]string{"highway & bicycle!=*"}, [4]bool{true, false, true, false}},
		{[]string{"highway & highway!=path|track"}, [4]bool{true, false, false, false}},
		{[]string{"highway=path & bicycle!=designated"}, [4]bool{false, false, true, false}},
		{[]string{`name="A & B"`}, [4]bool{false, false, true, false}},
		{[]string{`highway="*"`}, [4]bool{}},
		{[]string{"*"}, [4]bool{true, true, true, false}},
		{[]string{"* & !name"}, [4]bool{true, true, false, false}},
		{[]string{"Highway=cycleway", "highway=Cycleway"}, [4]bool{}},
	} {
		f, err := tagfilter.Parse(c.entries)
		if err != nil {
			t.Errorf("%q: %v", c.entries, err)
		}
		if got := [4]bool{f.Match(cycleway), f.Match(path), f.Match(plain), f.Match(none)}; got != c.fits {
			t.Errorf("%q: %v", c.entries, got)
		}
	}
}

func TestKeys(t *testing.T) {
	f, err := tagfilter.Parse([]string{"b=1 & a=* & !c", "a=2 & d!=3", "*"})
	if diff := cmp.Diff([]string{"b", "a", "d"}, f.Keys()); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestWrong(t *testing.T) {
	for entry, says := range map[string]string{
		"":                               "a tag is expected",
		"a=1 &":                          "a tag is expected",
		"=x":                             "a key is missing",
		"*=x":                            "a key is missing",
		"a=":                             "the value of a is missing",
		"a=1|":                           "the value of a is missing",
		"a=1|*":                          "stands alone",
		"a=b=c":                          "a tag has one =",
		`a="b`:                           "not closed",
		`a=b"c"`:                         "at a wrong place",
		`a="b"c"d"`:                      "around a whole",
		"!a":                             "only what must not be there",
		"a!=1":                           "only what must not be there",
		"a!b=1":                          "at a wrong place",
		strings.Repeat("a", 3000):        "longer",
		strings.Repeat("a=1&", 30) + "a": "more than 20 conditions",
	} {
		_, err := tagfilter.Parse([]string{"ok=1", entry})
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), `"`) {
			t.Errorf("%.50q: %v", entry, err)
		}
	}
	if _, err := tagfilter.Parse(make([]string, 300)); geo.KindOf(err) != geo.KindInvalid {
		t.Error(err)
	}
}

// FuzzParse parses text: what is accepted has a condition that must hold.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"highway=cycleway", `a="b|c"|d & !e & f!=*`, "*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		filter, err := tagfilter.Parse([]string{entry})
		if err == nil && (filter.IsZero() || filter.Match(tags{})) {
			t.Errorf("%q fits an element without tags", entry)
		}
	})
}
