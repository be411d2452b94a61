package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"puy/geo"
)

// busLine runs on the shortest way through places.
type busLine struct {
	name    string
	mode    string
	through []string
}

func busLines() []busLine {
	return []busLine{
		{"A", "Tramway", []string{"Les Vergnes", "Croix de Neyrat", "Stade Marcel Michelin", "Delille Montlosier", "Jaude", "CHU Gabriel Montpied", "La Pardieu Gare"}},
		{"B", "Bus", []string{"Royat Place Allard", "Chamalières Mairie", "Jaude", "Gare SNCF", "Stade Marcel Michelin"}},
		{"C", "Bus", []string{"Galaxie", "Jaude", "Salins", "Oradou", "Grande Halle", "Cournon"}},
		{"3", "Bus", []string{"Romagnat", "Beaumont", "Jardin Lecoq", "Les Carmes", "Gravanches"}},
		{"4", "Bus", []string{"Trémonteix", "Jaude", "Ceyrat"}},
		{"7", "Bus", []string{"Cap Sud", "Aubière", "Beaumont", "Gravenoire"}},
		{"8", "Bus", []string{"Les Cézeaux", "Ceyrat", "Saulzet-le-Chaud"}},
		{"9", "Bus", []string{"Durtol", "Fontgiève", "Jaude"}},
		{"10", "Bus", []string{"Aulnat", "Le Brézet", "Gare SNCF", "Jaude"}},
		{"12", "Bus", []string{"Aubière", "Les Cézeaux", "Neuf Soleils", "Jaude"}},
		{"13", "Bus", []string{"Pérignat", "Romagnat", "Opme"}},
		{"20", "Bus", []string{"Aéroport", "Montferrand La Fontaine", "Cataroux", "Hôtel de Ville"}},
		{"21", "Bus", []string{"Pont-du-Château", "Marmilhat", "Le Brézet"}},
		{"22", "Bus", []string{"Cournon Plaine de Jeux", "Cournon", "Lempdes", "Pont-du-Château"}},
		{"25", "Bus", []string{"Laschamp", "Saint-Genès-Champanelle", "Ceyrat"}},
		{"26", "Bus", []string{"Orcines", "La Baraque", "Voie Romaine", "Chamalières Mairie"}},
		{"27", "Bus", []string{"La Font de l'Arbre", "Royat Pépinière", "Royat Place Allard"}},
		{"31", "Bus", []string{"Gerzat Champfleuri", "Gerzat", "Les Vergnes"}},
		{"32", "Bus", []string{"Châteaugay", "Cébazat", "Croix de Neyrat"}},
		{"33", "Bus", []string{"Blanzat Les Mauvaises", "Nohanent", "Durtol"}},
		{"35", "Bus", []string{"Le Cendre", "Cournon Le Lac", "Cournon", "Anne-Marie Menut"}},
		{"36", "Bus", []string{"Ladoux", "Les Trois Fées", "Champratel"}},
		{"37", "Bus", []string{"Gare Le Cendre", "Pérignat", "Plaine de Sarliève", "La Pardieu Gare"}},
		{"38", "Bus", []string{"Pont d'Allier", "Lempdes", "Crouël", "La Pardieu Gare"}},
		{"39", "Bus", []string{"Theix", "Saint-Genès-Champanelle"}},
		{"40", "Bus", []string{"Les Nigues", "Pont-du-Château Gare", "Aulnat", "Gerzat"}},
		{"41", "Bus", []string{"Blanzat La Grotte", "Cébazat", "Ladoux"}},
		{"42", "Bus", []string{"Les Côtes", "Montjuzet", "Fontgiève", "Gare SNCF"}},
	}
}

