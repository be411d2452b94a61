package block_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"puy/geo"
	"puy/geo/format/osmpbf/block"
	"puy/internal/osmtest"
)

type message = osmtest.Message

// data is a block of a table of two strings and one group.
func data(group message) []byte {
	return osmtest.Blob("OSMData", osmtest.Raw, message{}.Bytes(1, message{}.Bytes(1, nil).Bytes(1, []byte("a"))).Bytes(2, group))
}

func TestHostile(t *testing.T) {
	huge := uint64(math.MaxInt64)
	zeros := string(make([]byte, 33<<20))
	honest := osmtest.Dense(osmtest.Zlib, osmtest.Node{ID: 1})
	for name, c := range map[string]struct {
		block []byte
		says  string
	}{
		"header of 4 GB":       {[]byte{0xff, 0xff, 0xff, 0xff, 1}, "at most 65536 are allowed"},
		"blob of 9e18 bytes":   {osmtest.Framed(message{}.Bytes(1, []byte("OSMData")).Number(3, huge), nil), "at most 33554432 are allowed"},
		"blob of -1 bytes":     {osmtest.Framed(message{}.Bytes(1, []byte("OSMData")).Number(3, math.MaxUint64), nil), "at most 33554432 are allowed"},
		"blob beyond the end":  {osmtest.Framed(message{}.Bytes(1, []byte("OSMData")).Number(3, 1<<20), nil), "breaks off"},
		"bomb":                 {osmtest.Blob("OSMData", osmtest.Zlib, []byte(zeros)), "at most 33554432 are allowed"},
		"bomb that lies":       {osmtest.Sized("OSMData", osmtest.Zlib, zlibOf(t, zeros[:1<<20]), 100), "more decompressed data than the 100"},
		"more than stated":     {osmtest.Sized("OSMData", osmtest.Zlib, zlibOf(t, "abcdef"), 3), "more decompressed data than the 3"},
		"less than stated":     {osmtest.Sized("OSMData", osmtest.Zlib, zlibOf(t, "abcdef"), 9), "holds 6 bytes of decompressed data and states 9"},
		"size of 9e18":         {osmtest.Sized("OSMData", osmtest.Zlib, zlibOf(t, "abcdef"), math.MaxInt64), "at most 33554432 are allowed"},
		"no zlib":              {osmtest.Sized("OSMData", osmtest.Zlib, []byte("abcdef"), 9), "zlib data are damaged"},
		"no zstd":              {osmtest.Sized("OSMData", osmtest.Zstd, []byte("abcdef"), 9), "damaged"},
		"LZMA":                 {osmtest.Sized("OSMData", 4, []byte("abcdef"), 9), "LZMA"},
		"nothing":              {osmtest.Framed(message{}.Bytes(1, []byte("OSMData")).Number(3, 0), nil), "holds no data"},
		"truncated":            {honest[:len(honest)-3], "breaks off"},
		"varint of 11 bytes":   {osmtest.Blob("OSMData", osmtest.Raw, bytes.Repeat([]byte{0xff}, 11)), "more than 64 bits"},
		"field of wire type 7": {osmtest.Blob("OSMData", osmtest.Raw, []byte{0x0f, 1}), "another type"},
		"group of 9e18 bytes":  {osmtest.Blob("OSMData", osmtest.Raw, append([]byte{2<<3 | 2}, message{}.Number(0, huge)[1:]...)), "breaks off"},
		"granularity 0":        {osmtest.Blob("OSMData", osmtest.Raw, message{}.Number(17, 0)), "granularity"},
		"granularity 9e18":     {osmtest.Blob("OSMData", osmtest.Raw, message{}.Number(17, huge)), "granularity"},
		"offset 9e18":          {osmtest.Blob("OSMData", osmtest.Raw, message{}.Number(19, huge)), "offset"},
		"a million strings":    {osmtest.Blob("OSMData", osmtest.Zlib, message{}.Bytes(1, bytes.Repeat([]byte{10, 0}, 1<<20+1))), "more than 1048576 strings"},
		"north of the pole":    {data(message{}.Bytes(2, message{}.Deltas(1, 8).Deltas(8, 950000000).Deltas(9, 0))), "node 8: it lies at longitude 0, latitude 95"},
		"beyond 64 bits":       {data(message{}.Bytes(2, message{}.Packed(1, math.MaxUint64-1, math.MaxUint64-1).Deltas(8, 0, 0).Deltas(9, 0, 0))), "add up to more than 64 bits"},
		"latitude of 9e18":     {data(message{}.Bytes(1, message{}.Signed(1, 8).Signed(8, math.MaxInt64).Signed(9, math.MinInt64))), "node 8: its coordinates are no"},
		"lists of two lengths": {data(message{}.Bytes(2, message{}.Deltas(1, 8, 9).Deltas(8, 0).Deltas(9, 0, 0))), "differ in length"},
		"tags that break off":  {data(message{}.Bytes(2, message{}.Deltas(1, 8).Deltas(8, 0).Deltas(9, 0).Packed(10, 1))), "breaks off"},
		"string 2 of 2":        {data(message{}.Bytes(3, message{}.Number(1, 8).Packed(2, 2).Packed(3, 0))), "way 8: a tag is not in the table"},
		"string 9e18":          {data(message{}.Bytes(3, message{}.Number(1, 8).Packed(2, huge).Packed(3, 0))), "a tag is not in the table"},
		"keys without values":  {data(message{}.Bytes(3, message{}.Number(1, 8).Packed(2, 1))), "as many keys as values"},
		"many tags":            {data(message{}.Bytes(3, message{}.Bytes(2, make([]byte, 70000)).Bytes(3, make([]byte, 70000)))), "more than 65536 tags"},
		"many nodes":           {data(message{}.Bytes(3, message{}.Bytes(8, make([]byte, 1<<20+1)))), "more than 1048576 nodes"},
		"many members":         {data(message{}.Bytes(4, message{}.Bytes(8, make([]byte, 300000)).Bytes(9, make([]byte, 300000)).Bytes(10, make([]byte, 300000)))), "more than 262144 members"},
		"member of type 3":     {data(message{}.Bytes(4, message{}.Packed(8, 0).Deltas(9, 1).Packed(10, 3))), "a member is of the type 3"},
		"role 9":               {data(message{}.Bytes(4, message{}.Packed(8, 9).Deltas(9, 1).Packed(10, 0))), "a role is not in the table"},
		"members without role": {data(message{}.Bytes(4, message{}.Deltas(9, 1).Packed(10, 0))), "differ in length"},
	} {
		_, err := elements(t, osmtest.File(honest, c.block), false, block.All)
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "a.osm.pbf") || !strings.Contains(err.Error(), "block 3") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func zlibOf(t *testing.T, text string) []byte {
	t.Helper()
	b := osmtest.Blob("OSMData", osmtest.Zlib, []byte(text))
	return b[bytes.Index(b, []byte{0x78}):]
}

// FuzzRead reads bytes as a file after its header, and as the raw content of a block.
func FuzzRead(f *testing.F) {
	all := bytes.Join([][]byte{
		osmtest.Dense(osmtest.Zlib, osmtest.Node{ID: 1, Lon: 2, Lat: 3, Tags: []string{"a", "b"}}), osmtest.Plain(osmtest.LZ4, osmtest.Node{ID: 1}),
		osmtest.Ways(osmtest.Zstd, osmtest.Way{ID: 2, Refs: []int64{1, 1}, Tags: []string{"a", "b"}}), osmtest.Relations(osmtest.Raw, osmtest.Relation{ID: 3, Members: []osmtest.Member{{Type: 1, ID: 2, Role: "outer"}}}),
	}, nil)
	f.Add(all, false)
	f.Add(all[:len(all)-5], false)
	f.Add([]byte(message{}.Bytes(1, message{}.Bytes(1, nil).Bytes(1, []byte("a"))).Bytes(2, message{}.Bytes(2, message{}.Deltas(1, 8, 9).Deltas(8, 1, 2).Deltas(9, 3, 4).Packed(10, 1, 1, 0, 0)))), true)
	f.Add([]byte(message{}.Bytes(1, message{}.Bytes(1, []byte("a"))).Bytes(2, message{}.Bytes(3, message{}.Number(1, 8).Packed(2, 0).Packed(3, 0).Deltas(8, 1, 2, 3)))), true)
	f.Add([]byte(message{}.Bytes(1, message{}.Bytes(1, []byte("a"))).Bytes(2, message{}.Bytes(4, message{}.Packed(8, 0).Deltas(9, 1).Packed(10, 1)))), true)
	path := filepath.Join(f.TempDir(), "a.osm.pbf")
	f.Fuzz(func(t *testing.T, content []byte, raw bool) {
		if raw {
			content = osmtest.Blob("OSMData", osmtest.Raw, content)
		}
		if err := os.WriteFile(path, osmtest.File(content), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := block.Open(path, "a.osm.pbf")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		var b block.Block
		var e block.Element
		at := file.First()
		for number := 2; ; number++ {
			next, err := file.Read(&b, at, number)
			if errors.Is(err, io.EOF) {
				return
			}
			for ok := err == nil; ok; {
				if ok, err = b.Next(&e, block.All); ok {
					line(&e)
				}
			}
			if err != nil {
				if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "block ") {
					t.Fatal(err)
				}
				return
			}
			if next <= at {
				t.Fatal("the file does not advance")
			}
			at = next
		}
	})
}
