package fgb

import "math"

// record builds one FlatBuffers record with its size before it, from front to
// back: tables first, then what they point to. Alignment counts from the size,
// which puts every number of the file at a multiple of its width.
type record struct {
	b []byte
}

// begin starts anew with a root table; see table.
func (r *record) begin(fields ...int) tablePlaces {
	r.b = append(r.b[:0], make([]byte, 8)...)
	at := r.table(fields...)
	r.point(4, at.table)
	return at
}

// finish pads the record and gives it, with its size before it.
func (r *record) finish() []byte {
	r.align(8)
	le.PutUint32(r.b, uint32(len(r.b)-4))
	return r.b
}

// tablePlaces tells where a table and its fields stand.
type tablePlaces struct {
	table int
	field [16]int
}

// table appends a table. Fields are pairs of a field's number and its width in
// bytes, 0 for one that is left out.
func (r *record) table(fields ...int) tablePlaces {
	var at tablePlaces
	slots := fields[len(fields)-2] + 1 // the pairs are in ascending order
	vsize := 4 + 2*slots
	for (len(r.b)+vsize)%8 != 4 { // so that 8-byte fields can follow the table's first 4 bytes
		r.b = append(r.b, 0)
	}
	vtable := len(r.b)
	at.table = vtable + vsize
	end := at.table + 4
	for _, width := range [...]int{8, 4, 2, 1} {
		for i := 0; i < len(fields); i += 2 {
			if fields[i+1] == width {
				at.field[fields[i]] = end
				end += width
			}
		}
	}
	r.b = le.AppendUint16(r.b, uint16(vsize))
	r.b = le.AppendUint16(r.b, uint16(end-at.table))
	for _, place := range at.field[:slots] {
		if place != 0 {
			place -= at.table
		}
		r.b = le.AppendUint16(r.b, uint16(place))
	}
	r.b = le.AppendUint32(r.b, uint32(at.table-vtable))
	r.b = append(r.b, make([]byte, end-at.table-4)...)
	return at
}

func (r *record) align(n int) {
	for len(r.b)%n != 0 {
		r.b = append(r.b, 0)
	}
}

// point makes the offset at position from lead to position to.
func (r *record) point(from, to int) { le.PutUint32(r.b[from:], uint32(to-from)) }

// vector starts a vector of n elements of width bytes, to which the offset at
// position from leads; the elements are to be appended.
func (r *record) vector(from, n, width int) {
	r.align(4)
	if width == 8 && len(r.b)%8 == 0 {
		r.b = append(r.b, 0, 0, 0, 0)
	}
	r.point(from, len(r.b))
	r.b = le.AppendUint32(r.b, uint32(n))
}

// tables starts a vector of n tables and gives the position of its first offset.
func (r *record) tables(from, n int) int {
	r.vector(from, n, 4)
	at := len(r.b)
	r.b = append(r.b, make([]byte, 4*n)...)
	return at
}

// text appends a string, with the zero that FlatBuffers wants after it.
func (r *record) text(from int, s string) {
	r.vector(from, len(s), 1)
	r.b = append(append(r.b, s...), 0)
}

func (r *record) float(f float64) { r.b = le.AppendUint64(r.b, math.Float64bits(f)) }
