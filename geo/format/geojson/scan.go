package geojson

import (
	"strings"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
)

// maxFields bounds how many different properties a file may have.
const maxFields = 4096

// columns gives each property name its place, in the order of their first coming.
type columns struct {
	names  []string
	raw    [][]byte       // the spelling that came first, to guess by
	byRaw  map[string]int // by spelling, escapes included
	byName map[string]int
	next   int // the place that most likely comes next
}

// place gives the place of the property that is spelled raw. Added tells that it
// is new.
func (cs *columns) place(raw []byte, escaped bool) (i int, added bool) {
	if cs.next < len(cs.raw) && string(cs.raw[cs.next]) == string(raw) {
		i = cs.next
	} else if known, found := cs.byRaw[string(raw)]; found {
		i = known
	} else {
		if cs.byRaw == nil {
			cs.byRaw, cs.byName = map[string]int{}, map[string]int{}
		}
		name := fieldName(raw, escaped)
		if i, found = cs.byName[name]; !found {
			i, added = len(cs.names), true
			cs.names = append(cs.names, name)
			cs.raw = append(cs.raw, append([]byte(nil), raw...))
			cs.byName[name] = i
		}
		if len(cs.byRaw) < 2*maxFields {
			cs.byRaw[string(raw)] = i
		}
	}
	cs.next = i + 1
	return i, added
}

// fieldName gives the name that raw spells, as one that every store can hold.
func fieldName(raw []byte, escaped bool) string {
	if escaped {
		raw = unescape(nil, raw)
	}
	name := strings.ReplaceAll(strings.ToValidUTF8(string(raw), string(utf8.RuneError)), "\x00", string(utf8.RuneError))
	if name == "" {
		return "_"
	}
	return name
}

// scanner finds the schema: the first of the two passes.
type scanner struct {
	columns  columns
	finders  []format.TypeFinder
	geometry geo.GeometryType
	hasZ     bool
	rows     int64
	ids      int64
	esri     bool // a row looks like Esri JSON
}

// row takes one row; when it runs out of bytes it is called again with more.
func (s *scanner) row(c *cursor) {
	if c.peek() != '{' {
		c.skip()
		return
	}
	start := c.i
	c.i++
	t, hasZ := geo.GeometryNone, false
	var bare geo.GeometryType
	var hasID, typed, attributes bool
	for n := 0; ; n++ {
		key, _, more := c.member(n)
		if !more {
			break
		}
		switch string(key) {
		case "type":
			k, raw, _, good := c.value(0)
			typed = true
			if good && k == kindString {
				bare = geometryType(raw)
			}
		case "geometry":
			t, hasZ = skimGeometry(c, 0)
		case "properties":
			s.properties(c)
		case "id":
			k, raw, _, _ := c.value(0)
			hasID = (k == kindString || k == kindNumber) && len(raw) > 0
		case "attributes":
			attributes = true
			c.skip()
		default:
			c.skip()
		}
	}
	if c.fail == ok && bare != geo.GeometryNone {
		end := c.i
		c.i = start
		t, hasZ = skimGeometry(c, 0)
		c.i = end
	}
	if c.fail != ok {
		return
	}
	s.geometry, s.hasZ = s.geometry.Merge(t), s.hasZ || hasZ
	s.esri = s.esri || attributes && !typed
	if hasID {
		s.ids++
	}
}

func (s *scanner) properties(c *cursor) {
	if c.peek() != '{' {
		c.skip()
		return
	}
	c.i++
	s.columns.next = 0
	for n := 0; ; n++ {
		key, escaped, more := c.member(n)
		if !more {
			return
		}
		k, raw, _, good := c.value(1)
		if !good {
			return
		}
		if len(s.columns.names) > maxFields {
			continue
		}
		i, added := s.columns.place(key, escaped)
		if added {
			s.finders = append(s.finders, format.TypeFinder{})
		}
		switch f := &s.finders[i]; k {
		case kindString:
			f.AddString(raw)
		case kindNumber:
			f.AddNumber(raw)
		case kindBoolean:
			f.AddBoolean()
		case kindTexts:
			f.AddTexts()
		case kindArray, kindObject:
			f.AddJSON()
		}
	}
}

// schema gives what was found; declared types overrule.
func (s *scanner) schema(declared map[string]geo.FieldType) geo.Schema {
	schema := geo.Schema{Fields: make([]geo.Field, len(s.columns.names)), Geometry: s.geometry, HasZ: s.hasZ}
	for i, name := range s.columns.names {
		t := s.finders[i].Type()
		if d, found := declared[name]; found && d != geo.TypeNull {
			t = d
		}
		schema.Fields[i] = geo.Field{Name: name, Type: t}
	}
	return schema
}
