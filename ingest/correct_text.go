package ingest

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/ingest/schema"
	"puy/ingest/source"
)

// correctText corrects a text table cell by cell, rows that no Reader accepts included.
func correctText(ctx context.Context, d catalog.Dataset, src *format.Source, r *Report, schemas source.Options, w io.Writer) (Correction, error) {
	c := Correction{Format: "csv"}
	text, err := format.FindText(ctx, src, d.Source.Encoding)
	if err != nil {
		return c, err
	}
	file, err := src.Open()
	if err != nil {
		return c, err
	}
	defer file.Close()
	decoded, err := text.Reader(file)
	if err != nil {
		return c, err
	}
	bound := &recordBound{r: decoded, left: maxRecord}
	in, out := csv.NewReader(bound), csv.NewWriter(w)
	in.LazyQuotes, in.FieldsPerRecord, in.ReuseRecord = true, -1, true
	in.Comma = delimiterRune(r.Delimiter)
	for range linesAbove(r) {
		if _, err := in.Read(); err != nil {
			return c, unreadable(src, err)
		}
	}
	header, err := in.Read()
	if err != nil {
		return c, unreadable(src, err)
	}
	cells, err := newCells(ctx, d, r, schemas, header)
	if err != nil {
		return c, err
	}
	for i, name := range cells.names {
		if name != header[i] {
			c.Columns++
		}
	}
	if err := out.Write(cells.names); err != nil {
		return c, err
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return c, unreadable(src, err)
		}
		c.Rows++
		bound.line, _ = in.FieldPos(0)
		bound.left = maxRecord
		for i := range row {
			if better := cells.correct(i, row[i]); better != row[i] {
				row[i] = better
				c.Cells++
			}
		}
		if err := out.Write(row); err != nil {
			return c, err
		}
	}
	out.Flush()
	return c, out.Error()
}

// maxRecord bounds the bytes of one record, as the Reader of text tables does.
const maxRecord = 64 << 20

// recordBound fails where one record has too many bytes, which would be held at once.
type recordBound struct {
	r    io.Reader
	left int64 // of the record
	line int   // of the record before
}

func (b *recordBound) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, geo.Errorf(geo.KindLimit, "line %d: one record takes more than %d MB", b.line+1, maxRecord>>20)
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

func unreadable(src *format.Source, err error) error {
	return geo.Errorf(geo.KindInvalid, "cannot read %s to correct it: %w", src.Name(), err)
}

func delimiterRune(name string) rune {
	switch name {
	case "tab", "\t", `\t`:
		return '\t'
	case "":
		return ','
	}
	r, _ := utf8.DecodeRuneInString(name)
	return r
}

// linesAbove tells how many lines above the header were left out.
func linesAbove(r *Report) (n int) {
	for i := range r.Problems {
		if p := &r.Problems[i]; p.Rule == geo.RuleIgnored {
			if found, _ := fmt.Sscanf(p.Detail, "%d lines above the header", &n); found == 1 {
				return n
			}
		}
	}
	return 0
}

// cells corrects the cells of one table.
type cells struct {
	names     []string
	corrector *schema.Corrector // nil without a schema
	types     []geo.FieldType
}

func newCells(ctx context.Context, d catalog.Dataset, r *Report, schemas source.Options, header []string) (*cells, error) {
	c := &cells{types: make([]geo.FieldType, len(header))}
	for _, name := range header {
		c.names = append(c.names, strings.TrimSpace(name))
	}
	if d.Schema != "" {
		s, _, err := openSchema(ctx, d.Schema, schemas)
		if err != nil {
			return nil, err
		}
		if s != nil {
			c.corrector = schema.NewCorrector(s, c.names)
			c.names = c.corrector.Names
		}
	}
	for i, name := range c.names {
		for _, f := range r.Fields {
			if f.Name == name {
				c.types[i] = f.Type
			}
		}
	}
	return c, nil
}

// correct gives what cell i should be.
func (c *cells) correct(i int, text string) string {
	if c.corrector != nil {
		if better, known := c.corrector.Cell(i, text); known {
			return better
		}
	}
	text = strings.TrimSpace(text)
	if i >= len(c.types) || text == "" {
		return text
	}
	switch t := c.types[i]; t {
	case geo.TypeNumber, geo.TypeInteger:
		if _, plain := format.ParseNumber([]byte(text)); plain {
			return text
		}
		fallthrough
	case geo.TypeDate, geo.TypeDateTime, geo.TypeBoolean:
		if v, ok := frenchNotation(t).Parse([]byte(text)); ok {
			return v.String()
		}
	}
	return text
}

// frenchNotation is how people here spell values of a type that is known.
func frenchNotation(t geo.FieldType) format.Notation {
	return format.Notation{Type: t, Decimal: ',', DayFirst: true, Declared: true}
}
