package portal

import (
	"cmp"
	"strconv"
	"strings"

	"puy/geo"
	"puy/web"
)

// valueView is one attribute value for a template.
type valueView struct {
	Title   string // of its field
	Unit    string
	Text    string
	Href    string // for values that are web addresses
	Null    bool
	Numeric bool
}

// fieldView is one field of a data dictionary.
type fieldView struct {
	Name, Title, Description, Unit string
	Type                           string // the key of its type's name
	Key                            bool
	Numeric                        bool
}

func viewFields(l *web.Language, schema *geo.Schema) []fieldView {
	fields := make([]fieldView, len(schema.Fields))
	for i, f := range schema.Fields {
		key := f.Name == schema.Key
		fields[i] = fieldView{
			Name: f.Name, Title: cmp.Or(f.Title.In(l.Code), f.Name), Description: f.Description.In(l.Code),
			Unit: unit(l, f.Unit), Type: "type." + f.Type.String(), Key: key,
			Numeric: !key && (f.Type == geo.TypeInteger || f.Type == geo.TypeNumber),
		}
	}
	return fields
}

func viewValue(l *web.Language, field fieldView, v geo.Value) (valueView, error) {
	view := valueView{Title: field.Title, Unit: field.Unit, Null: v.IsNull(), Numeric: field.Numeric}
	text, err := valueText(l, field.Key, v)
	view.Text = text
	if v.Type() == geo.TypeText && (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")) {
		view.Href = text
	}
	return view, err
}

// valueText writes v as people of the language read it. Keys stay as they are:
// their digits are not a quantity.
func valueText(l *web.Language, key bool, v geo.Value) (string, error) {
	switch v.Type() {
	case geo.TypeInteger:
		if key {
			return v.String(), nil
		}
		return l.Integer(v.Integer()), nil
	case geo.TypeNumber:
		if key {
			return v.String(), nil
		}
		return l.Number(v.Number()), nil
	case geo.TypeBoolean:
		return l.Text("value." + strconv.FormatBool(v.Boolean()))
	case geo.TypeDate:
		return l.Date(v.Time()), nil
	case geo.TypeDateTime:
		return l.DateTime(v.Time()), nil
	case geo.TypeTextArray:
		return strings.Join(v.Texts(), ", "), nil
	}
	return v.String(), nil
}

// unit writes a UCUM unit as people do; one that is not known stays as it is.
func unit(l *web.Language, ucum string) string {
	if ucum == "1" {
		return ""
	}
	if key := "unit." + ucum; l.Has(key) {
		text, err := l.Text(key)
		if err == nil {
			return text
		}
	}
	if annotation, ok := strings.CutPrefix(ucum, "{"); ok { // counted things, as in {bicycle}
		return strings.TrimSuffix(annotation, "}")
	}
	return strings.NewReplacer("ug", "µg", "m2", "m²", "m3", "m³").Replace(ucum)
}
