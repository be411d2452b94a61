package schema

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"puy/geo"
)

// Bounds of a schema file.
const (
	MaxFile    = 4 << 20 // bytes
	maxFields  = 2000
	maxValues  = 20_000 // of one enumeration
	maxChecks  = 500
	maxPattern = 4000 // bytes
)

// tableDoc is a Table Schema, or a data package that holds some.
type tableDoc struct {
	Name          string          `json:"name"`
	Title         string          `json:"title"`
	Description   string          `json:"description"`
	Version       string          `json:"version"`
	Path          string          `json:"path"`
	Fields        []tableField    `json:"fields"`
	PrimaryKey    texts           `json:"primaryKey"`
	ForeignKeys   []tableRef      `json:"foreignKeys"`
	CustomChecks  []tableCheck    `json:"custom_checks"`
	MissingValues texts           `json:"missingValues"`
	Resources     []tableResource `json:"resources"`
}

type tableResource struct {
	Name   string          `json:"name"`
	Schema json.RawMessage `json:"schema"`
}

type tableField struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Type        string `json:"type"`
	Format      string `json:"format"`
	True        texts  `json:"trueValues"`
	False       texts  `json:"falseValues"`
	ArrayItem   *struct {
		Type        string     `json:"type"`
		Constraints tableRules `json:"constraints"`
	} `json:"arrayItem"`
	Constraints tableRules `json:"constraints"`
}

type tableRules struct {
	Required  flag   `json:"required"`
	Unique    flag   `json:"unique"`
	Pattern   string `json:"pattern"`
	Enum      texts  `json:"enum"`
	Minimum   text   `json:"minimum"`
	Maximum   text   `json:"maximum"`
	MinLength *int   `json:"minLength"`
	MaxLength *int   `json:"maxLength"`
}

type tableRef struct {
	Fields    texts `json:"fields"`
	Reference struct {
		Resource string `json:"resource"`
		Fields   texts  `json:"fields"`
	} `json:"reference"`
}

type tableCheck struct {
	Name   string `json:"name"`
	Params struct {
		Column       text   `json:"column"`
		Column1      text   `json:"column1"`
		Column2      text   `json:"column2"`
		Columns      texts  `json:"columns"`
		OtherColumns texts  `json:"othercolumns"`
		Op           string `json:"op"`
		YearOnly     flag   `json:"allow-year-only"`
	} `json:"params"`
}

// parseTable reads a Table Schema.
func parseTable(doc *tableDoc) (*Schema, error) {
	s := &Schema{Name: doc.Name, Version: strings.TrimPrefix(doc.Version, "v"), Title: geo.Localized{FR: doc.Title}, PrimaryKey: doc.PrimaryKey, Missing: doc.MissingValues}
	if len(doc.Fields) > maxFields || len(doc.CustomChecks) > maxChecks || len(doc.ForeignKeys) > maxChecks || len(doc.MissingValues) > maxChecks || len(doc.PrimaryKey) > maxChecks {
		return nil, geo.Errorf(geo.KindLimit, "the schema has more than %d fields or %d checks", maxFields, maxChecks)
	}
	seen := make(map[string]bool, len(doc.Fields))
	for i := range doc.Fields {
		f, err := s.tableField(&doc.Fields[i])
		if err != nil {
			return nil, err
		}
		if f.Name == "" || seen[f.Name] {
			return nil, geo.Errorf(geo.KindInvalid, "field %d of the schema has no name, or that of another: %q", i+1, f.Name)
		}
		seen[f.Name] = true
		s.Fields = append(s.Fields, f)
	}
	for _, name := range s.PrimaryKey {
		if !seen[name] {
			return nil, geo.Errorf(geo.KindInvalid, "the primary key names %q, which is no field of the schema", name)
		}
	}
	for _, k := range doc.ForeignKeys {
		if k.Reference.Resource != "" {
			s.Unchecked = append(s.Unchecked, unchecked("clé étrangère %s : elle renvoie à un autre fichier, %q", "foreign key %s: it refers to another file, %q", strings.Join(k.Fields, ", "), k.Reference.Resource))
			continue
		}
		if len(k.Fields) == 0 || len(k.Fields) != len(k.Reference.Fields) {
			return nil, geo.Errorf(geo.KindInvalid, "a foreign key of the schema does not have as many fields as its reference")
		}
		for _, name := range slices.Concat(k.Fields, k.Reference.Fields) {
			if !seen[name] {
				return nil, geo.Errorf(geo.KindInvalid, "a foreign key names %q, which is no field of the schema", name)
			}
		}
		s.ForeignKeys = append(s.ForeignKeys, ForeignKey{Fields: k.Fields, Reference: k.Reference.Fields})
	}
	for i := range doc.CustomChecks {
		s.tableCheck(&doc.CustomChecks[i])
	}
	return s, nil
}

