package schema

// scdlCatalogue is the catalogue of a local authority's open data, version 0.1.3
// of the common set of local data (SCDL).
func scdlCatalogue() Schema {
	s := Schema{Version: "0.1.3", Title: say("Catalogue de données (SCDL)", "Catalogue of datasets (SCDL)"),
		Checks: []Check{{Name: CheckSIRET, Column: "COLL_SIRET"}, {Name: CheckSIRET, Column: "PRODUCTEUR_SIRET"}},
		Fields: []Field{
			field("COLL_NOM", String, "Collectivité", "Authority"),
			field("COLL_SIRET", String, "SIRET de la collectivité", "SIRET of the authority"),
			field("ID", String, "Identifiant", "Identifier"),
			field("TITRE", String, "Titre", "Title"),
			field("DESCRIPTION", String, "Description", "Description"),
			field("THEME", String, "Thème", "Theme"),
			field("PRODUCTEUR_NOM", String, "Producteur", "Producer"),
			field("PRODUCTEUR_SIRET", String, "SIRET du producteur", "SIRET of the producer"),
			field("COUV_SPAT_MAILLE", String, "Maille géographique", "Geographic level").of("Infracommunale", "Communale", "Intercommunale", "Cantonale", "Départementale", "Régionale", "Autre"),
			field("COUV_SPAT_NOM", String, "Territoire", "Territory"),
			field("COUV_TEMP_DEBUT", Date, "Début de la période", "Start of the period"),
			field("COUV_TEMP_FIN", Date, "Fin de la période", "End of the period"),
			field("DATE_PUBL", Date, "Publication", "Published"),
			field("FREQ_MAJ", String, "Fréquence de mise à jour", "Frequency").of("Inconnue", "Ponctuelle", "Irrégulière", "Continuelle", "Toutes les heures",
				"Quotidienne ou plusieurs fois par jour", "Hebdomadaire ou plusieurs fois par semaine", "Mensuelle ou plusieurs fois par mois", "Bimestrielle",
				"Trimestrielle", "Semestrielle", "Annuelle", "Biennale", "Triennale", "Quinquennale"),
			field("DATE_MAJ", Date, "Mise à jour", "Updated"),
			field("MOTS_CLES", String, "Mots clés", "Keywords"),
			field("LICENCE", String, "Licence", "Licence").of("Licence Ouverte-LO", "Open Database License-ODBL", "Creative Commons-CC", "Spécifique ou autre"),
			field("NOMBRE_RESSOURCES", Integer, "Nombre de ressources", "Number of resources").from("1"),
			field("FORMAT_RESSOURCES", String, "Formats", "Formats"),
			field("URL", String, "Adresse", "Address").as("uri"),
		}}
	for i := range s.Fields {
		s.Fields[i].Required = true
	}
	return s
}
