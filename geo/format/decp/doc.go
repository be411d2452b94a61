// Package decp reads the essential data of French public procurement ("données
// essentielles de la commande publique"): the JSON and the XML of the orders of 22
// December 2022 (format-commande-publique 2.0), of 2019 (1.4, 1.5), and the files that
// aggregate them. The layers of a file are its contracts, marches, and its
// concessions.
//
// A layer is a table with a row for each contract and holder; a contract without a
// holder has one row. Names inside others are joined by "_", as in acheteur_id. Beside
// what the file has, rows have
//
//	uid                  the SIRET of the buyer and the number of the contract, in which a
//	                     space, comma, full stop, slash or backslash is "_"
//	cle                  the uid, "-" and the identifier of the holder (its place where it has
//	                     none): what to declare as the key
//	titulaire_rang       the place of the holder in its contract; 1 where there is none
//	titulaires_nombre    the holders of the contract
//	modifications_nombre and the dates and the subject of the last one
//
// Amounts in euros can be added up: montant, montantInitial, valeurGlobale,
// valeurGlobaleInitiale, montantSubventionPublique and actesSousTraitance_montant stand
// in the first row of a contract alone (titulaire_rang = 1), so that co-holders do not
// count a contract twice; montantContrat, valeurGlobaleContrat and
// montantSubventionPubliqueContrat tell the same in each of its rows, for reading. The
// amount of a framework agreement is an upper bound that includes what is contracted
// under it (idAccordCadre).
//
// Modifications are applied in the order of their dates: montant, valeurGlobale,
// dureeMois and the holders are those of today, montantInitial, dureeMoisInitiale and
// titulairesInitiaux those of the beginning. The first row of a contract has all
// modifications, acts of subcontracting and yearly data as JSON, as they were sent.
//
// Values are left as they are sent ("NC", "CDL" for a SIRET, older words), for a schema
// to judge, but for the notation of days and of yes and no, and SIRET as the kind of
// identifiers of 14 digits that have none.
package decp
