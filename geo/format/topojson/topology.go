package topojson

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

const (
	maxArcs      = 8 << 20
	maxPositions = 4 << 20 // of one arc, and of one geometry
	maxObjects   = 10_000
)

// topology is what a file holds except for its geometries.
type topology struct {
	objects   []string // names
	size      int64    // bytes of the document
	quantized bool
	scale     [2]float64
	translate [2]float64
	code      crs.Code
	warnings  []geo.Problem
	ends      []int64 // of the arcs in the file, in positions
	file      *os.File
	out       *bufio.Writer
}

func (t *topology) close() error {
	if t.file == nil {
		return nil
	}
	err := errors.Join(t.file.Close(), os.Remove(t.file.Name()))
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot remove a temporary file: %w", err)
	}
	return nil
}

// scan is the first pass: arcs, and the names of objects.
func scan(ctx context.Context, src *format.Source) (*topology, error) {
	in, f, err := newTokens(src)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t := &topology{code: crs.CRS84, scale: [2]float64{1, 1}}
	if t.file, err = os.CreateTemp("", "puy-*.arcs"); err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	t.out = bufio.NewWriterSize(t.file, 64<<10)
	if err := t.read(ctx, in); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if err := t.out.Flush(); err != nil {
		return nil, errors.Join(geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err), t.close())
	}
	t.size = in.meter.all
	return t, nil
}

func (t *topology) read(ctx context.Context, in *tokens) error {
	kind := ""
	err := in.members(func(key string) error {
		switch key {
		case "type":
			return in.decode(&kind)
		case "arcs":
			return in.elements(func() error {
				if len(t.ends)%1024 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				return t.arc(in)
			})
		case "transform":
			var v *struct{ Scale, Translate []float64 }
			if err := in.decode(&v); err != nil {
				return err
			}
			if v != nil && (len(v.Scale) < 2 || len(v.Translate) < 2) {
				return in.wrong("the transform has no scale and translate of two numbers")
			}
			if t.quantized = v != nil; v != nil {
				t.scale, t.translate = [2]float64(v.Scale), [2]float64(v.Translate)
			}
			return nil
		case "crs":
			return t.crs(in)
		case "objects":
			return in.members(func(name string) error {
				if t.objects = append(t.objects, name); len(t.objects) > maxObjects {
					return geo.Errorf(geo.KindLimit, "%s has more than %d objects", in.name, maxObjects)
				}
				return in.skip()
			})
		}
		return in.skip()
	})
	if err == nil && kind != "Topology" {
		return in.wrong("its type is not Topology")
	}
	return err
}

// arc writes the first two coordinates of each position.
func (t *topology) arc(in *tokens) error {
	if len(t.ends) >= maxArcs {
		return geo.Errorf(geo.KindLimit, "%s has more than %d arcs", in.name, maxArcs)
	}
	start := int64(0)
	if n := len(t.ends); n > 0 {
		start = t.ends[n-1]
	}
	end := start
	err := in.elements(func() error {
		if end++; end-start > maxPositions {
			return geo.Errorf(geo.KindLimit, "%s has an arc of more than %d positions", in.name, maxPositions)
		}
		n := 0
		err := in.elements(func() error {
			token, err := in.next()
			if err != nil {
				return err
			}
			x, ok := token.(float64)
			if !ok {
				return in.wrong("a coordinate is not a number")
			}
			if n++; n <= 2 {
				_, err = t.out.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)))
			}
			if err != nil {
				return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
			}
			return nil
		})
		if err == nil && n < 2 {
			return in.wrong("a position has less than two coordinates")
		}
		return err
	})
	t.ends = append(t.ends, end)
	return err
}

// crs reads the member of old versions, as in GeoJSON 2008.
func (t *topology) crs(in *tokens) error {
	var raw json.RawMessage
	if err := in.decode(&raw); err != nil {
		return err
	}
	var v struct{ Properties struct{ Name string } }
	// A crs member of another form says no more than an unknown name does.
	if json.Unmarshal(raw, &v) != nil || v.Properties.Name == "" {
		return nil
	}
	if code, ok := crs.Parse(v.Properties.Name); ok && code != crs.WGS84 {
		t.code = code
	} else if !ok {
		t.code = crs.Unknown
		t.warnings = append(t.warnings, geo.Problem{Rule: geo.RuleUnknownCRS, Value: geo.ClipValue(v.Properties.Name)})
	}
	return nil
}
