package catalog

import "puy/geo"

// OpenLicences gives the licences that a public dataset may carry without
// naming them in portal.yaml, by the id that catalogue files use.
func OpenLicences() map[string]LicenceText {
	same := func(title, url string) LicenceText {
		return LicenceText{Title: geo.Localized{FR: title, EN: title}, URL: url}
	}
	etalab := LicenceText{
		Title: geo.Localized{FR: "Licence Ouverte 2.0", EN: "Open Licence 2.0 (Etalab)"},
		URL:   "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
	}
	return map[string]LicenceText{
		"lov2":         etalab,
		"etalab-2.0":   etalab,
		"odc-odbl":     same("ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
		"odc-by":       same("ODC-BY 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
		"odc-pddl":     same("PDDL 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
		"cc0-1.0":      same("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
		"cc-by-4.0":    same("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
		"cc-by-sa-4.0": same("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
	}
}

// Licence gives the licence called id: one of the portal's own or a known open one.
func (p *Portal) Licence(id string) (LicenceText, bool) {
	if l, ok := p.Licences[id]; ok {
		return l, true
	}
	l, ok := OpenLicences()[id]
	return l, ok
}

// Frequencies gives the values of Dataset.Frequency, from the EU frequency vocabulary.
func Frequencies() []string {
	return []string{"continuous", "hourly", "daily", "weekly", "monthly", "quarterly", "biannual", "annual", "irregular", "unknown", "never"}
}
