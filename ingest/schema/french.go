package schema

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"puy/geo"
)

// The custom checks of French schemas (Validata), which are the rules of their
// faults as well.
const (
	CheckSIRET        = "french-siret-value"
	CheckSIREN        = "french-siren-value"
	CheckCompare      = "compare-columns-value"
	CheckCohesive     = "cohesive-columns-value"
	CheckOpeningHours = "opening-hours-value"
	CheckPhone        = "phone-number-value"
	CheckYears        = "year-interval-value"
	CheckSum          = "sum-columns-value"
	CheckActes        = "nomenclature-actes-value"
	CheckOneOf        = "one-of-required"
	CheckFrance       = "french-gps-coordinates"
)

// rowCheck is a check with what it needs of the table.
type rowCheck struct {
	Check
	geometry bool // the column became the geometry
}

func (c *Checker) prepareChecks() {
	for _, check := range c.schema.Checks {
		b := rowCheck{Check: check}
		for _, f := range c.absent {
			b.geometry = b.geometry || f.Name == check.Column
		}
		c.checks = append(c.checks, b)
	}
}

func (c *Checker) rowChecks(f *geo.Feature, faults []Fault) []Fault {
	for i := range c.checks {
		check := &c.checks[i]
		text, there := c.cell(f, check.Column)
		m, fix, ok := c.passes(f, check, text, there)
		if !ok {
			faults = append(faults, Fault{Problem: geo.Problem{Column: check.Column, Value: clip(text), Rule: geo.Rule(check.Name)}, Fix: fix, Message: m})
		}
	}
	return faults
}

// passes runs one check; m says what is wrong.
func (c *Checker) passes(f *geo.Feature, check *rowCheck, text string, there bool) (m geo.Localized, fix string, ok bool) {
	switch check.Name {
	case CheckCohesive:
		return c.cohesive(f, check, there)
	case CheckOneOf:
		if _, other := c.cell(f, check.Others[0]); !there && !other {
			return say(fmt.Sprintf("L’une des colonnes « %s » et « %s » doit être remplie.", check.Column, check.Others[0]),
				fmt.Sprintf("One of the columns “%s” and “%s” must be filled.", check.Column, check.Others[0])), "", false
		}
		return m, "", true
	case CheckFrance:
		return inFrance(f, check, text, there)
	}
	if !there {
		return m, "", true
	}
	fail := func(fr, en string, args ...any) (geo.Localized, string, bool) {
		return say(fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)), fix, false
	}
	switch check.Name {
	case CheckSIRET:
		if !SIRET(text) {
			fix = plainCode(text, SIRET)
			return fail("« %s » n’est pas un numéro SIRET (14 chiffres, dont le dernier est une clé).", "“%s” is not a SIRET number (14 digits, the last of which is a check digit).", clip(text))
		}
	case CheckSIREN:
		if !SIREN(text) {
			fix = plainCode(text, SIREN)
			return fail("« %s » n’est pas un numéro SIREN (9 chiffres, dont le dernier est une clé).", "“%s” is not a SIREN number (9 digits, the last of which is a check digit).", clip(text))
		}
	case CheckCompare:
		if other, ok := c.cell(f, check.Others[0]); ok && !compares(text, check.Op, other) {
			return fail("« %s » doit être %s « %s » : %s et %s.", "“%s” must be %s “%s”: %s and %s.", check.Column, check.Op, check.Others[0], clip(text), clip(other))
		}
	case CheckOpeningHours:
		if !openingHours(text) {
			return fail("« %s » ne suit pas la forme des horaires d’OpenStreetMap (Mo-Fr 08:00-18:00).", "“%s” is not of the form of OpenStreetMap opening hours (Mo-Fr 08:00-18:00).", clip(text))
		}
	case CheckPhone:
		if !phoneForm.MatchString(phoneSigns.Replace(text)) {
			return fail("« %s » n’est pas un numéro de téléphone.", "“%s” is not a telephone number.", clip(text))
		}
	case CheckYears:
		if !years(text, check.Loose) {
			return fail("« %s » n’est pas une année ni deux années (2025/2026).", "“%s” is not a year, nor two years (2025/2026).", clip(text))
		}
	case CheckActes:
		subject, _, found := strings.Cut(text, "/")
		if !found || !actes[Fold(subject)] {
			return fail("« %s » n’est pas une matière de la nomenclature ACTES (comme « Commande publique/Marchés »).", "“%s” is not a subject of the ACTES nomenclature (as “Commande publique/Marchés”).", clip(text))
		}
	case CheckSum:
		return c.sum(f, check, text)
	}
	return m, "", true
}

