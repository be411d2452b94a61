package main

import (
	"fmt"
	"strconv"
)

const racks = 600

// cycleParking gives cycle racks as the national schema's CSV
// (etalab/schema-stationnement-cyclable 1.1.2).
func cycleParking(t *territory, n *network) []byte {
	rows := [][]string{{"id_local", "id_osm", "code_com", "coordonneesxy", "capacite", "capacite_cargo", "type_accroche", "mobilier", "acces", "gratuit",
		"protection", "couverture", "surveillance", "lumiere", "url_info", "d_service", "source", "proprietaire", "gestionnaire", "date_maj", "commentaires"}}
	r := dice("parking")
	centre := n.spots[n.place("Jaude")].plane()
	count := map[string]int{}
	for len(rows) <= racks {
		spot := n.spots[r.IntN(len(n.spots))].plane()
		if r.Float64()*12 < distance(spot, centre)-1 {
			continue // racks are denser near the centre
		}
		p := xy{spot.x + r.NormFloat64()*0.25, spot.y + r.NormFloat64()*0.25}.point()
		code := t.code(p)
		if code == "" {
			continue
		}
		count[code]++
		capacity, hook, furniture := 2*(1+r.IntN(10)), "CADRE ET ROUE", "ARCEAU"
		if r.IntN(6) == 0 {
			capacity, hook, furniture = 4+r.IntN(12), "ROUE", "RATELIER"
		}
		access, protection, free, covered, watched := "LIBRE ACCES", "STATIONNEMENT NON FERME", true, r.IntN(8) == 0, false
		if r.IntN(30) == 0 {
			capacity, furniture = 20+4*r.IntN(15), "RACK DOUBLE ETAGE"
			access, protection, free, covered, watched = "ABONNEMENT OU INSCRIPTION PREALABLE", "CONSIGNE COLLECTIVE FERMEE", false, true, true
		}
		cargo := ""
		if r.IntN(12) == 0 {
			cargo = strconv.Itoa(1 + r.IntN(3))
		}
		rows = append(rows, []string{
			fmt.Sprintf("%sSV%03d", code, count[code]), "", code, "[" + degrees(p.lon) + "," + degrees(p.lat) + "]",
			strconv.Itoa(capacity), cargo, hook, furniture, access, strconv.FormatBool(free),
			protection, strconv.FormatBool(covered), strconv.FormatBool(watched), strconv.FormatBool(r.IntN(5) > 0), "",
			strconv.Itoa(2008 + r.IntN(18)), "Données de démonstration", "Clermont Auvergne Métropole", "Clermont Auvergne Métropole",
			fmt.Sprintf("%d-%02d-%02d", 2024+r.IntN(2), 1+r.IntN(12), 1+r.IntN(28)), "",
		})
	}
	return table(',', rows)
}
