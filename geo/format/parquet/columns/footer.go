package columns

import (
	"encoding/binary"
	"errors"
	"io"

	"puy/geo"
)

const (
	magic          = "PAR1"
	magicEncrypted = "PARE"

	maxFooter   = 64 << 20
	maxElements = 1 << 16 // nodes of the schema
	maxLeaves   = 4096
)

// element is a node of the schema as the footer lists it, depth first.
type element struct {
	name       string
	physical   Physical
	hasType    bool
	length     int32
	repetition int32 // 0 required, 1 optional, 2 repeated
	children   int32
	converted  int32 // -1 where there is none
	scale      int32
	precision  int32
	logical    logical
}

// logical is the annotation of a node.
type logical struct {
	id        int16 // its place in the union LogicalType; 0 for none
	unit      int16 // of times: 1 milliseconds, 2 microseconds, 3 nanoseconds
	scale     int32
	precision int32
	unsigned  bool
	crs       string
}

// chunk is where the values of one column in one row group are.
type chunk struct {
	offset int64 // of the first page
	size   int64 // bytes of all pages
	values int64
	codec  int32
	stored Physical
}

// group is a row group.
type group struct {
	rows   int64
	chunks []chunk
}

// footer is what the end of the file says.
type footer struct {
	elements []element
	rows     int64
	groups   []group
	metadata map[string]string
}

// readFooter finds and reads the footer.
func readFooter(r io.ReaderAt, size int64) (*footer, error) {
	const ends = 2*len(magic) + 4
	if size < int64(ends) {
		return nil, geo.Errorf(geo.KindInvalid, "%d bytes are too few for a Parquet file", size)
	}
	var head [4]byte
	var tail [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read the head: %w", err)
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read the end: %w", err)
	}
	switch {
	case string(head[:]) == magicEncrypted || string(tail[4:]) == magicEncrypted:
		return nil, geo.Errorf(geo.KindInvalid, "the Parquet file is encrypted")
	case string(head[:]) != magic:
		return nil, geo.Errorf(geo.KindInvalid, "it does not begin as a Parquet file does")
	case string(tail[4:]) != magic:
		return nil, geo.Errorf(geo.KindInvalid, "it does not end as a Parquet file does: it is probably cut off")
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	switch {
	case n > size-int64(ends):
		return nil, geo.Errorf(geo.KindInvalid, "the footer claims %d bytes of a file of %d", n, size)
	case n > maxFooter:
		return nil, geo.Errorf(geo.KindLimit, "the footer is larger than %d MB", maxFooter>>20)
	}
	b := make([]byte, n)
	if _, err := r.ReadAt(b, size-8-n); err != nil && !errors.Is(err, io.EOF) {
		return nil, geo.Errorf(geo.KindInvalid, "cannot read the footer: %w", err)
	}
	f := &footer{metadata: map[string]string{}}
	t := &thrift{b: b}
	f.read(t)
	if t.err != nil {
		return nil, geo.Errorf(geo.KindOf(orInvalid(t.err)), "the footer cannot be read: %w", t.err)
	}
	return f, nil
}

func orInvalid(err error) error {
	if errors.As(err, new(errTruncated)) {
		return geo.Errorf(geo.KindInvalid, "%w", err)
	}
	return err
}

// read reads the structure FileMetaData.
func (f *footer) read(t *thrift) {
	there := 0
	t.structure(thriftStruct, func(id int16, typ byte) bool {
		if id >= 2 && id <= 4 {
			there |= 1 << id
		}
		switch id {
		case 2:
			t.list(typ, func(typ byte) {
				if len(f.elements) == maxElements {
					t.fail("the schema has more than %d nodes", maxElements)
					return
				}
				f.elements = append(f.elements, readElement(t, typ))
			})
		case 3:
			f.rows = t.integer(typ)
		case 4:
			t.list(typ, func(typ byte) { f.readGroup(t, typ) })
		case 5:
			t.list(typ, func(typ byte) {
				var key, value []byte
				t.structure(typ, func(id int16, typ byte) bool {
					switch id {
					case 1:
						key = t.binary(typ)
					case 2:
						value = t.binary(typ)
					default:
						return false
					}
					return true
				})
				if len(key) < 256 && len(f.metadata) < 1000 {
					f.metadata[string(key)] = string(value)
				}
			})
		case 8:
			t.fail("the columns are encrypted")
		default:
			return false
		}
		return true
	})
	if there != 1<<2|1<<3|1<<4 {
		t.fail("the schema, the number of rows or the row groups are missing")
	}
}

func readElement(t *thrift, typ byte) element {
	e := element{converted: -1}
	t.structure(typ, func(id int16, typ byte) bool {
		switch id {
		case 1:
			e.physical, e.hasType = Physical(t.int32(typ)), true
		case 2:
			e.length = t.int32(typ)
		case 3:
			e.repetition = t.int32(typ)
		case 4:
			e.name = string(t.binary(typ))
		case 5:
			e.children = t.int32(typ)
		case 6:
			e.converted = t.int32(typ)
		case 7:
			e.scale = t.int32(typ)
		case 8:
			e.precision = t.int32(typ)
		case 10:
			e.logical = readLogical(t, typ)
		default:
			return false
		}
		return true
	})
	return e
}

// readLogical reads the union LogicalType. The fields of all its members have the
// same meaning by number and type, but for those that are told apart here.
func readLogical(t *thrift, typ byte) (l logical) {
	t.structure(typ, func(id int16, typ byte) bool {
		l.id = id
		t.structure(typ, func(field int16, typ byte) bool {
			switch {
			case id == logicalDecimal && field == 1:
				l.scale = t.int32(typ)
			case id == logicalDecimal && field == 2:
				l.precision = t.int32(typ)
			case id == logicalInteger && field == 2:
				l.unsigned = !t.boolean(typ)
			case (id == logicalTime || id == logicalTimestamp) && field == 2:
				t.structure(typ, func(unit int16, _ byte) bool {
					l.unit = unit
					return false
				})
			case (id == logicalGeometry || id == logicalGeography) && field == 1:
				l.crs = string(t.binary(typ))
			default:
				return false
			}
			return true
		})
		return true
	})
	return l
}

func (f *footer) readGroup(t *thrift, typ byte) {
	var g group
	t.structure(typ, func(id int16, typ byte) bool {
		switch id {
		case 1:
			t.list(typ, func(typ byte) { g.chunks = append(g.chunks, readChunk(t, typ)) })
		case 3:
			g.rows = t.integer(typ)
		default:
			return false
		}
		return true
	})
	f.groups = append(f.groups, g)
}

func readChunk(t *thrift, typ byte) (c chunk) {
	var dictionary int64
	t.structure(typ, func(id int16, typ byte) bool {
		switch id {
		case 1:
			if len(t.binary(typ)) > 0 {
				t.fail("the values of a column are in another file")
			}
		case 3:
			t.structure(typ, func(id int16, typ byte) bool {
				switch id {
				case 1:
					c.stored = Physical(t.int32(typ))
				case 4:
					c.codec = t.int32(typ)
				case 5:
					c.values = t.integer(typ)
				case 7:
					c.size = t.integer(typ)
				case 9:
					c.offset = t.integer(typ)
				case 11:
					dictionary = t.integer(typ)
				default:
					return false
				}
				return true
			})
		case 8, 9:
			t.fail("a column is encrypted")
		default:
			return false
		}
		return true
	})
	// Some writers put 0 for no dictionary page.
	if dictionary > 0 && dictionary < c.offset {
		c.offset = dictionary
	}
	return c
}
