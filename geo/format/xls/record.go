package xls

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"puy/geo"
)

// The records that count ([MS-XLS] 2.3).
const (
	recordFormula     = 0x0006
	recordEOF         = 0x000a
	recordDateMode    = 0x0022
	recordFilePass    = 0x002f
	recordContinue    = 0x003c
	recordCodePage    = 0x0042
	recordBoundSheet  = 0x0085
	recordMulRK       = 0x00bd
	recordRString     = 0x00d6
	recordXF          = 0x00e0
	recordMergedCells = 0x00e5
	recordSST         = 0x00fc
	recordLabelSST    = 0x00fd
	recordNumber      = 0x0203
	recordLabel       = 0x0204
	recordBoolErr     = 0x0205
	recordString      = 0x0207
	recordArray       = 0x0221
	recordTable       = 0x0236
	recordRK          = 0x027e
	recordFormat      = 0x041e
	recordShared      = 0x04bc
	recordBOF         = 0x0809
)

// records goes through a workbook record by record.
type records struct {
	r     *bufio.Reader
	kind  uint16
	body  []byte // of the record it stands at, at most 64 KiB
	at    int64  // where that record begins
	end   int64  // where it ends
	again bool   // it is still to be given
	buf   []byte
}

// newRecords starts at a place in a workbook.
func newRecords(b *book, at int64, buffer int) *records {
	r := &records{r: bufio.NewReaderSize(nil, buffer)}
	r.seek(b, at)
	return r
}

func (r *records) seek(b *book, at int64) {
	r.r.Reset(io.NewSectionReader(b.stream, at, max(b.stream.Size()-at, 0)))
	r.at, r.end, r.again = at, at, false
}

// next goes to the next record. The end of the workbook is an error of KindInvalid: a
// record says where the records end.
func (r *records) next() error {
	if r.again {
		r.again = false
		return nil
	}
	var head [4]byte
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		return cut(err)
	}
	r.kind = binary.LittleEndian.Uint16(head[:])
	n := int(binary.LittleEndian.Uint16(head[2:]))
	if cap(r.buf) < n {
		r.buf = make([]byte, n)
	}
	r.body = r.buf[:n]
	if _, err := io.ReadFull(r.r, r.body); err != nil {
		return cut(err)
	}
	r.at = r.end
	r.end += int64(len(head) + n)
	return nil
}

// back makes next give the record again that it stands at.
func (r *records) back() { r.again = true }

// continues goes to the next record if that continues the one it stands at.
func (r *records) continues() (bool, error) {
	head, err := r.r.Peek(2)
	if err != nil {
		return false, cut(err)
	}
	if r.again || binary.LittleEndian.Uint16(head) != recordContinue {
		return false, nil
	}
	return true, r.next()
}

func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut()
	}
	return err
}

func errCut() error { return geo.Errorf(geo.KindInvalid, "it ends early") }

// errShort tells of a record that is shorter than what it is to hold.
func (r *records) errShort() error {
	return geo.Errorf(geo.KindInvalid, "record %#04x at byte %d is too short", r.kind, r.at)
}
