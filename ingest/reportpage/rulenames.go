package reportpage

import (
	"puy/geo"
	"puy/ingest"
	"puy/ingest/schema"
)

// ruleNames are the rules of readers, checks and schemas.
var ruleNames = map[geo.Rule]geo.Localized{
	geo.RuleSyntax:        say("ligne illisible", "row that cannot be read"),
	geo.RuleType:          say("type de la valeur", "type of the value"),
	geo.RuleEncoding:      say("encodage du texte", "encoding of the text"),
	geo.RuleColumns:       say("nombre de cellules", "number of cells"),
	geo.RuleGeometry:      say("géométrie invalide", "invalid geometry"),
	geo.RuleGeometryType:  say("sorte de géométrie", "kind of geometry"),
	geo.RuleOutsideCRS:    say("hors de la zone du système de coordonnées", "outside the area of the coordinate reference system"),
	geo.RuleDuplicateKey:  say("identifiant en double", "key that stands twice"),
	geo.RuleMissingKey:    say("identifiant vide", "empty key"),
	geo.RuleMissingColumn: say("colonne absente", "missing column"),
	geo.RuleNoGeometry:    say("sans géométrie", "without geometry"),
	geo.RuleUnknownCRS:    say("système de coordonnées inconnu", "unknown coordinate reference system"),
	geo.RuleEmpty:         say("fichier vide", "empty file"),
	geo.RuleMerged:        say("cellules fusionnées", "merged cells"),
	geo.RuleGuessedCRS:    say("système de coordonnées supposé", "assumed coordinate reference system"),
	geo.RuleSwappedAxes:   say("coordonnées échangées", "exchanged coordinates"),
	geo.RuleOutside:       say("hors du territoire", "outside the territory"),
	geo.RuleMixedGeometry: say("géométries mélangées", "mixed geometries"),
	geo.RuleDoubled:       say("objet en double", "feature that stands twice"),
	geo.RuleRepeatedPoint: say("sommet répété", "repeated vertex"),
	geo.RuleSpike:         say("pointe du contour", "spike"),
	geo.RuleRepaired:      say("géométrie réparée", "repaired geometry"),
	geo.RuleGap:           say("vide entre voisins", "gap between neighbours"),
	geo.RuleOverlap:       say("recouvrement de voisins", "overlap of neighbours"),
	geo.RuleIgnored:       say("partie laissée de côté", "part left out"),
	ingest.RuleGate:       say("critère de publication", "criterion of publication"),

	schema.RuleRequired:    say("valeur obligatoire", "required value"),
	schema.RuleUnique:      say("valeur unique", "unique value"),
	schema.RulePrimaryKey:  say("clé primaire", "primary key"),
	schema.RuleForeignKey:  say("clé étrangère", "foreign key"),
	schema.RulePattern:     say("forme de la valeur", "form of the value"),
	schema.RuleFormat:      say("format de la valeur", "format of the value"),
	schema.RuleEnum:        say("liste de valeurs", "list of values"),
	schema.RuleMinimum:     say("minimum", "minimum"),
	schema.RuleMaximum:     say("maximum", "maximum"),
	schema.RuleMinLength:   say("longueur minimale", "least length"),
	schema.RuleMaxLength:   say("longueur maximale", "greatest length"),
	schema.RuleOldSpelling: say("ancienne orthographe", "old spelling"),
	schema.RuleExtraColumn: say("colonne en plus", "further column"),
	schema.RuleUnchecked:   say("règle non vérifiée", "rule that is not checked"),

	schema.CheckSIRET:        say("numéro SIRET", "SIRET number"),
	schema.CheckSIREN:        say("numéro SIREN", "SIREN number"),
	schema.CheckCompare:      say("comparaison de colonnes", "comparison of columns"),
	schema.CheckCohesive:     say("colonnes à remplir ensemble", "columns to be filled together"),
	schema.CheckOpeningHours: say("horaires d’ouverture", "opening hours"),
	schema.CheckPhone:        say("numéro de téléphone", "telephone number"),
	schema.CheckYears:        say("intervalle d’années", "interval of years"),
	schema.CheckSum:          say("somme de colonnes", "sum of columns"),
	schema.CheckActes:        say("nomenclature des actes", "nomenclature of acts"),
	schema.CheckOneOf:        say("au moins une colonne", "at least one column"),
	schema.CheckFrance:       say("coordonnées en France", "coordinates in France"),
}
