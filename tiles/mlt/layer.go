package mlt

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"puy/tiles/mvt"
	"puy/tiles/mvt/wire"
)

// read takes a layer of an MVT apart into columns.
func (e *Encoder) read(b []byte) (header, error) {
	head := header{extent: mvt.Extent, version: 1}
	e.features, e.keys, e.values = e.features[:0], e.keys[:0], e.values[:0]
	for i := 0; i < len(b); {
		f, after := next(b, i)
		if after < 0 {
			return head, fmt.Errorf("malformed field at byte %d", i)
		}
		i = after
		switch f.key {
		case wire.LayerName:
			head.name = span{f.start, f.end}
		case wire.LayerFeature:
			e.features = append(e.features, span{f.start, f.end})
		case wire.LayerKey:
			e.keys = append(e.keys, span{f.start, f.end})
		case wire.LayerValue:
			v, err := readValue(b, f.start, f.end)
			if err != nil {
				return head, fmt.Errorf("value %d: %w", len(e.values), err)
			}
			e.values = append(e.values, v)
		case wire.LayerExtent:
			head.extent = f.number
		case wire.LayerVersion:
			head.version = f.number
		}
	}
	switch {
	case head.version != 1 && head.version != 2:
		return head, fmt.Errorf("version %d", head.version)
	case head.name.start == head.name.end:
		return head, fmt.Errorf("no name")
	case !utf8.Valid(b[head.name.start:head.name.end]):
		return head, fmt.Errorf("the name is not UTF-8")
	case head.extent == 0 || head.extent > math.MaxUint32:
		return head, fmt.Errorf("extent %d", head.extent)
	case len(e.keys) > maxColumns:
		return head, fmt.Errorf("%d keys, more than %d", len(e.keys), maxColumns)
	}
	for i, key := range e.keys {
		if !utf8.Valid(b[key.start:key.end]) {
			return head, fmt.Errorf("key %d is not UTF-8", i)
		}
	}
	e.reset()
	for i, f := range e.features {
		if err := e.readFeature(b[f.start:f.end]); err != nil {
			return head, fmt.Errorf("feature %d: %w", i, err)
		}
	}
	return head, nil
}

// reset makes room for a layer with the keys that were read.
func (e *Encoder) reset() {
	e.columns = slices.Grow(e.columns[:0], len(e.keys))[:len(e.keys)]
	for i := range e.columns {
		e.columns[i].cells = e.columns[i].cells[:0]
	}
	e.ids, e.idFeatures = e.ids[:0], e.idFeatures[:0]
	e.geometry.reset()
}

func (e *Encoder) readFeature(b []byte) error {
	var id, kind uint64
	var hasID bool
	var tags, commands []byte
	for i := 0; i < len(b); {
		f, after := next(b, i)
		if after < 0 {
			return fmt.Errorf("malformed field at byte %d", i)
		}
		i = after
		switch f.key {
		case wire.FeatureID:
			id, hasID = f.number, true
		case wire.FeatureTags:
			if tags != nil {
				return fmt.Errorf("tags a second time")
			}
			tags = b[f.start:f.end]
		case wire.FeatureType:
			kind = f.number
		case wire.FeatureGeometry:
			if commands != nil {
				return fmt.Errorf("a second geometry")
			}
			commands = b[f.start:f.end]
		}
	}
	if len(commands) == 0 || kind < uint64(mvt.Points) || kind > uint64(mvt.Polygon) {
		return nil
	}
	feature := uint32(e.geometry.features())
	if err := e.geometry.add(mvt.GeometryType(kind), commands); err != nil {
		return err
	}
	if hasID {
		e.ids = append(e.ids, int64(id))
		e.idFeatures = append(e.idFeatures, feature)
	}
	return e.readTags(feature, tags)
}

func (e *Encoder) readTags(feature uint32, b []byte) error {
	for i := 0; i < len(b); {
		var k, v uint64
		if k, i = uvarint(b, i); i >= 0 {
			v, i = uvarint(b, i)
		}
		if i < 0 {
			return fmt.Errorf("malformed tags")
		}
		if k >= uint64(len(e.columns)) || v >= uint64(len(e.values)) {
			return fmt.Errorf("tag %d, %d out of range", k, v)
		}
		c := &e.columns[k]
		if n := len(c.cells); n > 0 && c.cells[n-1].feature == feature {
			return fmt.Errorf("two values of key %d", k)
		}
		c.cells = append(c.cells, cell{feature, uint32(v)})
	}
	return nil
}
