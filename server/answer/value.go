package answer

import (
	"math"
	"strconv"
	"strings"
	"time"

	"puy/geo"
)

// ParseValue reads a parameter as a value of a field's type: texts as they
// stand, the rest in the form that answers bear. The error goes on from the
// parameter's name, as in "must be a number".
func ParseValue(t geo.FieldType, text string) (geo.Value, error) {
	switch t {
	case geo.TypeText, geo.TypeTextArray:
		return geo.Text(text), nil
	case geo.TypeInteger:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strings.HasPrefix(text, "+") {
			return geo.Value{}, Because("integer")
		}
		return geo.Integer(n), nil
	case geo.TypeNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(n, 0) || strings.Trim(text, "0123456789+-.eE") != "" {
			return geo.Value{}, Because("number")
		}
		return geo.Number(n), nil
	case geo.TypeBoolean:
		switch text {
		case "true":
			return geo.Boolean(true), nil
		case "false":
			return geo.Boolean(false), nil
		}
		return geo.Value{}, Because("boolean")
	case geo.TypeDate:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil || day.Year() == 0 {
			return geo.Value{}, Because("date")
		}
		return geo.Date(day.Unix() / 86400), nil
	case geo.TypeDateTime:
		at, err := time.Parse(time.RFC3339, strings.ToUpper(strings.Replace(text, " ", "+", 1)))
		if err != nil || at.UTC().Year() < 1 || at.UTC().Year() > 9999 {
			return geo.Value{}, Because("date-time")
		}
		return geo.DateTime(at), nil
	}
	return geo.Value{}, Because("incomparable")
}
