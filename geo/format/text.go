package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"puy/geo"
)

// Text is how the bytes of a text file are to be read.
type Text struct {
	// Encoding is the name in lower case: "utf-8", "utf-16le", "windows-1252" …
	Encoding string
	// Mojibake is a piece of the text that looks as if UTF-8 had been taken for
	// Windows-1252 and encoded again; empty where there is none.
	Mojibake string
	BOM      bool // the file begins with a byte order mark
}

// FindText finds how src is encoded: as a byte order mark says; UTF-16 where
// every other byte is zero; UTF-8 where the whole file is valid; Windows-1252
// otherwise. A declared encoding (any label of the WHATWG Encoding Standard)
// overrules. Errors are of KindInvalid.
func FindText(ctx context.Context, src *Source, declared string) (Text, error) {
	r, err := src.Open()
	if err != nil {
		return Text{}, err
	}
	defer r.Close()
	return FindTextOf(ctx, r, src.Name(), max(src.WindowSize(), 4096), declared)
}

// FindTextOf is FindText of a stream with a name for errors, which is read by window
// bytes (4096 or more) at a time.
func FindTextOf(ctx context.Context, r io.Reader, name string, window int, declared string) (Text, error) {
	var t Text
	if declared != "" {
		t.Encoding = strings.ToLower(strings.TrimSpace(declared))
		if t.Encoding == "utf8" {
			t.Encoding = "utf-8"
		}
		if _, err := t.decoder(); err != nil {
			return t, err
		}
	}
	buf := make([]byte, window)
	kept, valid, first := 0, true, true
	for {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		n, err := io.ReadFull(r, buf[kept:])
		chunk := buf[:kept+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return t, geo.Errorf(geo.KindInvalid, "cannot read %s: %w", name, err)
		}
		if first {
			t.BOM = bytes.HasPrefix(chunk, []byte("\ufeff")) || bytes.HasPrefix(chunk, []byte{0xff, 0xfe}) || bytes.HasPrefix(chunk, []byte{0xfe, 0xff})
			if t.Encoding == "" || t.Encoding == "utf-16" {
				if e := utf16(chunk); e != "" {
					t.Encoding = e
				}
			}
			if t.Encoding != "" && t.Encoding != "utf-8" {
				return t, nil
			}
			first = false
		}
		whole := chunk
		if !last {
			whole = chunk[:len(chunk)-unfinished(chunk)]
		}
		valid = valid && utf8.Valid(whole)
		if !valid && t.Encoding == "" {
			t.Encoding, t.Mojibake = "windows-1252", ""
			return t, nil
		}
		if t.Mojibake == "" {
			t.Mojibake = mojibake(whole)
		}
		if last {
			t.Encoding = "utf-8"
			return t, nil
		}
		kept = copy(buf, chunk[len(whole):])
	}
}

// Reader decodes r to UTF-8 and drops a byte order mark.
func (t Text) Reader(r io.Reader) (io.Reader, error) {
	decoder, err := t.decoder()
	if err != nil {
		return nil, err
	}
	if decoder == nil {
		return &bomSkipper{r: r}, nil
	}
	return decoder.Reader(r), nil
}

// Warnings tells what the report should say about the text.
func (t Text) Warnings() []geo.Problem {
	if t.Mojibake == "" {
		return nil
	}
	return []geo.Problem{{Rule: geo.RuleEncoding, Value: geo.ClipValue(t.Mojibake),
		Detail: "the text seems to have been encoded twice, which is left as it is"}}
}

// decoder gives nil for UTF-8.
func (t Text) decoder() (*encoding.Decoder, error) {
	switch t.Encoding {
	case "utf-8":
		return nil, nil
	case "windows-1252":
		return charmap.Windows1252.NewDecoder(), nil
	case "utf-16", "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), nil
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder(), nil
	}
	e, err := htmlindex.Get(t.Encoding)
	if err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "there is no encoding called %q", t.Encoding).
			WithHint("for example utf-8, utf-16 or windows-1252")
	}
	return e.NewDecoder(), nil
}

// utf16 tells which UTF-16 the head is, or gives "".
func utf16(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return "utf-16be"
	}
	head = head[:min(len(head), 4096)&^1]
	if len(head) < 4 {
		return ""
	}
	zeros := [2]int{}
	for i, b := range head {
		if b == 0 {
			zeros[i&1]++
		}
	}
	half := len(head) / 2
	switch {
	case zeros[1] > half*7/10 && zeros[0] <= half/20:
		return "utf-16le"
	case zeros[0] > half*7/10 && zeros[1] <= half/20:
		return "utf-16be"
	}
	return ""
}

// unfinished gives the length of the character that b breaks off in.
func unfinished(b []byte) int {
	for n := 1; n <= min(3, len(b)); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// mojibake finds the first "Ã©", "Â " or "â€" and gives it with its surroundings.
func mojibake(b []byte) string {
	for _, sign := range [...]string{"\u00c3\xc2", "\u00c2\xc2", "\u00e2\u20ac"} {
		if i := bytes.Index(b, []byte(sign)); i >= 0 {
			from, to := max(0, i-12), min(len(b), i+16)
			for from < i && !utf8.RuneStart(b[from]) {
				from++
			}
			text := strings.ToValidUTF8(string(b[from:to]), "")
			return strings.Map(func(r rune) rune {
				if r < ' ' {
					return ' '
				}
				return r
			}, text)
		}
	}
	return ""
}

// bomSkipper drops the UTF-8 byte order mark at the start of r.
type bomSkipper struct {
	r       io.Reader
	head    []byte
	started bool
}

func (s *bomSkipper) Read(b []byte) (int, error) {
	if !s.started {
		s.started = true
		s.head = make([]byte, 3)
		n, err := io.ReadFull(s.r, s.head)
		s.head = bytes.TrimPrefix(s.head[:n], []byte("\ufeff"))
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, err
		}
	}
	if len(s.head) > 0 {
		n := copy(b, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	return s.r.Read(b)
}
