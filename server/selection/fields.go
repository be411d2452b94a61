package selection

import (
	"slices"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// GeometryName is the name of the geometry among properties.
const GeometryName = "geom"

// Fields says what is wanted of each feature besides its id.
type Fields struct {
	// Names are the fields to give, in the order of the schema; nil for all.
	Names      []string
	NoGeometry bool
}

// ReadFields reads properties, which names the fields to give, exclude-properties,
// which names those not to, and skipGeometry (the draft of OGC API Features
// Part 6). Without the latter the geometry is given, unless it is excluded.
func ReadFields(p *answer.Params, d *store.Dataset) (f Fields) {
	f.NoGeometry = p.OneOf("skipGeometry", "false", "true", "false") == "true"
	only, some := readNames(p, "properties", d)
	without, fewer := readNames(p, "exclude-properties", d)
	if !some && !fewer {
		return f
	}
	schema := &d.Current.Schema
	if schema.Index(GeometryName) < 0 && slices.Contains(without, GeometryName) {
		f.NoGeometry = true
	}
	f.Names = []string{}
	for _, field := range schema.Fields {
		if (!some || slices.Contains(only, field.Name)) && !slices.Contains(without, field.Name) {
			f.Names = append(f.Names, field.Name)
		}
	}
	return f
}

func readNames(p *answer.Params, parameter string, d *store.Dataset) (names []string, ok bool) {
	text, ok := p.Text(parameter)
	if !ok {
		return nil, false
	}
	schema := &d.Current.Schema
	names = strings.Split(text, ",")
	for _, name := range names {
		if schema.Index(name) < 0 && !(name == GeometryName && schema.Spatial()) {
			p.Reject(parameter, text, answer.Because("property", "name", geo.ClipValue(name)))
			return nil, false
		}
	}
	return names, true
}

// Schema gives that of the features with these fields alone.
func (f Fields) Schema(whole *geo.Schema) *geo.Schema {
	if f.Names == nil {
		return whole
	}
	s := *whole
	s.Fields = make([]geo.Field, len(f.Names))
	for i, name := range f.Names {
		s.Fields[i] = whole.Fields[whole.Index(name)]
	}
	return &s
}

// Cut leaves of a feature, which has the values of whole, what f wants.
func (f Fields) Cut(feature *geo.Feature, whole *geo.Schema) {
	if f.NoGeometry {
		feature.Geometry = geo.Geometry{}
	}
	if f.Names == nil {
		return
	}
	values := make([]geo.Value, len(f.Names))
	for i, name := range f.Names {
		values[i] = feature.Values[whole.Index(name)]
	}
	feature.Values = values
}

// Layer gives the schema of a file that has these fields alone: without a key that
// it does not hold.
func (f Fields) Layer(whole *geo.Schema) geo.Schema {
	s := *f.Schema(whole)
	if s.Index(s.Key) < 0 {
		s.Key = ""
	}
	if f.NoGeometry {
		s.Geometry, s.HasZ = geo.GeometryNone, false
	}
	return s
}
