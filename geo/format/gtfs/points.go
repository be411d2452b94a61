package gtfs

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"slices"

	"puy/geo"
)

const (
	// maxPoints bounds the points of all shapes: 2 to 4 GB in a temporary file.
	maxPoints = 100_000_000
	// maxShapePoints bounds those of one shape, which is in memory while it is read.
	maxShapePoints = 1_000_000
	// runLength is how many points of one shape are written at once.
	runLength = 512
	pointSize = 20
	headSize  = 12
)

// points are the shapes of a feed, in a temporary file. The rows of a shape that follow
// one another are a run; each run leads to the one before of the same shape, so that
// memory holds one place a shape, however scattered its rows are.
type points struct {
	shapes *index
	last   []int64 // where the last run of a shape begins, or -1
	counts []uint32
	total  int64

	file    *os.File
	out     *bufio.Writer
	end     int64
	current int32
	run     []point
	buf     []byte
}

// point is one row of shapes.txt.
type point struct {
	x, y     float64
	sequence uint32
}

// readPoints reads shapes.txt; nil where the feed has none. Seen is told each new shape.
func (f *feed) readPoints(seen func(id []byte) error) (*points, error) {
	t, err := f.table("shapes.txt", "shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
	if t == nil || err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "puy-*.shapes")
	if err != nil {
		t.close()
		return nil, geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	p := &points{shapes: newIndex("shapes.txt", maxShapes), file: file, out: bufio.NewWriterSize(file, 256<<10), current: -1}
	id, lat, lon, sequence := t.column("shape_id"), t.column("shape_pt_lat"), t.column("shape_pt_lon"), t.column("shape_pt_sequence")
	err = f.each(t, true, func() error {
		if len(t.cell(id)) == 0 {
			f.notes.add(geo.Problem{Column: t.name, Rule: geo.RuleIgnored}, t.row, "points without a shape")
			return nil
		}
		var at point
		var okX, okY, ok bool
		at.x, okX = number(t.cell(lon))
		at.y, okY = number(t.cell(lat))
		at.sequence, ok = integer(t.cell(sequence))
		switch {
		case !okX || !okY:
			f.notes.add(geo.Problem{Column: t.name, Value: clip(t.cell(lat)) + " " + clip(t.cell(lon)), Rule: geo.RuleIgnored}, t.row, "points without coordinates, which are left out")
			return nil
		case !ok:
			f.notes.add(geo.Problem{Column: t.name, Value: clip(t.cell(sequence)), Rule: geo.RuleIgnored}, t.row, "points whose sequence is not a number, which are left out")
			return nil
		}
		n, fresh, err := p.shapes.add(t.cell(id))
		if err != nil {
			return err
		}
		if fresh {
			p.last, p.counts = append(p.last, -1), append(p.counts, 0)
			if seen != nil {
				if err := seen(t.cell(id)); err != nil {
					return err
				}
			}
		}
		if p.jumps(n, at) {
			f.notes.add(geo.Problem{Column: t.name, Value: clip(t.cell(lat)) + " " + clip(t.cell(lon)), Rule: geo.RuleIgnored}, t.row, "points far away from the one before, which are kept")
		}
		return p.add(n, at, t.cell(id))
	})
	if err == nil {
		err = p.flush()
	}
	if err == nil {
		err = temporary(p.out.Flush())
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// farAway is how many degrees no vehicle goes straight on, in either direction.
const farAway = 3

// jumps tells whether at is far from the point of the row before, which it follows in
// its shape.
func (p *points) jumps(shape int32, at point) bool {
	if shape != p.current || len(p.run) == 0 {
		return false
	}
	before := p.run[len(p.run)-1]
	return at.sequence > before.sequence && (math.Abs(at.x-before.x) > farAway || math.Abs(at.y-before.y) > farAway)
}

func (p *points) add(shape int32, at point, id []byte) error {
	if p.counts[shape]++; p.counts[shape] > maxShapePoints {
		return geo.Errorf(geo.KindLimit, "the shape %s has more than %d points", clip(id), maxShapePoints)
	}
	if p.total++; p.total > maxPoints {
		return geo.Errorf(geo.KindLimit, "shapes.txt has more than %d points", maxPoints)
	}
	if shape != p.current || len(p.run) == runLength {
		if err := p.flush(); err != nil {
			return err
		}
		p.current = shape
	}
	p.run = append(p.run, at)
	return nil
}

// flush writes the run: where the run before it begins, how many points there are, and
// the points.
func (p *points) flush() error {
	if len(p.run) == 0 {
		return nil
	}
	b := binary.LittleEndian.AppendUint64(p.buf[:0], uint64(p.last[p.current]))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(p.run)))
	for _, at := range p.run {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(at.x))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(at.y))
		b = binary.LittleEndian.AppendUint32(b, at.sequence)
	}
	p.last[p.current] = p.end
	p.end += int64(len(b))
	p.buf, p.run = b, p.run[:0]
	_, err := p.out.Write(b)
	return temporary(err)
}

// line gives the positions of a shape in the order of their sequence, as x and y in
// turn; nothing where fewer than two of them differ.
func (p *points) line(shape int32) ([]float64, error) {
	all := make([]point, p.counts[shape])
	at := len(all)
	var b [headSize + runLength*pointSize]byte
	for place := p.last[shape]; place >= 0; {
		n, err := p.file.ReadAt(b[:], place)
		if n < headSize {
			return nil, temporary(err)
		}
		count := int(binary.LittleEndian.Uint32(b[8:]))
		if n < headSize+count*pointSize || at < count {
			return nil, temporary(errors.Join(err, errors.New("it has changed")))
		}
		at -= count
		for i := range count {
			from := b[headSize+i*pointSize:]
			all[at+i] = point{math.Float64frombits(binary.LittleEndian.Uint64(from)), math.Float64frombits(binary.LittleEndian.Uint64(from[8:])), binary.LittleEndian.Uint32(from[16:])}
		}
		place = int64(binary.LittleEndian.Uint64(b[:]))
	}
	slices.SortStableFunc(all, func(a, b point) int { return cmp.Compare(a.sequence, b.sequence) })
	flat := make([]float64, 0, 2*len(all))
	for _, at := range all {
		flat = append(flat, at.x, at.y)
	}
	if !extended(flat) {
		return nil, nil
	}
	return flat, nil
}

// extended tells whether two positions differ.
func extended(flat []float64) bool {
	for i := 2; i < len(flat); i += 2 {
		if flat[i] != flat[0] || flat[i+1] != flat[1] {
			return true
		}
	}
	return false
}

func temporary(err error) error {
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot use a temporary file: %w", err)
	}
	return nil
}

// close removes the file.
func (p *points) close() error {
	if p == nil {
		return nil
	}
	return errors.Join(p.file.Close(), os.Remove(p.file.Name()))
}