func (s *Schema) tableField(t *tableField) (Field, error) {
	f := Field{Name: t.Name, Title: geo.Localized{FR: t.Title}, Description: geo.Localized{FR: t.Description}, Kind: Kind(t.Type), Format: t.Format, True: t.True, False: t.False}
	switch f.Kind {
	case "":
		f.Kind = String
	case String, Integer, Number, Boolean, Date, Time, DateTime, Year, YearMonth, Duration, Geopoint, GeoJSON, Array, Object, AnyKind:
	default:
		s.Unchecked = append(s.Unchecked, unchecked("champ %s : le type %q est inconnu", "field %s: the type %q is unknown", t.Name, clip(t.Type)))
		f.Kind = AnyKind
	}
	if err := s.tableRules(&f, &t.Constraints); err != nil {
		return f, err
	}
	if t.ArrayItem != nil {
		item := Field{Name: t.Name, Kind: Kind(t.ArrayItem.Type)}
		if err := s.tableRules(&item, &t.ArrayItem.Constraints); err != nil {
			return f, err
		}
		f.Items = &item
	}
	return f, nil
}

func (s *Schema) tableRules(f *Field, c *tableRules) error {
	f.Required, f.Unique, f.Enum = bool(c.Required), bool(c.Unique), c.Enum
	if len(c.Enum) > maxValues {
		return geo.Errorf(geo.KindLimit, "the field %s lists more than %d values", f.Name, maxValues)
	}
	if f.MinLength, f.MaxLength = c.MinLength, c.MaxLength; negative(c.MinLength) || negative(c.MaxLength) {
		return geo.Errorf(geo.KindInvalid, "the field %s has a negative length", f.Name)
	}
	f.Min, f.Max = bound(c.Minimum, false), bound(c.Maximum, false)
	// Table Schema takes patterns from XML Schema, which match the whole value.
	s.pattern(f, c.Pattern, true)
	return nil
}

func negative(n *int) bool { return n != nil && *n < 0 }

func bound(t text, exclusive bool) *Bound {
	if t == "" {
		return nil
	}
	n, _ := strconv.ParseFloat(string(t), 64)
	return &Bound{Text: string(t), Number: n, Exclusive: exclusive}
}

// tableCheck reads one custom check.
func (s *Schema) tableCheck(t *tableCheck) {
	p := &t.Params
	c := Check{Name: strings.ReplaceAll(t.Name, "_", "-"), Column: string(p.Column), Others: p.OtherColumns, Op: p.Op, Loose: bool(p.YearOnly)}
	switch c.Name {
	case CheckSIRET, CheckSIREN, CheckOpeningHours, CheckPhone, CheckYears, CheckActes, CheckFrance:
	case CheckCompare:
		c.Others = []string{string(p.Column2)}
		if c.Op == "=" {
			c.Op = "=="
		}
		if !slices.Contains([]string{"<", "<=", "==", ">=", ">"}, c.Op) {
			c.Name = ""
		}
	case CheckCohesive:
	case CheckSum:
		c.Others = p.Columns
	case CheckOneOf:
		c.Column, c.Others = string(p.Column1), []string{string(p.Column2)}
	default:
		c.Name = ""
	}
	if needed := []string{CheckCompare, CheckCohesive, CheckSum, CheckOneOf}; c.Column == "" || slices.Contains(needed, c.Name) && (len(c.Others) == 0 || slices.Contains(c.Others, "")) {
		c.Name = ""
	}
	if c.Name == "" {
		s.Unchecked = append(s.Unchecked, unchecked("contrôle %q : il est inconnu, ou ses paramètres le sont", "check %q: it is unknown, or its parameters are", clip(t.Name)))
		return
	}
	s.Checks = append(s.Checks, c)
}
