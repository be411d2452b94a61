package topojson

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"puy/geo"
)

// object is a geometry object of the topology.
type object struct {
	Type        string          `json:"type"`
	ID          json.RawMessage `json:"id"`
	Properties  json.RawMessage `json:"properties"`
	Arcs        json.RawMessage `json:"arcs"`
	Coordinates json.RawMessage `json:"coordinates"`
	Geometries  []object        `json:"geometries"`
}

// maker writes geometries as GeoJSON.
type maker struct {
	*topology
	left int // positions that the geometry may have yet
	buf  []byte
}

// fault is what is wrong in one geometry; the others are read.
type fault string

func (f fault) Error() string { return string(f) }

const maxNested = 8 // collections in each other

// append appends o in GeoJSON. An error is a fault, or final.
func (m *maker) append(b []byte, o *object, depth int) ([]byte, error) {
	if o.Type == "" {
		return append(b, "null"...), nil
	}
	name, _ := json.Marshal(o.Type) // a string is always valid
	b = append(append(append(b, `{"type":`...), name...), ',')
	var err error
	switch o.Type {
	case "Point":
		var p []float64
		if err = take(o.Coordinates, &p); err == nil {
			b, err = m.position(append(b, `"coordinates":`...), p)
		}
	case "MultiPoint":
		var list [][]float64
		if err = take(o.Coordinates, &list); err == nil {
			b, err = array(append(b, `"coordinates":`...), list, m.position)
		}
	case "LineString":
		var arcs []int
		if err = take(o.Arcs, &arcs); err == nil {
			b, err = m.line(append(b, `"coordinates":`...), arcs)
		}
	case "MultiLineString", "Polygon":
		var arcs [][]int
		if err = take(o.Arcs, &arcs); err == nil {
			b, err = array(append(b, `"coordinates":`...), arcs, m.line)
		}
	case "MultiPolygon":
		var arcs [][][]int
		if err = take(o.Arcs, &arcs); err == nil {
			b, err = array(append(b, `"coordinates":`...), arcs, func(b []byte, rings [][]int) ([]byte, error) { return array(b, rings, m.line) })
		}
	case "GeometryCollection":
		if depth >= maxNested {
			return b, fault("geometry collections are nested too deep")
		}
		b, err = array(append(b, `"geometries":`...), o.Geometries, func(b []byte, part object) ([]byte, error) { return m.append(b, &part, depth+1) })
	default:
		return b, fault("there are no geometries of type " + string(name))
	}
	return append(b, '}'), err
}

func take(raw json.RawMessage, v any) error {
	if len(raw) == 0 {
		return fault("the geometry has no arcs or coordinates")
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fault("arcs or coordinates have another form than the type wants")
	}
	return nil
}

// array appends all items, with one between brackets.
func array[T any](b []byte, items []T, one func([]byte, T) ([]byte, error)) ([]byte, error) {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = one(b, item); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func (m *maker) position(b []byte, p []float64) ([]byte, error) {
	if len(p) < 2 {
		return b, fault("a position has less than two coordinates")
	}
	if m.left--; m.left < 0 {
		return b, errTooMany
	}
	return m.xy(b, p[0], p[1])
}

var errTooMany = fault(fmt.Sprintf("the geometry has more than %d positions", maxPositions))

func (m *maker) xy(b []byte, x, y float64) ([]byte, error) {
	x, y = x*m.scale[0]+m.translate[0], y*m.scale[1]+m.translate[1]
	if math.IsInf(x, 0) || math.IsInf(y, 0) || math.IsNaN(x) || math.IsNaN(y) {
		return b, fault("a coordinate is not finite")
	}
	b = geo.AppendNumber(append(b, '['), x)
	return append(geo.AppendNumber(append(b, ','), y), ']'), nil
}

// line appends the positions of arcs one after the other, those where they meet
// once. A negative number is the arc ^n, backwards.
func (m *maker) line(b []byte, arcs []int) ([]byte, error) {
	b = append(b, '[')
	written := 0
	for _, n := range arcs {
		backwards := n < 0
		if backwards {
			n = ^n
		}
		if n >= len(m.ends) {
			return b, fault(fmt.Sprintf("there is no arc %d", n))
		}
		flat, err := m.read(n)
		if err != nil {
			return b, err
		}
		size := len(flat) / 2
		for i := range size {
			at := i
			if backwards {
				at = size - 1 - i
			}
			if i == 0 && written > 0 {
				continue
			}
			if written++; written > 1 {
				b = append(b, ',')
			}
			if b, err = m.xy(b, flat[2*at], flat[2*at+1]); err != nil {
				return b, err
			}
		}
	}
	return append(b, ']'), nil
}

// read gives the positions of an arc before the transform.
func (m *maker) read(n int) ([]float64, error) {
	start := int64(0)
	if n > 0 {
		start = m.ends[n-1]
	}
	count := int(m.ends[n] - start)
	if m.left -= count; m.left < 0 {
		return nil, errTooMany
	}
	if cap(m.buf) < 16*count {
		m.buf = make([]byte, 16*count)
	}
	b := m.buf[:16*count]
	if _, err := m.file.ReadAt(b, 16*start); err != nil && !(errors.Is(err, io.EOF) && count == 0) {
		return nil, geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
	}
	flat := make([]float64, 2*count)
	for i := range flat {
		flat[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		if m.quantized && i >= 2 { // each position is told by its distance from the one before
			flat[i] += flat[i-2]
		}
	}
	return flat, nil
}
