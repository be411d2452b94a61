package columns

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"puy/geo"
)

// Kind is what the values of a column mean.
type Kind uint8

// The kinds.
const (
	KindBinary Kind = iota // bytes without a meaning that is known here
	KindBoolean
	KindInteger
	KindUnsigned // of 64 bits
	KindNumber
	KindText
	KindJSON
	KindDate
	KindTimestamp
	KindTime
	KindDecimal
	KindUUID
	KindGeometry // well-known binary
)

// kindOf gives the kind of an annotated physical type; an annotation that does not
// fit its type does not count.
func kindOf(p Physical, length int32, logical int16, unsigned bool) Kind {
	integer := p == Int32 || p == Int64
	switch {
	case logical == logicalNull: // nothing but nulls
		return KindText
	case p == ByteArray:
		switch logical {
		case logicalString, logicalEnum:
			return KindText
		case logicalJSON:
			return KindJSON
		case logicalDecimal:
			return KindDecimal
		case logicalGeometry, logicalGeography:
			return KindGeometry
		}
		return KindBinary
	case p == FixedByteArray && logical == logicalDecimal, integer && logical == logicalDecimal:
		return KindDecimal
	case p == FixedByteArray && logical == logicalUUID && length == 16:
		return KindUUID
	case p == FixedByteArray && logical == logicalFloat16 && length == 2:
		return KindNumber
	case p == FixedByteArray:
		return KindBinary
	case p == Boolean:
		return KindBoolean
	case p == Float, p == Double:
		return KindNumber
	case p == Int96, p == Int64 && logical == logicalTimestamp:
		return KindTimestamp
	case p == Int32 && logical == logicalDate:
		return KindDate
	case integer && logical == logicalTime:
		return KindTime
	case p == Int64 && unsigned:
		return KindUnsigned
	}
	return KindInteger
}

// Type gives the field type of a flat column; TypeNull where it is KindBinary or
// KindGeometry.
func (n *Node) Type() geo.FieldType {
	switch n.Kind {
	case KindBoolean:
		return geo.TypeBoolean
	case KindInteger, KindUnsigned:
		return geo.TypeInteger
	case KindNumber:
		return geo.TypeNumber
	case KindText, KindTime, KindUUID:
		return geo.TypeText
	case KindJSON:
		return geo.TypeJSON
	case KindDate:
		return geo.TypeDate
	case KindTimestamp:
		return geo.TypeDateTime
	case KindDecimal:
		if n.scale > 0 {
			return geo.TypeNumber
		}
		if n.precision > 18 {
			return geo.TypeText
		}
		return geo.TypeInteger
	}
	return geo.TypeNull
}

// Scalar gives v as a value of n's type, or tells that it is none: text that is not
// UTF-8, an integer that 64 bits with a sign cannot hold, JSON that is none. Numbers
// that are not finite are null; decimals are rounded to the nearest float64.
func (n *Node) Scalar(v Value) (geo.Value, bool) {
	switch n.Kind {
	case KindBoolean:
		return geo.Boolean(v.Bits != 0), true
	case KindInteger:
		if n.physical == Int32 && n.unsigned {
			return geo.Integer(int64(uint32(v.Bits))), true
		}
		return geo.Integer(int64(v.Bits)), true
	case KindUnsigned:
		return geo.Integer(int64(v.Bits)), v.Bits <= math.MaxInt64
	case KindNumber:
		return geo.Number(n.float(v)), true
	case KindText:
		return geo.Text(string(v.Bytes)), storable(v.Bytes)
	case KindJSON:
		ok := json.Valid(v.Bytes) && !bytes.Contains(v.Bytes, []byte(`\u0000`)) && utf8.Valid(v.Bytes)
		return geo.JSON(string(v.Bytes)), ok
	case KindDate:
		return geo.Date(int64(v.Bits)), true
	case KindTimestamp:
		return n.timestamp(v)
	case KindTime:
		return n.time(v), true
	case KindDecimal:
		return n.decimal(v)
	case KindUUID:
		return geo.Text(uuid(v.Bytes)), true
	}
	return geo.Value{}, false
}

// Float gives v of a column of floating point numbers.
func (n *Node) Float(v Value) float64 { return n.float(v) }

// storable tells whether b is text that every store takes.
func storable(b []byte) bool { return utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 }

func (n *Node) float(v Value) float64 {
	switch n.physical {
	case Double:
		return math.Float64frombits(v.Bits)
	case Float:
		return math.Float64frombits(shortest(math.Float32frombits(uint32(v.Bits))))
	}
	return half(binary.LittleEndian.Uint16(v.Bytes))
}

// shortest gives the bits of the float64 that the shortest decimals of f spell: 0.1
// and not 0.10000000149011612.
func shortest(f float32) uint64 {
	if wide := float64(f); wide == math.Trunc(wide) || wide != wide {
		return math.Float64bits(wide)
	}
	var buf [32]byte
	wide, _ := strconv.ParseFloat(string(strconv.AppendFloat(buf[:0], float64(f), 'g', -1, 32)), 64)
	return math.Float64bits(wide)
}

// half gives a number of IEEE 754 binary16.
func half(h uint16) float64 {
	sign, exponent, fraction := 1.0, int(h>>10&31), float64(h&1023)
	if h>>15 == 1 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		return math.NaN()
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

func (n *Node) timestamp(v Value) (geo.Value, bool) {
	const julianEpoch = 2440588 // the Julian day of 1970-01-01
	if n.physical == Int96 {
		days := int64(binary.LittleEndian.Uint32(v.Bytes[8:])) - julianEpoch
		nanos := int64(binary.LittleEndian.Uint64(v.Bytes))
		return geo.DateTime(time.UnixMicro(days*86400e6 + nanos/1000)), days < 1<<22 && nanos >= 0
	}
	i := int64(v.Bits)
	switch n.unit {
	case 1:
		return geo.DateTime(time.UnixMilli(i)), i > math.MinInt64/1000 && i < math.MaxInt64/1000
	case 3:
		return geo.DateTime(time.UnixMicro(floorDiv(i, 1000))), true
	}
	return geo.DateTime(time.UnixMicro(i)), true
}

func floorDiv(a, b int64) int64 {
	if a%b < 0 {
		return a/b - 1
	}
	return a / b
}

func (n *Node) time(v Value) geo.Value {
	unit := time.Microsecond
	switch n.unit {
	case 1:
		unit = time.Millisecond
	case 3:
		unit = time.Nanosecond
	}
	day := int64(24 * time.Hour / unit)
	i := (int64(v.Bits)%day + day) % day
	return geo.Text(time.Unix(0, 0).UTC().Add(time.Duration(i) * unit).Format("15:04:05.999999999"))
}

func (n *Node) decimal(v Value) (geo.Value, bool) {
	whole := new(big.Int)
	switch n.physical {
	case Int32, Int64:
		whole.SetInt64(int64(v.Bits))
	default:
		if len(v.Bytes) > 1000 {
			return geo.Value{}, false
		}
		whole.SetBytes(v.Bytes)
		if len(v.Bytes) > 0 && v.Bytes[0]&0x80 != 0 { // two's complement
			whole.Sub(whole, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v.Bytes))))
		}
	}
	if n.scale == 0 {
		if n.Type() == geo.TypeText {
			return geo.Text(whole.String()), true
		}
		return geo.Integer(whole.Int64()), whole.IsInt64()
	}
	f, err := strconv.ParseFloat(whole.String()+"e-"+strconv.Itoa(int(n.scale)), 64)
	return geo.Number(f), err == nil
}

func uuid(b []byte) string {
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
