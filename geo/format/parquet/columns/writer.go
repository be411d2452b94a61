package columns

import (
	"encoding/binary"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"puy/geo"
)

const (
	groupRows  = 128 << 10
	groupBytes = 32 << 20
)

// Spec describes a column of the table to write. Every column may be null.
type Spec struct {
	Name   string
	Kind   Kind
	List   bool   // of texts
	Fields []Spec // of a group, whose values are null together
}

// Writer writes a file row group by row group; what it holds is bounded.
type Writer struct {
	// Outputs are the columns of values in the order of the specs.
	Outputs []*Output

	out      io.Writer
	specs    []Spec
	zstd     *zstd.Encoder
	pageSize int
	page     []byte
	packed   []byte
	offset   int64
	rows     int64 // of the row group
	total    int64
	groups   []writtenGroup
}

// writtenGroup is what the footer says about a row group.
type writtenGroup struct {
	rows   int64
	offset int64
	chunks []writtenChunk
}

type writtenChunk struct {
	values, nulls    int64
	raw, size        int64
	dictionary, data int64 // offsets; 0 for no dictionary
	encodings        uint16
	low, high        string
}

// NewWriter starts a file. Errors are of KindInternal.
func NewWriter(out io.Writer, specs []Spec) (*Writer, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20))
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot compress: %w", err)
	}
	w := &Writer{out: out, specs: specs, zstd: z}
	for _, s := range specs {
		fields, path := []Spec{s}, []string{}
		if s.Fields != nil {
			fields, path = s.Fields, []string{s.Name}
		}
		for _, f := range fields {
			p, err := physicalOf(f.Kind)
			if err != nil {
				return nil, err
			}
			o := &Output{w: w, kind: f.Kind, physical: p, list: f.List, entries: map[string]uint32{}, path: append(slices.Clone(path), f.Name)}
			if f.List {
				o.path = append(o.path, "list", "element")
			}
			o.reset()
			w.Outputs = append(w.Outputs, o)
		}
	}
	w.pageSize = min(1<<20, max(64<<10, 16<<20/max(len(w.Outputs), 1)))
	return w, w.write([]byte(magic))
}

func (w *Writer) write(b []byte) error {
	n, err := w.out.Write(b)
	w.offset += int64(n)
	return err
}

// EndRow ends a row, for which each of Outputs got a value.
func (w *Writer) EndRow() error {
	w.rows++
	if w.rows%256 != 0 {
		return nil
	}
	size := 0
	for _, o := range w.Outputs {
		size += o.size()
	}
	if size < groupBytes && w.rows < groupRows {
		return nil
	}
	return w.flush()
}

// flush writes the row group.
func (w *Writer) flush() error {
	if w.rows == 0 {
		return nil
	}
	g := writtenGroup{rows: w.rows, offset: w.offset}
	for _, o := range w.Outputs {
		o.endPage()
		c := writtenChunk{values: o.count, nulls: o.nulls}
		start := w.offset
		if o.encodings&(1<<encodingDictionary) != 0 {
			c.dictionary = start
			if err := w.write(o.dictionaryPage()); err != nil {
				return err
			}
		}
		c.data = w.offset
		if err := w.write(o.chunk); err != nil {
			return err
		}
		c.size, c.raw, c.encodings = w.offset-start, o.raw, o.encodings
		c.low, c.high = o.bounds()
		g.chunks = append(g.chunks, c)
		o.reset()
	}
	w.groups = append(w.groups, g)
	w.total += w.rows
	w.rows = 0
	return nil
}

func (o *Output) dictionaryPage() []byte {
	page := o.w.page[:0]
	for _, s := range o.dictionary() {
		page = binary.LittleEndian.AppendUint32(page, uint32(len(s)))
		page = append(page, s...)
	}
	o.w.page = page
	return o.appendPage(nil, page, 2, int32(len(o.entries)), encodingPlain)
}

// Close writes what is left and the footer with metadata, pairs of a key and a value.
func (w *Writer) Close(metadata ...[2]string) error {
	defer w.zstd.Close()
	if err := w.flush(); err != nil {
		return err
	}
	t := &thriftOut{}
	w.footer(t, metadata)
	b := binary.LittleEndian.AppendUint32(t.b, uint32(len(t.b)))
	return w.write(append(b, magic...))
}

