package reportpage

import (
	"fmt"

	"puy/geo"
	"puy/ingest"
	"puy/store"
)

func say(fr, en string) geo.Localized { return geo.Localized{FR: fr, EN: en} }

// failure tells why nothing was loaded; nothing where nothing failed. In English
// that is the text of the error.
func failure(o Outcome) geo.Localized {
	if o.Err == nil {
		return geo.Localized{}
	}
	r := o.Report
	l := geo.Localized{EN: o.Err.Error()}
	switch r.Reason {
	case store.ReasonRows:
		l.FR = fmt.Sprintf("Sur %s lignes, %s ont des erreurs ; la version en ligne reste.", thousands("fr", r.Rows), thousands("fr", r.Rejected))
	case store.ReasonEmpty:
		l.FR = "Le fichier n’a aucune ligne ; la version en ligne reste."
	case store.ReasonGate:
		l.FR = "Le jeu de données n’atteint pas ce qui est demandé pour publier ; la version en ligne reste."
	case store.ReasonShrunk:
		l.FR = fmt.Sprintf("La source n’a plus que %s lignes, moins de la moitié d’avant ; la version en ligne reste.", thousands("fr", r.Rows-r.Rejected))
	case store.ReasonEdited:
		l.FR = "La source a changé, mais la version en ligne a été modifiée sur place ; une nouvelle version le déferait."
	default:
		l.FR = kindFR(geo.KindOf(o.Err))
		for i := range r.Problems { // what concerns the whole file says it best
			if p := &r.Problems[i]; p.Row == 0 && p.Severity == ingest.Error && p.Message.FR != "" {
				l.FR = p.Message.FR
			}
		}
	}
	return l
}

func kindFR(k geo.ErrorKind) string {
	switch k {
	case geo.KindInvalid:
		return "Le fichier ou la déclaration du jeu de données ne peut pas être lu."
	case geo.KindNotFound:
		return "Le fichier, la couche ou la ressource n’existe pas."
	case geo.KindConflict:
		return "Un autre chargement de ce jeu de données est en cours."
	case geo.KindLimit:
		return "Une limite de taille ou de durée est dépassée."
	case geo.KindUnavailable:
		return "La source ou la base de données ne répond pas, ou répond par une erreur."
	}
	return "Une difficulté technique est survenue."
}

// ruleName gives the name of a rule for people; one of a schema that is not known
// here has its own.
func ruleName(r geo.Rule) geo.Localized {
	if l, ok := ruleNames[r]; ok {
		return l
	}
	return say("règle du schéma", "rule of the schema")
}
