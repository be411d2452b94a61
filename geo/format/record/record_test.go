package record_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format/markup"
	"puy/geo/format/record"
)

// list takes the elements of arrays, and enters all else.
func list(path []string, first byte) record.Action {
	switch {
	case len(path) > 0 && path[len(path)-1] == record.AnyElement:
		return record.Take
	case first == '{' || first == '[':
		return record.Enter
	}
	return record.Skip
}

func TestWalker(t *testing.T) {
	const text = ` {"a":1,"b":{"c":[{"x":"é\n\u00e9\ud83d\ude00","y":[1.50,-2e3,true,false,null,NaN,-Infinity]},"t", 3 ]},"d":{"e":{"f":[[]]}},"g":[]} trailing`
	w := record.NewWalker(iotest.OneByteReader(strings.NewReader(text)), "f", 16)
	var got []string
	for {
		n, err := w.Next(list)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(n.AppendJSON(nil)))
	}
	want := []string{`{"x":"é\né😀","y":[1.50,-2e3,true,false,null,"NaN","-Infinity"]}`, `"t"`, `3`, `[]`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSkip(t *testing.T) {
	long := strings.Repeat(`{"a":[1,2,{"b":"]"}]},`, 900_000) + "0" // more than a window may hold
	w := record.NewWalker(strings.NewReader(`{"skip":[`+long+`],"take":[1]}`), "f", 1024)
	n, err := w.Next(func(path []string, first byte) record.Action {
		if len(path) > 0 && path[0] == "skip" {
			return record.Skip
		}
		return list(path, first)
	})
	if n.Text != "1" || err != nil {
		t.Error(n, err)
	}
}

func TestEach(t *testing.T) {
	for text, want := range map[string]string{
		`[{"item":{"id":1}},{"item":{"id":2}}]`: `{"id":1} {"id":2}`, `{"item":[{"id":1},{"id":2}]}`: `{"id":1} {"id":2}`, `[[[{"id":1}]],{"id":2}]`: `{"id":1} {"id":2}`,
		`{"id":1}`: `{"id":1}`, `"x"`: `"x"`, `null`: ``, `[null,[],{"item":null}]`: ``, `{"item":{"item":2}}`: `{"item":2}`, `{"item":[["a"],"b"]}`: `"a" "b"`,
	} {
		n, err := record.NewWalker(strings.NewReader("["+text+"]"), "f", 100).Next(list)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		n.Each("item", func(m *record.Node) { got = append(got, string(m.AppendJSON(nil))) })
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func element(text string) (record.Node, error) {
	s := markup.New(strings.NewReader(text), "f")
	t, err := s.Next()
	if err != nil {
		return record.Node{}, err
	}
	start, ok := t.(xml.StartElement)
	if !ok {
		return record.Node{}, geo.Errorf(geo.KindInvalid, "no element")
	}
	return record.Element(s, start)
}

func TestElement(t *testing.T) {
	n, err := element(`<a><n:b x="1"> t&amp;<!-- no -->u </n:b><c><d>1</d><d/></c>tail</a>`)
	if got := string(n.AppendJSON(nil)); got != `{"b":" t\u0026u ","c":{"d":["1",""]}}` && got != `{"b":" t&u ","c":{"d":["1",""]}}` || err != nil {
		t.Error(got, err)
	}
	if n.Key != "a" || n.Child("b").Value() != "t&u" || n.Child("x").Value() != "" || n.Child("c").Blank() || !(&record.Node{Kind: record.Array}).Blank() {
		t.Error(n)
	}
	for text, kind := range map[string]geo.ErrorKind{strings.Repeat("<a>", 80): geo.KindLimit, "<a>" + strings.Repeat("x<b/>", 250_000): geo.KindLimit,
		"<a>" + strings.Repeat("<b>"+strings.Repeat("x", 1<<20)+"</b>", 17): geo.KindLimit, "<a>": geo.KindInvalid} {
		if _, err := element(text); geo.KindOf(err) != kind {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

// FuzzWalker compares each record with what encoding/json reads.
func FuzzWalker(f *testing.F) {
	for _, seed := range []string{`[{"a":[1,-2.5e3,"x\u00e9\\",true,null,{}]},[]]`, `{"a":[1],"b":{"c":["d"]}}`, `[NaN,-Infinity,Infinity]`, `[1,]`, "1", `[1e999]`, `["\ud800"]`, `[`, `{"a":[{"a":1,"a":2}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var want []any
		valid := json.Unmarshal(b, &want) == nil
		w := record.NewWalker(strings.NewReader(string(b)), "f", 32)
		var got []any
		for {
			n, err := w.Next(list)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				if kind := geo.KindOf(err); kind == geo.KindInternal || valid && kind != geo.KindLimit && len(want) > 0 {
					t.Fatal(err)
				}
				return
			}
			var v any
			if err := json.Unmarshal(n.AppendJSON(nil), &v); err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		// Members of the same name become one, and U+0000 is dropped.
		if valid && utf8.Valid(b) && !strings.Contains(string(b), `u0000`) && !strings.Contains(string(b), ":") && len(want) == len(got) && len(got) > 0 {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// FuzzElement reads any element.
func FuzzElement(f *testing.F) {
	f.Add("<a><b>1</b><b/>x</a>")
	f.Add("<a")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := element(text)
		if err != nil {
			return
		}
		if b := n.AppendJSON(nil); !json.Valid(b) {
			t.Errorf("%s is not JSON", b)
		}
	})
}
