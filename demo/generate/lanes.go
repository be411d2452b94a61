package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"puy/geo"
)

// facility is a kind of cycle lane and what goes with it, in the words of the
// national schema (etalab/schema-amenagements-cyclables 0.3.5).
type facility struct {
	kind, way, place, surface string
	width                     float64 // m
	speed                     int64   // of the traffic beside it, km/h; 0: none
}

func facilities() []facility {
	const oneWay, bothWays = "UNIDIRECTIONNEL", "BIDIRECTIONNEL"
	return []facility{
		{"PISTE CYCLABLE", oneWay, "TROTTOIR", "LISSE", 1.8, 50},
		{"PISTE CYCLABLE", bothWays, "INTERMEDIAIRE", "LISSE", 3, 50},
		{"BANDE CYCLABLE", oneWay, "CHAUSSEE", "LISSE", 1.5, 50},
		{"VOIE VERTE", bothWays, "INTERMEDIAIRE", "RUGUEUX", 3.5, 0},
		{"DOUBLE SENS CYCLABLE BANDE", oneWay, "CHAUSSEE", "LISSE", 1.3, 30},
		{"COULOIR BUS+VELO", oneWay, "CHAUSSEE", "LISSE", 4, 50},
		{"VELO RUE", bothWays, "CHAUSSEE", "LISSE", 5, 30},
		{"AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE", bothWays, "TROTTOIR", "LISSE", 2.5, 50},
		{"CHAUSSEE A VOIE CENTRALE BANALISEE", oneWay, "CHAUSSEE", "LISSE", 1.5, 50},
	}
}

// state tells how far a street's lanes are.
type state int

const (
	without state = iota // neither built nor planned
	built
	planned
)

// stateOf decides by lot; lanes are denser near the centre.
func stateOf(n *network, s *street) state {
	r := dice("lane", s.line[0], s.line[len(s.line)-1])
	middle := s.line[len(s.line)/2].plane()
	centre := n.spots[n.place("Jaude")].plane()
	chance := math.Max(0.45, 1-distance(middle, centre)/14)
	switch x := r.Float64(); {
	case x < chance*0.8:
		return built
	case x < chance*0.8+0.28:
		return planned
	}
	return without
}

const lanesOn = "2026-09-15" // the day to which the data of the cycle network is said to be kept

// lanes gives the existing cycle lanes.
func lanes(t *territory, n *network) []feature {
	var out []feature
	count := map[string]int{}
	for i := range n.streets {
		s := &n.streets[i]
		if stateOf(n, s) != built {
			continue
		}
		r := dice("lanes", s.line[0], s.line[len(s.line)-1])
		f := facilities()[r.IntN(len(facilities()))]
		opened := int64(2004 + r.IntN(22))
		for _, line := range sections(s.line, 0.3) {
			if r.IntN(9) == 0 {
				f = facilities()[r.IntN(len(facilities()))]
			}
			if r.IntN(14) == 0 {
				continue // a gap in the network
			}
			out = append(out, feature{kind: "LineString", line: line, values: laneValues(t, n, s, line, f, opened, count, r)})
		}
	}
	return out
}

