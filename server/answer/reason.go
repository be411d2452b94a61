package answer

import (
	"net/http"
	"slices"
	"strconv"
	"sync"

	"puy/geo"
	"puy/geo/locale"
	"puy/web"
)

// Reason is a sentence for clients in every language that there are texts in, or
// the rest of one that begins with a parameter's name. It is an error, so that
// what reads values gives it.
type Reason struct {
	key   string
	pairs []any
}

// English is a part of a Reason that no other language has a text for.
type English string

// Fault makes a Reason of a sentence that package locale tells in other languages.
func Fault(s geo.Sentence) *Reason { return Because("fault", "fault", s) }

// Because makes the Reason whose text is that of "reason.{key}" in web/locales.
// Pairs are placeholders and what stands for them: strings, English texts, Sentences,
// Errors, of which the message is told without its cause, or other Reasons.
func Because(key string, pairs ...any) *Reason { return &Reason{"reason." + key, pairs} }

// Error gives the English text.
func (r *Reason) Error() string { return r.In(english) }

// In gives the text in a language; the key where there is none.
func (r *Reason) In(lang string) string {
	pairs := make([]string, len(r.pairs))
	for i, v := range r.pairs {
		switch v := v.(type) {
		case string:
			pairs[i] = v
		case English:
			pairs[i] = string(v)
		case *Reason:
			pairs[i] = v.In(lang)
		case geo.Sentence:
			pairs[i] = v.In(locale.In(lang))
		case *geo.Error:
			pairs[i] = v.MessageIn(locale.In(lang))
		}
	}
	text, err := texts()[lang].Text(r.key, pairs...)
	if err != nil {
		return r.key
	}
	return text
}

const english = "en"

// texts gives the languages by code. They are embedded, and a test reads them.
var texts = sync.OnceValue(func() map[string]*web.Language {
	byCode := map[string]*web.Language{}
	languages, _ := web.Languages()
	for _, l := range languages {
		byCode[l.Code] = l
	}
	return byCode
})

// Refusal makes a Problem that is told in the client's language: its sentence is
// that of Because.
func Refusal(status int, key string, pairs ...any) *Problem {
	p := NewProblem(status, "")
	p.said = Because(key, pairs...)
	p.Detail = p.said.Error()
	return p
}

// Reason gives the sentence of p, for use within another.
func (p *Problem) Reason() *Reason {
	if p.said == nil {
		return Because("fault", "fault", English(p.Detail))
	}
	return p.said
}

// In gives p in a language, as far as there are texts; each of its errors tells
// its own. Whole is false where something stays in English.
func (p *Problem) In(lang string) (told *Problem, whole bool) {
	copied := *p
	if l, ok := texts()[lang]; ok && p.Title == http.StatusText(p.Status) && l.Has("status."+strconv.Itoa(p.Status)) {
		copied.Title, _ = l.Text("status." + strconv.Itoa(p.Status))
	}
	whole = lang == english || p.Detail == "" || p.said.speaks()
	if p.said != nil {
		copied.Detail = p.said.In(lang)
	}
	copied.Errors = slices.Clone(p.Errors)
	for i := range copied.Errors {
		e := &copied.Errors[i]
		if e.Lang = english; e.said != nil {
			e.Reason, e.Lang = e.said.In(lang), lang
		}
		whole = whole && (lang == english || e.said.speaks())
	}
	return &copied, whole
}

// speaks tells whether all of r is in every language.
func (r *Reason) speaks() bool {
	return r != nil && !slices.ContainsFunc(r.pairs, func(v any) bool {
		switch v := v.(type) {
		case English:
			return true
		case *Reason:
			return !v.speaks()
		case geo.Sentence:
			for lang := range texts() {
				if _, told := v.FormatIn(locale.In(lang)); !told && lang != english {
					return true
				}
			}
		case *geo.Error:
			for lang := range texts() {
				if lang != english && v.MessageIn(locale.In(lang)) == v.Message {
					return true
				}
			}
		}
		return false
	})
}

// problemLanguage gives the language of problems for programs: what lang or
// Accept-Language says, else English.
func problemLanguage(r *http.Request) string {
	pairs, _ := parseQuery(r.URL.RawQuery)
	for _, pair := range pairs {
		if _, ok := texts()[pair.value]; ok && pair.name == "lang" {
			return pair.value
		}
	}
	return preferred(r.Header.Get("Accept-Language"), []string{english, "fr"})
}
