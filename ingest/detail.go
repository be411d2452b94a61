package ingest

import (
	"fmt"
	"strings"

	"puy/geo"
	"puy/geo/valid"
)

// detailFR says in French what a reader told in English beyond the rule; empty
// where there is no French for it, which the report in JSON has all the same.
func detailFR(p geo.Problem) string {
	detail := p.Detail
	switch p.Rule {
	case geo.RuleGeometry:
		if said, ok := defectsFR[valid.Reason(detail)]; ok {
			return said
		}
		if said, ok := placesFR[detail]; ok {
			return said
		}
	case geo.RuleRepaired:
		reason, areas, several := strings.Cut(detail, ", area ")
		if said, ok := defectsFR[valid.Reason(reason)]; ok && several {
			return said + ", surface " + areas
		} else if ok {
			return said
		}
	case geo.RuleType:
		for _, prefix := range []string{"not of type ", "expected "} {
			if name, ok := strings.CutPrefix(detail, prefix); ok {
				t, _ := geo.ParseFieldType(name)
				return "attendu : " + typesFR[t]
			}
		}
	case geo.RuleOutsideCRS:
		if code, swapped := strings.CutSuffix(detail, axesSeemSwapped); swapped {
			return code + " ; x et y semblent échangés"
		}
		if !strings.Contains(detail, " ") {
			return detail // a code
		}
	case geo.RuleEncoding:
		if !strings.Contains(detail, " ") {
			return detail // the name of an encoding
		}
	}
	for _, said := range [...][2]string{{" is left out: ", " n’est pas repris : "}, {" is not complete: ", " n’est pas complet : "}} {
		if name, reason, ok := strings.Cut(detail, said[0]); ok {
			if why := detailFR(geo.Problem{Rule: p.Rule, Detail: reason}); why != "" {
				return name + said[1] + why
			}
		}
	}
	for _, said := range detailsFR {
		if args, ok := scanDetail(said[0], detail); ok {
			return fmt.Sprintf(said[1], args...)
		}
	}
	return feedFR(detail)
}

// scanDetail gives the texts that stand in detail for each %s of a pattern.
func scanDetail(pattern, detail string) (args []any, ok bool) {
	first, rest, more := strings.Cut(pattern, "%s")
	if detail, ok = strings.CutPrefix(detail, first); !ok {
		return nil, false
	}
	for more {
		var next string
		next, rest, more = strings.Cut(rest, "%s")
		end := len(detail)
		if next != "" {
			if end = strings.Index(detail, next); end < 0 {
				return nil, false
			}
		}
		args, detail = append(args, detail[:end]), detail[min(len(detail), end+len(next)):]
	}
	return args, detail == ""
}

