package catalog

import (
	"encoding/json"

	"puy/geo"
)

// Portal is what portal.yaml says.
type Portal struct {
	Title       geo.Localized          `json:"title" yaml:"title"`
	Description geo.Localized          `json:"description,omitzero" yaml:"description"`
	PublicURL   string                 `json:"publicUrl,omitempty" yaml:"public_url"` // absolute, without a trailing slash; empty means the address served
	Languages   []string               `json:"languages,omitempty" yaml:"languages"`  // the first is the default; fr and en
	Contact     Contact                `json:"contact,omitzero" yaml:"contact"`
	View        View                   `json:"view,omitzero" yaml:"view"`
	Themes      map[string]Theme       `json:"themes,omitempty" yaml:"themes"`
	Publishers  map[string]Publisher   `json:"publishers,omitempty" yaml:"publishers"`
	Licences    map[string]LicenceText `json:"licences,omitempty" yaml:"licences"` // further open licences
	// SetFiles are files of tile matrix sets (OGC 17-083r4, JSON), relative to the
	// catalogue's folder, and TileMatrixSets what stands in them.
	SetFiles       []string          `json:"-" yaml:"tile_matrix_sets"`
	TileMatrixSets []json.RawMessage `json:"tileMatrixSets,omitempty" yaml:"-"`
	// Territory is that of datasets which state none: west, south, east, north in degrees.
	Territory []float64 `json:"territory,omitempty" yaml:"territory"`
}

// Contact tells how to reach who runs the portal.
type Contact struct {
	Name  string `json:"name,omitempty" yaml:"name"`
	Email string `json:"email,omitempty" yaml:"email"`
	URL   string `json:"url,omitempty" yaml:"url"`
}

// View is where maps open: a centre in longitude, latitude and a zoom.
type View struct {
	Center [2]float64 `json:"center" yaml:"center"`
	Zoom   float64    `json:"zoom" yaml:"zoom"`
}

// Theme is a heading under which datasets stand.
type Theme struct {
	Title geo.Localized `json:"title" yaml:"title"`
}

// Publisher is who answers for a dataset.
type Publisher struct {
	Name string `json:"name" yaml:"name"`
	URL  string `json:"url,omitempty" yaml:"url"`
}

// LicenceText names a licence and where its text stands.
type LicenceText struct {
	Title geo.Localized `json:"title" yaml:"title"`
	URL   string        `json:"url" yaml:"url"`
}

// Dataset is what one dataset's YAML file says.
type Dataset struct {
	ID          string        `json:"id" yaml:"id"` // a slug: a–z, 0–9 and hyphens, at most 63 characters
	Aliases     []string      `json:"aliases,omitempty" yaml:"aliases"`
	Title       geo.Localized `json:"title" yaml:"title"`
	Description geo.Localized `json:"description,omitzero" yaml:"description"`
	Theme       string        `json:"theme,omitempty" yaml:"theme"`
	Publisher   string        `json:"publisher,omitempty" yaml:"publisher"`
	Licence     string        `json:"licence,omitempty" yaml:"licence"`
	Frequency   string        `json:"frequency,omitempty" yaml:"frequency"`
	Keywords    []string      `json:"keywords,omitempty" yaml:"keywords"`
	Question    geo.Localized `json:"question,omitzero" yaml:"question"`         // that the data answer
	Provenance  geo.Localized `json:"provenance,omitzero" yaml:"provenance"`     // whose data they are and how they came to be
	Contact     Contact       `json:"contact,omitzero" yaml:"contact"`           // for this dataset; else the portal's
	Period      string        `json:"period,omitempty" yaml:"period"`            // ISO 8601, as "2019/2026" or "2024-01-01/2024-06-30"
	DerivedFrom []string      `json:"derivedFrom,omitempty" yaml:"derived_from"` // ids of the datasets that it was made of
	// Access is "internal" as Internal is; ParseDataset sets that in its place.
	Access   string `json:"-" yaml:"access"`
	Internal bool   `json:"internal,omitempty" yaml:"internal"` // not shown to the public; may have a closed licence
	Editable bool   `json:"editable,omitempty" yaml:"editable"` // features may be changed through the API, with a key
	Demo     bool   `json:"demo,omitempty" yaml:"demo"`         // holds invented values and must say so on every page
	// Schema is what the rows are to conform to: a schema that comes with puy, as
	// "cycle-lanes" or "etalab/schema-amenagements-cyclables@0.3.5"; or the file or
	// URL of one, which "#sha256=…" at its end pins.
	Schema string `json:"schema,omitempty" yaml:"schema"`
	// Publish is "strict" where what is below the publication gate is refused, and
	// "lenient" where rows that do not conform to the schema are published.
	Publish string `json:"publish,omitempty" yaml:"publish"`
	// AcceptErrors is the share of rows that may have errors and be left out
	// without stopping a version.
	AcceptErrors Share   `json:"acceptErrors,omitempty" yaml:"accept_errors"`
	Key          string  `json:"key,omitempty" yaml:"key"`       // the field that identifies a feature
	Time         string  `json:"time,omitempty" yaml:"time"`     // the date or date-time field that datetime= filters
	Fields       []Field `json:"fields,omitempty" yaml:"fields"` // titles, types and units; fields not named here keep what the file gives
	Source       Source  `json:"source,omitzero" yaml:"source"`
	Keep         Keep    `json:"keep,omitzero" yaml:"keep"`        // which versions stay
	Removed      bool    `json:"removed,omitempty" yaml:"removed"` // there was such a dataset: its addresses say so
	// Territory is where features are expected: west, south, east, north in degrees.
	Territory []float64 `json:"territory,omitempty" yaml:"territory"`
	Repair    bool      `json:"repair,omitempty" yaml:"repair"` // invalid areas are made valid, and told
	// Touching makes ingest look for gaps and overlaps between areas that are
	// narrower than so many metres; 0: it does not look.
	Touching float64 `json:"touching,omitempty" yaml:"touching"`
	Tiles    Tiles   `json:"tiles,omitzero" yaml:"tiles"`
}

// Field declares what is known of one field beyond its name.
type Field struct {
	Name        string        `json:"name" yaml:"name"`
	Type        geo.FieldType `json:"type,omitempty" yaml:"type"` // TypeNull: found from the file
	Title       geo.Localized `json:"title,omitzero" yaml:"title"`
	Description geo.Localized `json:"description,omitzero" yaml:"description"`
	Unit        string        `json:"unit,omitempty" yaml:"unit"`
}
