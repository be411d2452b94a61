package schema

import (
	"fmt"
	"regexp"
	"strings"

	"puy/geo"
)

// territories are boxes of longitude and latitude around France and what of it
// lies overseas.
var territories = []geo.Bounds{
	{MinX: -5.5, MinY: 41, MaxX: 10, MaxY: 51.5},       // metropolitan France
	{MinX: -63.3, MinY: 14.2, MaxX: -60.7, MaxY: 18.3}, // Antilles
	{MinX: -55, MinY: 2, MaxX: -51, MaxY: 6.2},         // Guyane
	{MinX: 55, MinY: -21.6, MaxX: 56, MaxY: -20.7},     // La Réunion
	{MinX: 44.8, MinY: -13.2, MaxX: 45.5, MaxY: -12.4}, // Mayotte
	{MinX: -56.6, MinY: 46.6, MaxX: -55.9, MaxY: 47.3}, // Saint-Pierre-et-Miquelon
	{MinX: 163, MinY: -23.5, MaxX: 169, MaxY: -17.5},   // Nouvelle-Calédonie
	{MinX: -155, MinY: -28, MaxX: -134, MaxY: -7.5},    // Polynésie française
	{MinX: -178.5, MinY: -14.7, MaxX: -176, MaxY: -13}, // Wallis-et-Futuna
}

func french(lon, lat float64) bool {
	for _, b := range territories {
		if lon >= b.MinX && lon <= b.MaxX && lat >= b.MinY && lat <= b.MaxY {
			return true
		}
	}
	return false
}

// inFrance tells whether a point, which may have become the geometry of f, lies
// in a French territory.
func inFrance(f *geo.Feature, check *rowCheck, text string, there bool) (m geo.Localized, fix string, ok bool) {
	var lon, lat float64
	switch {
	case there:
		if lon, lat, ok = point(text); !ok {
			return m, "", true // a fault of its own
		}
	case check.geometry && !f.Geometry.IsEmpty():
		b := f.Geometry.Bounds()
		if lon, lat = b.MinX, b.MinY; lon < -180 || lon > 180 || lat < -90 || lat > 90 {
			return m, "", true // coordinates of another CRS
		}
	default:
		return m, "", true
	}
	if french(lon, lat) {
		return m, "", true
	}
	if french(lat, lon) {
		if there && strings.HasPrefix(strings.TrimSpace(text), "[") {
			fix = fmt.Sprintf("[%v,%v]", lat, lon)
		}
		return say(fmt.Sprintf("Longitude et latitude semblent inversées (%g, %g).", lon, lat),
			fmt.Sprintf("Longitude and latitude seem to be swapped (%g, %g).", lon, lat)), fix, false
	}
	return say(fmt.Sprintf("Le point (%g, %g) n’est pas en France.", lon, lat), fmt.Sprintf("The point (%g, %g) is not in France.", lon, lat)), "", false
}

// hoursToken is what a rule of OpenStreetMap's opening_hours consists of.
var hoursToken = regexp.MustCompile(`^(?:24/7|(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:\[-?\d(?:[,-]\d)*\])?|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|easter|week|open|closed|off|unknown|sunrise|sunset|dawn|dusk|\d{1,2}:\d{2}\+?|\d{4}|\d{1,2}|days?|[-,:+/()\[\]]|\|\||"[^"]*")`)

// openingHours tells whether s consists of the words and signs of OpenStreetMap's
// opening_hours, with times that exist. It does not know the whole grammar.
func openingHours(s string) bool {
	some := false
	for _, rule := range strings.Split(s, ";") {
		rule = strings.TrimSpace(rule)
		for rule != "" {
			token := hoursToken.FindString(rule)
			if token == "" {
				return false
			}
			var h, m int
			if n, _ := fmt.Sscanf(token, "%d:%d", &h, &m); n == 2 && (h > 48 || m > 59) {
				return false
			}
			some = true
			rule = strings.TrimSpace(rule[len(token):])
		}
	}
	return some
}
