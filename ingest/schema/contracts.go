package schema

// publicContracts is the national format of public procurement 2.0.3 (contracts
// of the kind "marche"), flattened: one row a contract and holder, nested names
// joined by "_".
func publicContracts() Schema {
	id := func(name, fr, en string) Field {
		return field(name, String, fr, en).shortest(1).longest(16).whole(`[^\\< ,;]+`)
	}
	siret := func(name, fr, en string) Field { return field(name, String, fr, en).like(`^[0-9]{14}$`) }
	oldProcedures := map[string]string{
		"Marché négocié sans publicité ni mise en concurrence préalable": "Marché passé sans publicité ni mise en concurrence préalable",
		"Procédure concurrentielle avec négociation":                     "Procédure avec négociation",
		"Procédure négociée avec mise en concurrence préalable":          "Procédure avec négociation",
	}
	return Schema{Version: "2.0.3", Title: say("Données essentielles de la commande publique (DECP)", "Essential data of public procurement (DECP)"), Fields: []Field{
		id("id", "Numéro du contrat", "Contract number").needed(),
		siret("acheteur_id", "SIRET de l’acheteur", "SIRET of the buyer").needed().once("acheteur.id", "idAcheteur"),
		field("nature", String, "Nature", "Nature").needed().of("Marché", "Marché de partenariat", "Marché de défense ou de sécurité"),
		field("objet", String, "Objet", "Subject").needed().longest(1000),
		field("codeCPV", String, "Code CPV", "CPV code").needed().like(patternCPV).once("cpv", "code_cpv"),
		field("techniques", AnyKind, "Techniques d’achat", "Purchasing techniques").needed().once("techniques.technique").each("Accord-cadre", "Concours",
			"Système de qualification", "Système d'acquisition dynamique", "Catalogue électronique", "Enchère électronique", "Sans objet"),
		field("modalitesExecution", AnyKind, "Modalités d’exécution", "Terms of performance").needed().once("modalitesExecution.modaliteExecution").each("Tranches",
			"Bons de commande", "Marchés subséquents", "Sans objet"),
		id("idAccordCadre", "Numéro de l’accord-cadre", "Number of the framework agreement"),
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
		field("montant", Number, "Montant HT", "Amount excl. VAT").needed().from("1"),
		field("typesPrix", AnyKind, "Types de prix", "Kinds of price").needed().once("typesPrix.typePrix", "typePrix").each("Définitif ferme", "Définitif actualisable",
			"Définitif révisable", "Provisoire"),
		field("formePrix", String, "Forme du prix", "Form of the price").needed().of("Unitaire", "Forfaitaire", "Mixte"),
		field("origineUE", Number, "Part d’origine UE", "Share of EU origin").from("0").to("1"),
		field("origineFrance", Number, "Part d’origine française", "Share of French origin").from("0").to("1"),
		field("titulaire_id", String, "Identifiant du titulaire", "Identifier of the holder").needed().once("titulaires.titulaire.id", "titulaire.id"),
		field("titulaire_typeIdentifiant", String, "Type de cet identifiant", "Kind of this identifier").needed().of("SIRET", "TVA", "TAHITI", "RIDET", "FRWF", "IREP", "HORS-UE").
			once("titulaires.titulaire.typeIdentifiant", "titulaire.typeIdentifiant"),
		field("considerationsSociales", AnyKind, "Considérations sociales", "Social considerations").needed().once("considerationsSociales.considerationSociale").each("Clause sociale",
			"Critère social", "Marché réservé", "Pas de considération sociale"),
		field("considerationsEnvironnementales", AnyKind, "Considérations environnementales", "Environmental considerations").needed().
			once("considerationsEnvironnementales.considerationEnvironnementale").each("Clause environnementale", "Critère environnemental", "Pas de considération environnementale"),
	}}
}
