package web

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func languages(t *testing.T) (fr, en *Language) {
	t.Helper()
	all, err := Languages()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1]
}

func keys(l *Language) []string {
	var keys []string
	for key := range l.text {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func TestLanguagesSayTheSameThings(t *testing.T) {
	fr, en := languages(t)
	if diff := cmp.Diff(keys(fr), keys(en)); diff != "" {
		t.Errorf("keys of fr and en differ:\n%s", diff)
	}
	placeholder := regexp.MustCompile(`\{[a-z]+\}`)
	for key, text := range fr.text {
		a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(en.text[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if text == "" || en.text[key] == "" || !slices.Equal(a, b) {
			t.Errorf("%s: %q and %q are not the same sentence", key, text, en.text[key])
		}
	}
}

func TestEveryTextIsUsedAndEveryUsedTextExists(t *testing.T) {
	fr, _ := languages(t)
	sources := templateTexts(t)
	for _, pattern := range []string{"web/src/*.ts", "server/portal/*.go", "server/answer/*.go"} {
		files, err := fs.Glob(os.DirFS(".."), pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no sources match %s: %v", pattern, err)
		}
		for _, file := range files {
			b, err := os.ReadFile("../" + file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") {
				sources[file] = string(b)
			}
		}
	}
	var all strings.Builder
	for _, text := range sources {
		all.WriteString(text)
	}
	used := all.String()
	for _, key := range keys(fr) {
		stem := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		family := stem[:strings.Index(stem, ".")+1] // a value completes it, as in "type." + f.Type
		if !strings.Contains(used, `"`+stem+`"`) && !strings.Contains(used, `"`+family+`"`) && !strings.HasSuffix(key, ".text") &&
			!strings.Contains(used, "`"+family+"$") {
			t.Errorf("no page uses the text %q", key)
		}
	}
	for _, match := range regexp.MustCompile(`\.T "([^"]+)"|words\.text\("([^"]+)"\)`).FindAllStringSubmatch(used, -1) {
		if key := match[1] + match[2]; !fr.Has(key) {
			t.Errorf("a page uses the text %q, which no language has", key)
		}
	}
}

func templateTexts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	files, err := fs.Glob(Templates(), "*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, file := range files {
		b, err := fs.ReadFile(Templates(), file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(b)
	}
	return texts
}

// TestTemplatesHoldNoWords finds letters that a reader would see or hear and
// that are in no catalogue.
func TestTemplatesHoldNoWords(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	heard := regexp.MustCompile(`\b(?:alt|title|aria-label|placeholder|aria-description)="([^"]*)"`)
	tag := regexp.MustCompile(`(?s)<[^>]*>`)
	for file, text := range templateTexts(t) {
		bare := action.ReplaceAllString(text, "")
		for _, match := range heard.FindAllStringSubmatch(bare, -1) {
			if strings.ContainsFunc(match[1], unicode.IsLetter) {
				t.Errorf("%s: the attribute %s holds words", file, match[0])
			}
		}
		if visible := tag.ReplaceAllString(bare, ""); strings.ContainsFunc(visible, unicode.IsLetter) {
			t.Errorf("%s holds words: %q", file, strings.Fields(visible))
		}
	}
}

func TestNumbersAndDates(t *testing.T) {
	fr, en := languages(t)
	for _, c := range []struct{ got, want string }{
		{fr.Integer(2026), "2026"},
		{fr.Integer(-1234567), "-1\u202f234\u202f567"},
		{en.Integer(12345), "12,345"},
		{fr.Number(12345.5), "12\u202f345,5"},
		{en.Number(0.1234567), "0.123457"},
		{fr.Number(-0.0000001), "0"},
		{fr.Number(3), "3"},
		{fr.Decimal(45.76649, 3), "45,766"},
		{fr.Date(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)), "1er août 2026"},
		{en.Date(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)), "1 August 2026"},
		{fr.DateTime(time.Date(2026, 11, 23, 9, 5, 0, 0, time.FixedZone("", 3600))), "23 novembre 2026 à 08:05 UTC"},
		{en.DateTime(time.Date(2026, 11, 23, 8, 5, 0, 0, time.UTC)), "23 November 2026, 08:05 UTC"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	for n, want := range map[int64]string{0: "0 ligne", 1: "1 ligne", 2: "2 lignes"} {
		if got, err := fr.Count("count.rows", n); err != nil || got != want {
			t.Errorf("Count(%d) = %q, %v; want %q", n, got, err, want)
		}
	}
	if got, err := en.Count("count.rows", 0); err != nil || got != "0 rows" {
		t.Errorf("Count(0) = %q, %v", got, err)
	}
	if fr.Compare("écluse", "Eau") <= 0 || fr.Compare("œuf", "Zoé") >= 0 {
		t.Error("French words are not in the order of a dictionary")
	}
	if _, err := fr.Text("no.such.key"); err == nil {
		t.Error("a missing text gives no error")
	}
}

// A key that stands twice takes the text of another place.
func TestNoKeyStandsTwice(t *testing.T) {
	entry := regexp.MustCompile(`(?m)^\s*"([^"]+)"\s*:`)
	for _, code := range []string{"fr", "en"} {
		text, err := files.ReadFile("locales/" + code + ".json")
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, m := range entry.FindAllSubmatch(text, -1) {
			if key := string(m[1]); seen[key] {
				t.Errorf("%s: %q stands twice", code, key)
			} else {
				seen[key] = true
			}
		}
	}
}
