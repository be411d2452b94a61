package ingest

import (
	"testing"

	"puy/geo"
)

func TestSentencesOfWhatWasLeftOut(t *testing.T) {
	for _, c := range []struct {
		problem geo.Problem
		fr, en  string
	}{
		{geo.Problem{Rule: geo.RuleMerged, Value: "Total", Detail: "3 merged areas"},
			"Des cellules sont fusionnées : seule la première a la valeur « Total », les autres sont vides (zones fusionnées : 3).",
			"Cells are merged: the first one has the value “Total”, the others are blank (3 merged areas)."},
		{geo.Problem{Rule: geo.RuleIgnored, Detail: "2 lines above the header"},
			"Une partie du fichier manque ou n’a pas été reprise (lignes au-dessus de l’en-tête : 2).",
			"A part of the file is missing or was left out (2 lines above the header)."},
		{geo.Problem{Rule: geo.RuleIgnored, Column: "wkb", Detail: "a binary column"},
			"Une partie du fichier manque ou n’a pas été reprise (une colonne binaire).", "A part of the file is missing or was left out (a binary column)."},
		{geo.Problem{Rule: geo.RuleIgnored, Detail: "relation/7 is left out: 2 of its ways are not in the file"},
			"Une partie du fichier manque ou n’a pas été reprise (relation/7 n’est pas repris : chemins absents du fichier : 2).",
			"A part of the file is missing or was left out (relation/7 is left out: 2 of its ways are not in the file)."},
		{geo.Problem{Rule: geo.RuleIgnored, Detail: "relation/7 is left out: a ring does not close at node 12"},
			"Une partie du fichier manque ou n’a pas été reprise (relation/7 n’est pas repris : un contour n’est pas fermé au nœud 12).",
			"A part of the file is missing or was left out (relation/7 is left out: a ring does not close at node 12)."},
		{geo.Problem{Rule: geo.RuleIgnored, Detail: "3 trips of routes that are not there; the first is row 7"},
			"Une partie du fichier manque ou n’a pas été reprise (courses de lignes absentes : 3 ; la première : ligne 7).",
			"A part of the file is missing or was left out (3 trips of routes that are not there; the first is row 7)."},
		{geo.Problem{Rule: geo.RuleIgnored, Detail: "what has no French"},
			"Une partie du fichier manque ou n’a pas été reprise.", "A part of the file is missing or was left out (what has no French)."},
	} {
		if s := Sentence(c.problem); s.FR != c.fr || s.EN != c.en {
			t.Errorf("%+v: %q, %q", c.problem, s.FR, s.EN)
		}
	}
}
