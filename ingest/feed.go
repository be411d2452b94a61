package ingest

import (
	"fmt"
	"strings"
)

// feedFR says in French what is odd about a GTFS feed: "" for what it does not know.
// Details are "3 trips …; the first is row 4".
func feedFR(detail string) string {
	var n, row int64
	count, what, _ := strings.Cut(detail, " ")
	if _, err := fmt.Sscan(count, &n); err != nil {
		return ""
	}
	what, first, told := strings.Cut(what, "; the first is row ")
	said, known := oddFeedsFR[what]
	if !known {
		return ""
	}
	said = fmt.Sprintf("%s : %d", said, n)
	if _, err := fmt.Sscan(first, &row); told && err == nil {
		said += fmt.Sprintf(" ; la première : ligne %d", row)
	}
	return said
}

var oddFeedsFR = map[string]string{
	"files without a header": "fichiers sans en-tête",
	"file that is not there: which routes serve a stop is not known":               "fichier absent, sans lequel les lignes qui desservent un arrêt ne sont pas connues",
	"pair of files of which neither is there: routes have no lines":                "fichiers absents tous deux, sans lesquels les lignes n’ont pas de tracé",
	"rows with more or fewer cells than the header":                                "lignes du fichier qui n’ont pas autant de cellules que l’en-tête",
	"points without coordinates, which are left out":                               "points sans coordonnées, laissés de côté",
	"points whose sequence is not a number, which are left out":                    "points dont le rang n’est pas un nombre, laissés de côté",
	"points far away from the one before, which are kept":                          "points très éloignés du précédent, conservés",
	"points without a shape":                                                       "points sans tracé",
	"services whose dates cannot be read":                                          "services dont les dates sont illisibles",
	"routes of a type that is not known":                                           "lignes d’un type inconnu",
	"routes without a colour, which get the default one":                           "lignes sans couleur, qui reçoivent celle par défaut",
	"routes whose colour is not six hexadecimal digits, which get the default one": "lignes dont la couleur n’est pas faite de six chiffres hexadécimaux et reçoivent celle par défaut",
	"trips of routes that are not there":                                           "courses de lignes absentes",
	"trips of services that are not there":                                         "courses de services absents",
	"trips along shapes that are not there":                                        "courses dont le tracé est absent",
	"trips along shapes of one point, which are no lines":                          "courses dont le tracé n’a qu’un point",
	"stops of a parent that is not there":                                          "arrêts dont la station est absente",
	"times at stops that are not there":                                            "passages à des arrêts absents",
}

// placesFR says why a stop or a line of a feed is nowhere.
var placesFR = map[string]string{
	"it has no coordinates": "les coordonnées manquent",
	"it is not a number":    "ce n’est pas un nombre",
	"0, 0 is in the ocean, and stands for a place that is not known": "0, 0 est dans l’océan et remplace un lieu inconnu",
	"neither it nor what it belongs to has coordinates":              "ni ce lieu ni celui dont il dépend n’a de coordonnées",
	"a line of one position":                                         "le tracé n’a qu’une position",
}