// streetNames are of the sort that every French town has.
func streetNames() []string {
	return strings.Split("Jean Moulin,Victor Hugo,Jean Jaurès,République,Liberté,Mairie,Église,Écoles,Lavoir,Pasteur,Lamartine,Voltaire,Gambetta,"+
		"Les Acacias,Les Tilleuls,Les Marronniers,La Fontaine,Le Stade,La Gare,Le Moulin,Les Vignes,La Croix,Les Jardins,Le Cimetière,Collège,Gymnase,"+
		"Médiathèque,Les Noyers,Beau Site,Bellevue,La Source,Les Chênes,Le Parc,Zola,Molière,Racine,Ronsard,Berlioz,Ravel,Debussy,Curie,Ampère,Lavoisier,"+
		"Les Ormes,Clos Fleuri,La Treille,Le Verger,Les Prés,La Plaine,Le Château,Le Pont,La Rivière,Le Ruisseau,Les Peupliers,Les Cerisiers,L'Artisanat,"+
		"Zone artisanale,Le Lac,Le Bois,La Forêt,Le Puy,Les Volcans,La Limagne,Les Coteaux,Panorama,Le Calvaire,La Chapelle,Le Couvent,Le Marché,La Poste", ",")
}

const stopEvery = 0.32 // km

// stops gives the stops of both directions along all lines, of which each has its
// own place on its side of the street.
func stops(t *territory, n *network) []feature {
	serves := make([][]string, len(n.streets))
	tram := make([]bool, len(n.streets))
	for _, l := range busLines() {
		for i := 1; i < len(l.through); i++ {
			for _, s := range n.route(n.place(l.through[i-1]), n.place(l.through[i])) {
				if !slices.Contains(serves[s], l.name) {
					serves[s] = append(serves[s], l.name)
					tram[s] = tram[s] || l.mode == "Tramway"
				}
			}
		}
	}
	var out []feature
	taken := map[string]bool{}
	seen := map[int]bool{}
	for i := range n.streets {
		s := &n.streets[i]
		if len(serves[i]) == 0 {
			continue
		}
		pieces := sections(s.line, stopEvery)
		for k, piece := range pieces {
			end := piece[len(piece)-1]
			name := ""
			switch {
			case k == len(pieces)-1 && seen[s.to]:
				continue
			case k == len(pieces)-1:
				seen[s.to] = true
				name = n.places[s.to].name
			default:
				name = streetStop(t, end, taken)
			}
			out = append(out, stopPair(t, piece[len(piece)-2], end, name, serves[i], tram[i], len(out))...)
		}
	}
	return out
}

// streetStop finds a name that is free in the commune of p.
func streetStop(t *territory, p point, taken map[string]bool) string {
	names := streetNames()
	first := dice("stop", p).IntN(len(names))
	for k := range 3 * len(names) {
		name := names[(first+k)%len(names)]
		if round := k / len(names); round > 0 {
			name += " " + strconv.Itoa(round+1)
		}
		if key := t.code(p) + name; !taken[key] {
			taken[key] = true
			return name
		}
	}
	return "Arrêt"
}

// stopPair gives the two stops at p on a street that comes from before.
func stopPair(t *territory, before, p point, name string, lines []string, tram bool, number int) []feature {
	a, b := before.plane(), p.plane()
	d := distance(a, b)
	r := dice("pair", p)
	mode := "Bus"
	if tram {
		mode = "Tramway"
	}
	var out []feature
	for side := range 2 {
		shift := 0.009 * float64(1-2*side) / d // 9 m to the right or the left
		spot := xy{b.x + (b.y-a.y)*shift, b.y - (b.x-a.x)*shift}.point()
		out = append(out, feature{kind: "Point", line: []point{spot}, values: []value{
			{"id_arret", geo.Text(fmt.Sprintf("DEMO-%04d", number+side+1))},
			{"nom", geo.Text(name)},
			{"code_com", geo.Text(t.code(spot))},
			{"mode", geo.Text(mode)},
			{"lignes", geo.TextArray(lines)},
			{"accessible_pmr", geo.Boolean(tram || r.IntN(10) < 6)},
			{"abri", geo.Boolean(tram || r.IntN(10) < 4)},
		}})
	}
	return out
}
