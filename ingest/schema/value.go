package schema

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
)

// value checks one value that is there, and adds what is wrong with it.
func (f *Field) value(v geo.Value, faults []Fault) []Fault {
	if len(f.Any) > 0 {
		for i := range f.Any {
			if f.Any[i].value(v, nil) == nil {
				return faults
			}
		}
		return f.Any[0].value(v, faults)
	}
	if f.Items != nil && (v.Type() == geo.TypeTextArray) {
		for _, text := range v.Texts() {
			faults = f.Items.value(geo.Text(text), faults)
		}
		return faults
	}
	text, number := v.Text(), 0.0
	switch v.Type() {
	case geo.TypeText, geo.TypeTextArray, geo.TypeJSON:
	case geo.TypeInteger, geo.TypeNumber:
		number, text = v.Number(), v.String()
	default:
		text = v.String()
	}
	fail := func(rule geo.Rule, detail, fix string, m geo.Localized) {
		faults = append(faults, Fault{Problem: geo.Problem{Column: f.Name, Value: clip(text), Rule: rule, Detail: detail}, Fix: fix, Message: m})
	}
	if ok, fix := f.kind(v, text, &number); !ok {
		fail(geo.RuleType, "expected "+string(f.Kind), fix, f.typeSentence(text))
		return faults
	}
	if f.exact != nil && !f.exact[text] {
		word := f.words[Fold(text)]
		fail(RuleEnum, "expected one of "+clip(strings.Join(f.Enum, ", ")), word, f.enumSentence(text, word))
		faults[len(faults)-1].Warning = f.Open && word == ""
		return faults
	}
	if f.Pattern != nil && !f.Pattern.MatchString(text) {
		fail(RulePattern, "expected "+clip(f.Pattern.String()), plainCode(text, f.Pattern.MatchString), f.patternSentence(text))
	}
	if f.Format != "" && f.Kind == String && !wellFormed(f.Format, text) {
		fix := ""
		if t := strings.TrimSpace(text); wellFormed(f.Format, t) {
			fix = t
		}
		fail(RuleFormat, "expected "+clip(f.Format), fix, f.formatSentence(text))
	}
	f.bounds(text, number, fail)
	return faults
}

// bounds checks the size of a value and the length of a text.
func (f *Field) bounds(text string, number float64, fail func(geo.Rule, string, string, geo.Localized)) {
	if f.MinLength != nil || f.MaxLength != nil {
		n := utf8.RuneCountInString(text)
		if f.MinLength != nil && n < *f.MinLength {
			fail(RuleMinLength, fmt.Sprintf("%d characters, at least %d", n, *f.MinLength), "", say(
				fmt.Sprintf("« %s » est trop court pour la colonne « %s » : %d caractères, au moins %d attendus.", clip(text), f.Name, n, *f.MinLength),
				fmt.Sprintf("“%s” is too short for column “%s”: %d characters, at least %d are expected.", clip(text), f.Name, n, *f.MinLength)))
		}
		if f.MaxLength != nil && n > *f.MaxLength {
			fail(RuleMaxLength, fmt.Sprintf("%d characters, at most %d", n, *f.MaxLength), "", say(
				fmt.Sprintf("« %s » est trop long pour la colonne « %s » : %d caractères, au plus %d attendus.", clip(text), f.Name, n, *f.MaxLength),
				fmt.Sprintf("“%s” is too long for column “%s”: %d characters, at most %d are expected.", clip(text), f.Name, n, *f.MaxLength)))
		}
	}
	if b := f.Min; b != nil && (b.against(f.Kind, text, number) < 0 || b.Exclusive && b.against(f.Kind, text, number) == 0) {
		fail(RuleMinimum, "at least "+clip(b.Text), "", say(
			fmt.Sprintf("La valeur « %s » de la colonne « %s » est trop petite : le minimum est %s.", clip(text), f.Name, b.Text),
			fmt.Sprintf("The value “%s” of column “%s” is too small: the minimum is %s.", clip(text), f.Name, b.Text)))
	}
	if b := f.Max; b != nil && (b.against(f.Kind, text, number) > 0 || b.Exclusive && b.against(f.Kind, text, number) == 0) {
		fail(RuleMaximum, "at most "+clip(b.Text), "", say(
			fmt.Sprintf("La valeur « %s » de la colonne « %s » est trop grande : le maximum est %s.", clip(text), f.Name, b.Text),
			fmt.Sprintf("The value “%s” of column “%s” is too large: the maximum is %s.", clip(text), f.Name, b.Text)))
	}
}

// against compares a value with the bound: -1 below, 1 above.
func (b *Bound) against(k Kind, text string, number float64) int {
	switch k {
	case Integer, Number, Year, AnyKind:
		switch {
		case number < b.Number:
			return -1
		case number > b.Number:
			return 1
		}
		return 0
	case Date, DateTime, Time, YearMonth:
		return strings.Compare(text, b.Text) // ISO 8601 sorts as text
	}
	return 0
}

