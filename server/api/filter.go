package api

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"puy/geo"
)

// reserved are the parameters that this API has or that its standards define.
// A field of such a name cannot be filtered by name=value.
func reserved(name string) bool {
	return slices.Contains([]string{"f", "lang", "limit", "offset", "cursor", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang",
		"filter-crs", "sortby", "properties", "exclude-properties", "q", "ids", "profile", "zoom-level", "skipGeometry", "startindex",
		"token", "apikey"}, name)
}

// filterable tells whether items takes name=value for field.
func filterable(field geo.Field) bool {
	return field.Name != "" && field.Type != geo.TypeNull && field.Type != geo.TypeJSON && !reserved(field.Name)
}

// parseValue reads a parameter as a value of a field's type: texts as they
// stand, the rest in the form that the API writes.
func parseValue(t geo.FieldType, text string) (geo.Value, error) {
	switch t {
	case geo.TypeText, geo.TypeTextArray:
		return geo.Text(text), nil
	case geo.TypeInteger:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strings.HasPrefix(text, "+") {
			return geo.Value{}, errors.New("must be a whole number")
		}
		return geo.Integer(n), nil
	case geo.TypeNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(n, 0) || strings.Trim(text, "0123456789+-.eE") != "" {
			return geo.Value{}, errors.New("must be a number")
		}
		return geo.Number(n), nil
	case geo.TypeBoolean:
		switch text {
		case "true":
			return geo.Boolean(true), nil
		case "false":
			return geo.Boolean(false), nil
		}
		return geo.Value{}, errors.New("must be true or false")
	case geo.TypeDate:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil || day.Year() == 0 {
			return geo.Value{}, errors.New("must be a date such as 2024-01-31")
		}
		return geo.Date(day.Unix() / 86400), nil
	case geo.TypeDateTime:
		at, err := time.Parse(time.RFC3339, strings.ToUpper(strings.Replace(text, " ", "+", 1)))
		if err != nil || at.UTC().Year() < 1 || at.UTC().Year() > 9999 {
			return geo.Value{}, errors.New("must be an RFC 3339 date-time such as 2024-01-31T12:00:00Z")
		}
		return geo.DateTime(at), nil
	}
	return geo.Value{}, errors.New("cannot be compared")
}
