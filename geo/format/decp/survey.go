package decp

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/markup"
	"puy/geo/format/named"
	"puy/geo/format/record"
)

// Bounds of what is kept of a file: how many contracts are compared, and how many of
// those that stand twice are told one by one.
const (
	maxCompared = 1 << 20
	maxTold     = 20
)

// survey is what a first look at the whole file finds.
type survey struct {
	text  format.Text
	xml   bool
	found [2]*finding // contracts and concessions
}

// finding is what is found of one layer.
type finding struct {
	form      *form
	contracts int64
	rows      int64
	finder    *named.Finder // nil where only the layers are asked for
	row       named.Row
	seed      maphash.Seed
	seen      map[uint64]int64 // the first row by the hash of the uid
	twice     []geo.Problem
	doubles   int64 // contracts whose uid an earlier one has
	holders   int64 // that their contract names again
	warnings  []geo.Problem
}

// look reads the whole file. Types are declared ones, for the fields; without details
// only the layers are found.
func look(ctx context.Context, src *format.Source, opt format.Options, details bool) (*survey, error) {
	head, err := src.Head()
	if err != nil {
		return nil, err
	}
	s := &survey{xml: isXML(head), found: [2]*finding{{form: contracts()}, {form: concessions()}}}
	if s.xml {
		s.text, err = markup.FindText(ctx, src, opt.Encoding)
	} else {
		s.text, err = format.FindText(ctx, src, opt.Encoding)
	}
	if err != nil {
		return nil, err
	}
	d, err := openDocument(src, s.text, s.xml)
	if err != nil {
		return nil, err
	}
	defer d.file.Close()
	for _, l := range s.found {
		if details {
			types := l.form.types()
			for name, t := range opt.Types {
				types[name] = t
			}
			l.finder, l.seed, l.seen = named.NewFinder(types), maphash.MakeSeed(), map[uint64]int64{}
		}
	}
	for {
		if d.count%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n, concession, err := d.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		l := s.found[0]
		if concession {
			l = s.found[1]
		}
		if l.contracts++; details {
			if err := l.add(src.Name(), d.count, &n); err != nil {
				return nil, err
			}
		}
	}
	for _, l := range s.found {
		l.conclude(d)
	}
	return s, nil
}

// add looks at the rows of a contract, the one with that number in the file.
func (l *finding) add(file string, number int64, n *record.Node) error {
	c, err := l.form.rows(file, number, n)
	if err != nil {
		return err
	}
	l.holders += int64(c.doubled)
	l.compare(c)
	for i := range c.holders {
		c.row(i, &l.row)
		l.finder.Add(&l.row)
		l.rows++
	}
	return nil
}

// compare tells of a contract whose uid an earlier one has.
func (l *finding) compare(c *contract) {
	if c.uid == "" {
		return
	}
	sum := maphash.String(l.seed, c.uid)
	first, found := l.seen[sum]
	switch {
	case !found && len(l.seen) < maxCompared:
		l.seen[sum] = l.rows + 1
	case found:
		if l.doubles++; len(l.twice) < maxTold {
			l.twice = append(l.twice, geo.Problem{Row: l.rows + 1, Column: "uid", Value: geo.ClipValue(c.uid), Rule: geo.RuleDuplicateKey, Detail: "row " + strconv.FormatInt(first, 10)})
		}
	}
}

// conclude writes what is odd about the layer.
func (l *finding) conclude(d *document) {
	note := func(n int64, message string) {
		if n > 0 {
			l.warnings = append(l.warnings, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf(message, n)})
		}
	}
	l.warnings = append(l.warnings, l.twice...)
	if more := l.doubles - int64(len(l.twice)); more > 0 {
		l.warnings = append(l.warnings, geo.Problem{Rule: geo.RuleDuplicateKey, Column: "uid", Detail: fmt.Sprintf("%d further contracts", more)})
	}
	note(l.holders, "%d holders that their contract names twice")
	note(d.other, "%d values that are no contracts")
	if d.cleaned != nil {
		note(d.cleaned.count, "%d control characters that XML does not allow")
	}
}

// layers lists the layers that have a contract; marches where none has one.
func (s *survey) layers() []string {
	var names []string
	for _, l := range s.found {
		if l.contracts > 0 {
			names = append(names, l.form.layer)
		}
	}
	if names == nil {
		return []string{layerContracts}
	}
	return names
}

func layers(ctx context.Context, src *format.Source) ([]string, error) {
	s, err := look(ctx, src, format.Options{}, false)
	if err != nil {
		return nil, err
	}
	return s.layers(), nil
}

// choose gives the layer called name, or the only one.
func (s *survey) choose(file, name string) (*finding, error) {
	names := s.layers()
	all := strings.Join(names, ", ")
	if name == "" && len(names) > 1 {
		return nil, geo.Errorf(geo.KindInvalid, "%s has several layers: %s", file, all).WithHint("state which one to read with --layer or source.layer")
	}
	if name == "" {
		name = names[0]
	}
	for _, l := range s.found {
		if known := strings.EqualFold(l.form.layer, name) || strings.EqualFold(l.form.element, name); known && (l.contracts > 0 || l.form.layer == names[0]) {
			return l, nil
		}
	}
	return nil, geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", file, name, all)
}
