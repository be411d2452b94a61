package ingest

import (
	"fmt"

	"puy/geo"
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
// brackets: in en as the reader told it, in fr where there is French for it.
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
