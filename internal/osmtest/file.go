package osmtest

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// Node is a point; Tags are keys and values in turn.
type Node struct {
	ID       int64
	Lon, Lat float64
	Tags     []string
}

// Way is a list of nodes.
type Way struct {
	ID   int64
	Refs []int64
	Tags []string
}

// Member is part of a relation: Type is 0 for a node, 1 for a way, 2 for a relation.
type Member struct {
	Type int
	ID   int64
	Role string
}

// Relation is a list of members.
type Relation struct {
	ID      int64
	Members []Member
	Tags    []string
}

// Version and Timestamp (seconds) are those of every element.
const (
	Version   = 7
	Timestamp = 1700000000
)

// Raw, Zlib, LZ4 and Zstd are the fields of Blob that hold data.
const (
	Raw  = 1
	Zlib = 3
	LZ4  = 6
	Zstd = 7
)

// Header is the block that begins a file and needs these features.
func Header(features ...string) []byte {
	var m Message
	for _, f := range append([]string{"OsmSchema-V0.6", "DenseNodes"}, features...) {
		m = m.Bytes(4, []byte(f))
	}
	return Blob("OSMHeader", Zlib, m)
}

// File puts blocks behind a header.
func File(blocks ...[]byte) []byte {
	return append(Header(), bytes.Join(blocks, nil)...)
}

// Blob is a block of a type, compressed in some way.
func Blob(kind string, how int, raw []byte) []byte {
	return Sized(kind, how, pack(how, raw), len(raw))
}

// Sized is a block of data that are compressed already and state a size.
func Sized(kind string, how int, packed []byte, size int) []byte {
	var blob Message
	if how != Raw {
		blob = blob.Number(2, uint64(size))
	}
	blob = blob.Bytes(how, packed)
	return Framed(Message{}.Bytes(1, []byte(kind)).Number(3, uint64(len(blob))), blob)
}

// Framed puts a header and a blob into a file.
func Framed(header, blob []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(header)))
	return append(append(b, header...), blob...)
}

func pack(how int, raw []byte) []byte {
	var b bytes.Buffer
	switch how {
	case Zlib:
		w := zlib.NewWriter(&b)
		w.Write(raw) //nolint:errcheck // to memory
		w.Close()    //nolint:errcheck // as above
	case Zstd:
		w, err := zstd.NewWriter(&b)
		if err == nil {
			w.Write(raw) //nolint:errcheck // to memory
			w.Close()    //nolint:errcheck // as above
		}
	case LZ4:
		return literals(raw)
	default:
		return raw
	}
	return b.Bytes()
}

// literals is LZ4 that repeats nothing.
func literals(raw []byte) []byte {
	n := len(raw)
	if n < 15 {
		return append([]byte{byte(n << 4)}, raw...)
	}
	b := []byte{15 << 4}
	for n -= 15; n >= 255; n -= 255 {
		b = append(b, 255)
	}
	return append(append(b, byte(n)), raw...)
}

// table gathers the table of strings of a block; the first is never used.
type table struct {
	m     Message
	index map[string]uint64
}

func newTable() *table { return &table{Message{}.Bytes(1, nil), map[string]uint64{"": 0}} }

func (t *table) of(text string) uint64 {
	i, ok := t.index[text]
	if !ok {
		i = uint64(len(t.index))
		t.index[text] = i
		t.m = t.m.Bytes(1, []byte(text))
	}
	return i
}

func (t *table) tags(m Message, tags []string) Message {
	var keys, values []uint64
	for i := 0; i < len(tags); i += 2 {
		keys, values = append(keys, t.of(tags[i])), append(values, t.of(tags[i+1]))
	}
	if len(keys) > 0 { // GDAL takes an empty list for damage
		m = m.Packed(2, keys...).Packed(3, values...)
	}
	return m.Bytes(4, Message{}.Number(1, Version).Number(2, Timestamp))
}

func (t *table) block(how int, group Message) []byte {
	return Blob("OSMData", how, Message{}.Bytes(1, t.m).Bytes(2, group))
}

func steps(degrees float64) int64 { return int64(math.Round(degrees * 1e7)) }

// Dense is a block of dense nodes.
func Dense(how int, nodes ...Node) []byte {
	t := newTable()
	var ids, lons, lats, times []int64
	var tags, versions []uint64
	for _, n := range nodes {
		ids, lons, lats = append(ids, n.ID), append(lons, steps(n.Lon)), append(lats, steps(n.Lat))
		times, versions = append(times, Timestamp), append(versions, Version)
		for _, text := range n.Tags {
			tags = append(tags, t.of(text))
		}
		tags = append(tags, 0)
	}
	info := Message{}.Packed(1, versions...).Deltas(2, times...)
	return t.block(how, Message{}.Bytes(2, Message{}.Deltas(1, ids...).Bytes(5, info).Deltas(8, lats...).Deltas(9, lons...).Packed(10, tags...)))
}

// Plain is a block of nodes with a message each.
func Plain(how int, nodes ...Node) []byte {
	t := newTable()
	var group Message
	for _, n := range nodes {
		group = group.Bytes(1, t.tags(Message{}.Signed(1, n.ID), n.Tags).Signed(8, steps(n.Lat)).Signed(9, steps(n.Lon)))
	}
	return t.block(how, group)
}

// Ways is a block of ways.
func Ways(how int, ways ...Way) []byte {
	t := newTable()
	var group Message
	for _, w := range ways {
		group = group.Bytes(3, t.tags(Message{}.Number(1, uint64(w.ID)), w.Tags).Deltas(8, w.Refs...))
	}
	return t.block(how, group)
}

// Relations is a block of relations.
func Relations(how int, relations ...Relation) []byte {
	t := newTable()
	var group Message
	for _, r := range relations {
		var roles, types []uint64
		var ids []int64
		for _, m := range r.Members {
			roles, types, ids = append(roles, t.of(m.Role)), append(types, uint64(m.Type)), append(ids, m.ID)
		}
		group = group.Bytes(4, t.tags(Message{}.Number(1, uint64(r.ID)), r.Tags).Packed(8, roles...).Deltas(9, ids...).Packed(10, types...))
	}
	return t.block(how, group)
}
