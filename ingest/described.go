package ingest

import (
	"fmt"
	"strings"

	"puy/geo"
)

// Finding is one thing that was seen of a file, in fr and en.
type Finding struct {
	Label, Value geo.Localized
}

// Described tells what a dry run saw of a file: a line a finding.
func Described(r *Report) []Finding {
	f := r.Found
	if f == nil {
		return nil
	}
	var all []Finding
	add := func(fr, en, value string) {
		if value != "" {
			all = append(all, Finding{geo.Localized{FR: fr, EN: en}, geo.Localized{FR: value, EN: value}})
		}
	}
	say := func(fr, en string, value geo.Localized) {
		all = append(all, Finding{geo.Localized{FR: fr, EN: en}, value})
	}

	add("format", "format", r.Format)
	add("couches", "layers", strings.Join(f.Layers, ", "))
	add("couche", "layer", r.Layer)
	for _, t := range f.Tags {
		say("attribut fréquent", "frequent tag", geo.Localized{FR: fmt.Sprintf("%s (%d)", t.Tag, t.Count), EN: fmt.Sprintf("%s (%d)", t.Tag, t.Count)})
	}
	if len(f.Tags) > 0 {
		return all
	}
	if r.Encoding != "" {
		value := geo.Localized{FR: r.Encoding, EN: r.Encoding}
		if f.BOM {
			value.FR, value.EN = value.FR+", avec une marque d’ordre des octets (BOM)", value.EN+", with a byte order mark (BOM)"
		}
		if f.Mojibake {
			value.FR, value.EN = value.FR+", semble encodé deux fois", value.EN+", seems to have been encoded twice"
		}
		say("encodage", "encoding", value)
	}
	add("séparateur", "delimiter", r.Delimiter)
	if f.Decimal == "mixed" {
		say("signe décimal", "decimal sign", geo.Localized{FR: "selon la colonne", EN: "differs between columns"})
	} else {
		add("signe décimal", "decimal sign", f.Decimal)
	}
	if f.Header > 0 {
		say("en-tête", "header", geo.Localized{FR: fmt.Sprintf("ligne %d", f.Header), EN: fmt.Sprintf("line %d", f.Header)})
	}
	if f.Header == 0 && r.Format == "csv" {
		say("en-tête", "header", geo.Localized{FR: "aucun : la première ligne contient des valeurs", EN: "none: the first line holds values"})
	}
	if r.Geometry != geo.GeometryNone {
		value := r.Geometry.String()
		if len(f.Geometry) > 0 {
			value += " (" + strings.Join(f.Geometry, ", ") + ")"
		}
		add("géométrie", "geometry", value)
		say("ordre des axes", "axis order", map[string]geo.Localized{
			"xy": {FR: "x, y (longitude ou est d’abord)", EN: "x, y (longitude or easting first)"},
			"yx": {FR: "y, x (latitude ou nord d’abord)", EN: "y, x (latitude or northing first)"}}[f.Axes])
		say("système de coordonnées", "CRS", crsFrom(r.CRS, f.CRSFrom))
	}
	for _, field := range r.Fields {
		form := ""
		for _, d := range f.Dates {
			switch {
			case d.Field != field.Name:
			case d.DayFirst:
				form = ", 31/12/2024"
			default:
				form = ", 2024-12-31"
			}
		}
		say("colonne", "column", geo.Localized{FR: field.Name + " : " + typesFR[field.Type] + form, EN: field.Name + ": " + field.Type.String() + form})
	}
	var keys []string
	for _, c := range f.Keys {
		keys = append(keys, c.Field)
	}
	if len(keys) == 0 {
		say("clés possibles", "possible keys", geo.Localized{FR: "aucune", EN: "none"})
	} else {
		add("clés possibles", "possible keys", strings.Join(keys, ", "))
	}
	if r.Fits != nil {
		say("schéma proposé", "proposed schema", geo.Localized{FR: r.Fits.Name + " — " + r.Fits.Message.FR, EN: r.Fits.Name + " — " + r.Fits.Message.EN})
	}
	return all
}

func crsFrom(code string, from CRSOrigin) geo.Localized {
	switch from {
	case CRSDeclared:
		return geo.Localized{FR: code + ", déclaré", EN: code + ", declared"}
	case CRSFile:
		return geo.Localized{FR: code + ", d’après le fichier ou son format", EN: code + ", by the file or its format"}
	}
	return geo.Localized{FR: code + ", d’après la grandeur des coordonnées", EN: code + ", by the size of the coordinates"}
}
