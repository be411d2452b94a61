package schema

// cycleLanes is the national schema of cycle facilities 0.3.5.
func cycleLanes() Schema {
	facilities := []string{"PISTE CYCLABLE", "BANDE CYCLABLE", "DOUBLE SENS CYCLABLE PISTE", "DOUBLE SENS CYCLABLE BANDE",
		"DOUBLE SENS CYCLABLE NON MATERIALISE", "VOIE VERTE", "VELO RUE", "COULOIR BUS+VELO", "RAMPE", "GOULOTTE",
		"AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE", "CHAUSSEE A VOIE CENTRALE BANALISEE", "ACCOTEMENT REVETU HORS CVCB", "AUCUN", "AUTRE"}
	older := map[string]string{
		"AMENAGEMENT MIXTES PIETON VELO HORS VOIE VERTE": "AMENAGEMENT MIXTE PIETON VELO HORS VOIE VERTE",
		"ACCOTEMENT REVENTU HORS CVCB":                   "ACCOTEMENT REVETU HORS CVCB",
	}
	s := Schema{Version: "0.3.5", Title: say("Aménagements cyclables", "Cycle facilities"), Fields: []Field{
		field("id_local", String, "Identifiant local", "Local identifier").needed(),
		field("reseau_loc", String, "Réseau structurant", "Network").of("REV", "Structurant", "Autre"),
		field("nom_loc", AnyKind, "Itinéraires locaux", "Local routes"),
		field("id_osm", String, "Identifiant OpenStreetMap", "OpenStreetMap identifier"),
		field("num_iti", String, "Itinéraires nationaux et européens", "National and European routes"),
	}}
	for _, side := range []struct{ suffix, fr, en string }{{"_d", " (droite)", " (right)"}, {"_g", " (gauche)", " (left)"}} {
		on := func(name string, k Kind, fr, en string) Field {
			return field(name+side.suffix, k, fr+side.fr, en+side.en)
		}
		s.Fields = append(s.Fields,
			on("code_com", String, "Code INSEE de la commune", "INSEE code of the commune").needed().like(patternCommune),
			on("ame", String, "Aménagement", "Facility").needed().of(facilities...).old(older).open(),
			on("regime", String, "Régime", "Traffic regime").of("ZONE 30", "AIRE PIETONNE", "ZONE DE RENCONTRE", "EN AGGLOMERATION", "HORS AGGLOMERATION", "AUTRE"),
			on("sens", String, "Sens de circulation", "Direction").of("UNIDIRECTIONNEL", "BIDIRECTIONNEL"),
			on("largeur", Number, "Largeur utile en mètres", "Usable width in metres"),
			on("local", String, "Emplacement", "Position").of("TROTTOIR", "INTERMEDIAIRE", "CHAUSSEE"),
			on("statut", String, "Statut", "Status").of("EN TRAVAUX", "EN SERVICE", "PROVISOIRE"),
			on("revet", String, "Revêtement", "Surface").of("LISSE", "RUGUEUX", "MEUBLE"),
		)
	}
	s.Fields = append(s.Fields,
		field("access_ame", String, "Accessible en", "Suitable for").of("ROLLER", "VELO DE ROUTE", "VTC", "VTT"),
		field("date_maj", Date, "Mise à jour", "Updated"),
		field("trafic_vit", Integer, "Vitesse du trafic adjacent en km/h", "Speed of adjacent traffic in km/h"),
		field("lumiere", Boolean, "Éclairé", "Lit"),
		field("d_service", Integer, "Année de mise en service", "Year of opening"),
		field("comm", String, "Remarques", "Remarks"),
		field("source", String, "Source", "Source"),
		field("project_c", String, "Projection d’origine", "Original projection"),
		field("ref_geo", String, "Référentiel géographique", "Geographic reference"),
	)
	return s
}

// cycleParking is the national schema of cycle parking 1.1.2.
func cycleParking() Schema {
	flag := func(name, fr, en string) Field {
		f := field(name, Boolean, fr, en)
		f.True, f.False = []string{"true", "True", "TRUE", "1", "vrai", "Vrai", "VRAI"}, []string{"false", "False", "FALSE", "0", "faux", "Faux", "FAUX"}
		return f
	}
	return Schema{Version: "1.1.2", Title: say("Stationnement cyclable", "Cycle parking"), PrimaryKey: []string{"id_local"},
		Checks: []Check{{Name: CheckFrance, Column: "coordonneesxy"}},
		Fields: []Field{
			field("id_local", String, "Identifiant local", "Local identifier").needed().unique(),
			field("id_osm", String, "Identifiant OpenStreetMap", "OpenStreetMap identifier"),
			field("code_com", String, "Code INSEE de la commune", "INSEE code of the commune").like(patternCommune + "$"),
			field("coordonneesxy", Geopoint, "Coordonnées [lon,lat]", "Coordinates [lon,lat]").needed().as("array"),
			field("capacite", Integer, "Nombre de places", "Number of places").needed(),
			field("capacite_cargo", Integer, "Places pour vélos de grande taille", "Places for large bicycles"),
			field("type_accroche", String, "Type d’accroche", "Kind of locking").needed().of("ROUE", "CADRE", "CADRE ET ROUE", "SANS ACCROCHE"),
			field("mobilier", String, "Mobilier", "Furniture").of("ARCEAU", "RATELIER", "RACK DOUBLE ETAGE", "CROCHET", "SUPPORT GUIDON", "POTELET",
				"ARCEAU VELO GRANDE TAILLE", "AUCUN EQUIPEMENT", "AUTRE"),
			field("acces", String, "Accès", "Access").of("LIBRE ACCES", "ABONNEMENT OU INSCRIPTION PREALABLE", "PRIVE"),
			flag("gratuit", "Gratuit", "Free of charge"),
			field("protection", String, "Protection", "Protection").of("STATIONNEMENT NON FERME", "CONSIGNE COLLECTIVE FERMEE", "BOX INDIVIDUEL FERME", "AUTRE"),
			flag("couverture", "Couvert", "Covered"),
			flag("surveillance", "Surveillé", "Watched"),
			flag("lumiere", "Éclairé", "Lit"),
			field("url_info", String, "Page d’information", "Information page").as("uri"),
			field("d_service", Integer, "Année de mise en service", "Year of opening"),
			field("source", String, "Source", "Source"),
			field("proprietaire", String, "Propriétaire", "Owner"),
			field("gestionnaire", String, "Gestionnaire", "Operator"),
			field("date_maj", Date, "Mise à jour", "Updated").as("%Y-%m-%d"),
			field("commentaires", String, "Commentaires", "Comments"),
		}}
}
