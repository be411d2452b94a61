package schema

// chargingPoints is the national schema of charging points for electric
// vehicles, 2.3.0: one row a point.
func chargingPoints() Schema {
	return Schema{Version: "2.3.0", Title: say("Bornes de recharge (IRVE statique)", "Charging points (IRVE, static)"), Fields: []Field{
		field("nom_amenageur", String, "Aménageur", "Developer").once("n_amenageur"),
		field("siren_amenageur", String, "SIREN de l’aménageur", "SIREN of the developer").whole(`^\d{9}$`),
		field("contact_amenageur", String, "Contact de l’aménageur", "Contact of the developer").as("email"),
		field("nom_operateur", String, "Opérateur", "Operator").once("n_operateur"),
		field("contact_operateur", String, "Contact de l’opérateur", "Contact of the operator").needed().as("email"),
		field("telephone_operateur", String, "Téléphone de l’opérateur", "Telephone of the operator"),
		field("nom_enseigne", String, "Enseigne", "Brand").needed().once("n_enseigne"),
		field("id_station_itinerance", String, "Identifiant de la station", "Identifier of the station").needed().whole(patternChargingID).once("id_station"),
		field("id_station_local", String, "Identifiant local de la station", "Local identifier of the station"),
		field("nom_station", String, "Station", "Station").needed().once("n_station"),
		field("implantation_station", String, "Implantation", "Kind of place").needed().of("Voirie", "Parking public", "Parking privé à usage public",
			"Parking privé réservé à la clientèle", "Station dédiée à la recharge rapide"),
		field("adresse_station", String, "Adresse", "Address").needed().once("ad_station"),
		field("code_insee_commune", String, "Code INSEE de la commune", "INSEE code of the commune").like(patternCommune + "$").once("code_insee"),
		field("coordonneesXY", Geopoint, "Coordonnées [lon,lat]", "Coordinates [lon,lat]").needed().as("array"),
		field("nbre_pdc", Integer, "Points de charge de la station", "Charging points of the station").needed().from("0"),
		field("id_pdc_itinerance", String, "Identifiant du point de charge", "Identifier of the charging point").needed().whole(patternChargingID).once("id_pdc"),
		field("id_pdc_local", String, "Identifiant local du point de charge", "Local identifier of the charging point"),
		field("puissance_nominale", Number, "Puissance en kW", "Power in kW").needed().from("0").once("puiss_max"),
		field("prise_type_ef", Boolean, "Prise E/F", "Socket E/F").needed(),
		field("prise_type_2", Boolean, "Prise type 2", "Socket type 2").needed(),
		field("prise_type_combo_ccs", Boolean, "Prise Combo CCS", "Combo CCS").needed(),
		field("prise_type_chademo", Boolean, "Prise CHAdeMO", "CHAdeMO").needed(),
		field("prise_type_autre", Boolean, "Autre prise", "Other socket").needed(),
		field("gratuit", Boolean, "Gratuit", "Free of charge"),
		field("paiement_acte", Boolean, "Paiement à l’acte", "Payment per use").needed(),
		field("paiement_cb", Boolean, "Paiement par carte bancaire", "Payment by bank card"),
		field("paiement_autre", Boolean, "Autre paiement", "Other payment"),
		field("tarification", String, "Tarifs", "Prices"),
		field("condition_acces", String, "Accès", "Access").needed().of("Accès libre", "Accès réservé"),
		field("reservation", Boolean, "Réservation possible", "Can be booked").needed(),
		field("horaires", String, "Horaires", "Opening hours").needed().whole(patternOpening),
		field("accessibilite_pmr", String, "Accessibilité PMR", "Accessibility").needed().of("Réservé PMR", "Accessible mais non réservé PMR", "Non accessible", "Accessibilité inconnue"),
		field("restriction_gabarit", String, "Restriction de gabarit", "Size restriction").needed(),
		field("station_deux_roues", Boolean, "Réservée aux deux-roues", "For two-wheelers only").needed(),
		field("raccordement", String, "Raccordement", "Connection").of("Direct", "Indirect"),
		field("num_pdl", String, "Point de livraison d’électricité", "Electricity delivery point"),
		field("date_mise_en_service", Date, "Mise en service", "Opened").as("%Y-%m-%d"),
		field("observations", String, "Observations", "Remarks"),
		field("date_maj", Date, "Mise à jour", "Updated").needed().as("%Y-%m-%d"),
		field("cable_t2_attache", Boolean, "Câble T2 attaché", "Attached T2 cable"),
	}}
}

// chargingPointsLive is the national schema of the state of charging points.
func chargingPointsLive() Schema {
	socket := func(name, fr, en string) Field {
		return field(name, String, fr, en).of("fonctionnel", "hors_service", "inconnu")
	}
	return Schema{Version: "2.3.0", Title: say("État des bornes de recharge (IRVE dynamique)", "State of charging points (IRVE, dynamic)"), Fields: []Field{
		field("id_pdc_itinerance", String, "Identifiant du point de charge", "Identifier of the charging point").needed().whole(patternChargingID),
		field("etat_pdc", String, "État", "State").needed().of("en_service", "hors_service", "inconnu"),
		field("occupation_pdc", String, "Occupation", "Occupancy").needed().of("libre", "occupe", "reserve", "inconnu"),
		field("horodatage", DateTime, "Horodatage", "Time").needed(),
		socket("etat_prise_type_2", "État de la prise type 2", "State of the type 2 socket"),
		socket("etat_prise_type_combo_ccs", "État de la prise Combo CCS", "State of the Combo CCS socket"),
		socket("etat_prise_type_chademo", "État de la prise CHAdeMO", "State of the CHAdeMO socket"),
		socket("etat_prise_type_ef", "État de la prise E/F", "State of the E/F socket"),
	}}
}
