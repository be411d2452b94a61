package ingest

import (
	"context"
	"strings"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest/schema"
	"puy/ingest/source"
)

// conformity checks the rows of one load against a schema.
type conformity struct {
	schema  *schema.Schema
	checker *schema.Checker
	lenient bool
	absent  int // required columns that the file does not have
	faults  []schema.Fault
	count   int64
}

// findSchema reads the schema that the dataset names.
func (l *loading) findSchema(ctx context.Context) error {
	reference := l.dataset.Schema
	if reference == "" {
		return nil
	}
	s, source, err := openSchema(ctx, reference, l.opt.Schemas)
	if err != nil {
		return err
	}
	if s == nil {
		l.tell(severe{Problem: geo.Problem{Value: reference, Rule: schema.RuleUnchecked}, severity: Warning, message: geo.Localized{
			FR: "Le schéma « " + reference + " » n’est pas fourni avec puy : les lignes ne sont pas vérifiées. Indiquez son fichier ou son adresse.",
			EN: "The schema “" + reference + "” does not come with puy: rows are not checked. Name its file or its address.",
		}})
		return nil
	}
	if _, version, pinned := strings.Cut(reference, "@"); pinned && source == "" && strings.TrimPrefix(version, "v") != s.Version && version != "latest" {
		l.tell(severe{Problem: geo.Problem{Value: reference, Rule: schema.RuleUnchecked, Detail: "version " + s.Version}, severity: Warning, message: geo.Localized{
			FR: "puy connaît la version " + s.Version + " de ce schéma et non la version " + version + " ; c’est celle-là qui est vérifiée.",
			EN: "puy has version " + s.Version + " of this schema, not version " + version + "; that one is checked.",
		}})
	}
	l.conform = &conformity{schema: s, lenient: l.dataset.Publish == catalog.PublishLenient}
	l.report.Schema = &ReportSchema{Name: s.Name, Version: s.Version, Source: source, Checksum: s.Checksum}
	return nil
}

// openSchema finds a schema by its name, file or address; source is empty for
// one that comes with puy. Nil without an error is a registered name, as
// "org/name@1.0", that puy does not have.
func openSchema(ctx context.Context, reference string, opt source.Options) (s *schema.Schema, place string, err error) {
	if s, _, ok := schema.Lookup(reference); ok {
		return s, "", nil
	}
	address, pin, pinned := strings.Cut(reference, "#sha256=")
	var found *source.Fetched
	switch {
	case strings.HasPrefix(address, "http://"), strings.HasPrefix(address, "https://"):
		opt.MaxBytes, opt.Deadline, opt.Progress = schema.MaxFile, time.Minute, nil
		found, err = source.Open(ctx, catalog.Source{URL: address}, source.Mark{}, opt)
		address = source.Public(address)
	case !strings.HasSuffix(address, ".json"):
		if strings.Count(address, "/") == 1 {
			return nil, "", nil
		}
		return nil, "", geo.Errorf(geo.KindInvalid, "puy has no schema %q", reference).
			WithHint("name one of %s, or the file or address of a schema in JSON", schemaNames())
	default:
		found, err = source.Open(ctx, catalog.Source{File: address}, source.Mark{}, opt)
	}
	if err != nil {
		return nil, "", geo.Errorf(geo.KindOf(err), "cannot read the schema %s: %w", address, err)
	}
	defer found.Close() //nolint:errcheck // a temporary file that stays is no reason to refuse a load
	f, err := found.Source.Open()
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	if s, err = schema.Read(f); err != nil {
		return nil, "", geo.Errorf(geo.KindOf(err), "the schema %s: %w", address, err)
	}
	if pinned && !strings.EqualFold(pin, s.Checksum) {
		return nil, "", geo.Errorf(geo.KindInvalid, "the schema %s is not the one that the catalogue pins: its SHA-256 is %s", address, s.Checksum)
	}
	return s, address, nil
}

