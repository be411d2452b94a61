package schema

// publicContracts is the national format of public procurement 2.0.3 (contracts
// of the kind "marche"), flattened: one row a contract and holder, nested names
// joined by "_", with the fields that flattening adds.
func publicContracts() Schema {
	oldProcedures := map[string]string{
		"Marché négocié sans publicité ni mise en concurrence préalable": "Marché passé sans publicité ni mise en concurrence préalable",
		"Procédure concurrentielle avec négociation":                     "Procédure avec négociation",
		"Procédure négociée avec mise en concurrence préalable":          "Procédure avec négociation",
	}
	return Schema{Version: "2.0.3", Title: say("Données essentielles de la commande publique (DECP)", "Essential data of public procurement (DECP)"), Fields: append([]Field{
		contractID("id", "Numéro du contrat", "Contract number").needed(),
		field("acheteur_id", String, "SIRET de l’acheteur", "SIRET of the buyer").like(patternSIRET).needed().once("acheteur.id", "idAcheteur"),
		field("nature", String, "Nature", "Nature").needed().of("Marché", "Marché de partenariat", "Marché de défense ou de sécurité"),
		field("objet", String, "Objet", "Subject").needed().longest(1000),
		field("codeCPV", String, "Code CPV", "CPV code").needed().like(patternCPV).once("cpv", "code_cpv"),
		field("techniques", AnyKind, "Techniques d’achat", "Purchasing techniques").needed().once("techniques.technique").each("Accord-cadre", "Concours",
			"Système de qualification", "Système d'acquisition dynamique", "Catalogue électronique", "Enchère électronique", "Sans objet"),
		field("modalitesExecution", AnyKind, "Modalités d’exécution", "Terms of performance").needed().once("modalitesExecution.modaliteExecution").each("Tranches",
			"Bons de commande", "Marchés subséquents", "Sans objet"),
		contractID("idAccordCadre", "Numéro de l’accord-cadre", "Number of the framework agreement"),
		field("marcheInnovant", Boolean, "Marché innovant", "Innovative contract").needed(),
		field("ccag", String, "Cahier des clauses générales", "General terms").needed().of("Travaux", "Maitrise d'œuvre", "Fournitures courantes et services",
			"Marchés industriels", "Prestations intellectuelles", "Techniques de l'information et de la communication", "Pas de CCAG"),
		field("offresRecues", Integer, "Offres reçues", "Bids received").needed().from("1").once("offres_recues"),
		field("attributionAvance", Boolean, "Avance attribuée", "Advance granted").needed(),
		field("tauxAvance", Number, "Taux de l’avance", "Rate of the advance").from("0").to("1"),
		field("typeGroupementOperateurs", String, "Groupement", "Consortium").needed().of("Conjoint", "Solidaire", "Pas de groupement"),
		field("sousTraitanceDeclaree", Boolean, "Sous-traitance déclarée", "Subcontracting declared").needed(),
		field("procedure", String, "Procédure", "Procedure").needed().old(oldProcedures).of("Procédure adaptée", "Appel d'offres ouvert", "Appel d'offres restreint",
			"Procédure avec négociation", "Marché passé sans publicité ni mise en concurrence préalable", "Dialogue compétitif"),
		field("lieuExecution_code", String, "Lieu d’exécution", "Place of performance").needed().once("lieuExecution.code"),
		field("lieuExecution_typeCode", String, "Type du code de lieu", "Kind of place code").needed().once("lieuExecution.typeCode").of("Code postal",
			"Code commune", "Code arrondissement", "Code canton", "Code département", "Code région", "Code pays"),
		field("dureeMois", Integer, "Durée en mois", "Duration in months").needed().from("1").once("duree_mois"),
		field("dateNotification", Date, "Notification", "Award date").needed().once("date_notification"),
		field("datePublicationDonnees", Date, "Publication des données", "Data published").needed(),
		field("montant", Number, "Montant HT", "Amount excl. VAT").needed().orIn("montantContrat").from("1"),
		field("typesPrix", AnyKind, "Types de prix", "Kinds of price").needed().once("typesPrix.typePrix", "typePrix").each("Définitif ferme", "Définitif actualisable",
			"Définitif révisable", "Provisoire"),
		field("formePrix", String, "Forme du prix", "Form of the price").needed().of("Unitaire", "Forfaitaire", "Mixte"),
		field("origineUE", Number, "Part d’origine UE", "Share of EU origin").from("0").to("1"),
		field("origineFrance", Number, "Part d’origine française", "Share of French origin").from("0").to("1"),
		field("titulaire_id", String, "Identifiant du titulaire", "Identifier of the holder").needed().once("titulaires.titulaire.id", "titulaire.id"),
		field("titulaire_typeIdentifiant", String, "Type de cet identifiant", "Kind of this identifier").needed().of(kindsOfID()...).
			once("titulaires.titulaire.typeIdentifiant", "titulaire.typeIdentifiant"),
		field("considerationsSociales", AnyKind, "Considérations sociales", "Social considerations").needed().once("considerationsSociales.considerationSociale").each("Clause sociale",
			"Critère social", "Marché réservé", "Pas de considération sociale"),
		field("considerationsEnvironnementales", AnyKind, "Considérations environnementales", "Environmental considerations").needed().
			once("considerationsEnvironnementales.considerationEnvironnementale").each("Clause environnementale", "Critère environnemental", "Pas de considération environnementale"),
	}, flattened("acheteur", "titulaire", "montant",
		field("lieuExecution_nom", String, "Nom du lieu d’exécution", "Name of the place of performance"),
		field("montantInitial", Number, "Montant HT initial", "Initial amount excl. VAT"),
		field("actesSousTraitance_nombre", Integer, "Actes de sous-traitance", "Acts of subcontracting"),
		field("actesSousTraitance_montant", Number, "Montant HT sous-traité", "Amount subcontracted, excl. VAT"),
		field("actesSousTraitance", AnyKind, "Détail de la sous-traitance", "Details of subcontracting"),
		field("modificationsActesSousTraitance", AnyKind, "Modifications de la sous-traitance", "Modifications of subcontracting"))...)}
}