func (c *Checker) cohesive(f *geo.Feature, check *rowCheck, there bool) (m geo.Localized, fix string, ok bool) {
	for _, name := range check.Others {
		if _, other := c.cell(f, name); other != there {
			all := strings.Join(append([]string{check.Column}, check.Others...), ", ")
			return say(fmt.Sprintf("Les colonnes %s doivent être toutes remplies ou toutes vides.", all),
				fmt.Sprintf("The columns %s must be all filled or all blank.", all)), "", false
		}
	}
	return m, "", true
}

// sum compares a column with the sum of others, blank ones counting 0.
func (c *Checker) sum(f *geo.Feature, check *rowCheck, text string) (m geo.Localized, fix string, ok bool) {
	want, err := strconv.ParseFloat(text, 64)
	total, some := 0.0, false
	for _, name := range check.Others {
		part, there := c.cell(f, name)
		if !there {
			continue
		}
		n, partErr := strconv.ParseFloat(part, 64)
		if partErr != nil {
			return m, "", true // a fault of its own
		}
		total, some = total+n, true
	}
	if err != nil || !some || total-want < 1e-6 && want-total < 1e-6 {
		return m, "", true
	}
	all := strings.Join(check.Others, " + ")
	return say(fmt.Sprintf("« %s » vaut %s, et la somme de %s est %g.", check.Column, clip(text), all, total),
		fmt.Sprintf("“%s” is %s, and the sum of %s is %g.", check.Column, clip(text), all, total)), "", false
}

// SIREN tells whether s is the number of a French company: nine digits that
// satisfy the Luhn formula (ISO/IEC 7812-1).
func SIREN(s string) bool { return len(s) == 9 && luhn(s) }

// SIRET tells whether s is the number of a French establishment: 14 digits that
// satisfy the Luhn formula; those of La Poste may have digits whose sum is a
// multiple of 5 instead.
func SIRET(s string) bool {
	if len(s) != 14 {
		return false
	}
	if luhn(s) {
		return true
	}
	sum := 0
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
		sum += int(s[i] - '0')
	}
	return strings.HasPrefix(s, "356000000") && sum%5 == 0
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// compares tells whether "a op b" holds: as numbers where both are, else as texts,
// which ISO dates sort as.
func compares(a, op, b string) bool {
	order := strings.Compare(a, b)
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		order = 0
		if x < y {
			order = -1
		} else if x > y {
			order = 1
		}
	}
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return order == 0
}

var (
	phoneSigns = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ".", "", "-", "", "(0)", "", "(", "", ")", "", "/", "")
	// French numbers of 10 digits, short ones, and international ones (ITU-T E.164).
	phoneForm = regexp.MustCompile(`^(0[1-9]\d{8}|(\+|00)[1-9]\d{6,14}|3\d{3}|1\d{1,2}|11[68]\d{3}|11[89]\d{1,3}|10\d{2})$`)
	yearForm  = regexp.MustCompile(`^\d{4}$`)
)

// years tells whether s is AAAA/AAAA, the later year second, or where one alone
// will do AAAA.
func years(s string, alone bool) bool {
	from, to, two := strings.Cut(s, "/")
	if !two {
		return alone && yearForm.MatchString(s)
	}
	return yearForm.MatchString(from) && yearForm.MatchString(to) && from < to
}

// actes are the subjects of the ACTES nomenclature, folded.
var actes = map[string]bool{
	"commandepublique": true, "urbanisme": true, "domaineetpatrimoine": true, "fonctionpublique": true, "institutionsetviepolitique": true,
	"libertespubliquesetpouvoirsdepolice": true, "financeslocales": true, "domainesdecompetencesparthemes": true, "autresdomainesdecompetences": true,
}
