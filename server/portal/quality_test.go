package portal

import (
	"strings"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/store"
	"puy/web"
)

func TestPageShowsTheVerdict(t *testing.T) {
	s := fixture()
	d := &s.datasets[0]
	d.Schema = "cycle-lanes"
	s.reports = map[string]string{"stations": `{"errors": 2, "schema": {"name": "etalab/schema-amenagements-cyclables", "version": "0.3.5", "faults": 2}}`}
	h := serve(t, s)
	for path, holds := range map[string][]string{
		"/fr/datasets/stations": {"<h2 id=\"quality-title\">Qualité</h2>", "6 critères de qualité sur 9", ">Fiable <span class=\"badge\">non<", ">Licence ouverte <span class=\"badge met\">oui<",
			"Des lignes ont des erreurs et sont laissées de côté", "Écrivez plus de 100 caractères de description.",
			"https://schema.data.gouv.fr/etalab/schema-amenagements-cyclables/\">etalab/schema-amenagements-cyclables, version 0.3.5<"},
		"/en/datasets/stations": {"6 of 9 quality criteria", "Rows have errors and are left out"},
		"/fr/":                  {"Qualité : 6/9"},
	} {
		body := get(h, path).Body.String()
		for _, text := range holds {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %q", path, text)
			}
		}
	}
	if body := get(h, "/fr/datasets/vide").Body.String(); strings.Contains(body, "quality-title") {
		t.Error("a dataset without a version is judged")
	}
}

func TestPageTellsOfRefreshes(t *testing.T) {
	tried := time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC)
	const secret = "https://user:hunter2@10.0.0.1/export?token=abc: pq: relation missing"
	for name, c := range map[string]struct {
		state store.Refresh
		holds []string
	}{
		"never": {store.Refresh{}, []string{"toutes les 6 heures", "dès que possible", "Dernier chargement réussi"}},
		"well":  {store.Refresh{Tried: tried, Succeeded: tried, Next: time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)}, []string{"2 novembre 2026 à 06:00 UTC", "1er janvier 2199"}},
		"failed": {store.Refresh{Tried: tried, Failures: 2, Error: secret, Reason: store.ReasonUnavailable},
			[]string{"La dernière actualisation a échoué : la source ne répond pas, ou répond par une erreur. La version 2, chargée le 1er novembre 2026, reste en ligne."}},
		"held": {store.Refresh{Tried: tried, Error: secret, Reason: store.ReasonShrunk, Held: &store.Held{Since: tried, Rows: 3}},
			[]string{"attend l’accord d’une personne : la source a perdu plus de la moitié de ses lignes. La version 2"}},
		"old": {store.Refresh{Tried: tried, Error: secret}, []string{"une difficulté technique est survenue"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := fixture()
			s.datasets[0].Source = catalog.Source{URL: secret, Every: catalog.Every(6 * time.Hour)}
			s.states = map[string]store.Refresh{"stations": c.state}
			body := get(serve(t, s), "/fr/datasets/stations").Body.String()
			for _, text := range c.holds {
				if !strings.Contains(body, text) {
					t.Errorf("the page lacks %q", text)
				}
			}
			if c.state.Error == "" && strings.Contains(body, `class="notice"`) {
				t.Error("the page tells of a failure that was none")
			}
			for _, text := range []string{"hunter2", "token", "10.0.0.1", "pq:"} {
				if strings.Contains(body, text) {
					t.Errorf("the page tells %q", text)
				}
			}
		})
	}
	if body := get(site(t), "/fr/datasets/stations").Body.String(); strings.Contains(body, "refresh-title") {
		t.Error("a page tells of refreshes of a dataset that has no schedule")
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	languages, err := web.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range languages {
		for _, r := range store.Reasons() {
			if !l.Has("why." + string(r)) {
				t.Errorf("language %s has no text for the reason %q", l.Code, r)
			}
		}
		g := page{Language: l}
		for every, want := range map[time.Duration][2]string{24 * time.Hour: {"chaque jour", "every day"}, 90 * time.Minute: {"toutes les 90 minutes", "every 90 minutes"},
			168 * time.Hour: {"tous les 7 jours", "every 7 days"}, 10 * time.Second: {"toutes les 10 secondes", "every 10 seconds"}} {
			got, err := g.every(every)
			if text := (geo.Localized{FR: want[0], EN: want[1]}).In(l.Code); err != nil || got != text {
				t.Errorf("every %v in %s: %q, %v; want %q", every, l.Code, got, err, text)
			}
		}
	}
}
