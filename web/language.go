package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Language holds the words of one language by key, from locales/{code}.json.
// Texts may hold placeholders in braces, as in "{n} rows".
type Language struct {
	Code string // "fr" or "en"
	tag  language.Tag
	text map[string]string
}

// Languages gives the languages that pages exist in, French first.
func Languages() ([]*Language, error) {
	var languages []*Language
	for _, code := range []string{"fr", "en"} {
		b, err := files.ReadFile("locales/" + code + ".json")
		if err != nil {
			return nil, err
		}
		l := &Language{Code: code, tag: language.Make(code)}
		if err := json.Unmarshal(b, &l.text); err != nil {
			return nil, fmt.Errorf("locales/%s.json: %w", code, err)
		}
		languages = append(languages, l)
	}
	return languages, nil
}

// Has tells whether l has a text for key.
func (l *Language) Has(key string) bool {
	_, ok := l.text[key]
	return ok
}

// Text gives the text of key with its placeholders filled from pairs of name
// and value. A key without a text gives an error, which ends the rendering.
func (l *Language) Text(key string, pairs ...string) (string, error) {
	text, ok := l.text[key]
	if !ok {
		return "", fmt.Errorf("language %s has no text for %q", l.Code, key)
	}
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("text %q: placeholders come in pairs of name and value", key)
	}
	named := make([]string, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		named[i], named[i+1] = "{"+pairs[i]+"}", pairs[i+1]
	}
	return strings.NewReplacer(named...).Replace(text), nil // at once: values may hold braces
}

// Count gives the text of key.one or key.other, as the language's grammar asks
// for n things, with n at {n}.
func (l *Language) Count(key string, n int64) (string, error) {
	form := ".other"
	if n == 1 || n == 0 && l.Code == "fr" {
		form = ".one"
	}
	return l.Text(key+form, "n", l.Integer(n))
}

// Compare orders two texts as a dictionary of the language does.
func (l *Language) Compare(a, b string) int {
	return collate.New(l.tag, collate.Loose).CompareString(a, b)
}

// Section gives the texts, by key, whose keys begin with one of the prefixes.
func (l *Language) Section(prefixes ...string) map[string]string {
	section := map[string]string{}
	for key, text := range l.text {
		for _, prefix := range prefixes {
			if strings.HasPrefix(key, prefix) {
				section[key] = text
			}
		}
	}
	return section
}

// Integer writes n with its digits grouped: by a narrow no-break space in
// French, a comma in English. Four digits, as of a year, stay together.
func (l *Language) Integer(n int64) string { return l.group(strconv.FormatInt(n, 10)) }

// Number writes f with at most six decimals and its digits grouped as Integer does.
func (l *Language) Number(f float64) string { return l.Decimal(f, 6) }

// Decimal writes f with at most the given number of decimals.
func (l *Language) Decimal(f float64, decimals int) string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(f, 'f', decimals, 64), ".")
	fraction = strings.TrimRight(fraction, "0")
	if fraction == "" {
		if whole == "-0" {
			whole = "0"
		}
		return l.group(whole)
	}
	separator := "."
	if l.Code == "fr" {
		separator = ","
	}
	return l.group(whole) + separator + fraction
}

func (l *Language) group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if len(digits) < 5 {
		return sign + digits
	}
	separator := ","
	if l.Code == "fr" {
		separator = "\u202f"
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return b.String()
}
