package ingest

import (
	"fmt"
	"strings"

	"puy/geo"
	"puy/geo/valid"
)

// sentences gives what a problem says, in fr and en: where it is told by
// column and value, %[1]s is the column and %[2]s the value.
func sentences(r geo.Rule) geo.Localized {
	switch r {
	case geo.RuleSyntax:
		return geo.Localized{FR: "Cette ligne ne peut pas être lue.", EN: "This row cannot be read."}
	case geo.RuleType:
		return geo.Localized{FR: "La valeur « %[2]s » ne convient pas au type de la colonne « %[1]s ».", EN: "The value “%[2]s” does not fit the type of column “%[1]s”."}
	case geo.RuleEncoding:
		return geo.Localized{FR: "Le texte de la colonne « %[1]s » n’est pas valide dans l’encodage du fichier.", EN: "The text of column “%[1]s” is not valid in the file’s encoding."}
	case geo.RuleColumns:
		return geo.Localized{FR: "Cette ligne n’a pas autant de cellules que l’en-tête a de colonnes.", EN: "This row does not have as many cells as the header has columns."}
	case geo.RuleGeometry:
		return geo.Localized{FR: "La géométrie est invalide ou illisible.", EN: "The geometry is invalid or cannot be read."}
	case geo.RuleGeometryType:
		return geo.Localized{FR: "Ce type de géométrie n’est pas celui du jeu de données.", EN: "This kind of geometry is not that of the dataset."}
	case geo.RuleOutsideCRS:
		return geo.Localized{FR: "Les coordonnées « %[2]s » sont hors de la zone du système de coordonnées.", EN: "The coordinates “%[2]s” lie outside the area of the coordinate reference system."}
	case geo.RuleDuplicateKey:
		return geo.Localized{FR: "L’identifiant « %[2]s » figure déjà sur une ligne précédente.", EN: "The key “%[2]s” already stands in an earlier row."}
	case geo.RuleMissingKey:
		return geo.Localized{FR: "L’identifiant (colonne « %[1]s ») est vide.", EN: "The key (column “%[1]s”) is empty."}
	case geo.RuleMissingColumn:
		return geo.Localized{FR: "La colonne « %[1]s » est déclarée mais absente du fichier.", EN: "Column “%[1]s” is declared but the file does not have it."}
	case geo.RuleNoGeometry:
		return geo.Localized{FR: "Cette ligne n’a pas de géométrie.", EN: "This row has no geometry."}
	case geo.RuleUnknownCRS:
		return geo.Localized{FR: "Le système de coordonnées « %[2]s » n’est pas connu ; précisez-le.", EN: "The coordinate reference system “%[2]s” is not known; state it."}
	case geo.RuleEmpty:
		return geo.Localized{FR: "Le fichier n’a aucune ligne.", EN: "The file has no row."}
	case geo.RuleMerged:
		return geo.Localized{FR: "Des cellules sont fusionnées : seule la première a la valeur « %[2]s », les autres sont vides.", EN: "Cells are merged: the first one has the value “%[2]s”, the others are blank."}
	case geo.RuleGuessedCRS:
		return geo.Localized{FR: "Le fichier ne dit pas son système de coordonnées, ou ses coordonnées n’y tiennent pas ; « %[2]s » est supposé d’après leur grandeur.", EN: "The file does not tell its coordinate reference system, or its coordinates do not fit it; “%[2]s” is assumed by their size."}
	case geo.RuleSwappedAxes:
		return geo.Localized{FR: "Les coordonnées « %[2]s » semblent écrites dans l’autre ordre : latitude et longitude échangées.", EN: "The coordinates “%[2]s” seem to stand in the other order: latitude and longitude exchanged."}
	case geo.RuleOutside:
		return geo.Localized{FR: "Les coordonnées « %[2]s » sont hors du territoire déclaré.", EN: "The coordinates “%[2]s” lie outside the declared territory."}
	case geo.RuleMixedGeometry:
		return geo.Localized{FR: "Le fichier mélange des points, des lignes ou des surfaces : %[2]s.", EN: "The file mixes points, lines or areas: %[2]s."}
	case geo.RuleDoubled:
		return geo.Localized{FR: "Cette ligne a la géométrie et les attributs d’une ligne précédente.", EN: "This row has the geometry and the attributes of an earlier row."}
	case geo.RuleRepeatedPoint:
		return geo.Localized{FR: "Un sommet est répété à « %[2]s ».", EN: "A vertex is repeated at “%[2]s”."}
	case geo.RuleSpike:
		return geo.Localized{FR: "Le contour forme une pointe à « %[2]s ».", EN: "The boundary has a spike at “%[2]s”."}
	case geo.RuleRepaired:
		return geo.Localized{FR: "La géométrie a été réparée ; le défaut était à « %[2]s ».", EN: "The geometry was repaired; its defect was at “%[2]s”."}
	case geo.RuleGap:
		return geo.Localized{FR: "Il y a un vide minuscule entre cette surface et sa voisine à « %[2]s ».", EN: "There is a tiny gap between this area and its neighbour at “%[2]s”."}
	case geo.RuleOverlap:
		return geo.Localized{FR: "Cette surface recouvre un peu sa voisine à « %[2]s ».", EN: "This area overlaps its neighbour a little at “%[2]s”."}
	case geo.RuleIgnored:
		return geo.Localized{FR: "Une partie du fichier manque ou n’a pas été reprise.", EN: "A part of the file is missing or was left out."}
	}
	return geo.Localized{FR: "Cette ligne a un problème.", EN: "This row has a problem."}
}

