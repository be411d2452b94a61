package gate

import (
	"strings"
	"time"
	"unicode/utf8"

	"puy/catalog"
	"puy/geo"
)

// Facts is what there is to judge.
type Facts struct {
	Dataset catalog.Dataset
	Portal  *catalog.Portal
	Sources []catalog.Dataset // those that the dataset is derived from

	Rows       int64
	Errors     int64 // problems that leave rows out, geometry included
	Faults     int64 // what does not conform to the schema, let pass or not
	Conforming bool  // rows were checked against the schema that the dataset names
	Located    bool  // some row has a geometry
	Dated      bool  // the rows tell when they are, or the dataset tells its period
	Updated    time.Time
	Now        time.Time
}

// Verdict is the outcome, as reports and pages show it.
type Verdict struct {
	Passed   bool            `json:"passed"` // all three parts hold
	Reliable Part            `json:"reliable"`
	Worth    Part            `json:"worth"`
	Open     Part            `json:"open"`
	Score    Score           `json:"score"`
	Warnings []geo.Localized `json:"warnings,omitempty"`
}

// Part is one of the three questions of the gate.
type Part struct {
	OK    bool   `json:"ok"`
	Tests []Test `json:"tests"`
}

// Test is one thing that was looked at.
type Test struct {
	ID string `json:"id"`
	OK bool   `json:"ok"`
	// Text says what is asked for, and where it is not met what to do.
	Text geo.Localized `json:"text"`
}

// Score is the share of the nine criteria that hold.
type Score struct {
	Value    float64 `json:"value"` // 0 to 1
	Criteria []Test  `json:"criteria"`
}

// MinDescription is the number of characters that a description has at least.
const MinDescription = 150

// Judge judges.
func Judge(f *Facts) *Verdict {
	v := &Verdict{Reliable: reliable(f), Worth: worth(f), Open: open(f), Score: score(f), Warnings: mixing(f)}
	v.Passed = v.Reliable.OK && v.Worth.OK && v.Open.OK
	return v
}

// Lacking gives the tests that do not hold, in their order.
func (v *Verdict) Lacking() []Test {
	var all []Test
	for _, p := range []Part{v.Reliable, v.Worth, v.Open} {
		for _, t := range p.Tests {
			if !t.OK {
				all = append(all, t)
			}
		}
	}
	return all
}

// question collects the tests of one part.
type question struct{ tests []Test }

// ask adds a test: what it says where it holds, and where it does not.
func (q *question) ask(id string, ok bool, yesFR, yesEN, noFR, noEN string) {
	t := Test{ID: id, OK: ok, Text: geo.Localized{FR: noFR, EN: noEN}}
	if ok {
		t.Text = geo.Localized{FR: yesFR, EN: yesEN}
	}
	q.tests = append(q.tests, t)
}

func (q *question) part() Part {
	p := Part{OK: true, Tests: q.tests}
	for _, t := range q.tests {
		p.OK = p.OK && t.OK
	}
	return p
}

func reliable(f *Facts) Part {
	d, q := &f.Dataset, question{}
	q.ask("rows", f.Errors == 0, "Aucune ligne n’a d’erreur.", "No row has an error.",
		"Des lignes ont des erreurs et sont laissées de côté : corrigez-les.", "Rows have errors and are left out: correct them.")
	if d.Schema != "" {
		q.ask("schema", f.Conforming && f.Faults == 0, "Les lignes suivent le schéma.", "The rows conform to the schema.",
			"Des lignes ne suivent pas le schéma, ou il n’a pas pu être vérifié.", "Rows do not conform to the schema, or it could not be checked.")
	}
	q.ask("source", d.Publisher != "" || !d.Provenance.IsZero(), "La source est indiquée.", "The source is stated.",
		"Indiquez la source : publisher ou provenance.", "State the source: publisher or provenance.")
	q.ask("contact", contact(f), "Un contact est indiqué.", "A contact is stated.",
		"Indiquez un contact : contact, avec une adresse électronique ou une page.", "State a contact: contact, with an e-mail address or a page.")
	q.ask("fresh", fresh(f), "La mise à jour tient la fréquence annoncée.", "The update keeps to the frequency promised.",
		"La mise à jour est en retard sur la fréquence annoncée, ou aucune ne l’est : indiquez frequency.", "The update is later than the frequency promised, or none is: state frequency.")
	return q.part()
}

