package jsontable

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/record"
)

const (
	maxColumns = 1000
	maxLayers  = 100
)

// survey is what a first look at the whole file finds.
type survey struct {
	file  string
	text  format.Text
	lists []*list
	other int64 // values in lists that are no objects
	total int64 // rows that the service has, by its own account
}

// list is an array of objects: a layer.
type list struct {
	key     string // record.AnyElement for the file itself
	columns []string
	index   map[string]int
	rows    int64
}

// look reads the whole file.
func look(ctx context.Context, src *format.Source, encoding string) (*survey, error) {
	text, err := format.FindText(ctx, src, encoding)
	if err != nil {
		return nil, err
	}
	s := &survey{file: src.Name(), text: text}
	f, w, err := start(src, text)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	key := ""
	for row := 0; ; row++ {
		if row%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n, err := w.Next(func(path []string, first byte) record.Action {
			action := decide(path, first)
			if action == record.Take {
				key = path[0]
			} else if len(path) > 0 && path[len(path)-1] == record.AnyElement {
				s.other++
			}
			if len(path) == 1 && counts(path[0]) && first != '{' && first != '[' {
				key = ""
				return record.Take
			}
			return action
		})
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if n.Kind != record.Object {
			if total, err := strconv.ParseInt(n.Value(), 10, 64); err == nil {
				s.total = max(s.total, total)
			}
			continue
		}
		if err := s.add(key, &n); err != nil {
			return nil, err
		}
	}
	s.choosable()
	if len(s.lists) == 0 {
		return nil, geo.Errorf(geo.KindInvalid, "%s has no array of objects that could be a table", src.Name())
	}
	return s, nil
}

// counts tells whether a member says how many rows there are in all.
func counts(key string) bool {
	switch key {
	case "total_count", "total", "nhits", "numberMatched", "totalCount":
		return true
	}
	return false
}

func start(src *format.Source, text format.Text) (*format.SourceReader, *record.Walker, error) {
	f, err := src.Open()
	if err != nil {
		return nil, nil, err
	}
	decoded, err := text.Reader(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, record.NewWalker(decoded, src.Name(), src.WindowSize()), nil
}

// decide takes the objects in the file's array, or in those of its object.
func decide(path []string, first byte) record.Action {
	switch {
	case len(path) == 0, len(path) == 1 && path[0] != record.AnyElement && first == '[':
		return record.Enter
	case first == '{' && path[len(path)-1] == record.AnyElement:
		return record.Take
	}
	return record.Skip
}

// add takes the columns of a row.
func (s *survey) add(key string, n *record.Node) error {
	var l *list
	for _, have := range s.lists {
		if have.key == key {
			l = have
		}
	}
	if l == nil {
		if len(s.lists) == maxLayers {
			return geo.Errorf(geo.KindLimit, "%s has more than %d arrays of objects", s.file, maxLayers)
		}
		l = &list{key: key, index: map[string]int{}}
		s.lists = append(s.lists, l)
	}
	l.rows++
	full := false
	cells(n, func(name string, _ *record.Node) {
		if _, known := l.index[name]; known {
			return
		}
		if full = len(l.columns) == maxColumns; !full {
			l.index[name] = len(l.columns)
			l.columns = append(l.columns, name)
		}
	})
	if full {
		return geo.Errorf(geo.KindLimit, "%s, row %d: the rows have more than %d columns", s.file, l.rows, maxColumns)
	}
	return nil
}

// cells calls do with each value of a row and the name of its column.
func cells(n *record.Node, do func(name string, v *record.Node)) {
	for i := range n.Nodes {
		v := &n.Nodes[i]
		name := strings.Join(strings.Fields(v.Key), " ")
		if name == "" {
			name = "column_" + strconv.Itoa(i+1)
		}
		if !plain(v) {
			do(name, v)
			continue
		}
		for j := range v.Nodes {
			do(name+"."+strings.Join(strings.Fields(v.Nodes[j].Key), " "), &v.Nodes[j])
		}
	}
}

// plain tells whether v is an object of nothing but texts, numbers and the like.
func plain(v *record.Node) bool {
	for i := range v.Nodes {
		if !v.Nodes[i].Scalar() {
			return false
		}
	}
	return v.Kind == record.Object && len(v.Nodes) > 0
}

// choosable leaves the lists with usual names alone, where there are some.
func (s *survey) choosable() {
	var some []*list
	for _, l := range s.lists {
		if usual(l.key) {
			some = append(some, l)
		}
	}
	if some != nil {
		s.lists = some
	}
}

// name gives the name of the layer of a list.
func (s *survey) name(l *list) string {
	if l.key != record.AnyElement {
		return l.key
	}
	base := strings.TrimSuffix(path.Base(s.file), ".gz")
	return strings.TrimSuffix(base, path.Ext(base))
}

func (s *survey) names() []string {
	var names []string
	for _, l := range s.lists {
		names = append(names, s.name(l))
	}
	return names
}

// choose gives the list called name, or the only one.
func (s *survey) choose(name string) (*list, error) {
	all := strings.Join(s.names(), ", ")
	for _, l := range s.lists {
		if name != "" && strings.EqualFold(s.name(l), name) {
			return l, nil
		}
	}
	switch {
	case name != "":
		return nil, geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", s.file, name, all)
	case len(s.lists) > 1:
		return nil, geo.Errorf(geo.KindInvalid, "%s has several layers: %s", s.file, all).WithHint("state which one to read with --layer or source.layer")
	}
	return s.lists[0], nil
}

// warnings tells what of the file is not used, or not there.
func (s *survey) warnings(l *list) []geo.Problem {
	var all []geo.Problem
	note := func(message string, args ...any) {
		all = append(all, geo.Problem{Rule: geo.RuleIgnored, Detail: fmt.Sprintf(message, args...)})
	}
	if s.other > 0 {
		note("%d values that are no objects", s.other)
	}
	if s.total > l.rows {
		note("the server gave %d of %d features", l.rows, s.total)
	}
	return append(all, s.text.Warnings()...)
}
