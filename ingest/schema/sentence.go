package schema

import (
	"encoding/json"
	"fmt"
	"strings"

	"puy/geo"
)

var kindNames = map[Kind]geo.Localized{
	String: say("un texte", "a text"), Integer: say("un nombre entier", "a whole number"), Number: say("un nombre, avec un point décimal", "a number with a decimal point"),
	Boolean: say("vrai ou faux (true, false)", "true or false"), Date: say("une date AAAA-MM-JJ", "a date YYYY-MM-DD"), Time: say("une heure HH:MM:SS", "a time HH:MM:SS"),
	DateTime: say("une date et une heure AAAA-MM-JJThh:mm:ss", "a date-time YYYY-MM-DDThh:mm:ss"), Year: say("une année AAAA", "a year YYYY"),
	YearMonth: say("un mois AAAA-MM", "a month YYYY-MM"), Duration: say("une durée ISO 8601", "an ISO 8601 duration"),
	Geopoint: say("un point [longitude, latitude]", "a point [longitude, latitude]"), GeoJSON: say("une géométrie GeoJSON", "a GeoJSON geometry"),
	Array: say("une liste", "a list"), Object: say("un objet JSON", "a JSON object"),
}

func (f *Field) typeSentence(text string) geo.Localized {
	want := kindNames[f.Kind]
	if f.Kind == Boolean && len(f.True) > 0 && len(f.False) > 0 {
		want = say(f.True[0]+" ou "+f.False[0], f.True[0]+" or "+f.False[0])
	} else if goLayout(f.Format) != "" {
		want = say("une date de la forme "+f.Format, "a date of the form "+f.Format)
	}
	return say(
		fmt.Sprintf("La valeur « %s » de la colonne « %s » ne convient pas : %s est attendu.", clip(text), f.Name, want.FR),
		fmt.Sprintf("The value “%s” of column “%s” does not fit: %s is expected.", clip(text), f.Name, want.EN))
}

func (f *Field) enumSentence(text, word string) geo.Localized {
	if word != "" {
		return say(
			fmt.Sprintf("La valeur « %s » de la colonne « %s » doit s’écrire « %s ».", clip(text), f.Name, word),
			fmt.Sprintf("The value “%s” of column “%s” must be spelled “%s”.", clip(text), f.Name, word))
	}
	const shown = 8
	list := strings.Join(f.Enum[:min(shown, len(f.Enum))], " ; ")
	if len(f.Enum) > shown {
		list += " ; …"
	}
	return say(
		fmt.Sprintf("La valeur « %s » n’est pas dans la liste de la colonne « %s » : %s.", clip(text), f.Name, list),
		fmt.Sprintf("The value “%s” is not in the list of column “%s”: %s.", clip(text), f.Name, list))
}

func (f *Field) patternSentence(text string) geo.Localized {
	fr, en := "la forme attendue est "+clip(f.Pattern.String()), "the form expected is "+clip(f.Pattern.String())
	if known, ok := patternNames[strings.TrimSuffix(strings.TrimPrefix(f.Pattern.String(), "^(?:"), ")$")]; ok {
		fr, en = known.FR+" est attendu", known.EN+" is expected"
	}
	return say(
		fmt.Sprintf("La valeur « %s » de la colonne « %s » n’a pas la bonne forme : %s.", clip(text), f.Name, fr),
		fmt.Sprintf("The value “%s” of column “%s” is not of the right form: %s.", clip(text), f.Name, en))
}

// patternNames says in words what the patterns of national schemas mean.
var patternNames = map[string]geo.Localized{
	patternCommune:       say("un code INSEE de commune (5 caractères)", "an INSEE code of a commune (5 characters)"),
	patternCommune + "$": say("un code INSEE de commune (5 caractères)", "an INSEE code of a commune (5 characters)"),
	`^\d{9}$`:            say("un numéro SIREN (9 chiffres)", "a SIREN number (9 digits)"),
	`^\d{14}$`:           say("un numéro SIRET (14 chiffres)", "a SIRET number (14 digits)"),
	`^[0-9]{14}$`:        say("un numéro SIRET (14 chiffres)", "a SIRET number (14 digits)"),
	patternCPV:           say("un code CPV (8 chiffres, puis -0 à -9)", "a CPV code (8 digits, then -0 to -9)"),
	patternChargingID:    say("un identifiant AFIREV (FR…) ou « Non concerné »", "an AFIREV identifier (FR…) or “Non concerné”"),
	patternOpening:       say("des horaires OpenStreetMap (Mo-Fr 08:00-18:00) ou 24/7", "OpenStreetMap opening hours (Mo-Fr 08:00-18:00) or 24/7"),
}

func (f *Field) formatSentence(text string) geo.Localized {
	want := map[string]geo.Localized{
		"email": say("une adresse électronique", "an e-mail address"), "uri": say("une adresse web complète (https://…)", "a complete web address (https://…)"),
		"uuid": say("un identifiant UUID", "a UUID"),
	}[f.Format]
	return say(
		fmt.Sprintf("« %s » (colonne « %s ») n’est pas %s.", clip(text), f.Name, want.FR),
		fmt.Sprintf("“%s” (column “%s”) is not %s.", clip(text), f.Name, want.EN))
}

func pointObject(s string) (lon, lat float64, ok bool) {
	var p struct{ Lon, Lat *float64 }
	if json.Unmarshal([]byte(s), &p) != nil || p.Lon == nil || p.Lat == nil {
		return 0, 0, false
	}
	return *p.Lon, *p.Lat, *p.Lon >= -180 && *p.Lon <= 180 && *p.Lat >= -90 && *p.Lat <= 90
}