func schemaNames() string {
	var names []string
	for _, k := range schema.All() {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

// addTypes adds the types of the schema's fields to those that the dataset
// declares, which come first.
func (l *loading) addTypes(types map[string]geo.FieldType) {
	if l.conform == nil {
		return
	}
	for name, t := range l.conform.schema.Types() {
		// A value of another type leaves its row out, which a lenient load must not.
		if l.conform.lenient && t != geo.TypeText {
			continue
		}
		if _, declared := types[name]; !declared && name != l.dataset.Time {
			types[name] = t
		}
	}
}

// matchSchema matches the columns of the file with the schema's fields, and
// gives those that are spelled otherwise their official name, unless the
// dataset's entry knows them by the other.
func (l *loading) matchSchema(check *rows) {
	if l.conform == nil {
		if l.dataset.Schema == "" {
			l.report.Fits = ProposeSchema(&check.schema)
		}
		return
	}
	checker, faults, rename := schema.NewChecker(l.conform.schema, &check.schema)
	for _, f := range faults {
		if f.Rule == geo.RuleMissingColumn {
			l.conform.absent++
		}
		l.fault(f)
	}
	for i := range check.schema.Fields {
		name := check.schema.Fields[i].Name
		if official, ok := rename[name]; ok && !l.names(name) && check.schema.Index(official) < 0 {
			check.schema.Fields[i].Name = official
		}
	}
	for i := range l.conform.schema.Fields {
		f := &l.conform.schema.Fields[i]
		if at := check.schema.Index(f.Name); at >= 0 {
			check.schema.Fields[at].Title = f.Title
			if f.Description != (geo.Localized{}) {
				check.schema.Fields[at].Description = f.Description
			}
		}
	}
	l.conform.checker, check.conform = checker, l.conform
}

// ProposeSchema gives the schema that comes with puy and that the columns of a
// file fit, or nil.
func ProposeSchema(s *geo.Schema) *FittingSchema {
	columns := make([]string, len(s.Fields))
	for i := range s.Fields {
		columns[i] = s.Fields[i].Name
	}
	m, ok := schema.Recognise(columns, s.Spatial())
	if !ok {
		return nil
	}
	return &FittingSchema{Name: m.Known.Registry + "@" + m.Version, Missing: m.Missing, Message: m.Sentence()}
}

// names tells whether the dataset's entry speaks of the column called name.
func (l *loading) names(name string) bool {
	d := &l.dataset
	if d.Key == name || d.Time == name {
		return true
	}
	for i := range d.Fields {
		if d.Fields[i].Name == name {
			return true
		}
	}
	return false
}

// fault tells one fault that concerns the file.
func (l *loading) fault(f schema.Fault) { l.tell(l.conform.weigh(f)) }

// weigh gives a fault the severity that it has here.
func (c *conformity) weigh(f schema.Fault) severe {
	s := severe{Problem: f.Problem, severity: Error, message: f.Message, fix: f.Fix}
	if !f.Warning {
		c.count++
	}
	if f.Warning || c.lenient {
		s.severity = Warning
	}
	return s
}

// row checks one row; ok is false where it is to be left out.
func (c *conformity) row(f *geo.Feature, b *batch) (ok bool) {
	ok = true
	c.faults = c.checker.Row(f, c.faults[:0])
	for i := range c.faults {
		s := c.weigh(c.faults[i])
		ok = ok && s.severity != Error
		b.problems = append(b.problems, s)
	}
	return ok
}

// unread gives a problem of a row that the reader refuses; c may be nil.
func (c *conformity) unread(p geo.Problem) severe {
	s := severe{Problem: p, severity: Error}
	if c != nil && p.Rule == geo.RuleType {
		c.count++
		s.fix = c.checker.Propose(p.Column, p.Value)
	}
	return s
}

// finishSchema tells what only the whole file shows, and refuses a file that
// lacks required columns.
func (l *loading) finishSchema() error {
	c := l.conform
	if c == nil {
		return nil
	}
	for _, f := range c.checker.End() {
		l.fault(f)
		if !f.Warning && !c.lenient {
			l.report.Rejected++
		}
	}
	l.report.Schema.Faults = c.count
	if c.absent > 0 && !c.lenient && l.opt.AcceptErrors < 1 {
		return geo.Errorf(geo.KindInvalid, "the file lacks %d columns that the schema %s requires; the version that was served stays", c.absent, c.schema.ID()).
			WithHint("correct the source, or say publish: lenient in the catalogue")
	}
	return nil
}

// tell notes a problem with its own sentence, or that of its rule.
func (l *loading) tell(s severe) {
	if s.message.IsZero() {
		s.message = Sentence(s.Problem)
	}
	l.opt.Observer.Problem(l.report.put(Entry{Problem: s.Problem, Severity: s.severity, Message: s.message, Fix: s.fix, Position: s.position}))
}
