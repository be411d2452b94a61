package gtfs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/archive"
	"puy/geo/format/csv"
)

// feed is the tables in one folder of an archive.
type feed struct {
	ctx     context.Context
	archive *archive.Archive
	files   map[string]archive.Entry // by names in lower case
	texts   map[string]format.Text   // of files that were looked at
	opt     format.Options
	notes   notes
}

// layerReader is what the layers have in common with each other.
type layerReader interface {
	format.Reader
	prepare() error
}

// open reads what the rows of a layer need of other tables.
func open(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
	if opt.X != "" || opt.Y != "" || opt.Geometry != "" && opt.Geometry != format.NoGeometryColumn {
		return nil, geo.Errorf(geo.KindInvalid, "the columns of coordinates in GTFS are those of the specification")
	}
	a, err := archive.Open(src)
	if err != nil {
		return nil, err
	}
	c, err := choose(src, a.Names(), opt.Layer)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	f := &feed{ctx: ctx, archive: a, files: map[string]archive.Entry{}, texts: map[string]format.Text{}, opt: opt}
	for _, e := range a.Entries {
		base := strings.ToLower(path.Base(e.Name))
		if _, known := f.files[base]; !known && path.Dir(e.Name) == c.folder {
			f.files[base] = e
		}
	}
	base := base{feed: f, layer: format.Layer{Name: c.layer, CRS: crs.CRS84, Count: -1, Bounds: geo.EmptyBounds(), HasIDs: true}}
	if opt.CRS != crs.Unknown {
		base.layer.CRS = opt.CRS
	}
	var r layerReader
	switch c.kind {
	case "routes":
		r = &routeReader{base: base}
	case "stops":
		r = &stopReader{base: base}
	default:
		r = &shapeReader{base: base}
	}
	if err := r.prepare(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// text finds how a file is encoded. Those that hold names are read for it as a whole;
// of large ones the start must do, and they are otherwise as stops.txt is.
func (f *feed) text(name string) (format.Text, error) {
	if t, known := f.texts[name]; known {
		return t, nil
	}
	e := f.files[name]
	in, err := e.Open()
	if err != nil {
		return format.Text{}, err
	}
	defer in.Close()
	const least, usual, most = 4 << 10, 64 << 10, 64 << 20
	window := int(min(max(e.Size+64, least), usual))
	var whole io.Reader = in
	declared := f.opt.Encoding
	if e.Size > most {
		head := make([]byte, window)
		n, err := io.ReadFull(in, head)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return format.Text{}, err
		}
		whole = bytes.NewReader(head[:bytes.LastIndexByte(head[:n], '\n')+1])
		if _, there := f.files["stops.txt"]; there && declared == "" && name != "stops.txt" {
			stops, err := f.text("stops.txt")
			if err != nil {
				return stops, err
			}
			if stops.Encoding == "windows-1252" {
				declared = stops.Encoding
			}
		}
	}
	t, err := format.FindTextOf(f.ctx, whole, e.Name, window, declared)
	f.texts[name] = t
	return t, err
}

// table opens one of the files at its first row; nil where it is not there, or empty.
// The needed columns must be there.
func (f *feed) table(name string, needed ...string) (*table, error) {
	e, there := f.files[name]
	if !there {
		return nil, nil
	}
	text, err := f.text(name)
	if err != nil {
		return nil, err
	}
	in, err := e.Open()
	if err != nil {
		return nil, err
	}
	t := &table{name: name, ctx: f.ctx, in: in, size: e.Size}
	if err := t.start(text, f.opt.Delimiter); err != nil {
		in.Close()
		if errors.Is(err, io.EOF) {
			f.notes.add(geo.Problem{Value: name, Rule: geo.RuleIgnored}, 0, "files without a header")
			return nil, nil
		}
		return nil, err
	}
	for _, column := range needed {
		if t.column(column) < 0 {
			in.Close()
			return nil, geo.Errorf(geo.KindInvalid, "%s has no column %s", e.Name, column)
		}
	}
	return t, nil
}

// table reads one file of a feed.
type table struct {
	name    string
	ctx     context.Context
	in      io.ReadCloser
	done    int64
	size    int64
	records *csv.Records
	names   []string
	cells   [][]byte
	row     int64
}

// Read counts the bytes of the file.
func (t *table) Read(b []byte) (int, error) {
	n, err := t.in.Read(b)
	t.done += int64(n)
	return n, err
}

func (t *table) start(text format.Text, delimiter rune) error {
	decoded, err := text.Reader(t)
	if err != nil {
		return err
	}
	const peek = 4096
	head := make([]byte, peek)
	n, err := io.ReadFull(decoded, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	sign := byte(',')
	if delimiter > 0 && delimiter < 0x80 {
		sign = byte(delimiter)
	} else if bytes.IndexByte(line, ',') < 0 { // what spreadsheets make of it
		for _, c := range [...]byte{';', '\t'} {
			if bytes.IndexByte(line, c) >= 0 {
				sign = c
			}
		}
	}
	t.records = csv.NewRecords(io.MultiReader(bytes.NewReader(head), decoded), sign, t.size)
	header, err := t.records.Next()
	if err != nil {
		return err
	}
	for _, cell := range header {
		name := strings.ToValidUTF8(strings.ReplaceAll(string(cell), "\x00", ""), "\ufffd")
		t.names = append(t.names, strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))))
	}
	format.NameColumns(t.names)
	return nil
}

// column gives the place of a column, or -1.
func (t *table) column(name string) int {
	for i := range t.names {
		if t.names[i] == name {
			return i
		}
	}
	return -1
}

// next goes to the next row; io.EOF ends the table.
func (t *table) next() error {
	if t.row%4096 == 0 {
		if err := t.ctx.Err(); err != nil {
			return err
		}
	}
	cells, err := t.records.Next()
	if err != nil {
		return err
	}
	t.row++
	t.cells = cells
	return nil
}

// fits tells whether the row has as many cells as the header, but for blank ones at its
// end.
func (t *table) fits() bool {
	if len(t.cells) < len(t.names) || t.records.Unclosed() {
		return false
	}
	for _, extra := range t.cells[len(t.names):] {
		if len(bytes.TrimSpace(extra)) > 0 {
			return false
		}
	}
	return true
}

// cell gives a cell of the row without spaces around it; nothing for column -1.
func (t *table) cell(i int) []byte {
	if i < 0 || i >= len(t.cells) {
		return nil
	}
	return bytes.TrimSpace(t.cells[i])
}

func (t *table) close() error { return t.in.Close() }

// each calls fn for each row of a table that fits its header. Nothing is done for
// no table. Others are noted, unless fn is asked about them elsewhere.
func (f *feed) each(t *table, noted bool, fn func() error) error {
	if t == nil {
		return nil
	}
	defer t.close()
	for {
		err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !t.fits() {
			if noted {
				f.notes.add(geo.Problem{Column: t.name, Rule: geo.RuleIgnored}, t.row, "rows with more or fewer cells than the header")
			}
			continue
		}
		if err := fn(); err != nil {
			return err
		}
	}
}
