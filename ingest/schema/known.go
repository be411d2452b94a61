package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"puy/geo"
)

// Known is a schema that comes with puy.
type Known struct {
	Name     string   // the short name for catalogues, as "cycle-lanes"
	Registry string   // the name at schema.data.gouv.fr
	Others   []string // further names under which catalogues know it
	make     func() Schema
}

// All gives the schemas that come with puy.
func All() []Known {
	return []Known{
		{"cycle-lanes", "etalab/schema-amenagements-cyclables", []string{"amenagements-cyclables"}, cycleLanes},
		{"cycle-parking", "etalab/schema-stationnement-cyclable", []string{"stationnement-cyclable"}, cycleParking},
		{"charging-points", "etalab/schema-irve-statique", []string{"irve", "irve-statique"}, chargingPoints},
		{"charging-points-live", "etalab/schema-irve-dynamique", []string{"irve-dynamique"}, chargingPointsLive},
		{"public-contracts", "139bercy/format-commande-publique", []string{"decp"}, publicContracts},
		{"public-concessions", "139bercy/format-commande-publique#contrat-concession", []string{"decp-concessions"}, publicConcessions},
		{"scdl-catalogue", "scdl/catalogue", []string{"catalogue"}, scdlCatalogue},
	}
}

// Schema makes the schema.
func (k Known) Schema() *Schema {
	s := k.make()
	s.Name = k.Registry
	text, err := json.Marshal([]any{s.Version, s.Fields, s.PrimaryKey, s.Checks})
	if err == nil {
		sum := sha256.Sum256(text)
		s.Checksum = hex.EncodeToString(sum[:])
	}
	s.index()
	return &s
}

// Lookup finds a schema that comes with puy by its short name, its name at
// schema.data.gouv.fr, or another, each with or without "@version". Same is
// false where another version is asked for than puy has.
func Lookup(reference string) (s *Schema, same, ok bool) {
	name, version, pinned := strings.Cut(reference, "@")
	version = strings.TrimPrefix(version, "v")
	for _, k := range All() {
		if name != k.Name && name != k.Registry && !slices.Contains(k.Others, name) {
			continue
		}
		s := k.Schema()
		return s, !pinned || version == s.Version || version == "latest", true
	}
	return nil, false, false
}

// Match is a known schema that a header fits.
type Match struct {
	Known   Known
	Version string
	Found   int      // fields of the schema that the header has
	Fields  int      // fields of the schema in all
	Missing []string // required fields that the header lacks
	Extra   int      // columns that the schema lacks
	// Fits tells that the header can be nothing else: at least half of the columns
	// are the schema's, and half of its required fields or enough of all.
	Fits bool
}

// enough fields of one schema in a header are no coincidence.
const enough = 8

// Recognise gives the known schema that a header fits best; ok is false where
// none of them has anything to do with it. Spatial tells that columns may have
// become the geometry.
func Recognise(columns []string, spatial bool) (best Match, ok bool) {
	for _, k := range All() {
		s := k.Schema()
		m := Match{Known: k, Version: s.Version, Fields: len(s.Fields)}
		have := make([]bool, len(s.Fields))
		for _, j := range s.match(columns) {
			if j >= 0 {
				have[j] = true
				m.Found++
			} else {
				m.Extra++
			}
		}
		required := 0
		for j := range s.Fields {
			f := &s.Fields[j]
			if !f.Required || spatial && f.Kind == Geopoint {
				continue
			}
			if required++; !have[j] {
				m.Missing = append(m.Missing, f.Name)
			}
		}
		m.Fits = m.Found >= m.Extra && (m.Found >= enough || m.Found >= 3 && 2*len(m.Missing) <= required)
		if m.Fits && (!best.Fits || m.Found > best.Found) {
			best = m
		}
	}
	return best, best.Fits
}

// Sentence says what was recognised and what is missing.
func (m *Match) Sentence() geo.Localized {
	fr := fmt.Sprintf("L’en-tête est celui du schéma national %s (%d champs sur %d).", m.Known.Registry, m.Found, m.Fields)
	en := fmt.Sprintf("The header is that of the national schema %s (%d of %d fields).", m.Known.Registry, m.Found, m.Fields)
	if len(m.Missing) > 0 {
		missing := strings.Join(m.Missing, ", ")
		fr += fmt.Sprintf(" Il manque : %s.", missing)
		en += fmt.Sprintf(" These are missing: %s.", missing)
	}
	return say(fr, en)
}

// The patterns of national schemas.
const (
	patternCommune    = `^([013-9]\d|2[AB1-9])\d{3}`
	patternCPV        = `^[0-9]{8}(-[0-9])?$`
	patternChargingID = `(?:(?:^|,)(^[A-Z]{2}[A-Z0-9]{4,33}$|Non concerné))+$`
	patternOpening    = `(.*?)((\d{1,2}:\d{2})-(\d{1,2}:\d{2})|24/7)`
)

// field begins a field of a schema that comes with puy.
func field(name string, k Kind, fr, en string) Field {
	return Field{Name: name, Kind: k, Title: say(fr, en)}
}

func (f Field) needed() Field                 { f.Required = true; return f }
func (f Field) unique() Field                 { f.Unique = true; return f }
func (f Field) orIn(name string) Field        { f.Instead = name; return f }
func (f Field) open() Field                   { f.Open = true; return f }
func (f Field) as(format string) Field        { f.Format = format; return f }
func (f Field) of(values ...string) Field     { f.Enum = values; return f }
func (f Field) once(names ...string) Field    { f.Aliases = names; return f }
func (f Field) old(m map[string]string) Field { f.Old = m; return f }
func (f Field) longest(n int) Field           { f.MaxLength = &n; return f }
func (f Field) shortest(n int) Field          { f.MinLength = &n; return f }
func (f Field) from(value text) Field         { f.Min = bound(value, false); return f }
func (f Field) to(value text) Field           { f.Max = bound(value, false); return f }
func (f Field) like(pattern string) Field     { f.Pattern = regexp.MustCompile(pattern); return f }
func (f Field) whole(pattern string) Field    { return f.like("^(?:" + pattern + ")$") }

// each says what the elements of a list are to be.
func (f Field) each(values ...string) Field {
	f.Items = &Field{Name: f.Name, Kind: String, Enum: values}
	return f
}