func worth(f *Facts) Part {
	d, q := &f.Dataset, question{}
	q.ask("title", !d.Title.IsZero() && d.Title.FR != d.ID, "Le titre est indiqué.", "The title is stated.", "Donnez un titre.", "Give a title.")
	q.ask("description", length(d.Description) >= MinDescription, "La description dit l’essentiel.", "The description says what matters.",
		"Décrivez les données en 150 caractères au moins : quoi, où, quand, d’où.", "Describe the data in at least 150 characters: what, where, when, from whom.")
	q.ask("theme", d.Theme != "", "Le thème est indiqué.", "The theme is stated.", "Choisissez un thème.", "Choose a theme.")
	q.ask("keywords", len(d.Keywords) > 0, "Des mots clés sont donnés.", "Keywords are given.", "Donnez des mots clés.", "Give keywords.")
	q.ask("question", !d.Question.IsZero(), "La question à laquelle les données répondent est posée.", "The question that the data answer is stated.",
		"Dites à quelle question les données répondent : question.", "Say which question the data answer: question.")
	return q.part()
}

func open(f *Facts) Part {
	q := question{}
	if f.Dataset.Internal && f.Dataset.Licence == "" {
		q.ask("licence", true, "Un jeu de données interne peut se passer de licence.", "An internal dataset may do without a licence.", "", "")
		return q.part()
	}
	_, known := f.Portal.Licence(f.Dataset.Licence)
	q.ask("licence", known, "La licence est ouverte.", "The licence is open.",
		"Choisissez une licence ouverte : lov2, odc-odbl, cc0-1.0, cc-by-4.0 …", "Choose an open licence: lov2, odc-odbl, cc0-1.0, cc-by-4.0 …")
	return q.part()
}

// contact tells whether somebody can be asked.
func contact(f *Facts) bool {
	for _, c := range []catalog.Contact{f.Dataset.Contact, f.Portal.Contact} {
		if c.Email != "" || c.URL != "" {
			return true
		}
	}
	return f.Portal.Publishers[f.Dataset.Publisher].URL != ""
}

func length(l geo.Localized) int {
	return utf8.RuneCountInString(strings.TrimSpace(l.In("fr")))
}

// mixing warns where a derived dataset brings together what a share-alike
// licence and others allow: ODbL 4.4 asks that the whole be under ODbL.
func mixing(f *Facts) []geo.Localized {
	var alike, other string
	for i := range f.Sources {
		s := &f.Sources[i]
		if ShareAlike(s.Licence) {
			alike = s.ID
		} else {
			other = s.ID
		}
	}
	if alike == "" || other == "" && ShareAlike(f.Dataset.Licence) {
		return nil
	}
	if ShareAlike(f.Dataset.Licence) {
		return []geo.Localized{{
			FR: "Le jeu de données mêle « " + alike + " » (partage à l’identique) et « " + other + " » : citez les deux sources sous leur licence.",
			EN: "The dataset mixes “" + alike + "” (share-alike) and “" + other + "”: credit both sources under their licences.",
		}}
	}
	return []geo.Localized{{
		FR: "Le jeu de données dérive de « " + alike + " », dont la licence (ODbL) demande que le résultat la garde ; il est publié sous une autre.",
		EN: "The dataset is derived from “" + alike + "”, whose licence (ODbL) asks that the result keep it; it is published under another.",
	}}
}

// ShareAlike tells whether what is made of data under the licence must keep it.
func ShareAlike(licence string) bool {
	return strings.Contains(licence, "odbl") || strings.Contains(licence, "-sa-")
}
