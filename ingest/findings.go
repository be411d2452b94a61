package ingest

import (
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// Findings is what a dry run found of how a file is to be read, beyond what each
// report tells.
type Findings struct {
	Path     string      `json:"path"`
	Folder   bool        `json:"folder,omitempty"`   // Path is a folder whose files were read as one
	BOM      bool        `json:"bom,omitempty"`      // the text begins with a byte order mark
	Layers   []string    `json:"layers,omitempty"`   // where the file has several
	Mojibake bool        `json:"mojibake,omitempty"` // the text seems to have been encoded twice
	Header   int         `json:"header,omitempty"`   // the line of the header, 1 is the first
	Decimal  string      `json:"decimal,omitempty"`  // "." or ","; "mixed" where columns differ
	Geometry []string    `json:"geometry,omitempty"` // the columns of the geometry, x before y
	Axes     string      `json:"axes,omitempty"`     // the order of coordinates: "xy" or "yx"
	Pairs    bool        `json:"pairs,omitempty"`    // one column with two numbers in a cell
	CRSFrom  CRSOrigin   `json:"crsFrom,omitempty"`
	Dates    []DateForm  `json:"dates,omitempty"`
	Keys     []Candidate `json:"keys,omitempty"`  // the likeliest first
	Blank    []string    `json:"blank,omitempty"` // fields without a value

	// Tags are the most frequent ones of a file of OpenStreetMap, for whoever did not
	// say which are meant.
	Tags []format.TagCount `json:"tags,omitempty"`
}

// CRSOrigin says how the CRS of a file was found.
type CRSOrigin string

// The origins.
const (
	CRSDeclared CRSOrigin = "declared"    // the catalogue says it
	CRSFile     CRSOrigin = "file"        // the file or its format says it
	CRSGuessed  CRSOrigin = "coordinates" // the size of the coordinates makes it likely
)

// DateForm is how the cells of a date or date-time field are written.
type DateForm struct {
	Field    string `json:"field"`
	DayFirst bool   `json:"dayFirst"` // 31/05/2024; otherwise 2024-05-31
}

func (l *loading) findings(layer format.Layer, src *format.Source) *Findings {
	trail := layer.Trail
	f := &Findings{Path: src.Path(), Layers: l.layers, Axes: l.axes, BOM: trail.BOM, Header: trail.Header, Geometry: trail.Geometry, Pairs: trail.Pairs}
	for _, p := range layer.Warnings {
		f.Mojibake = f.Mojibake || p.Rule == geo.RuleEncoding && p.Column == ""
	}
	if layer.Schema.Spatial() {
		switch {
		case l.dataset.Source.CRS != "":
			f.CRSFrom = CRSDeclared
		case trail.CRSGuessed || l.crsGuessed || layer.CRS == crs.Unknown:
			f.CRSFrom = CRSGuessed
		default:
			f.CRSFrom = CRSFile
		}
	}
	for _, field := range layer.Schema.Fields {
		n, textual := trail.Notations[field.Name]
		switch {
		case field.Type == geo.TypeNull:
			f.Blank = append(f.Blank, field.Name)
		case !textual:
		case field.Type == geo.TypeNumber && f.Decimal == "":
			f.Decimal = string(rune(n.Decimal))
		case field.Type == geo.TypeNumber && f.Decimal != string(rune(n.Decimal)):
			f.Decimal = "mixed"
		case field.Type == geo.TypeDate || field.Type == geo.TypeDateTime:
			f.Dates = append(f.Dates, DateForm{field.Name, n.DayFirst})
		}
	}
	return f
}
