package columns

import (
	"strings"
	"unicode/utf8"

	"puy/geo"
)

// Physical is how values are stored (parquet.thrift, enum Type).
type Physical int32

// The physical types.
const (
	Boolean Physical = iota
	Int32
	Int64
	Int96
	Float
	Double
	ByteArray
	FixedByteArray
)

// width gives the bytes of a plain value, 0 for those that vary.
func (p Physical) width(length int32) int {
	switch p {
	case Int32, Float:
		return 4
	case Int64, Double:
		return 8
	case Int96:
		return 12
	case FixedByteArray:
		return int(length)
	}
	return 0
}

// The members of the union LogicalType.
const (
	logicalString    = 1
	logicalMap       = 2
	logicalList      = 3
	logicalEnum      = 4
	logicalDecimal   = 5
	logicalDate      = 6
	logicalTime      = 7
	logicalTimestamp = 8
	logicalInteger   = 10
	logicalNull      = 11
	logicalJSON      = 12
	logicalUUID      = 14
	logicalFloat16   = 15
	logicalGeometry  = 17
	logicalGeography = 18
)

const maxSchemaDepth = 24

// Node is a column or a group of columns.
type Node struct {
	Name     string
	Optional bool
	Repeated bool
	Children []*Node // nil for a column of values
	Kind     Kind    // of a column of values
	CRS      string  // that the annotation of a geometry names
	Geodesic bool    // the edges of the geometries are not straight

	physical  Physical
	length    int32
	unit      int16
	scale     int32
	precision int32
	unsigned  bool
	list      bool
	mapped    bool
	maxDef    int // levels of a value that is there
	maxRep    int
	column    int // its place among the columns of values
}

// Leaf tells whether n is a column of values.
func (n *Node) Leaf() bool { return n.Children == nil }

// Levels gives the levels of a value of n that is there.
func (n *Node) Levels() (maxRep, maxDef int) { return n.maxRep, n.maxDef }

// Flat tells whether n is a column with at most one value in a row.
func (n *Node) Flat() bool { return n.Leaf() && n.maxRep == 0 }

// Leaves appends the columns of values of n to list.
func (n *Node) Leaves(list []*Node) []*Node {
	if n.Leaf() {
		return append(list, n)
	}
	for _, c := range n.Children {
		list = c.Leaves(list)
	}
	return list
}

// treeOf makes the tree of the schema.
func treeOf(elements []element) (*Node, error) {
	if len(elements) == 0 || elements[0].children <= 0 {
		return nil, geo.Errorf(geo.KindInvalid, "the schema has no column")
	}
	b := treeBuilder{rest: elements[1:]}
	root := &Node{Name: elements[0].name}
	for range elements[0].children {
		c, err := b.node(root, 1)
		if err != nil {
			return nil, err
		}
		root.Children = append(root.Children, c)
	}
	if len(b.rest) > 0 {
		return nil, geo.Errorf(geo.KindInvalid, "the schema has %d nodes too many", len(b.rest))
	}
	return root, nil
}

type treeBuilder struct {
	rest   []element
	leaves int
}

func (b *treeBuilder) node(parent *Node, depth int) (*Node, error) {
	if len(b.rest) == 0 {
		return nil, geo.Errorf(geo.KindInvalid, "the schema has fewer nodes than it claims")
	}
	e := b.rest[0]
	b.rest = b.rest[1:]
	n := &Node{Name: cleanName(e.name), Optional: e.repetition == 1, Repeated: e.repetition == 2, maxDef: parent.maxDef, maxRep: parent.maxRep}
	if e.repetition < 0 || e.repetition > 2 {
		return nil, geo.Errorf(geo.KindInvalid, "column %s: repetition %d", n.Name, e.repetition)
	}
	if n.Optional || n.Repeated {
		n.maxDef++
	}
	if n.Repeated {
		n.maxRep++
	}
	if e.children == 0 && !e.hasType {
		return nil, geo.Errorf(geo.KindInvalid, "column %s is a group without columns", n.Name)
	}
	if e.children == 0 {
		if b.leaves == maxLeaves {
			return nil, geo.Errorf(geo.KindLimit, "the schema has more than %d columns", maxLeaves)
		}
		n.column = b.leaves
		b.leaves++
		return n, n.annotate(e)
	}
	if depth == maxSchemaDepth {
		return nil, geo.Errorf(geo.KindLimit, "columns are nested more than %d deep", maxSchemaDepth)
	}
	n.list = e.logical.id == logicalList || e.logical.id == 0 && e.converted == 3
	n.mapped = e.logical.id == logicalMap || e.logical.id == 0 && (e.converted == 1 || e.converted == 2)
	for range e.children {
		c, err := b.node(n, depth+1)
		if err != nil {
			return nil, err
		}
		n.Children = append(n.Children, c)
	}
	if n.Children == nil {
		return nil, geo.Errorf(geo.KindInvalid, "column %s has %d columns", n.Name, e.children)
	}
	return n, nil
}

// annotate sets what the values of a column mean.
func (n *Node) annotate(e element) error {
	n.physical, n.length, n.scale, n.precision = e.physical, e.length, e.scale, e.precision
	if e.physical < Boolean || e.physical > FixedByteArray {
		return geo.Errorf(geo.KindInvalid, "column %s: type %d is not known", n.Name, e.physical)
	}
	if e.physical == FixedByteArray && (e.length <= 0 || e.length > 1<<20) {
		return geo.Errorf(geo.KindInvalid, "column %s: values of %d bytes", n.Name, e.length)
	}
	id, unsigned := e.logical.id, e.logical.unsigned
	n.unit, n.CRS, n.Geodesic = e.logical.unit, e.logical.crs, id == logicalGeography
	if id == logicalDecimal {
		n.scale, n.precision = e.logical.scale, e.logical.precision
	}
	if id == 0 {
		id, n.unit, unsigned = ofConverted(e.converted)
	}
	n.unsigned = unsigned
	n.Kind = kindOf(e.physical, e.length, id, unsigned)
	if n.Kind == KindDecimal && (n.scale < 0 || n.scale > 1000 || n.length > 1000) {
		return geo.Errorf(geo.KindInvalid, "column %s: decimals of scale %d", n.Name, n.scale)
	}
	return nil
}

// ofConverted gives the logical type of the annotation of before 2018
// (parquet.thrift, enum ConvertedType).
func ofConverted(c int32) (id, unit int16, unsigned bool) {
	switch c {
	case 0:
		return logicalString, 0, false
	case 4:
		return logicalEnum, 0, false
	case 5:
		return logicalDecimal, 0, false
	case 6:
		return logicalDate, 0, false
	case 7, 8:
		return logicalTime, int16(c - 6), false
	case 9, 10:
		return logicalTimestamp, int16(c - 8), false
	case 11, 12, 13, 14:
		return logicalInteger, 0, true
	case 15, 16, 17, 18:
		return logicalInteger, 0, false
	case 19:
		return logicalJSON, 0, false
	}
	return 0, 0, false
}

func cleanName(name string) string {
	name = strings.ReplaceAll(name, "\x00", "")
	return strings.ToValidUTF8(name, string(utf8.RuneError))
}