// publicConcessions is the same format's contracts of the kind "contrat-concession".
func publicConcessions() Schema {
	return Schema{Version: "2.0.3", Title: say("Données essentielles des contrats de concession (DECP)", "Essential data of concession contracts (DECP)"), Fields: append([]Field{
		contractID("id", "Numéro du contrat", "Contract number").needed(),
		field("autoriteConcedante_id", String, "SIRET de l’autorité concédante", "SIRET of the granting authority").like(patternSIRET).needed().once("autoriteConcedante.id"),
		field("nature", String, "Nature", "Nature").needed().of("Concession de travaux", "Concession de service", "Concession de service public", "Délégation de service public"),
		field("objet", String, "Objet", "Subject").needed().longest(1000),
		field("procedure", String, "Procédure", "Procedure").needed().of("Procédure négociée ouverte", "Procédure non négociée ouverte", "Procédure négociée restreinte",
			"Procédure non négociée restreinte"),
		field("dureeMois", Integer, "Durée en mois", "Duration in months").needed().from("1"),
		field("dateSignature", Date, "Signature", "Signed").needed(),
		field("datePublicationDonnees", Date, "Publication des données", "Data published").needed(),
		field("dateDebutExecution", Date, "Début d’exécution", "Start of performance").needed(),
		field("valeurGlobale", Number, "Valeur globale HT", "Overall value excl. VAT").needed().orIn("valeurGlobaleContrat").from("1"),
		field("montantSubventionPublique", Number, "Subvention publique", "Public subsidy").needed().orIn("montantSubventionPubliqueContrat").from("0"),
		field("concessionnaire_id", String, "Identifiant du concessionnaire", "Identifier of the concessionaire").needed(),
		field("concessionnaire_typeIdentifiant", String, "Type de cet identifiant", "Kind of this identifier").needed().of(kindsOfID()...),
		field("considerationsSociales", AnyKind, "Considérations sociales", "Social considerations").needed().each("Clause sociale", "Critère social",
			"Concession réservée", "Pas de considération sociale"),
		field("considerationsEnvironnementales", AnyKind, "Considérations environnementales", "Environmental considerations").needed().each("Clause environnementale",
			"Critère environnemental", "Pas de considération environnementale"),
	}, flattened("autoriteConcedante", "concessionnaire", "valeurGlobale",
		field("valeurGlobaleInitiale", Number, "Valeur globale HT initiale", "Initial overall value excl. VAT"),
		field("montantSubventionPubliqueContrat", Number, "Subvention publique du contrat", "Public subsidy of the contract"),
		field("donneesExecution", AnyKind, "Données annuelles d’exécution", "Yearly data of performance"))...)}
}

const patternSIRET = `^[0-9]{14}$`

func contractID(name, fr, en string) Field {
	return field(name, String, fr, en).shortest(1).longest(16).whole(`[^\\< ,;]+`)
}

// kindsOfID are the registers that identifiers of holders are of.
func kindsOfID() []string {
	return []string{"SIRET", "TVA", "TAHITI", "RIDET", "FRWF", "IREP", "HORS-UE"}
}

// flattened gives the optional fields that flattening adds to contracts of either
// kind: of the buyer and the holder, and of the amount in each row of a contract.
func flattened(buyer, holder, amount string, more ...Field) []Field {
	return append([]Field{
		field("cle", String, "Clé de la ligne", "Key of the row"),
		field("uid", String, "Identifiant unique du contrat", "Unique identifier of the contract"),
		field(buyer+"_nom", String, "Nom de l’acheteur", "Name of the buyer"),
		field(holder+"_nom", String, "Nom du titulaire", "Name of the holder"),
		field(holder+"s_nombre", Integer, "Nombre de titulaires", "Number of holders"),
		field(holder+"_rang", Integer, "Rang du titulaire", "Place of the holder"),
		field(holder+"sInitiaux", AnyKind, "Titulaires initiaux", "Initial holders"),
		field(amount+"Contrat", Number, "Montant HT du contrat", "Amount of the contract excl. VAT"),
		field("dureeMoisInitiale", Integer, "Durée initiale en mois", "Initial duration in months"),
		field("modifications_nombre", Integer, "Nombre de modifications", "Number of modifications"),
		field("modification_date", Date, "Dernière modification", "Last modification"),
		field("modification_datePublication", Date, "Publication de la dernière modification", "Last modification published"),
		field("modification_objet", String, "Objet de la dernière modification", "Subject of the last modification"),
		field("modifications", AnyKind, "Détail des modifications", "Details of the modifications"),
	}, more...)
}
