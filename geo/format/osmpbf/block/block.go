package block

import (
	"math"

	"puy/geo"
)

// Bounds of one block and of one element.
const (
	maxStrings = 1 << 20
	maxTags    = 1 << 16
	maxRefs    = 1 << 20 // the database allows 2,000 nodes of a way
	maxMembers = 1 << 18 // and 32,000 members of a relation
)

// The fields of PrimitiveBlock and PrimitiveGroup (osmformat.proto).
const (
	blockStrings         = 1
	blockGroup           = 2
	blockGranularity     = 17
	blockDateGranularity = 18
	blockLatOffset       = 19
	blockLonOffset       = 20

	stringsText = 1

	groupNode     = 1
	groupDense    = 2
	groupWay      = 3
	groupRelation = 4
)

// Block is the elements of one block of a file, one after the other.
type Block struct {
	// Bare leaves tags and metadata out, for whoever wants positions only.
	Bare bool

	strings         table
	granularity     int64 // nanodegrees
	lonOffset       int64
	latOffset       int64
	dateGranularity int64 // milliseconds

	blocks  message // at its groups
	group   message // at its elements
	dense   denseNodes
	inDense bool
	fault   func(error) error
}

func (b *Block) reset() {
	*b = Block{Bare: b.Bare, strings: b.strings[:0], granularity: 100, dateGranularity: 1000}
}

// open reads what holds for the whole block; data is not kept beyond the block.
func (b *Block) open(data []byte) error {
	m := message{rest: data}
	for m.next() {
		switch m.field {
		case blockStrings:
			if err := b.readStrings(m.bytes()); err != nil {
				return err
			}
		case blockGranularity:
			b.granularity = int64(m.number())
		case blockDateGranularity:
			b.dateGranularity = int64(m.number())
		case blockLatOffset:
			b.latOffset = int64(m.number())
		case blockLonOffset:
			b.lonOffset = int64(m.number())
		}
	}
	switch {
	case m.err != nil:
		return m.err
	case b.granularity < 1 || b.granularity > 1e6 || b.dateGranularity < 1 || b.dateGranularity > 1e9:
		return geo.Errorf(geo.KindInvalid, "its granularity makes no sense")
	case b.lonOffset < -maxOffset || b.lonOffset > maxOffset || b.latOffset < -maxOffset || b.latOffset > maxOffset:
		return geo.Errorf(geo.KindInvalid, "the offset of its coordinates makes no sense")
	}
	b.blocks = message{rest: data}
	return nil
}

func (b *Block) readStrings(data []byte) error {
	m := message{rest: data}
	for m.next() {
		if m.field != stringsText {
			continue
		}
		if len(b.strings) == maxStrings {
			return geo.Errorf(geo.KindInvalid, "it has more than %d strings", maxStrings)
		}
		b.strings = append(b.strings, m.bytes())
	}
	return m.err
}

// Next sets e to the next element of the kinds that are wanted; false at the end.
func (b *Block) Next(e *Element, want Kind) (bool, error) {
	for {
		if b.inDense {
			ok, err := b.dense.next(b, e)
			if err != nil {
				return false, b.fault(err)
			}
			if ok {
				return true, nil
			}
			b.inDense = false
		}
		for b.group.next() {
			found, err := b.element(e, want)
			if err != nil {
				return false, b.fault(err)
			}
			if found {
				return true, nil
			}
			if b.inDense {
				break
			}
		}
		if b.inDense {
			continue
		}
		if b.group.err != nil {
			return false, b.fault(b.group.err)
		}
		if !b.blocks.next() {
			if b.blocks.err != nil {
				return false, b.fault(b.blocks.err)
			}
			return false, nil
		}
		if b.blocks.field == blockGroup {
			b.group = message{rest: b.blocks.bytes()}
		}
	}
}

// element reads the element that is the group's current field, if it is wanted.
func (b *Block) element(e *Element, want Kind) (bool, error) {
	kind := Kind(0)
	switch b.group.field {
	case groupNode:
		kind = Node
	case groupDense:
		if want&Node != 0 {
			b.inDense = true
			return false, b.dense.open(b.group.bytes())
		}
	case groupWay:
		kind = Way
	case groupRelation:
		kind = Relation
	}
	if kind&want == 0 {
		return false, nil
	}
	*e = Element{Kind: kind, tags: e.tags[:0], Refs: e.Refs[:0], Members: e.Members[:0], strings: b.strings}
	if err := b.readElement(e, b.group.bytes()); err != nil {
		return false, geo.Errorf(geo.KindInvalid, "%s %d: %w", e.Kind, e.ID, err)
	}
	return true, nil
}

const (
	maxOffset = 1e12 // nanodegrees
	maxSteps  = 1e12 // of granularity
)

// position gives the place of coordinates in steps of granularity.
func (b *Block) position(lon, lat int64) (Position, error) {
	if lon < -maxSteps || lon > maxSteps || lat < -maxSteps || lat > maxSteps {
		return Position{}, geo.Errorf(geo.KindInvalid, "its coordinates are no longitude and latitude")
	}
	x, y := b.lonOffset+lon*b.granularity, b.latOffset+lat*b.granularity
	if x < -180e9 || x > 180e9 || y < -90e9 || y > 90e9 {
		return Position{}, geo.Errorf(geo.KindInvalid, "it lies at longitude %.7g, latitude %.7g, which is not on Earth", float64(x)/1e9, float64(y)/1e9)
	}
	return Position{int32(rounded(x)), int32(rounded(y))}, nil
}

// rounded gives nanodegrees in ten-millionths of a degree.
func rounded(nano int64) int64 {
	if nano < 0 {
		return -((-nano + 50) / 100)
	}
	return (nano + 50) / 100
}

// timestamp gives milliseconds, 0 for what is out of all reason.
func (b *Block) timestamp(steps int64) int64 {
	if steps < 0 || steps > math.MaxInt32*1000/b.dateGranularity*2 {
		return 0
	}
	return steps * b.dateGranularity
}
