package schema

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
)

func TestCustomChecks(t *testing.T) {
	with := func(checks string) string {
		return `{"fields":[{"name":"a"},{"name":"b"},{"name":"c"}],"custom_checks":[` + checks + `]}`
	}
	tests := []struct {
		name, checks string
		rows         []string
		want         []string
	}{
		{"SIRET, with the exception of La Poste", `{"name":"french-siret-value","params":{"column":"a"}}`,
			[]string{"13002526500013||", "13002526500014||", "35600000049837||", "130 025 265 00013||", "1300252650001X||", "||"},
			[]string{"2 a french-siret-value", "4 a french-siret-value=13002526500013", "5 a french-siret-value"}},
		{"SIREN", `{"name":"french-siren-value","params":{"column":"a"}}`, []string{"130025265||", "130025266||", "13002526||"}, []string{"2 a french-siren-value", "3 a french-siren-value"}},
		{"numbers and dates compared", `{"name":"compare-columns-value","params":{"column":"a","column2":"b","op":"<="}}`,
			[]string{"9|10|", "10|9|", "2024-01-01|2024-05-01|", "2024-06-01|2024-05-01|", "|9|"}, []string{"2 a compare-columns-value", "4 a compare-columns-value"}},
		{"columns that go together", `{"name":"cohesive-columns-value","params":{"column":"a","othercolumns":["b","c"]}}`,
			[]string{"||", "1|2|3", "1|2|", "|2|3"}, []string{"3 a cohesive-columns-value", "4 a cohesive-columns-value"}},
		{"opening hours", `{"name":"opening-hours-value","params":{"column":"a"}}`,
			[]string{"24/7||", "Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-12:00; PH off||", "lundi au vendredi||", "Mo 08:75-09:00||"},
			[]string{"3 a opening-hours-value", "4 a opening-hours-value"}},
		{"telephones", `{"name":"phone-number-value","params":{"column":"a"}}`,
			[]string{"04 73 42 63 63||", "+33 4 73 42 63 63||", "3919||", "112||", "0473||", "voir site||"}, []string{"5 a phone-number-value", "6 a phone-number-value"}},
		{"years", `{"name":"year-interval-value","params":{"column":"a"}}`, []string{"2024/2025||", "2025/2024||", "2024||"}, []string{"2 a year-interval-value", "3 a year-interval-value"}},
		{"years, one alone", `{"name":"year-interval-value","params":{"column":"a","allow-year-only":"true"}}`, []string{"2024||", "24||"}, []string{"2 a year-interval-value"}},
		{"sums", `{"name":"sum-columns-value","params":{"column":"a","columns":["b","c"]}}`, []string{"3|1|2", "4|1|2", "1|1|", "5||"}, []string{"2 a sum-columns-value"}},
		{"subjects of acts", `{"name":"nomenclature-actes-value","params":{"column":"a"}}`, []string{"Finances locales/Subventions||", "Finances||", "Sport/Stade||"},
			[]string{"2 a nomenclature-actes-value", "3 a nomenclature-actes-value"}},
		{"one of two", `{"name":"one-of-required","params":{"column1":"a","column2":"b"}}`, []string{"1||", "|1|", "||1"}, []string{"3 a one-of-required"}},
		{"points in France", `{"name":"french_gps_coordinates","params":{"column":"a"}}`, []string{"[3.08,45.77]||", "[45.77,3.08]||", "[-74,40.7]||", "[55.5,-21.1]||"},
			[]string{"2 a french-gps-coordinates=[3.08,45.77]", "3 a french-gps-coordinates"}},
		{"an unknown check, and one without its parameters", `{"name":"moon-phase"},{"name":"compare-columns-value","params":{"column":"a"}}`, []string{"1||"}, []string{"0  unchecked?", "0  unchecked?"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, check(t, with(tt.checks), "a|b|c", tt.rows...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	for reference, want := range map[string][3]any{
		"cycle-lanes": {"etalab/schema-amenagements-cyclables@0.3.5", true, true},
		"etalab/schema-stationnement-cyclable@1.1.2": {"etalab/schema-stationnement-cyclable@1.1.2", true, true},
		"etalab/schema-irve-statique@v2.2.0":         {"etalab/schema-irve-statique@2.3.0", false, true},
		"decp@latest":                                {"139bercy/format-commande-publique@2.0.3", true, true},
		"etalab/schema-fontaine-eau":                 {"", false, false},
	} {
		s, same, ok := Lookup(reference)
		id := ""
		if s != nil {
			if id = s.ID(); len(s.Checksum) != 64 {
				t.Errorf("%s has the checksum %q", id, s.Checksum)
			}
		}
		if diff := cmp.Diff(want, [3]any{id, same, ok}); diff != "" {
			t.Errorf("%s: %s", reference, diff)
		}
	}
}

func TestRecognise(t *testing.T) {
	for want, columns := range map[string][]string{
		"cycle-lanes":     {"id_local", "CODE_COM_D", "ame_d", "code_com_g", "ame_g", "longueur"},
		"cycle-parking":   {"id_local", "capacite", "type_acc", "type_accroche", "mobilier"},
		"charging-points": {"n_amenageur", "n_operateur", "n_enseigne", "id_station", "n_station", "ad_station", "id_pdc", "puiss_max", "accessibilite"},
		"scdl-catalogue":  {"coll_nom", "coll_siret", "id", "titre", "description", "theme", "producteur_nom", "producteur_siret", "licence", "url"},
		"":                {"id", "nom", "source", "date_maj"},
	} {
		m, ok := Recognise(columns, true)
		if m.Known.Name != want || ok != (want != "") {
			t.Errorf("%v is taken for %q (%+v)", columns, m.Known.Name, m.Missing)
		}
	}
}

// TestKnown checks rows against the schemas that come with puy.
func TestKnown(t *testing.T) {
	tests := []struct {
		schema, columns string
		spatial         geo.GeometryType
		rows, want      []string
	}{
		{"cycle-lanes", "id_local|code_com_d|ame_d|code_com_g|ame_g|regime_d|date_maj", geo.GeometryPoint, []string{
			"1|63113|PISTE CYCLABLE|63113|AUCUN|ZONE 30|2024-05-31",
			"2|2A004|AMENAGEMENT MIXTES PIETON VELO HORS VOIE VERTE|63113|TRAVERSEE CYCLABLE|zone 30|31/05/2024",
			"3|6311|PISTE CYCLABLE|63113|AUCUN||",
		}, []string{"2 ame_d old-spelling=AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE?", "2 regime_d enum=ZONE 30", "2 ame_g enum?", "2 date_maj type=2024-05-31", "3 code_com_d pattern"}},
		{"cycle-parking", "id_local|capacite|type_accroche|gratuit", geo.GeometryPoint, []string{"1|4|ROUE|vrai", "1|x|CADRE|si"},
			[]string{"2 capacite type", "2 gratuit type", "2 id_local primary-key"}},
		{"charging-points-live", "id_pdc_itinerance|etat_pdc|occupation_pdc|horodatage", geo.GeometryNone, []string{
			"FRA68E680210015|en_service|libre|2024-05-31T08:30:00+02:00", "FR 1|En service|libre|hier"},
			[]string{"2 id_pdc_itinerance pattern", "2 etat_pdc enum=en_service", "2 horodatage type"}},
	}
	for _, tt := range tests {
		t.Run(tt.schema, func(t *testing.T) {
			s, _, ok := Lookup(tt.schema)
			if !ok {
				t.Fatal("unknown")
			}
			got := checkWith(t, s, tt.spatial, tt.columns, tt.rows...)
			if diff := cmp.Diff(sorted(tt.want), sorted(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func sorted(lines []string) []string {
	lines = slices.Clone(lines)
	slices.Sort(lines)
	return lines
}
