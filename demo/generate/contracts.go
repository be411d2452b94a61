package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

const contractRows = 500

// work is a sort of contract: its CPV code (Common Procurement Vocabulary), what
// for, its usual amount in € and its duration in months.
type work struct {
	cpv, subject, nature string
	amount               float64
	months               int
}

func works() []work {
	return []work{
		{"45233140-2", "Travaux de voirie", "Marché", 420000, 8},
		{"45233162-2", "Création d'une piste cyclable", "Marché", 610000, 10},
		{"45232411-6", "Renouvellement du réseau d'assainissement", "Marché", 780000, 12},
		{"45214210-5", "Rénovation énergétique du groupe scolaire", "Marché", 1350000, 16},
		{"45212290-5", "Réfection de la toiture du gymnase", "Marché", 240000, 6},
		{"45316110-9", "Modernisation de l'éclairage public", "Accord-cadre", 380000, 48},
		{"77310000-6", "Entretien des espaces verts", "Accord-cadre", 160000, 36},
		{"90511000-2", "Collecte des déchets ménagers", "Accord-cadre", 2900000, 60},
		{"90910000-9", "Nettoyage des bâtiments", "Accord-cadre", 140000, 36},
		{"55524000-9", "Restauration scolaire", "Accord-cadre", 870000, 36},
		{"34144510-6", "Acquisition de bennes à ordures électriques", "Marché", 960000, 12},
		{"34928480-6", "Fourniture de mobilier urbain", "Accord-cadre", 120000, 24},
		{"72267000-4", "Maintenance des logiciels métiers", "Marché", 95000, 36},
		{"71311220-9", "Maîtrise d'œuvre d'aménagement de voirie", "Marché", 180000, 24},
		{"79311000-7", "Étude de mobilité", "Marché", 68000, 9},
		{"66510000-8", "Assurances", "Marché", 110000, 48},
		{"37535200-9", "Aire de jeux", "Marché", 74000, 5},
		{"30192000-1", "Fournitures de bureau", "Accord-cadre", 52000, 36},
	}
}

// contracts gives public contracts with invented amounts and suppliers, under the
// names of the national format where it has one (DECP 2.0.3, flattened).
func contracts(t *territory) []byte {
	rows := [][]string{{"id", "acheteur_id", "acheteur_nom", "nature", "objet", "codeCPV", "procedure", "lieu_execution", "duree_mois", "date_notification",
		"montant", "offres_recues", "titulaire_id", "titulaire_nom"}}
	r := dice("contracts")
	first := time.Date(2023, 1, 3, 0, 0, 0, 0, time.UTC)
	for i := range contractRows {
		day := first.AddDate(0, 0, i*1095/contractRows)
		w := works()[r.IntN(len(works()))]
		place := byPopulation(t, r)
		buyer, id := "Clermont Auvergne Métropole", siret(epci)
		if r.IntN(5) > 1 {
			buyer, id = "Commune : "+place.name, siret(communeSiren(place.code))
		}
		amount := math.Max(40000, w.amount*math.Exp(r.NormFloat64()*0.6))
		procedure := "Procédure adaptée"
		switch {
		case amount > 1500000 || r.IntN(4) == 0:
			procedure = "Appel d'offres ouvert"
		case r.IntN(20) == 0:
			procedure = "Marché passé sans publicité ni mise en concurrence préalable"
		}
		offers := 1 + r.IntN(7)
		firm := r.IntN(60)
		rows = append(rows, []string{
			fmt.Sprintf("%d-%04d", day.Year(), i+1), id, buyer, w.nature, w.subject + " – " + place.name, w.cpv, procedure, place.code,
			strconv.Itoa(max(1, w.months+r.IntN(5)-2)), day.Format(time.DateOnly),
			strings.Replace(strconv.FormatFloat(math.Round(amount*100)/100, 'f', 2, 64), ".", ",", 1),
			strconv.Itoa(offers), fmt.Sprintf("DEMO%04d", firm), firmName(firm),
		})
	}
	return table(';', rows)
}

// byPopulation picks a commune as often as it has inhabitants.
func byPopulation(t *territory, r *rand.Rand) site {
	all := 0
	for _, c := range t.communes {
		all += c.population
	}
	n := r.IntN(all)
	for _, c := range t.communes {
		if n -= c.population; n < 0 {
			return c
		}
	}
	return t.communes[0]
}

func firmName(n int) string {
	trades := []string{"Chantiers", "Atelier", "Services", "Études", "Énergies", "Jardins"}
	of := []string{"des Dômes", "de la Limagne", "du Val d'Allier", "de Gergovie", "des Volcans", "de la Sioule", "du Livradois", "du Sancy", "de la Dore", "des Combrailles"}
	return trades[n%len(trades)] + " " + of[n/len(trades)%len(of)] + " (fictif)"
}

// communeSiren gives the SIREN number of a commune: 21, its department, 0, its
// number and a check digit.
func communeSiren(insee string) string {
	return withCheckDigit("21" + insee[:2] + "0" + insee[2:])
}

// siret gives the number of the first establishment of siren.
func siret(siren string) string { return withCheckDigit(siren + "0001") }

// withCheckDigit appends the digit that makes the Luhn sum a multiple of ten.
func withCheckDigit(digits string) string {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}
