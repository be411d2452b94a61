package snapshot

import (
	"puy/geo"
	"puy/tiles/mvt"
)

// appendValue appends v in MVT encoding: dates and date-times as ISO 8601
// strings, arrays and JSON as JSON strings, null as nothing. A value of another
// type than its field is appended as what it is.
func appendValue(dst []byte, v geo.Value) []byte {
	switch v.Type() {
	case geo.TypeNull:
		return dst
	case geo.TypeInteger:
		return mvt.AppendInteger(dst, v.Integer())
	case geo.TypeNumber:
		return mvt.AppendDouble(dst, v.Number())
	case geo.TypeBoolean:
		return mvt.AppendBoolean(dst, v.Boolean())
	}
	return mvt.AppendString(dst, v.String())
}

const (
	// A column with more distinct values than this has no dictionary, and
	// neither has one for whose values there is no memory left.
	maxDictionary      = 1 << 18
	maxDictionaryBytes = 64 << 20
)

// columnBuilder learns, while features are spooled, whether the values of a
// column repeat, and numbers them while features are written.
type columnBuilder struct {
	field  geo.Field
	codes  map[string]uint32 // distinct values; nil once there are too many
	from   int               // the first zoom at which tiles carry it
	filled uint64            // values that are not null
	bytes  uint64            // of all values
	size   uint64            // bytes of all values, or of the distinct ones with a dictionary
	unique uint64            // bytes of the distinct values
	order  []string          // values by their code - 1
}

// learn counts a value. The budget is what remains of maxDictionaryBytes.
func (c *columnBuilder) learn(value []byte, budget *int) {
	if len(value) == 0 {
		return
	}
	c.filled++
	c.size += uint64(len(value))
	c.bytes += uint64(len(value))
	if c.codes == nil {
		return
	}
	if _, known := c.codes[string(value)]; known {
		return
	}
	cost := len(value) + 64
	if len(c.codes) >= maxDictionary || cost > *budget {
		c.codes = nil
		return
	}
	*budget -= cost
	c.unique += uint64(len(value))
	c.codes[string(value)] = 0
}

// decide is called once, after the last learn.
func (c *columnBuilder) decide() {
	distinct := uint64(len(c.codes))
	if c.codes != nil && distinct > 256 && distinct > c.filled/4*3 {
		c.codes = nil
	}
	if c.codes != nil {
		c.size = c.unique
	}
}

// forget makes code begin again.
func (c *columnBuilder) forget() {
	for _, value := range c.order {
		c.codes[value] = 0
	}
	c.order = c.order[:0]
}

func (c *columnBuilder) width() int {
	switch n := len(c.codes); {
	case c.codes == nil:
		return 0
	case n < 1<<8:
		return 1
	case n < 1<<16:
		return 2
	}
	return 4
}

// code gives the number of a value, counting from 1 in the order of first use,
// and 0 for null.
func (c *columnBuilder) code(value []byte) uint32 {
	if len(value) == 0 {
		return 0
	}
	code := c.codes[string(value)]
	if code == 0 {
		s := string(value)
		c.order = append(c.order, s)
		code = uint32(len(c.order))
		c.codes[s] = code
	}
	return code
}
