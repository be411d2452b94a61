package schema

import (
	"regexp"

	"puy/geo"
)

// Schema says what the rows of a table are to be.
type Schema struct {
	Name    string        // as "etalab/schema-irve-statique", or what the file calls itself
	Version string        // as "2.3.1"; empty where the file does not tell
	Title   geo.Localized //
	// Checksum is the SHA-256 of the file that the schema was read from,
	// hexadecimal; of a schema that comes with puy, that of its definition.
	Checksum string
	Fields   []Field
	Missing  []string // texts that mean that there is no value, besides none

	PrimaryKey  []string
	ForeignKeys []ForeignKey
	Checks      []Check
	// Unchecked tells what of the file puy does not check.
	Unchecked []geo.Localized
}

// Field says what one column is to be.
type Field struct {
	Name        string
	Aliases     []string // names of older versions
	Title       geo.Localized
	Description geo.Localized
	Kind        Kind
	Format      string // of Kind, as Table Schema names it: "email", "%Y-%m-%d", "array" …

	Required, Unique bool
	// Instead is the field that tells the value of a required one in rows that leave
	// it out, as further holders of a contract do with its amount.
	Instead string `json:",omitempty"`
	Pattern *regexp.Regexp
	Enum    []string
	// Open tells that values outside Enum are a warning, not an error: the list
	// is known to grow.
	Open bool
	// Old gives the present spelling of values of older versions.
	Old                  map[string]string
	Min, Max             *Bound
	MinLength, MaxLength *int // in characters
	True, False          []string
	Items                *Field  // what each element of an array is to be
	Any                  []Field // alternatives, of which one is to fit

	words map[string]string // the folded spelling of each value of Enum, "" where two fold alike
	exact map[string]bool
	label string // the name for messages about an element of an array
}

// Bound is the least or the greatest value.
type Bound struct {
	Text      string // as the schema spells it
	Number    float64
	Exclusive bool
}

// ForeignKey says that Fields hold what Reference holds in another row. Only
// references within the same file can be checked.
type ForeignKey struct {
	Fields, Reference []string
}

// Check is one of the custom checks of French schemas.
type Check struct {
	Name   string   // with hyphens, as "french-siret-value"
	Column string   // the column that it is about
	Others []string // the columns that it is compared with
	Op     string   // of compare-columns-value: < <= == >= >
	Loose  bool     // of year-interval-value: one year alone will do
}

// Kind is the type of a field, named as in Table Schema.
type Kind string

// The kinds.
const (
	String    Kind = "string"
	Integer   Kind = "integer"
	Number    Kind = "number"
	Boolean   Kind = "boolean"
	Date      Kind = "date"
	Time      Kind = "time"
	DateTime  Kind = "datetime"
	Year      Kind = "year"
	YearMonth Kind = "yearmonth"
	Duration  Kind = "duration"
	Geopoint  Kind = "geopoint"
	GeoJSON   Kind = "geojson"
	Array     Kind = "array"
	Object    Kind = "object"
	AnyKind   Kind = "any"
)

// Type gives the type under which values of the field are to be stored, and
// TypeNull where that is for the file to tell.
func (f *Field) Type() geo.FieldType {
	switch f.Kind {
	case String, Time, YearMonth, Duration:
		return geo.TypeText // codes keep their leading zeros
	case Integer, Year:
		return geo.TypeInteger
	case Number:
		return geo.TypeNumber
	case Boolean:
		return geo.TypeBoolean
	case Date:
		if f.Format == "" || f.Format == "default" || f.Format == "any" || f.Format == "%Y-%m-%d" {
			return geo.TypeDate
		}
	case DateTime:
		return geo.TypeDateTime
	}
	return geo.TypeNull
}

// Types gives the type of each field by its name, its older names, and those in
// upper and lower case.
func (s *Schema) Types() map[string]geo.FieldType {
	types := make(map[string]geo.FieldType, len(s.Fields))
	for i := range s.Fields {
		f := &s.Fields[i]
		t := f.Type()
		if t == geo.TypeNull {
			continue
		}
		for _, name := range f.spellings() {
			if _, taken := types[name]; !taken {
				types[name] = t
			}
		}
	}
	return types
}

// ID names the schema with its version, as "etalab/schema-irve-statique@2.3.1".
func (s *Schema) ID() string {
	if s.Version == "" {
		return s.Name
	}
	return s.Name + "@" + s.Version
}

// index prepares what checks look up.
func (f *Field) index() {
	if len(f.Enum) > 0 {
		f.words, f.exact = make(map[string]string, len(f.Enum)), make(map[string]bool, len(f.Enum))
		for _, v := range f.Enum {
			f.exact[v] = true
			folded := Fold(v)
			if other, twice := f.words[folded]; twice && other != v {
				f.words[folded] = ""
				continue
			}
			f.words[folded] = v
		}
	}
	if f.Items != nil {
		f.Items.label = f.Name
		f.Items.index()
	}
	for i := range f.Any {
		f.Any[i].index()
	}
}

func (s *Schema) index() {
	for i := range s.Fields {
		s.Fields[i].index()
	}
}
