package gpkg

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	gp "puy/geo/format/gpkg"

	"puy/geo"
)

// row gives the columns of the geometry and the fields, quoted, and what f puts
// into them. What the schema does not take gives an error of KindInvalid that
// names the field.
func (e *editor) row(f *geo.Feature) (columns []string, args []any, err error) {
	schema := &e.v.Schema
	if len(f.Values) != len(schema.Fields) {
		return nil, nil, geo.Errorf(geo.KindInvalid, "the feature has %d values for %d fields", len(f.Values), len(schema.Fields))
	}
	if err := checkGeometry(schema, f.Geometry); err != nil {
		return nil, nil, err
	}
	if schema.Spatial() {
		columns, args = append(columns, geometryColumn), append(args, nil)
		if !f.Geometry.IsNull() {
			args[0] = gp.AppendBlob(nil, f.Geometry.Promote(schema.Geometry), 4326)
		}
	}
	for i, v := range f.Values {
		encoded, err := gp.Encode(schema.Fields[i].Type, v)
		if err == nil {
			err = checkValue(v)
		}
		if err != nil {
			return nil, nil, geo.Errorf(geo.KindInvalid, "the field %q: %w", schema.Fields[i].Name, err)
		}
		columns, args = append(columns, gp.Quote(e.v.columns[i])), append(args, encoded)
	}
	return columns, args, nil
}

func checkGeometry(schema *geo.Schema, g geo.Geometry) error {
	switch {
	case g.IsNull():
	case !schema.Spatial():
		return geo.Errorf(geo.KindInvalid, "the feature has a geometry, the dataset none")
	case !schema.Geometry.Accepts(g.Type()):
		return geo.Errorf(geo.KindInvalid, "the geometry is a %s, the dataset holds %s", g.Type(), schema.Geometry)
	case g.HasZ() && !schema.HasZ:
		return geo.Errorf(geo.KindInvalid, "the geometry has heights, the dataset has none")
	case !g.Finite():
		return geo.Errorf(geo.KindInvalid, "the geometry has a coordinate that is not a finite number")
	}
	return nil
}

// checkValue refuses texts that not every store and format can carry.
func checkValue(v geo.Value) error {
	switch v.Type() {
	case geo.TypeText:
		return checkText(v.Text())
	case geo.TypeTextArray:
		if i := slices.IndexFunc(v.Texts(), func(s string) bool { return checkText(s) != nil }); i >= 0 {
			return checkText(v.Texts()[i])
		}
	case geo.TypeJSON:
		if !json.Valid([]byte(v.Text())) {
			return errors.New("the text is not JSON")
		}
		return checkText(v.Text())
	}
	return nil
}

func checkText(s string) error {
	if strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
		return errors.New("the text holds a NUL character or is not valid UTF-8")
	}
	return nil
}
