package xls

import (
	"context"
	"encoding/binary"
	"errors"

	"golang.org/x/text/encoding/charmap"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/sheet"
	"puy/geo/format/xls/cfb"
)

const (
	maxSheets  = 1000
	maxTexts   = 1 << 24 // as many as a worksheet has cells
	maxFormats = 1 << 16
)

// book is an open workbook.
type book struct {
	name   string
	inside *container
	stream *cfb.Stream
	marked bool             // texts say how they are encoded: BIFF8
	narrow *charmap.Charmap // of texts that do not
	from04 bool             // dates count from 1904
	sheets []worksheet
	texts  sheet.Texts
	kinds  []sheet.NumberKind // by the format of a cell
}

// worksheet is a sheet and where its records begin.
type worksheet struct {
	name string
	at   int64
}

// openBook reads what stands before the worksheets, texts on request.
func openBook(ctx context.Context, src *format.Source, texts bool) (*book, error) {
	inside, err := openContainer(src)
	if err != nil {
		return nil, err
	}
	b := &book{name: src.Name(), inside: inside, narrow: charmap.Windows1252}
	if err := b.open(ctx, texts); err != nil {
		return nil, errors.Join(b.damaged(err), b.close())
	}
	return b, nil
}

// damaged names the file in an error about its bytes.
func (b *book) damaged(err error) error {
	if err != nil && geo.KindOf(err) == geo.KindInvalid {
		return geo.Errorf(geo.KindInvalid, "%s cannot be read as a workbook: %w", b.name, err)
	}
	return err
}

func (b *book) close() error {
	b.texts.Close()
	return b.inside.close()
}

func (b *book) open(ctx context.Context, texts bool) error {
	for _, name := range streams() {
		var err error
		if b.stream, err = b.inside.Stream(name); err != nil {
			return err
		}
		if b.stream != nil {
			return b.globals(ctx, texts)
		}
	}
	return geo.Errorf(geo.KindInvalid, "there is no workbook inside")
}

// globals reads the records that stand before those of the worksheets.
func (b *book) globals(ctx context.Context, texts bool) error {
	r := newRecords(b, 0, 64<<10)
	if err := b.begin(r); err != nil {
		return err
	}
	custom := map[uint16]sheet.NumberKind{}
	var styles []uint16 // the number format of each cell format
	for {
		if err := r.next(); err != nil {
			return err
		}
		var err error
		switch r.kind {
		case recordEOF:
			b.link(styles, custom)
			if len(b.sheets) == 0 {
				return geo.Errorf(geo.KindInvalid, "it has no worksheet")
			}
			return nil
		case recordFilePass:
			return geo.Errorf(geo.KindInvalid, "it is protected by a password; save it without one")
		case recordCodePage:
			if len(r.body) >= 2 {
				b.narrow = codePage(binary.LittleEndian.Uint16(r.body))
			}
		case recordDateMode:
			b.from04 = len(r.body) > 0 && r.body[0] == 1
		case recordBoundSheet:
			err = b.boundSheet(r)
		case recordFormat:
			err = b.numberFormat(r, custom)
		case recordXF:
			if len(r.body) < 4 {
				return r.errShort()
			}
			if len(styles) < maxFormats {
				styles = append(styles, binary.LittleEndian.Uint16(r.body[2:]))
			}
		case recordSST:
			if texts {
				err = b.shared(ctx, r)
			}
		}
		if err != nil {
			return err
		}
	}
}

// begin reads the record that begins a workbook or a worksheet.
func (b *book) begin(r *records) error {
	if err := r.next(); err != nil {
		return err
	}
	if r.kind != recordBOF || len(r.body) < 4 {
		return geo.Errorf(geo.KindInvalid, "no workbook or worksheet begins at byte %d", r.at)
	}
	switch version := binary.LittleEndian.Uint16(r.body); version {
	case 0x0600:
		b.marked = true
	case 0x0500:
		b.marked = false
	default:
		return geo.Errorf(geo.KindInvalid, "it is of version %#04x, which puy does not read", version)
	}
	return nil
}

// boundSheet notes a worksheet; charts and macros have no rows.
func (b *book) boundSheet(r *records) error {
	if len(r.body) < 6 {
		return r.errShort()
	}
	const isWorksheet = 0
	at, kind := binary.LittleEndian.Uint32(r.body), r.body[5]
	if kind != isWorksheet || len(b.sheets) == maxSheets {
		return nil
	}
	t, err := b.textAt(r, 6)
	if err != nil {
		return err
	}
	name, err := t.read(nil, 1)
	b.sheets = append(b.sheets, worksheet{string(name), int64(at)})
	return err
}

func (b *book) numberFormat(r *records, custom map[uint16]sheet.NumberKind) error {
	t, err := b.textAt(r, 2)
	if err != nil {
		return err
	}
	id, size := binary.LittleEndian.Uint16(r.body), 1
	if b.marked {
		size = 2
	}
	code, err := t.read(nil, size)
	custom[id] = sheet.KindOfCode(string(code))
	return err
}

// link says of each format of cells what numbers are by it.
func (b *book) link(styles []uint16, custom map[uint16]sheet.NumberKind) {
	for _, id := range styles {
		kind, found := custom[id]
		if !found {
			kind = sheet.BuiltinKind(int(id))
		}
		b.kinds = append(b.kinds, kind)
	}
}

// shared reads the shared texts. How many the record claims is of use at its end alone:
// what stands after the last one may be anything.
func (b *book) shared(ctx context.Context, r *records) error {
	t, err := b.textAt(r, 8)
	if err != nil {
		return err
	}
	claimed := binary.LittleEndian.Uint32(r.body[4:])
	var buf []byte
	for n := uint32(0); ; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		more, err := t.more()
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
		if n == maxTexts {
			return geo.Errorf(geo.KindLimit, "%s has more than %d shared texts", b.name, maxTexts)
		}
		buf, err = t.read(buf[:0], 2)
		if err != nil {
			if n >= claimed {
				return nil
			}
			return err
		}
		if err := b.texts.Add(buf); err != nil {
			return err
		}
	}
}