// detailsFR are the details of readers and checks with their French, by their
// parameters.
var detailsFR = [...][2]string{
	{"row %s", "ligne %s"},
	{"version %s", "version %s"},
	{"they are exchanged", "elles sont remises dans l’ordre"},
	{"they are left as they are", "elles sont laissées telles quelles"},
	{"too many vertices to look for all gaps", "trop de sommets pour chercher tous les vides"},

	{"%s cells where the header has %s", "%s au lieu de %s"},
	{"a quote that is not closed before the end of the file", "un guillemet n’est pas refermé avant la fin du fichier"},
	{"the text seems to have been encoded twice, which is left as it is", "il semble avoir été encodé deux fois ; il est laissé tel quel"},
	{"%s lines above the header", "lignes au-dessus de l’en-tête : %s"},
	{"no header was found: the columns have numbers", "aucun en-tête n’a été trouvé : les colonnes sont numérotées"},
	{"fields after the first %s", "champs après les %s premiers"},
	{"%s cells with an error", "cellules en erreur, laissées vides : %s"},
	{"%s formulas that were never computed", "formules jamais calculées : %s ; ouvrez puis enregistrez le fichier dans un tableur"},
	{"%s merged areas", "zones fusionnées : %s"},

	{"a row that is not an object", "la ligne n’est pas un objet JSON"},
	{"a row that is not a Feature", "la ligne n’est pas un objet « Feature »"},
	{"properties that are not an object", "« properties » n’est pas un objet JSON"},
	{"the crs member names a system that is not known", "le membre « crs » nomme un système inconnu"},
	{"a geometry that is not an object", "la géométrie n’est pas un objet JSON"},
	{"unknown geometry type %s", "type de géométrie inconnu : %s"},
	{"a geometry without a type", "la géométrie n’a pas de type"},
	{"a geometry without coordinates", "la géométrie n’a pas de coordonnées"},
	{"a GeometryCollection without geometries", "la collection n’a pas de géométries"},
	{"a geometry with both coordinates and geometries", "la géométrie a des coordonnées et des géométries à la fois"},
	{"geometries that are not an array", "« geometries » n’est pas une liste"},
	{"geometry collections that nest too deep", "des collections de géométries sont imbriquées trop profondément"},
	{"a collection of geometries that do not go together", "les géométries de la collection ne vont pas ensemble"},
	{"coordinates that are not nested as those of a %s", "les coordonnées ne sont pas imbriquées comme celles d’un objet %s"},

	{"WKB: %s", "le texte binaire (WKB) est défectueux"},
	{"WKT: byte %s: %s", "le texte (WKT) est illisible à l’octet %[1]s%.0[2]s"},
	{"a coordinate that is not a finite number", "une coordonnée n’est pas un nombre"},
	{"a part with heights in a geometry without", "une partie a des altitudes et la géométrie n’en a pas"},
	{"the geometry is not binary", "la géométrie n’est pas binaire"},
	{"a binary column was left out", "une colonne binaire est laissée de côté"},
	{"a binary column", "une colonne binaire"},
	{"a further column of geometries", "une autre colonne de géométries"},
	{"edges on the sphere are read as straight ones", "les arêtes tracées sur la sphère sont lues comme droites"},
	{"binary values are given as base64 text", "les valeurs binaires sont données en base64"},
	{"the file goes on after the number of features that its header states", "le fichier continue après le nombre d’objets qu’annonce son en-tête"},
	{"the row has a column that the file does not declare", "la ligne a une colonne que le fichier ne déclare pas"},

	{"there is no .dbf: the shapes have no attributes", "il n’y a pas de .dbf : les formes n’ont pas d’attributs"},
	{"the .shp has %s shapes and the .dbf has %s records; those without a partner are kept", "le .shp a %s formes et le .dbf %s lignes ; celles qui sont seules sont gardées"},
	{"the .dbf goes on after the %s records that its header states", "le .dbf continue après les %s lignes qu’annonce son en-tête"},
	{"there is no .shx; the shapes were read without it", "il n’y a pas de .shx ; les formes ont été lues sans lui"},
	{"the .shx is damaged and was not used", "le .shx est endommagé et n’a pas servi"},
	{"the .shx does not fit the .shp and was not used", "le .shx ne correspond pas au .shp et n’a pas servi"},
	{"the records of the .shp do not follow one another; they were read by the .shx", "les enregistrements du .shp ne se suivent pas ; ils ont été lus par le .shx"},
	{"the .cpg names no encoding and is ignored", "le .cpg ne nomme aucun encodage et n’est pas pris en compte"},
	{"the .cpg says UTF-8, which the text is not; it was read as Windows-1252", "le .cpg annonce UTF-8, ce que le texte n’est pas ; il a été lu en Windows-1252"},
	{"a column of type %s, whose values are not in the .dbf, was left out", "une colonne de type %s, dont les valeurs ne sont pas dans le .dbf, est laissée de côté"},

	{"%s styles, or references to styles, are not read", "styles non repris : %s"},
	{"%s links to other files are not followed", "liens vers d’autres fichiers non suivis : %s"},
	{"%s overlays, which are images, are not read", "images superposées non reprises : %s"},
	{"%s models are not read", "modèles non repris : %s"},
	{"%s geometries after the first of their feature", "géométries après la première de leur objet : %s"},
	{"%s values after the first of a repeated property", "valeurs après la première d’une propriété répétée : %s"},
	{"%s segments of one position, which are no lines", "segments d’une seule position, qui ne sont pas des lignes : %s"},
	{"%s is not a number: %s", "%s n’est pas un nombre : %s"},
	{"a point has %s positions", "un point a %s positions"},
	{"a polygon has two outer boundaries", "un polygone a deux contours extérieurs"},
	{"a polygon has an inner boundary and no outer one", "un polygone a un trou et pas de contour extérieur"},
	{"geometry collections are nested too deep", "des collections de géométries sont imbriquées trop profondément"},
	{"there are no geometries of type %s", "il n’existe pas de géométrie de type %s"},
	{"the geometry has no arcs or coordinates", "la géométrie n’a ni arcs ni coordonnées"},
	{"arcs or coordinates have another form than the type wants", "les arcs ou les coordonnées n’ont pas la forme que veut le type"},
	{"a position has less than two coordinates", "une position a moins de deux coordonnées"},
	{"the geometry has more than %s positions", "la géométrie a plus de %s positions"},
	{"a coordinate is not finite", "une coordonnée n’est pas un nombre"},
	{"there is no arc %s", "il n’y a pas d’arc %s"},

	{"%s holders that their contract names twice", "titulaires nommés deux fois par leur contrat, repris une fois : %s"},
	{"%s values that are no objects", "valeurs qui ne sont pas des objets : %s"},
	{"%s values that are no contracts", "valeurs qui ne sont pas des contrats : %s"},
	{"%s control characters that XML does not allow", "caractères de contrôle interdits en XML, remplacés par des espaces : %s"},
	{"%s of its nodes are not in the file", "nœuds absents du fichier : %s"},
	{"%s of its ways are not in the file", "chemins absents du fichier : %s"},
	{"a ring does not close at node %s", "un contour n’est pas fermé au nœud %s"},
	{"it has more than %s positions", "il a plus de %s positions"},
	{"%s more elements that are not complete in the file", "autres éléments incomplets dans le fichier : %s"},
	{"%s relations that are neither areas nor routes", "relations qui ne sont ni des surfaces ni des itinéraires : %s"},
	{"it has no ways", "aucun chemin n’en est membre"},
	{"it consists of other relations", "elle est faite d’autres relations"},
	{"it has no ring", "il n’a pas de contour"},
	{"it has no two different positions", "il n’a pas deux positions différentes"},
	{"%s further contracts", "autres contrats : %s"},
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
