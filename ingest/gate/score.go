package gate

import (
	"time"
)

// goodDescription is the number of characters that data.gouv.fr asks for.
const goodDescription = 100

// grace is how late an update may be on data.gouv.fr.
const grace = 24 * time.Hour

// score computes the nine criteria of udata, each worth the same. Puy itself
// writes the files: their formats are open, and they are there.
func score(f *Facts) Score {
	d, q := &f.Dataset, question{}
	files := f.Rows > 0 || d.Source.IsArchive()
	q.ask("license", d.Licence != "", "Licence indiquée.", "Licence stated.", "Indiquez une licence.", "State a licence.")
	q.ask("temporal_coverage", f.Dated, "Période couverte indiquée.", "Period covered stated.", "Indiquez la période : time ou period.", "State the period: time or period.")
	q.ask("spatial", f.Located || len(d.Territory) > 0, "Territoire couvert indiqué.", "Area covered stated.",
		"Indiquez le territoire : territory, pour une table sans géométrie.", "State the area: territory, for a table without geometry.")
	known := d.Frequency != "" && d.Frequency != "unknown"
	q.ask("update_frequency", known, "Fréquence de mise à jour indiquée.", "Frequency stated.", "Indiquez la fréquence : frequency.", "State the frequency: frequency.")
	q.ask("update_fulfilled_in_time", fresh(f), "Mise à jour dans les temps.", "Updated in time.", "La mise à jour est en retard.", "The update is late.")
	q.ask("dataset_description_quality", length(d.Description) > goodDescription, "Description suffisante.", "Sufficient description.",
		"Écrivez plus de 100 caractères de description.", "Write more than 100 characters of description.")
	q.ask("has_open_format", files, "Formats ouverts.", "Open formats.", "Aucun fichier n’est publié.", "No file is published.")
	q.ask("all_resources_available", files, "Fichiers disponibles.", "Files available.", "Aucun fichier n’est disponible.", "No file is available.")
	q.ask("resources_documentation", documented(f), "Champs documentés.", "Fields documented.",
		"Documentez les champs : fields, avec title ou description, ou schema.", "Document the fields: fields, with title or description, or schema.")
	met := 0
	for _, t := range q.tests {
		if t.OK {
			met++
		}
	}
	return Score{Value: float64(met) / float64(len(q.tests)), Criteria: q.tests}
}

// documented tells whether somebody can know what the columns mean.
func documented(f *Facts) bool {
	for i := range f.Dataset.Fields {
		if field := &f.Dataset.Fields[i]; !field.Title.IsZero() || !field.Description.IsZero() {
			return true
		}
	}
	return f.Conforming
}

// fresh tells whether the next update is not more than a day late. A frequency
// without a period cannot be missed; an unknown one cannot be kept.
func fresh(f *Facts) bool {
	due, timed := Due(f.Dataset.Frequency, f.Updated)
	if !timed {
		return f.Dataset.Frequency != "" && f.Dataset.Frequency != "unknown"
	}
	return !f.Now.After(due.Add(grace))
}

// Due gives when data of a frequency (catalog.Frequencies) that were updated at
// that time are due again; timed is false where the frequency has no period.
func Due(frequency string, updated time.Time) (due time.Time, timed bool) {
	switch frequency {
	case "hourly":
		return updated.Add(time.Hour), true
	case "daily":
		return updated.AddDate(0, 0, 1), true
	case "weekly":
		return updated.AddDate(0, 0, 7), true
	case "monthly":
		return updated.AddDate(0, 1, 0), true
	case "quarterly":
		return updated.AddDate(0, 3, 0), true
	case "biannual":
		return updated.AddDate(0, 6, 0), true
	case "annual":
		return updated.AddDate(1, 0, 0), true
	}
	return time.Time{}, false
}
