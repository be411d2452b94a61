// Package cfbtest makes compound files for tests.
package cfbtest

import (
	"encoding/binary"
	"unicode/utf16"
)

// Stream is a file in a compound file.
type Stream struct {
	Name    string
	Content []byte
}

const (
	sector      = 512
	smallSector = 64
	cutoff      = 4096
	free        = 0xffffffff
	end         = 0xfffffffe
	tableSector = 0xfffffffd
)

// builder lays out sectors.
type builder struct {
	sectors []byte
	table   []uint32
}

// add appends content as a chain of sectors and gives the first.
func (b *builder) add(content []byte) uint32 {
	if len(content) == 0 {
		return end
	}
	first := uint32(len(b.table))
	for ; len(content) > 0; content = content[min(sector, len(content)):] {
		b.sectors = append(b.sectors, content[:min(sector, len(content))]...)
		b.sectors = append(b.sectors, make([]byte, (sector-len(b.sectors)%sector)%sector)...)
		b.table = append(b.table, uint32(len(b.table)+1))
	}
	b.table[len(b.table)-1] = end
	return first
}

// File gives a compound file of version 3 with streams in its root: the directory
// comes last, so that no part of the file can be taken for the whole. Streams of less
// than 4,096 bytes lie in small sectors.
func File(streams ...Stream) []byte {
	b := &builder{}
	var small []byte
	var smalls []uint32
	starts := make([]uint32, len(streams))
	for i, s := range streams {
		if len(s.Content) >= cutoff {
			starts[i] = b.add(s.Content)
			continue
		}
		starts[i] = uint32(len(smalls))
		for rest := s.Content; len(rest) > 0; rest = rest[min(smallSector, len(rest)):] {
			small = append(small, rest[:min(smallSector, len(rest))]...)
			small = append(small, make([]byte, (smallSector-len(small)%smallSector)%smallSector)...)
			smalls = append(smalls, uint32(len(smalls)+1))
		}
		if len(s.Content) > 0 {
			smalls[len(smalls)-1] = end
		}
	}
	smallStart, smallTable := b.add(small), b.add(numbers(smalls))
	directory := entry("Root Entry", 5, free, 1, smallStart, len(small))
	for i, s := range streams {
		next := uint32(i + 2)
		if i == len(streams)-1 {
			next = free
		}
		directory = append(directory, entry(s.Name, 2, next, free, starts[i], len(s.Content))...)
	}
	directory = append(directory, make([]byte, (sector-len(directory)%sector)%sector)...)
	tables := 1
	for (len(b.table)+len(directory)/sector+tables)*4 > tables*sector {
		tables++
	}
	// The tables stand before the directory.
	at := len(b.table)
	for range tables {
		b.table = append(b.table, tableSector)
		b.sectors = append(b.sectors, make([]byte, sector)...)
	}
	directoryStart := b.add(directory)
	for i := range tables * sector / 4 {
		n := uint32(free)
		if i < len(b.table) {
			n = b.table[i]
		}
		binary.LittleEndian.PutUint32(b.sectors[at*sector+4*i:], n)
	}
	return append(header(at, tables, directoryStart, smallTable, (4*len(smalls)+sector-1)/sector), b.sectors...)
}

func numbers(list []uint32) []byte {
	var b []byte
	for _, n := range list {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

func header(at, tables int, directory, smallTable uint32, smallTables int) []byte {
	h := make([]byte, sector)
	copy(h, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	put := binary.LittleEndian.PutUint32
	put(h[24:], 0x0003003e)
	put(h[28:], 0x0009fffe)
	put(h[32:], 6)
	put(h[44:], uint32(tables))
	put(h[48:], directory)
	put(h[56:], cutoff)
	put(h[60:], smallTable)
	put(h[64:], uint32(smallTables))
	put(h[68:], end)
	for i := range 109 {
		put(h[76+4*i:], free)
		if i < tables {
			put(h[76+4*i:], uint32(at+i))
		}
	}
	return h
}

func entry(name string, kind byte, right, child, start uint32, size int) []byte {
	e := make([]byte, 128)
	units := utf16.Encode([]rune(name))
	for i, u := range units {
		binary.LittleEndian.PutUint16(e[2*i:], u)
	}
	binary.LittleEndian.PutUint16(e[64:], uint16(2*len(units)+2))
	e[66], e[67] = kind, 1
	put := binary.LittleEndian.PutUint32
	put(e[68:], free)
	put(e[72:], right)
	put(e[76:], child)
	put(e[116:], start)
	put(e[120:], uint32(size))
	return e
}
