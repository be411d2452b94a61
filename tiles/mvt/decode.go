package mvt

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"

	"puy/geo"
	"puy/tiles/mvt/wire"
)

// Decode reads a tile and refuses what version 2.1 of the specification
// forbids or advises against: unknown versions, layers of one name or without
// features, unknown or malformed fields, indexes out of range, truncated or
// zero-length commands, open, flat or wrongly wound rings. What it allocates is
// bounded by a multiple of len(b). Errors are of KindInvalid.
func Decode(b []byte) ([]Layer, error) {
	var layers []Layer
	names := map[string]bool{}
	r := reader{b: b}
	for r.more() {
		switch key, field := r.field(); {
		case r.err != nil:
		case key != wire.TileLayer:
			r.fail("tile field %d", key>>3)
		default:
			layer, err := decodeLayer(field)
			if err == nil && names[layer.Name] {
				err = fmt.Errorf("a second layer of this name")
			}
			if err != nil {
				return nil, geo.Errorf(geo.KindInvalid, "vector tile: layer %d (%.40q): %w", len(layers), layer.Name, err)
			}
			names[layer.Name] = true
			layers = append(layers, layer)
		}
	}
	if r.err != nil {
		return nil, geo.Errorf(geo.KindInvalid, "vector tile: %w", r.err)
	}
	return layers, nil
}

func decodeLayer(b []byte) (Layer, error) {
	layer := Layer{Extent: Extent}
	var keys []string
	var values []any
	var features [][]byte
	r := reader{b: b}
	for r.more() {
		key, field := r.field()
		if r.err != nil {
			break
		}
		switch key {
		case wire.LayerName:
			layer.Name = r.text(field)
		case wire.LayerFeature:
			features = append(features, field)
		case wire.LayerKey:
			keys = append(keys, r.text(field))
		case wire.LayerValue:
			values = append(values, decodeValue(&r, field))
		case wire.LayerExtent:
			layer.Extent = uint32(min(r.number, math.MaxUint32))
		case wire.LayerVersion:
			layer.Version = uint32(min(r.number, math.MaxUint32))
		default:
			r.fail("layer field %d of wire type %d", key>>3, key&7)
		}
	}
	switch {
	case r.err != nil:
		return layer, r.err
	case layer.Version != 2:
		return layer, fmt.Errorf("version %d", layer.Version)
	case layer.Name == "":
		return layer, fmt.Errorf("no name")
	case layer.Extent == 0:
		return layer, fmt.Errorf("extent 0")
	case len(features) == 0:
		return layer, fmt.Errorf("no features")
	}
	layer.Features = make([]Feature, len(features))
	for i, field := range features {
		if err := decodeFeature(&layer.Features[i], field, keys, values); err != nil {
			return layer, fmt.Errorf("feature %d: %w", i, err)
		}
	}
	return layer, nil
}

func decodeValue(r *reader, b []byte) any {
	var value any
	v := reader{b: b}
	for v.more() {
		key, field := v.field()
		if v.err == nil && value != nil {
			v.fail("a value of two kinds")
		}
		switch key {
		case wire.ValueString:
			value = v.text(field)
		case wire.ValueFloat:
			value = math.Float32frombits(uint32(v.number))
		case wire.ValueDouble:
			value = math.Float64frombits(v.number)
		case wire.ValueInt:
			value = int64(v.number)
		case wire.ValueUint:
			value = v.number
		case wire.ValueSint:
			value = int64(v.number>>1) ^ -int64(v.number&1)
		case wire.ValueBool:
			value = v.number != 0
		default:
			v.fail("value field %d of wire type %d", key>>3, key&7)
		}
	}
	if v.err == nil && value == nil {
		v.fail("a value of no kind")
	}
	if v.err != nil && r.err == nil {
		r.err = v.err
	}
	return value
}

func decodeFeature(f *Feature, b []byte, keys []string, values []any) error {
	var tags, geometry []byte
	r := reader{b: b}
	seen := map[uint64]bool{}
	for r.more() {
		key, field := r.field()
		if seen[key] {
			r.fail("feature field %d a second time", key>>3)
		}
		seen[key] = true
		switch key {
		case wire.FeatureID:
			f.ID, f.HasID = r.number, true
		case wire.FeatureTags:
			tags = field
		case wire.FeatureType:
			f.Type = GeometryType(min(r.number, 255))
		case wire.FeatureGeometry:
			geometry = field
		default:
			r.fail("feature field %d of wire type %d", key>>3, key&7)
		}
	}
	if r.err != nil {
		return r.err
	}
	f.Properties = map[string]any{}
	for t := (reader{b: tags}); t.more(); {
		k, v := t.uvarint(), t.uvarint()
		if t.err == nil && (k >= uint64(len(keys)) || v >= uint64(len(values))) {
			t.fail("tag %d, %d out of range", k, v)
		}
		if t.err != nil {
			return t.err
		}
		if _, twice := f.Properties[keys[k]]; twice {
			return fmt.Errorf("two values of key %q", keys[k])
		}
		f.Properties[keys[k]] = values[v]
	}
	g := geometryReader{reader: reader{b: geometry}}
	f.Parts = g.parts(f.Type)
	return g.err
}

// reader reads protobuf fields. After an error it gives zeros.
type reader struct {
	b      []byte
	off    int
	number uint64 // of the last field that is not bytes
	err    error
}

func (r *reader) more() bool { return r.err == nil && r.off < len(r.b) }

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format+" before byte %d", append(args, r.off)...)
	}
}

func (r *reader) uvarint() uint64 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.b[r.off:])
	if n <= 0 {
		r.fail("truncated or overlong number")
		return 0
	}
	r.off += n
	return v
}

// field reads a key and its field: bytes, or a number into r.number.
func (r *reader) field() (key uint64, field []byte) {
	key = r.uvarint()
	size := uint64(0)
	switch key & 7 {
	case 0:
		r.number = r.uvarint()
		return key, nil
	case 1:
		size = 8
	case 2:
		size = r.uvarint()
	case 5:
		size = 4
	default:
		r.fail("wire type %d", key&7)
	}
	if r.err != nil {
		return 0, nil
	}
	if size > uint64(len(r.b)-r.off) {
		r.fail("field of %d bytes exceeds the bytes that remain", size)
		return 0, nil
	}
	field = r.b[r.off : r.off+int(size)]
	r.off += int(size)
	switch key & 7 {
	case 1:
		r.number = binary.LittleEndian.Uint64(field)
	case 5:
		r.number = uint64(binary.LittleEndian.Uint32(field))
	}
	return key, field
}

func (r *reader) text(b []byte) string {
	if !utf8.Valid(b) {
		r.fail("text is not UTF-8")
	}
	return string(b)
}
