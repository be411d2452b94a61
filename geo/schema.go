package geo

// Field describes one attribute of a dataset.
type Field struct {
	Name        string    `json:"name"`
	Type        FieldType `json:"type"`
	Title       Localized `json:"title,omitzero"`
	Description Localized `json:"description,omitzero"`
	Unit        string    `json:"unit,omitempty"` // UCUM, as in "ug/m3"
}

// Schema describes the features of a dataset: their attributes in order, and
// their geometry.
type Schema struct {
	Fields   []Field      `json:"fields"`
	Geometry GeometryType `json:"geometry"`       // GeometryNone for a table without geometry
	HasZ     bool         `json:"hasZ,omitempty"` // some geometry carries a height
	// Key names the field that identifies a feature across versions; empty
	// where the source gives an id outside the fields, or none.
	Key string `json:"key,omitempty"`
}

// Index gives the position of the field called name, or -1.
func (s *Schema) Index(name string) int {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// Spatial tells whether features of s can have a geometry.
func (s *Schema) Spatial() bool { return s.Geometry != GeometryNone }

// Feature is one row of a dataset. Iterators may reuse a Feature and its
// Values between steps; whoever keeps one calls Clone. Geometry is never reused.
type Feature struct {
	FID      int64    // stable per key across versions; the tile feature id; from a reader, the row number (1 is the first)
	ID       string   // the key as text; empty where a reader found none
	Geometry Geometry // the zero Geometry where there is none
	Values   []Value  // one per field of the schema, in its order
}

// Clone gives a copy of f that shares no slice with it.
func (f *Feature) Clone() *Feature {
	c := *f
	c.Values = append([]Value(nil), f.Values...)
	return &c
}
