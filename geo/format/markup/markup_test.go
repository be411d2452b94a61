package markup_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/format/markup"
)

func TestRoot(t *testing.T) {
	for head, want := range map[string]string{
		"<kml>": "kml", "\ufeff<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE x>\n<gml:Point x='1'/>": "Point", "<a/>": "a", "<!DOCTYPE kml [<!ENTITY a \"b\">\n]> <kml>": "kml", "<!DOCTYPE x [": "", "\xff\xfe<\x00a\x00>\x00": "a",
		"": "", "<": "", "a<b>": "", "<!-- <a>": "", "{}": "",
	} {
		if got, _ := markup.Root([]byte(head)); got != want {
			t.Errorf("%q: %q", head, got)
		}
	}
}

func TestDeclaredEncoding(t *testing.T) {
	for head, want := range map[string]string{
		"<?xml version='1.0' encoding='ISO-8859-1'?>": "iso-8859-1", `<?xml version="1.0" encoding = "Windows-1252" ?>`: "windows-1252",
		"<?xml version='1.0' encoding='UTF-8'?>": "", "<?xml version='1.0'?><a encoding='latin1'/>": "", "<a>": "", "<?xml encoding=": "", "<?xml encoding='klingon'?>": "",
	} {
		if got := markup.DeclaredEncoding([]byte(head)); got != want {
			t.Errorf("%q: %q", head, got)
		}
	}
}

func TestText(t *testing.T) {
	s := markup.New(strings.NewReader(`<a x:b=" c "><!-- no --> &eacute;<![CDATA[<&]]><i>i</i> </a><b>`), "f")
	start, err := s.Next()
	if err != nil || markup.Attribute(start.(xml.StartElement), "b") != "c" {
		t.Fatal(start, err)
	}
	if text, err := s.Text(); text != "é<&i" || err != nil {
		t.Errorf("%q %v", text, err)
	}
	if _, err := s.Next(); !errors.Is(err, io.EOF) || !s.Ended() {
		t.Error(err)
	}
}

// endless gives text again and again.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = e.text[e.at%len(e.text)]
		e.at++
	}
	return len(b), nil
}

func TestBounds(t *testing.T) {
	for name, test := range map[string][2]string{"text": {"<a>", "x"}, "attributes": {"<a", ` a=">"`}, "a comment": {"<!-- ", "x"},
		"a document type": {"<!DOCTYPE ", "x ["}, "depth": {"", "<a>"}, "an instruction": {"<?x ", "y "}} {
		r := io.MultiReader(strings.NewReader(test[0]), &endless{text: test[1]})
		s := markup.New(r, "f")
		var err error
		for err == nil {
			_, err = s.Next()
		}
		if geo.KindOf(err) != geo.KindLimit || !strings.HasPrefix(err.Error(), "f, line 1: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzScanner reads any bytes: every error has a kind, and Each leaves the depth as it was.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{`<?xml version="1.0"?><a b="c">&lt;<![CDATA[x]]><d/></a>`, "<a><b></a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		markup.Root(b)
		markup.DeclaredEncoding(b)
		s := markup.New(strings.NewReader(string(b)), "f")
		for {
			token, err := s.Next()
			if _, ok := token.(xml.StartElement); ok {
				_, err = s.Text()
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if geo.KindOf(err) == geo.KindInternal {
					t.Fatal(err)
				}
				return
			}
		}
	})
}
