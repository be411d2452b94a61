package shp

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

	"puy/geo"
)

const (
	utf8Name    = "utf-8"
	westernName = "windows-1252"
)

// charset is the encoding of the text of a table.
type charset struct {
	name    string
	decoder *encoding.Decoder // nil for UTF-8
	strict  bool              // stated by the user, so that other text is an error
}

// text decodes b; false means that it is not in the encoding. A character that
// the end of a full column cut through is dropped.
func (c *charset) text(b []byte, full bool) ([]byte, bool) {
	ascii := true
	for _, x := range b {
		if x >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	switch {
	case ascii:
		return b, true
	case c.decoder == nil:
		if full {
			b = whole(b)
		}
		return b, utf8.Valid(b)
	}
	out, err := c.decoder.Bytes(b)
	return out, err == nil && utf8.Valid(out)
}

// whole cuts off an unfinished character at the end of b.
func whole(b []byte) []byte {
	for n := 1; n <= min(3, len(b)); n++ {
		if at := len(b) - n; utf8.RuneStart(b[at]) {
			if !utf8.FullRune(b[at:]) {
				return b[:at]
			}
			return b
		}
	}
	return b
}

// evidence is what all text of a table shows of its encoding.
type evidence struct {
	notUTF8  bool // some text is not UTF-8, even if a cut character at its end is forgiven
	cut      bool // some text is UTF-8 but for that
	complete bool // some text has whole characters of several bytes
}

func (e *evidence) see(b []byte, full bool) {
	for _, x := range b {
		if x >= utf8.RuneSelf {
			kept := b
			if full {
				kept = whole(b)
			}
			valid := utf8.Valid(kept)
			e.notUTF8 = e.notUTF8 || !valid
			e.cut = e.cut || valid && len(kept) < len(b)
			e.complete = e.complete || valid && utf8.RuneCount(kept) < len(kept)
			return
		}
	}
}

// findCharset decides on the encoding: what the user declared; what the .cpg says,
// unless it says UTF-8 of text that is not; the code page of the header, unless
// it is the usual one; UTF-8 where all text is valid; else Windows-1252.
func findCharset(declared, cpg string, ldid byte, seen evidence) (charset, []geo.Problem, error) {
	if declared != "" {
		c, ok := namedCharset(declared)
		if !ok {
			return c, nil, geo.Errorf(geo.KindInvalid, "there is no encoding called %q", declared).WithHint("for example utf-8 or windows-1252")
		}
		c.strict = true
		return c, nil, nil
	}
	var warnings []geo.Problem
	if cpg != "" {
		c, ok := namedCharset(cpg)
		switch {
		case !ok:
			warnings = append(warnings, geo.Problem{Rule: geo.RuleEncoding, Value: geo.ClipValue(cpg), Detail: "the .cpg names no encoding and is ignored"})
		case c.decoder == nil && seen.notUTF8:
			warnings = append(warnings, geo.Problem{Rule: geo.RuleEncoding, Value: geo.ClipValue(cpg), Detail: "the .cpg says UTF-8, which the text is not; it was read as Windows-1252"})
			c, _ = namedCharset(westernName)
			return c, warnings, nil
		default:
			return c, warnings, nil
		}
	}
	if c, ok := driverCharset(ldid); ok {
		return c, warnings, nil
	}
	if seen.notUTF8 || seen.cut && !seen.complete {
		c, _ := namedCharset(westernName)
		return c, warnings, nil
	}
	return charset{name: utf8Name}, warnings, nil
}

// namedCharset knows the labels of the WHATWG Encoding Standard and what stands
// in .cpg files: "UTF-8", "1252", "ANSI 1252", "ISO 88591", "LDID/87", "CP850".
func namedCharset(label string) (charset, bool) {
	key := strings.ToLower(strings.Join(strings.Fields(label), " "))
	if len(key) > 40 {
		return charset{}, false
	}
	if number, ok := strings.CutPrefix(key, "ldid/"); ok {
		for ldid := range 256 {
			if geo.Integer(int64(ldid)).String() == number {
				if c, ok := driverCharset(byte(ldid)); ok {
					return c, true
				}
				c, _ := namedCharset(westernName)
				return c, ldid == 0x57 || ldid == 0x03
			}
		}
		return charset{}, false
	}
	digits := strings.TrimLeft(key, "abcdefghijklmnopqrstuvwxyz -_:.")
	digits = strings.NewReplacer("-", "", "_", "", " ", "").Replace(digits)
	if (strings.HasPrefix(digits, "8859") || strings.HasPrefix(key, "iso")) && len(digits) > 4 {
		digits = "iso-8859-" + strings.TrimPrefix(digits, "8859")
	}
	switch {
	case key == "utf8", key == "utf-8", digits == "65001":
		return charset{name: utf8Name}, true
	case digits == "437":
		return charset{name: "cp437", decoder: charmap.CodePage437.NewDecoder()}, true
	case digits == "850":
		return charset{name: "cp850", decoder: charmap.CodePage850.NewDecoder()}, true
	case digits == "852":
		return charset{name: "cp852", decoder: charmap.CodePage852.NewDecoder()}, true
	case digits == "858":
		return charset{name: "cp858", decoder: charmap.CodePage858.NewDecoder()}, true
	case digits == "863":
		return charset{name: "cp863", decoder: charmap.CodePage863.NewDecoder()}, true
	case digits == "865":
		return charset{name: "cp865", decoder: charmap.CodePage865.NewDecoder()}, true
	case digits == "936":
		digits = "gbk"
	case digits == "932":
		digits = "shift_jis"
	case digits == "949":
		digits = "euc-kr"
	case digits == "950":
		digits = "big5"
	case len(digits) == 4 && strings.HasPrefix(digits, "125"):
		digits = "windows-" + digits
	}
	for _, candidate := range [...]string{digits, key} {
		if e, err := htmlindex.Get(candidate); err == nil {
			if name, err := htmlindex.Name(e); err == nil && name != utf8Name && !strings.HasPrefix(name, "utf-16") && name != "replacement" {
				return charset{name: name, decoder: e.NewDecoder()}, true
			}
		}
	}
	return charset{}, false
}

// driverCharset gives the encoding of a language driver. Windows' own code page
// (0x03, 0x57) is not told by it: writers leave that whatever the text is.
func driverCharset(ldid byte) (charset, bool) {
	label := ""
	switch ldid {
	case 0x01, 0x09, 0x0b, 0x0d, 0x0f, 0x11, 0x15, 0x18, 0x19, 0x1b:
		label = "437"
	case 0x02, 0x08, 0x0a, 0x0e, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1d, 0x25, 0x37:
		label = "850"
	case 0x1c, 0x6c:
		label = "863"
	case 0x17, 0x66:
		label = "865"
	case 0x1f, 0x22, 0x23, 0x40, 0x64, 0x87:
		label = "852"
	case 0x26, 0x65:
		label = "ibm866"
	case 0x4d, 0x7a:
		label = "936"
	case 0x4e, 0x79:
		label = "949"
	case 0x4f, 0x78:
		label = "950"
	case 0x13, 0x7b:
		label = "932"
	case 0x7c:
		label = "windows-874"
	case 0xc8:
		label = "windows-1250"
	case 0xc9:
		label = "windows-1251"
	case 0xca:
		label = "windows-1254"
	case 0xcb:
		label = "windows-1253"
	case 0xcc:
		label = "windows-1257"
	case 0x7d:
		label = "windows-1255"
	case 0x7e:
		label = "windows-1256"
	default:
		return charset{}, false
	}
	return namedCharset(label)
}