func (w *Writer) footer(t *thriftOut, metadata [][2]string) {
	t.begin()
	t.int32(1, 1)
	elements := 1
	for _, s := range w.specs {
		elements += 1 + len(s.Fields)
		if s.List {
			elements += 2
		}
	}
	t.list(2, thriftStruct, elements)
	t.begin()
	t.binary(4, "schema")
	t.int32(5, int32(len(w.specs)))
	t.end()
	for _, s := range w.specs {
		appendElement(t, s, 1)
	}
	t.int64(3, w.total)
	t.list(4, thriftStruct, len(w.groups))
	for i := range w.groups {
		w.group(t, &w.groups[i], i)
	}
	t.list(5, thriftStruct, len(metadata))
	for _, pair := range metadata {
		t.begin()
		t.binary(1, pair[0])
		t.binary(2, pair[1])
		t.end()
	}
	t.binary(6, "puy")
	t.list(7, thriftStruct, len(w.Outputs))
	for range w.Outputs { // values are in the order that their type defines
		t.begin()
		t.empty(1)
		t.end()
	}
	t.end()
}

// appendElement appends the schema element of s (repetition 0 required, 1 optional).
func appendElement(t *thriftOut, s Spec, repetition int32) {
	t.begin()
	switch {
	case s.Fields != nil:
		t.int32(3, repetition)
		t.binary(4, s.Name)
		t.int32(5, int32(len(s.Fields)))
		t.end()
		for _, f := range s.Fields {
			appendElement(t, f, 0)
		}
		return
	case s.List:
		t.int32(3, repetition)
		t.binary(4, s.Name)
		t.int32(5, 1)
		t.int32(6, 3) // LIST
		t.structure(10)
		t.empty(logicalList)
		t.end()
		t.end()
		t.begin()
		t.int32(3, 2)
		t.binary(4, "list")
		t.int32(5, 1)
		t.end()
		appendElement(t, Spec{Name: "element", Kind: s.Kind}, 0)
		return
	}
	p, _ := physicalOf(s.Kind) // checked by NewWriter
	t.int32(1, int32(p))
	t.int32(3, repetition)
	t.binary(4, s.Name)
	annotate(t, s.Kind)
	t.end()
}

// annotate writes the annotation of a kind, in the old and in the new form.
func annotate(t *thriftOut, k Kind) {
	switch k {
	case KindText, KindJSON, KindDate:
		pair := map[Kind][2]int{KindText: {0, logicalString}, KindJSON: {19, logicalJSON}, KindDate: {6, logicalDate}}[k]
		t.int32(6, int32(pair[0]))
		t.structure(10)
		t.empty(int16(pair[1]))
		t.end()
	case KindTimestamp:
		t.int32(6, 10) // TIMESTAMP_MICROS
		t.structure(10)
		t.structure(logicalTimestamp)
		t.boolean(1, true)
		t.structure(2)
		t.empty(2)
		t.end()
		t.end()
		t.end()
	}
}

func (w *Writer) group(t *thriftOut, g *writtenGroup, ordinal int) {
	t.begin()
	t.list(1, thriftStruct, len(g.chunks))
	var raw, size int64
	for i := range g.chunks {
		raw, size = raw+g.chunks[i].raw, size+g.chunks[i].size
		w.chunk(t, &g.chunks[i], w.Outputs[i])
	}
	t.int64(2, raw)
	t.int64(3, g.rows)
	t.int64(5, g.offset)
	t.int64(6, size)
	if ordinal < 1<<15 {
		t.field(7, thriftI16)
		t.varint(int64(ordinal))
	}
	t.end()
}

func (w *Writer) chunk(t *thriftOut, c *writtenChunk, o *Output) {
	t.begin()
	t.int64(2, 0)
	t.structure(3)
	t.int32(1, int32(o.physical))
	encodings := []int32{encodingPlain, encodingRLE}
	if c.dictionary > 0 {
		encodings = append(encodings, encodingDictionary)
	}
	t.list(2, thriftI32, len(encodings))
	for _, e := range encodings {
		t.varint(int64(e))
	}
	t.list(3, thriftBinary, len(o.path))
	for _, name := range o.path {
		t.text(name)
	}
	t.int32(4, codecZstd)
	t.int64(5, c.values)
	t.int64(6, c.raw)
	t.int64(7, c.size)
	t.int64(9, c.data)
	if c.dictionary > 0 {
		t.int64(11, c.dictionary)
	}
	t.structure(12)
	t.int64(3, c.nulls)
	if c.low != "" {
		t.binary(5, c.high)
		t.binary(6, c.low)
	}
	t.end()
	t.end()
	t.end()
}