// Sentence gives the sentence of a problem in fr and en. A detail follows in
// brackets: in fr where it can be said so, in en as the reader told it.
func Sentence(p geo.Problem) geo.Localized {
	fill := func(format, detail string) string {
		// The surplus operand keeps Sprintf from complaining about unused ones.
		s := fmt.Sprintf(format+"%[3]s", p.Column, geo.ClipValue(p.Value), "")
		if detail != "" {
			s = s[:len(s)-1] + " (" + detail + ")."
		}
		return s
	}
	l := sentences(p.Rule)
	if p.Rule == geo.RuleEncoding && p.Column == "" {
		l = geo.Localized{FR: "Le texte du fichier n’est pas propre : « %[2]s ».", EN: "The text of the file is not clean: “%[2]s”."}
	}
	return geo.Localized{FR: fill(l.FR, detailFR(p)), EN: fill(l.EN, p.Detail)}
}

// detailFR says a detail in French; what has no French stays as it is.
func detailFR(p geo.Problem) string {
	switch p.Rule {
	case geo.RuleGeometry:
		if said, ok := defectsFR[valid.Reason(p.Detail)]; ok {
			return said
		}
		if said, ok := placesFR[p.Detail]; ok {
			return said
		}
	case geo.RuleType:
		for _, prefix := range []string{"not of type ", "expected "} {
			if name, ok := strings.CutPrefix(p.Detail, prefix); ok {
				t, _ := geo.ParseFieldType(name)
				return "attendu : " + typesFR[t]
			}
		}
	case geo.RuleColumns:
		var cells, columns int
		if n, _ := fmt.Sscanf(p.Detail, "%d cells where the header has %d", &cells, &columns); n == 2 {
			return fmt.Sprintf("%d au lieu de %d", cells, columns)
		}
	case geo.RuleEncoding:
		if strings.HasPrefix(p.Detail, "the text seems to have been encoded twice") {
			return "il semble avoir été encodé deux fois ; il est laissé tel quel"
		}
	case geo.RuleIgnored, geo.RuleMerged:
		return ignoredFR(p.Detail)
	case geo.RuleOutsideCRS:
		if code, swapped := strings.CutSuffix(p.Detail, axesSeemSwapped); swapped {
			return code + " ; x et y semblent échangés"
		}
	case geo.RuleRepaired:
		reason, areas, several := strings.Cut(p.Detail, ", area ")
		if said, ok := defectsFR[valid.Reason(reason)]; ok && several {
			return said + ", surface " + areas
		} else if ok {
			return said
		}
	case geo.RuleSwappedAxes:
		switch p.Detail {
		case "they are exchanged":
			return "elles sont remises dans l’ordre"
		case "they are left as they are":
			return "elles sont laissées telles quelles"
		}
	case geo.RuleDuplicateKey, geo.RuleDoubled, geo.RuleGap, geo.RuleOverlap:
		if row, ok := strings.CutPrefix(p.Detail, "row "); ok {
			return "ligne " + row
		}
		if more, ok := strings.CutSuffix(p.Detail, " further contracts"); ok {
			return "autres contrats : " + more
		}
	}
	return p.Detail
}