// kind tells whether v is of the field's kind, puts the number of a text that
// spells one into number, and proposes what is meant.
func (f *Field) kind(v geo.Value, text string, number *float64) (ok bool, fix string) {
	t := v.Type()
	read := func(n format.Notation) (geo.Value, bool) { n.Declared = true; return n.Parse([]byte(text)) }
	switch f.Kind {
	case Integer, Year:
		if t == geo.TypeInteger {
			return f.Kind == Integer || *number >= 0 && *number <= 9999, ""
		}
		got, ok := read(format.Notation{Type: geo.TypeInteger})
		*number = got.Number()
		if !ok || f.Kind == Year && (*number < 0 || *number > 9999) {
			return false, ""
		}
		return true, ""
	case Number:
		if t == geo.TypeInteger || t == geo.TypeNumber {
			return true, ""
		}
		if got, ok := format.ParseNumber([]byte(text)); ok {
			*number = got
			return true, ""
		}
		if got, ok := read(format.Notation{Type: geo.TypeNumber, Decimal: ','}); ok {
			fix = got.String()
		}
		return false, fix
	case Boolean:
		return f.boolean(t, text)
	case Date:
		if t == geo.TypeDate || t == geo.TypeDateTime {
			return true, ""
		}
		if layout := goLayout(f.Format); layout != "" {
			if _, err := time.Parse(layout, text); err == nil {
				return true, ""
			}
			return false, ""
		}
		if _, ok := format.ParseDate([]byte(text)); ok {
			return true, ""
		}
		if got, ok := read(format.Notation{Type: geo.TypeDate, DayFirst: true}); ok {
			fix = got.String()
		}
		return false, fix
	case DateTime:
		if t == geo.TypeDateTime || t == geo.TypeDate {
			return true, ""
		}
		if layout := goLayout(f.Format); layout != "" {
			_, err := time.Parse(layout, text)
			return err == nil, ""
		}
		_, ok := format.ParseDateTime([]byte(text))
		return ok, ""
	case Time:
		return timeForm.MatchString(text), ""
	case YearMonth:
		return yearMonthForm.MatchString(text), ""
	case Duration:
		return len(text) > 1 && strings.HasPrefix(strings.TrimPrefix(text, "-"), "P"), ""
	case Geopoint:
		_, _, ok := point(text)
		return ok, ""
	case Array:
		return t == geo.TypeTextArray || t == geo.TypeJSON && strings.HasPrefix(text, "[") || t == geo.TypeText && strings.HasPrefix(strings.TrimSpace(text), "["), ""
	case Object, GeoJSON:
		return t == geo.TypeJSON || strings.HasPrefix(strings.TrimSpace(text), "{"), ""
	}
	return true, ""
}

// boolean accepts booleans, and texts as the schema lists them.
func (f *Field) boolean(t geo.FieldType, text string) (ok bool, fix string) {
	if t == geo.TypeBoolean {
		return true, ""
	}
	yes, no := f.True, f.False
	if len(yes) == 0 {
		yes = []string{"true", "True", "TRUE", "1"}
	}
	if len(no) == 0 {
		no = []string{"false", "False", "FALSE", "0"}
	}
	if slices.Contains(yes, text) || slices.Contains(no, text) {
		return true, ""
	}
	// Spreadsheets and data frames write flags as 0.0 and 1.0.
	word := strings.TrimSuffix(strings.TrimSpace(text), ".0")
	if v, ok := (format.Notation{Type: geo.TypeBoolean, Declared: true}).Parse([]byte(word)); ok {
		fix = no[0]
		if v.Boolean() {
			fix = yes[0]
		}
	}
	return false, fix
}

var (
	timeForm      = regexp.MustCompile(`^([01]\d|2[0-4]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$`)
	yearMonthForm = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)
	uuidForm      = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// wellFormed tells whether a text has a format of Table Schema's strings.
func wellFormed(name, s string) bool {
	switch name {
	case "email":
		a, err := mail.ParseAddress(s)
		return err == nil && a.Address == s
	case "uri":
		u, err := url.Parse(s)
		return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
	case "uuid":
		return uuidForm.MatchString(s)
	}
	return true
}

// goLayout gives a strptime format as Go writes it, or nothing for the default
// one and those that puy does not know.
func goLayout(f string) string {
	if f == "%Y-%m-%d" || !strings.Contains(f, "%") {
		return ""
	}
	out := strings.NewReplacer("%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05", "%z", "-0700", "%y", "06").Replace(f)
	if strings.Contains(out, "%") {
		return ""
	}
	return out
}

// plainCode gives a code without the spaces and the ".0" with which spreadsheets
// and data frames write it, if that is what valid asks for, and nothing otherwise.
func plainCode(s string, valid func(string) bool) string {
	if t := strings.TrimSuffix(squeeze(s), ".0"); t != s && valid(t) {
		return t
	}
	return ""
}

// squeeze drops the spaces of a code, as in "130 025 265".
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\t' {
			return -1
		}
		return r
	}, s)
}

// point reads the texts of a geopoint: "lon, lat", "[lon, lat]" and
// {"lon": …, "lat": …}.
func point(s string) (lon, lat float64, ok bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "{") {
		return pointObject(s)
	}
	s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	a, b, found := strings.Cut(s, ",")
	lon, errA := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lat, errB := strconv.ParseFloat(strings.TrimSpace(b), 64)
	return lon, lat, found && errA == nil && errB == nil && lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90
}
