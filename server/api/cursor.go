package api

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// cursor is a place in the pages of one dataset: after feature fid of version.
// It knows nothing of filters and limits, which may change from page to page.
type cursor struct {
	version int64
	fid     int64
}

// cursorSize is that of two 64-bit numbers and a checksum.
const cursorSize = 8 + 8 + 4

// encode gives the cursor as text for a URL. The checksum covers the dataset,
// so that a cursor of another one is refused.
func (c cursor) encode(dataset string) string {
	b := make([]byte, 0, cursorSize)
	b = binary.BigEndian.AppendUint64(b, uint64(c.version))
	b = binary.BigEndian.AppendUint64(b, uint64(c.fid))
	b = binary.BigEndian.AppendUint32(b, checksum(b, dataset))
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads what encode gave for the same dataset.
func decodeCursor(text, dataset string) (c cursor, ok bool) {
	if base64.RawURLEncoding.DecodedLen(len(text)) != cursorSize {
		return c, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != cursorSize || binary.BigEndian.Uint32(b[16:]) != checksum(b[:16], dataset) {
		return c, false
	}
	c.version, c.fid = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:]))
	return c, c.version > 0 && c.fid > 0
}

func checksum(b []byte, dataset string) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(b), crc32.IEEETable, []byte(dataset))
}