// ignoredFR says in French what of a file was left out.
func ignoredFR(detail string) string {
	var n int
	for _, pair := range [...][2]string{
		{"%d lines above the header", "lignes au-dessus de l’en-tête : %d"},
		{"%d cells with an error", "cellules en erreur, laissées vides : %d"},
		{"%d formulas that were never computed", "formules jamais calculées : %d ; ouvrez puis enregistrez le fichier dans un tableur"},
		{"%d holders that their contract names twice", "titulaires nommés deux fois par leur contrat, repris une fois : %d"},
		{"%d values that are no objects", "valeurs qui ne sont pas des objets : %d"},
		{"%d values that are no contracts", "valeurs qui ne sont pas des contrats : %d"},
		{"%d control characters that XML does not allow", "caractères de contrôle interdits en XML, remplacés par des espaces : %d"},
		{"%d merged areas", "zones fusionnées : %d"},
		{"%d of its nodes are not in the file", "nœuds absents du fichier : %d"},
		{"%d of its ways are not in the file", "chemins absents du fichier : %d"},
		{"a ring does not close at node %d", "un contour n’est pas fermé au nœud %d"},
		{"it has more than %d positions", "il a plus de %d positions"},
		{"%d more elements that are not complete in the file", "autres éléments incomplets dans le fichier : %d"},
		{"%d relations that are neither areas nor routes", "relations qui ne sont ni des surfaces ni des itinéraires : %d"},
	} {
		if _, err := fmt.Sscanf(detail, pair[0], &n); err == nil {
			return fmt.Sprintf(pair[1], n)
		}
	}
	if name, reason, ok := strings.Cut(detail, " is left out: "); ok {
		return name + " n’est pas repris : " + ignoredFR(reason)
	}
	if name, reason, ok := strings.Cut(detail, " is not complete: "); ok {
		return name + " n’est pas complet : " + ignoredFR(reason)
	}
	switch detail {
	case "it has no ways":
		return "aucun chemin n’en est membre"
	case "it consists of other relations":
		return "elle est faite d’autres relations"
	case "it has no ring":
		return "il n’a pas de contour"
	case "it has no two different positions":
		return "il n’a pas deux positions différentes"
	case "no header was found: the columns have numbers":
		return "aucun en-tête n’a été trouvé : les colonnes sont numérotées"
	case "too many vertices to look for all gaps":
		return "trop de sommets pour chercher tous les vides"
	case "a binary column":
		return "une colonne binaire"
	case "a further column of geometries":
		return "une autre colonne de géométries"
	case "edges on the sphere are read as straight ones":
		return "les arêtes tracées sur la sphère sont lues comme droites"
	}
	if said := feedFR(detail); said != "" {
		return said
	}
	return detail
}

var defectsFR = map[valid.Reason]string{
	valid.NonFinite:            "une coordonnée n’est pas un nombre",
	valid.TooFewPoints:         "trop peu de points distincts",
	valid.RingNotClosed:        "un contour n’est pas fermé",
	valid.SelfIntersection:     "le contour se croise",
	valid.RepeatedPoint:        "un sommet est répété",
	valid.NarrowSpike:          "le contour forme une pointe",
	valid.Spike:                "le contour fait un aller-retour",
	valid.RingSelfIntersection: "le contour repasse par un même point",
	valid.DuplicateRings:       "deux contours sont identiques",
	valid.HoleOutsideShell:     "un trou est hors de son polygone",
	valid.NestedHoles:          "un trou est dans un autre trou",
	valid.NestedShells:         "un polygone est dans un autre",
	valid.DisconnectedInterior: "les trous coupent le polygone en morceaux",
}

var typesFR = map[geo.FieldType]string{
	geo.TypeText: "texte", geo.TypeInteger: "nombre entier", geo.TypeNumber: "nombre", geo.TypeBoolean: "vrai ou faux",
	geo.TypeDate: "date", geo.TypeDateTime: "date et heure", geo.TypeTextArray: "liste de textes", geo.TypeJSON: "JSON",
}
