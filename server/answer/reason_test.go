package answer

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/web"
)

// Each reason that the server gives has a text, whose placeholders are filled,
// and each text is given.
func TestReasonsAndTextsAgree(t *testing.T) {
	given := map[string][]string{}
	call := regexp.MustCompile(`(?:Because\(|Refusal\([^,()]+, )"([^"]+)"((?:, "\w+", [^\n]+)?)`)
	placeholder := regexp.MustCompile(`, "(\w+)", `)
	server := os.DirFS("..")
	err := fs.WalkDir(server, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := fs.ReadFile(server, path)
		for _, match := range call.FindAllStringSubmatch(string(b), -1) {
			names := []string{}
			for _, name := range placeholder.FindAllStringSubmatch(match[2], -1) {
				names = append(names, name[1])
			}
			given[match[1]] = names
		}
		return err
	})
	if err != nil || len(given) < 50 {
		t.Fatal(len(given), err)
	}
	languages, err := web.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range languages {
		written := l.Section("reason.")
		for key, names := range given {
			text, ok := written["reason."+key]
			if !ok {
				t.Errorf("%s has no text for the reason %q", l.Code, key)
			}
			for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(text, -1) {
				if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name[1]+" ") {
					t.Errorf("%s: nothing fills {%s} of %q", l.Code, name[1], key)
				}
			}
			delete(written, "reason."+key)
		}
		for key := range written {
			t.Errorf("%s: nothing gives %s", l.Code, key)
		}
	}
}

func TestProblemsSpeakTheClientsLanguage(t *testing.T) {
	for _, c := range []struct{ query, accept, language, title, detail, reason string }{
		{"limit=x", "", "en", "Bad Request", `The parameter "limit" must be a whole number.`, "must be a whole number"},
		{"limit=x", "fr-FR,fr;q=0.9,en;q=0.1", "fr", "Requête incorrecte", "Le paramètre « limit » doit être un nombre entier.", "doit être un nombre entier"},
		{"limit=x&lang=fr", "en", "fr", "Requête incorrecte", "Le paramètre « limit » doit être un nombre entier.", "doit être un nombre entier"},
		{"limit=x&lang=en", "fr", "en", "Bad Request", `The parameter "limit" must be a whole number.`, "must be a whole number"},
		{"limit=x&lang=de", "de, fr;q=0.5", "fr", "Requête incorrecte", "Le paramètre « limit » doit être un nombre entier.", "doit être un nombre entier"},
		{"%7Breason%7D=1", "fr", "fr", "Requête incorrecte", "Le paramètre « {reason} » n’est pas un paramètre de cette ressource.", "n’est pas un paramètre de cette ressource"},
		{"bbox=1", "fr", "fr, en", "Requête incorrecte", "Le paramètre « bbox » only English.", "only English"},
	} {
		h := Handler(func(w http.ResponseWriter, r *http.Request) error {
			addVary(w.Header(), "Accept-Encoding") // which is not Accept
			addVary(w.Header(), "Accept")
			p := ReadParams(w, r)
			p.Limit(1, 10)
			if text, ok := p.Text("bbox"); ok {
				p.Reject("bbox", text, errors.New("only English"))
			}
			p.OneOf("lang", "", "fr", "en", "de")
			return p.Done()
		})
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/?"+c.query, nil)
		r.Header.Set("Accept-Language", c.accept)
		h.ServeHTTP(w, r)
		var got struct {
			Title, Detail string
			Errors        []struct{ Reason string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Errors) != 1 || w.Code != 400 {
			t.Fatal(c, err, w.Body)
		}
		if diff := cmp.Diff([]string{c.language, c.title, c.detail, c.reason}, []string{w.Header().Get("Content-Language"), got.Title, got.Detail, got.Errors[0].Reason}); diff != "" {
			t.Errorf("%s, %s:\n%s", c.query, c.accept, diff)
		}
		if diff := cmp.Diff([]string{"Accept-Encoding", "Accept", "Accept-Language"}, w.Header().Values("Vary")); diff != "" {
			t.Error("Vary:", diff)
		}
	}
}

func TestProblemsNameNotTooManyParameters(t *testing.T) {
	p := ReadParams(httptest.NewRecorder(), httptest.NewRequest("GET", "/?"+strings.Repeat("a&b&", 1000)+strings.Repeat("%zz&", 1000), nil))
	problem, ok := errors.AsType[*Problem](p.Done())
	if !ok || len(problem.Errors) != 32 {
		t.Errorf("%d errors", len(problem.Errors))
	}
}
