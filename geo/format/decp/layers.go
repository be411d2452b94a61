package decp

import (
	"strings"

	"puy/geo"
	"puy/geo/format/record"
)

// form is how the contracts of one layer are made up.
type form struct {
	layer   string
	element string // of the contract
	buyer   string
	holders string   // the list of the holders
	holder  string   // each of them, and the prefix of its columns
	signed  string   // the date of a modification
	amounts []string // in euros; the first is that of the contract
}

const (
	layerContracts   = "marches"
	layerConcessions = "concessions"
)

func contracts() *form {
	return &form{layer: layerContracts, element: "marche", buyer: "acheteur", holders: "titulaires", holder: "titulaire",
		signed: "dateNotificationModification", amounts: []string{"montant"}}
}

func concessions() *form {
	return &form{layer: layerConcessions, element: "contrat-concession", buyer: "autoriteConcedante", holders: "concessionnaires", holder: "concessionnaire",
		signed: "dateSignatureModification", amounts: []string{"valeurGlobale", "montantSubventionPublique"}}
}

// isConcession tells what a contract is that stands in a list called list.
func isConcession(list string, n *record.Node) bool {
	switch list {
	case "contrat-concession", "contrats-concession", "concessions":
		return true
	case "marche":
		return false
	}
	if kind := n.Child("_type").Value(); kind != "" {
		return strings.Contains(strings.ToLower(kind), "concession")
	}
	for _, key := range []string{"concessionnaires", "autoriteConcedante", "autoriteConcedante.id"} {
		if c := n.Child(key); c != nil && !c.Blank() && !strings.EqualFold(c.Value(), "nan") {
			return true
		}
	}
	return false
}

// foreign tells whether a field is of the contracts of the other layer.
func (f *form) foreign(key string) bool {
	switch key {
	case "autoriteConcedante", "dateSignature", "dateDebutExecution", "valeurGlobale", "montantSubventionPublique":
		return f.layer == layerContracts
	case "acheteur", "dateNotification", "montant":
		return f.layer == layerConcessions
	}
	return false
}

// lists gives the name of each element of a field that is a list, by the name of the
// field.
func lists() map[string]string {
	return map[string]string{
		"techniques": "technique", "modalitesExecution": "modaliteExecution", "typesPrix": "typePrix",
		"considerationsSociales": "considerationSociale", "considerationsEnvironnementales": "considerationEnvironnementale",
	}
}

// order gives the columns that stand first, in their order.
func (f *form) order() []string {
	var all []string
	add := func(names ...string) { all = append(all, names...) }
	add("cle", "uid", "id", f.buyer+"_id", f.buyer+"_nom", "nature", "objet", "codeCPV", "procedure", "dateNotification", "dateSignature")
	for _, a := range f.amounts {
		add(a, a+"Contrat")
	}
	add(f.amounts[0]+"Initial", f.amounts[0]+"Initiale", "dureeMois", "dureeMoisInitiale",
		f.holders+"_nombre", f.holder+"_rang", f.holder+"_id", f.holder+"_typeIdentifiant", f.holder+"_nom", f.holders+"Initiaux",
		"lieuExecution_code", "lieuExecution_typeCode", "lieuExecution_nom", "offresRecues", "formePrix", "typesPrix", "techniques", "modalitesExecution",
		"idAccordCadre", "ccag", "typeGroupementOperateurs", "marcheInnovant", "attributionAvance", "tauxAvance", "sousTraitanceDeclaree", "origineUE", "origineFrance",
		"considerationsSociales", "considerationsEnvironnementales", "dateDebutExecution", "datePublicationDonnees",
		"modifications_nombre", "modification_date", "modification_datePublication", "modification_objet",
		"actesSousTraitance_nombre", "actesSousTraitance_montant")
	return all
}

// last gives the columns that stand at the end.
func last() []string {
	return []string{"modifications", "actesSousTraitance", "modificationsActesSousTraitance", "donneesExecution"}
}

// types gives the types of fields that are not found from their cells: codes that
// happen to be digits, and lists.
func (f *form) types() map[string]geo.FieldType {
	types := map[string]geo.FieldType{f.holders + "Initiaux": geo.TypeTextArray}
	for _, name := range []string{"cle", "uid", "id", f.buyer + "_id", f.buyer + "_nom", "nature", "objet", "codeCPV", "procedure", f.holder + "_id", f.holder + "_typeIdentifiant",
		f.holder + "_nom", "lieuExecution_code", "lieuExecution_typeCode", "lieuExecution_nom", "formePrix", "idAccordCadre", "ccag", "typeGroupementOperateurs", "modification_objet"} {
		types[name] = geo.TypeText
	}
	for list := range lists() {
		types[list] = geo.TypeTextArray
	}
	for _, name := range last() {
		types[name] = geo.TypeJSON
	}
	return types
}

// initial gives the name of the first value of an amount: amounts are masculine,
// values feminine.
func initial(amount string) string {
	if strings.HasPrefix(amount, "valeur") || strings.HasPrefix(amount, "duree") {
		return amount + "Initiale"
	}
	return amount + "Initial"
}

// describe says in the fields what a reader of the table must know to add it up.
func (f *form) describe(fields []geo.Field) {
	for i := range fields {
		name := fields[i].Name
		switch {
		case name == "uid":
			fields[i].Description = geo.Localized{FR: "SIRET de l’acheteur et numéro du contrat ; une ligne par titulaire.", EN: "SIRET of the buyer and number of the contract; one row a holder."}
		case isAmount(name):
			fields[i].Description = geo.Localized{FR: "Sur la première ligne du contrat seulement : la somme de la colonne compte chaque contrat une fois.",
				EN: "In the first row of the contract alone: the sum of the column counts each contract once."}
		case strings.HasSuffix(name, "Contrat"):
			fields[i].Description = geo.Localized{FR: "Sur chaque ligne du contrat : à lire, non à additionner.", EN: "In each row of the contract: to be read, not added up."}
		}
	}
}

// isAmount tells whether a column is of amounts that the first row of a contract has
// alone.
func isAmount(name string) bool {
	return (strings.HasPrefix(name, "montant") || strings.HasPrefix(name, "valeur")) && !strings.HasSuffix(name, "Contrat") || name == "actesSousTraitance_montant"
}