func laneValues(t *territory, n *network, s *street, line []point, f facility, opened int64, count map[string]int, r *rand.Rand) []value {
	code := t.code(line[len(line)/2])
	count[code]++
	left := f
	if f.way == "BIDIRECTIONNEL" || r.IntN(4) == 0 {
		left = facility{kind: "AUCUN"}
	}
	status := "EN SERVICE"
	if r.IntN(25) == 0 {
		status = "PROVISOIRE"
	}
	day := fmt.Sprintf("%d-%02d-%02d", 2024+r.IntN(2), 1+r.IntN(12), 1+r.IntN(28))
	if r.IntN(3) == 0 {
		day = lanesOn
	}
	v := []value{
		{"id_local", geo.Text(fmt.Sprintf("%sAC%03d", code, count[code]))},
		{"reseau_loc", geo.Text(one(r, "Structurant", "Structurant", "Autre", "Autre", "Autre"))},
		{"nom_loc", geo.TextArray([]string{n.places[s.from].name + " – " + n.places[s.to].name})},
	}
	v = append(v, sideValues("d", code, f, status, r)...)
	v = append(v, sideValues("g", code, left, status, r)...)
	speed := geo.Value{}
	if f.speed > 0 {
		speed = geo.Integer(f.speed)
	}
	access := "VELO DE ROUTE"
	if f.surface == "RUGUEUX" {
		access = "VTC"
	}
	return append(v,
		value{"access_ame", geo.Text(access)},
		value{"date_maj", geo.Text(day)},
		value{"trafic_vit", speed},
		value{"lumiere", geo.Boolean(r.IntN(5) > 0)},
		value{"d_service", geo.Integer(opened)},
		value{"source", geo.Text("Données de démonstration")},
		value{"project_c", geo.Text("EPSG:4326")},
	)
}

// sideValues gives the properties of one side, "d" or "g".
func sideValues(side, code string, f facility, status string, r *rand.Rand) []value {
	if f.kind == "AUCUN" {
		return []value{{"code_com_" + side, geo.Text(code)}, {"ame_" + side, geo.Text("AUCUN")}}
	}
	regime := "EN AGGLOMERATION"
	switch {
	case f.speed == 30:
		regime = one(r, "ZONE 30", "ZONE DE RENCONTRE")
	case f.speed == 0:
		regime = "HORS AGGLOMERATION"
	}
	width := geo.Value{}
	if f.width > 0 {
		width = geo.Number(math.Round((f.width+float64(r.IntN(5)-2)/10)*10) / 10)
	}
	return []value{
		{"code_com_" + side, geo.Text(code)},
		{"ame_" + side, geo.Text(f.kind)},
		{"regime_" + side, geo.Text(regime)},
		{"sens_" + side, geo.Text(f.way)},
		{"largeur_" + side, width},
		{"local_" + side, geo.Text(f.place)},
		{"statut_" + side, geo.Text(status)},
		{"revet_" + side, geo.Text(f.surface)},
	}
}

// plannedLanes gives the cycle lanes that are planned or being built: the same
// fields, and those of a project. The national schema has no word for a project
// before the works, which is PROJET here.
func plannedLanes(t *territory, n *network) []feature {
	var out []feature
	count := map[string]int{}
	for i := range n.streets {
		s := &n.streets[i]
		if stateOf(n, s) != planned {
			continue
		}
		r := dice("planned", s.line[0], s.line[len(s.line)-1])
		f := facilities()[r.IntN(4)]
		status, year := "PROJET", int64(2027+r.IntN(6))
		if r.IntN(4) == 0 {
			status, year = "EN TRAVAUX", int64(2026+r.IntN(2))
		}
		for _, line := range sections(s.line, 0.6) {
			code := t.code(line[len(line)/2])
			count[code]++
			v := []value{
				{"id_local", geo.Text(fmt.Sprintf("%sPR%03d", code, count[code]))},
				{"nom_loc", geo.TextArray([]string{n.places[s.from].name + " – " + n.places[s.to].name})},
			}
			v = append(v, sideValues("d", code, f, status, r)...)
			left := f
			if f.way == "BIDIRECTIONNEL" {
				left.kind = "AUCUN"
			}
			v = append(v, sideValues("g", code, left, status, r)...)
			v = append(v,
				value{"date_maj", geo.Text(lanesOn)},
				value{"annee_prevue", geo.Integer(year)},
				value{"maitrise_ouvrage", geo.Text(owner(t, code, r))},
				value{"source", geo.Text("Données de démonstration")},
			)
			out = append(out, feature{kind: "LineString", line: line, values: v})
		}
	}
	return out
}

func owner(t *territory, code string, r *rand.Rand) string {
	if r.IntN(3) > 0 {
		return "Clermont Auvergne Métropole"
	}
	for _, c := range t.communes {
		if c.code == code {
			return "Commune : " + c.name
		}
	}
	return ""
}
