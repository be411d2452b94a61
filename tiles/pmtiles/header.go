package pmtiles

import (
	"encoding/binary"
	"math"

	"puy/geo"
)

const (
	magic      = "PMTiles"
	version    = 3
	headerSize = 127
	headSize   = 16384 // header and root directory lie within
	maxRoot    = headSize - headerSize
)

// Compression is how bytes of an archive are compressed.
type Compression uint8

// The compressions of the specification.
const (
	CompressionUnknown Compression = iota
	CompressionNone
	CompressionGzip
	CompressionBrotli
	CompressionZstd
)

// Encoding gives the HTTP content coding of c, "" for none and unknown.
func (c Compression) Encoding() string {
	switch c {
	case CompressionGzip:
		return "gzip"
	case CompressionBrotli:
		return "br"
	case CompressionZstd:
		return "zstd"
	}
	return ""
}

// TileType is what the tiles of an archive are.
type TileType uint8

// The types of the specification.
const (
	TypeUnknown TileType = iota
	TypeMVT
	TypePNG
	TypeJPEG
	TypeWebP
	TypeAVIF
	TypeMLT
)

// Extension gives the usual extension of t without a dot, "" for unknown types.
func (t TileType) Extension() string {
	names := [...]string{"", "mvt", "png", "jpg", "webp", "avif", "mlt"}
	if int(t) < len(names) {
		return names[t]
	}
	return ""
}

// MediaType gives the media type of t.
func (t TileType) MediaType() string {
	names := [...]string{"application/octet-stream", "application/vnd.mapbox-vector-tile", "image/png", "image/jpeg", "image/webp", "image/avif",
		"application/vnd.maplibre-tile"}
	if int(t) < len(names) {
		return names[t]
	}
	return names[0]
}

// Section is a part of the file: Length bytes from Offset.
type Section struct {
	Offset, Length uint64
}

// within tells whether s lies in a file, or in a section, of size bytes.
func (s Section) within(size uint64) bool { return s.Offset <= size && s.Length <= size-s.Offset }

// Header is the first 127 bytes of an archive. Bounds and centre are longitude,
// latitude in degrees, kept to 1e-7. Counts are 0 where they are not known.
type Header struct {
	Root, Metadata, Leaves, Tiles Section

	AddressedTiles uint64 // tiles that can be asked for
	TileEntries    uint64 // runs of tiles
	TileContents   uint64 // different tiles
	Clustered      bool   // tile data is in the order of tile ids

	InternalCompression Compression // of directories and metadata
	TileCompression     Compression
	Type                TileType
	MinZoom, MaxZoom    int
	Bounds              geo.Bounds
	CenterLon           float64
	CenterLat           float64
	CenterZoom          int
}

func invalid(text string, args ...any) *geo.Error { return geo.Errorf(geo.KindInvalid, text, args...) }

// parseHeader reads the header of a file of size bytes. Errors are of KindInvalid.
func parseHeader(b []byte, size uint64) (Header, error) {
	var h Header
	if len(b) < headerSize || string(b[:len(magic)]) != magic {
		if len(b) > 3 && string(b[:2]) == "PM" && (b[2] == 1 || b[2] == 2) {
			return h, invalid("this is a PMTiles archive of version %d; version 3 is read", b[2])
		}
		return h, invalid("this is not a PMTiles archive")
	}
	if b[7] != version {
		return h, invalid("this is a PMTiles archive of version %d; version 3 is read", b[7])
	}
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(b[at:]))) / 1e7 }
	section := func(at int) Section { return Section{u64(at), u64(at + 8)} }
	h = Header{
		Root: section(8), Metadata: section(24), Leaves: section(40), Tiles: section(56),
		AddressedTiles: u64(72), TileEntries: u64(80), TileContents: u64(88), Clustered: b[96] == 1,
		InternalCompression: Compression(b[97]), TileCompression: Compression(b[98]), Type: TileType(b[99]),
		MinZoom: int(b[100]), MaxZoom: int(b[101]),
		Bounds:     geo.Bounds{MinX: degrees(102), MinY: degrees(106), MaxX: degrees(110), MaxY: degrees(114)},
		CenterZoom: int(b[118]), CenterLon: degrees(119), CenterLat: degrees(123),
	}
	for _, part := range []struct {
		name string
		Section
	}{{"root directory", h.Root}, {"metadata", h.Metadata}, {"leaf directories", h.Leaves}, {"tile data", h.Tiles}} {
		if !part.within(size) {
			return h, invalid("the PMTiles archive is cut short: its %s should be %d bytes from %d, and the file has %d", part.name, part.Length, part.Offset, size)
		}
	}
	if h.Root.Offset < headerSize || h.Root.Length == 0 || !h.Root.within(headSize) {
		return h, invalid("the root directory of the PMTiles archive is not in its first %d bytes", headSize)
	}
	if h.MinZoom > h.MaxZoom || h.MaxZoom > MaxZoom {
		return h, invalid("the PMTiles archive tells zooms %d to %d", h.MinZoom, h.MaxZoom)
	}
	return h, nil
}

// append writes h.
func (h *Header) append(dst []byte) []byte {
	le := binary.LittleEndian
	u64 := func(values ...uint64) {
		for _, v := range values {
			dst = le.AppendUint64(dst, v)
		}
	}
	degrees := func(values ...float64) {
		for _, v := range values {
			dst = le.AppendUint32(dst, uint32(int32(math.Round(max(-180, min(v, 180))*1e7))))
		}
	}
	dst = append(append(dst, magic...), version)
	for _, s := range []Section{h.Root, h.Metadata, h.Leaves, h.Tiles} {
		u64(s.Offset, s.Length)
	}
	u64(h.AddressedTiles, h.TileEntries, h.TileContents)
	clustered := byte(0)
	if h.Clustered {
		clustered = 1
	}
	dst = append(dst, clustered, byte(h.InternalCompression), byte(h.TileCompression), byte(h.Type), byte(h.MinZoom), byte(h.MaxZoom))
	degrees(h.Bounds.MinX, h.Bounds.MinY, h.Bounds.MaxX, h.Bounds.MaxY)
	dst = append(dst, byte(h.CenterZoom))
	degrees(h.CenterLon, h.CenterLat)
	return dst
}
