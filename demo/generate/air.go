package main

import (
	"fmt"
	"strconv"
)

// airDay is the day that the indices are said to be of.
const airDay = "2026-11-02"

// level is a class of the ATMO index (arrêté du 10 juillet 2020): its name and
// its colour, and the largest concentration of each pollutant in µg/m³.
type level struct {
	name, colour        string
	pm25, pm10, no2, o3 int
}

func levels() []level {
	const none = 1 << 30
	return []level{
		{"Bon", "#50F0E6", 10, 20, 40, 50},
		{"Moyen", "#50CCAA", 20, 40, 90, 100},
		{"Dégradé", "#F0E641", 25, 50, 120, 130},
		{"Mauvais", "#FF5050", 50, 100, 230, 240},
		{"Très mauvais", "#960032", 75, 150, 340, 380},
		{"Extrêmement mauvais", "#872181", none, none, none, none},
	}
}

// station is a made-up measuring station at a real place.
type station struct {
	name                string
	lon, lat            float64
	kind                string // its surroundings
	influence           string
	pm25, pm10, no2, o3 int // µg/m³
}

func stations() []station {
	return []station{
		{"Jaude", 3.0815, 45.7765, "Urbaine", "Trafic", 22, 38, 96, 31},
		{"Jardin Lecoq", 3.0885, 45.7715, "Urbaine", "Fond", 12, 21, 38, 47},
		{"Esplanade de la Gare", 3.0987, 45.7790, "Urbaine", "Trafic", 27, 46, 118, 24},
		{"Montferrand", 3.1155, 45.7935, "Urbaine", "Fond", 14, 24, 44, 42},
		{"Les Cézeaux", 3.1105, 45.7605, "Périurbaine", "Fond", 9, 17, 29, 52},
		{"La Pardieu", 3.1325, 45.7625, "Urbaine", "Trafic", 17, 33, 74, 36},
		{"Chamalières", 3.0660, 45.7750, "Urbaine", "Fond", 10, 19, 33, 49},
		{"Royat", 3.0500, 45.7655, "Périurbaine", "Fond", 7, 13, 18, 58},
		{"Aulnat", 3.1640, 45.7950, "Périurbaine", "Industrielle", 29, 58, 51, 40},
		{"Gerzat", 3.1450, 45.8265, "Périurbaine", "Fond", 16, 29, 42, 45},
		{"Cournon-d'Auvergne", 3.1985, 45.7410, "Périurbaine", "Fond", 13, 23, 35, 51},
		{"Pont-du-Château", 3.2445, 45.7995, "Rurale", "Fond", 11, 22, 24, 55},
		{"Sommet du puy de Dôme", 2.9650, 45.7720, "Rurale", "Fond", 4, 8, 5, 92},
	}
}

// airStations gives the stations with the day's index and its parts.
func airStations(t *territory) []byte {
	rows := [][]string{{"code_station", "nom_station", "code_zone", "lib_zone", "typologie", "influence", "date_ech", "code_qual", "lib_qual", "coul_qual",
		"code_no2", "code_o3", "code_pm10", "code_pm25", "conc_no2", "conc_o3", "conc_pm10", "conc_pm25", "source", "lon", "lat"}}
	for i, s := range stations() {
		no2 := classOf(s.no2, func(l level) int { return l.no2 })
		o3 := classOf(s.o3, func(l level) int { return l.o3 })
		pm10 := classOf(s.pm10, func(l level) int { return l.pm10 })
		pm25 := classOf(s.pm25, func(l level) int { return l.pm25 })
		worst := max(no2, o3, pm10, pm25)
		p := at(s.lon, s.lat)
		var zone site
		if c := t.commune(p); c >= 0 {
			zone = t.communes[c]
		}
		rows = append(rows, []string{
			fmt.Sprintf("DEMO%02d", i+1), s.name, zone.code, zone.name, s.kind, s.influence, airDay,
			strconv.Itoa(worst), levels()[worst-1].name, levels()[worst-1].colour,
			strconv.Itoa(no2), strconv.Itoa(o3), strconv.Itoa(pm10), strconv.Itoa(pm25),
			strconv.Itoa(s.no2), strconv.Itoa(s.o3), strconv.Itoa(s.pm10), strconv.Itoa(s.pm25),
			"Données de démonstration", degrees(p.lon), degrees(p.lat),
		})
	}
	return table(';', rows)
}

// classOf gives the class of a concentration, 1 to 6.
func classOf(concentration int, limit func(level) int) int {
	for i, l := range levels() {
		if concentration <= limit(l) {
			return i + 1
		}
	}
	return len(levels())
}
