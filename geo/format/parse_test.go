package format_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"puy/geo"
	"puy/geo/format"
	"puy/internal/formattest"
)

func FuzzScanNumber(f *testing.F) {
	for _, s := range []string{"0", "-0", "1.5", "-123.456e-7", "3.0869999999999997", "9007199254740993", "123456789012345678901234567890",
		"1e999", "0.1", "01", "1.", "-", "1e", "4.35", "0.000001", "179769313486231570000000000000000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, n := format.ScanNumber([]byte(s + ","))
		if n == 0 {
			if json.Valid([]byte(s)) && s != "" && strings.ContainsRune("-0123456789", rune(s[0])) {
				t.Fatalf("%q is a number", s)
			}
			return
		}
		if !json.Valid([]byte(s[:n])) {
			t.Fatalf("%q is no number", s[:n])
		}
		want, err := strconv.ParseFloat(s[:n], 64)
		if math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%q: got %v, want %v (%v)", s[:n], got, want, err)
		}
	})
}

func TestParseInteger(t *testing.T) {
	for s, want := range map[string]bool{"0": true, "-1": true, "9223372036854775807": true, "-9223372036854775808": true,
		"9223372036854775808": false, "-9223372036854775809": false, "18446744073709551617": false, "01": false, "-0": false, "": false, "-": false, "+1": false, "1.0": false} {
		got, ok := format.ParseInteger([]byte(s))
		if ok != want || ok && strconv.FormatInt(got, 10) != s {
			t.Errorf("%q: %d, %t", s, got, ok)
		}
	}
}

// TestParseDateAgreesWithTime compares four centuries of days with package time.
func TestParseDateAgreesWithTime(t *testing.T) {
	for day := time.Date(1899, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2301; day = day.AddDate(0, 0, 1) {
		text := day.Format(time.DateOnly)
		if got, ok := format.ParseDate([]byte(text)); !ok || got != day.Unix()/86400 {
			t.Fatalf("%s: %d, %t", text, got, ok)
		}
	}
	for _, text := range []string{"2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-1-01", "2024/01/01", "20240101", "0000-00-00"} {
		if _, ok := format.ParseDate([]byte(text)); ok {
			t.Errorf("%s was accepted", text)
		}
	}
}

func FuzzParseDateTime(f *testing.F) {
	for _, s := range []string{"2024-02-29T12:00:00Z", "2024-02-29T12:00:00.123456789+05:30", "0000-01-01T00:00:00-23:59", "2024-02-29T24:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return
		}
		// Package time takes more than RFC 3339 has: hours of one digit, zones of a day.
		_, offset := want.Zone()
		if s[13] != ':' || offset <= -86400 || offset >= 86400 || !strings.HasSuffix(s, want.Format("Z07:00")) {
			return
		}
		got, ok := format.ParseDateTime([]byte(s))
		if !ok || got != geo.DateTime(want) {
			t.Fatalf("%q: got %s (%t), want %s", s, got, ok, want)
		}
	})
}

func source(t testing.TB, content []byte) *format.Source {
	t.Helper()
	return formattest.Source(t, "text", content)
}

func TestFindText(t *testing.T) {
	const text = "nom;été\nRue de l'Œuvre;12 €\n"
	encode := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	cp1252 := encode(charmap.Windows1252.NewEncoder().Bytes([]byte(text)))
	long := strings.Repeat("abcdefgh\n", 100_000)
	for name, c := range map[string]struct {
		content  []byte
		declared string
		want     string
		text     string
	}{
		"utf-8":                   {[]byte(text), "", "utf-8", text},
		"utf-8 with mark":         {[]byte("\ufeff" + text), "", "utf-8", text},
		"windows-1252":            {cp1252, "", "windows-1252", text},
		"utf-16 little endian":    {encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))), "", "utf-16le", text},
		"utf-16 big endian":       {encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))), "", "utf-16be", text},
		"utf-16 without mark":     {encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))), "", "utf-16le", text},
		"utf-16 big without mark": {encode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))), "", "utf-16be", text},
		"declared":                {cp1252, "CP1252", "cp1252", text},
		"latin-1 means 1252":      {cp1252, "iso-8859-1", "iso-8859-1", text},
		"invalid at the very end": {append([]byte(long), 0xe9), "", "windows-1252", long + "é"},
		"across the blocks":       {[]byte(strings.Repeat("aé€😀", 60_000)), "", "utf-8", strings.Repeat("aé€😀", 60_000)},
		"cut off at the end":      {[]byte("caf\xc3"), "", "windows-1252", "cafÃ"},
	} {
		t.Run(name, func(t *testing.T) {
			src := source(t, c.content)
			found, err := format.FindText(context.Background(), src, c.declared)
			if err != nil {
				t.Fatal(err)
			}
			if found.Encoding != c.want || found.Mojibake != "" {
				t.Errorf("got %+v, want %s", found, c.want)
			}
			r, err := found.Reader(iotest.OneByteReader(bytes.NewReader(c.content)))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != c.text {
				t.Errorf("got %.60q, %v", got, err)
			}
		})
	}
	found, err := format.FindText(context.Background(), source(t, []byte("nom\nSaint-Martin-d'HÃ¨res\n")), "")
	if err != nil || found.Encoding != "utf-8" || !strings.Contains(found.Mojibake, "HÃ¨res") || len(found.Warnings()) != 1 {
		t.Errorf("mojibake: %+v, %v", found, err)
	}
	if _, err := format.FindText(context.Background(), source(t, []byte("a")), "klingon"); geo.KindOf(err) != geo.KindInvalid {
		t.Errorf("unknown encoding: %v", err)
	}
}

func TestWindow(t *testing.T) {
	content := strings.Repeat("0123456789abcde\n", 64)
	w := format.NewWindow(iotest.HalfReader(strings.NewReader(content)), 64, 256)
	var got []byte
	for {
		for len(w.Bytes()) < 40 {
			more, err := w.More()
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
		}
		if len(w.Bytes()) == 0 {
			break
		}
		if want := int64(1 + len(got)/16); w.Line(0) != want || w.Offset() != int64(len(got)) {
			t.Fatalf("line %d, offset %d after %d bytes", w.Line(0), w.Offset(), len(got))
		}
		n := min(13, len(w.Bytes()))
		got = append(got, w.Bytes()[:n]...)
		w.Advance(n)
	}
	if string(got) != content {
		t.Error("bytes were lost")
	}
	w = format.NewWindow(strings.NewReader(content), 64, 256)
	for {
		more, err := w.More()
		if err != nil {
			if geo.KindOf(err) != geo.KindLimit {
				t.Fatal(err)
			}
			break
		}
		if !more {
			t.Fatal("the window grew beyond its limit")
		}
	}
}
