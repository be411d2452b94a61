package mvt

import (
	"maps"
	"slices"
)

// Layer is a layer as plain Go values.
type Layer struct {
	Name     string
	Version  uint32 // Decode accepts only 2; AppendTile writes 2
	Extent   uint32 // AppendTile writes 4096
	Features []Feature
}

// Feature is a feature as plain Go values.
type Feature struct {
	ID    uint64
	HasID bool
	Type  GeometryType
	// Parts holds the points of a point feature as one part, the lines of a line
	// feature, or the rings of a polygon feature without their closing points,
	// each exterior followed by its holes.
	Parts [][]Point
	// Properties holds string, float32, float64, int64, uint64 and bool values.
	Properties map[string]any
}

// Polygons groups the rings of a polygon feature by their exteriors, which are
// the rings of positive area.
func (f *Feature) Polygons() [][][]Point {
	var polygons [][][]Point
	for _, ring := range f.Parts {
		if last := len(polygons) - 1; last >= 0 && Area2(ring) < 0 {
			polygons[last] = append(polygons[last], ring)
		} else {
			polygons = append(polygons, [][]Point{ring})
		}
	}
	return polygons
}

// AppendTile appends a tile of version 2 and extent 4096. The first ring of a
// polygon feature is exterior, whichever way it is wound; each later one is a
// hole if it is wound the other way than the exterior before it. What
// LayerWriter leaves out as degenerate is left out; keys of properties are
// written in their order; values of other types than Feature names are left out.
func AppendTile(dst []byte, layers ...Layer) []byte {
	var w LayerWriter
	for _, layer := range layers {
		w.Reset(layer.Name)
		keys := map[string]uint32{}
		var encoded []byte
		for i := range layer.Features {
			f := &layer.Features[i]
			w.addParts(f)
			if !w.HasGeometry() {
				w.drop()
				continue
			}
			for _, key := range slices.Sorted(maps.Keys(f.Properties)) {
				encoded = appendAny(encoded[:0], f.Properties[key])
				if len(encoded) == 0 {
					continue
				}
				id, ok := keys[key]
				if !ok {
					id = w.AddKey(key)
					keys[key] = id
				}
				w.Tag(id, w.AddValue(encoded))
			}
			w.EndFeature(f.ID, f.HasID)
		}
		dst, _ = w.AppendLayer(dst)
	}
	return dst
}

func (w *LayerWriter) addParts(f *Feature) {
	var outer int64 // the area of the exterior that holes are compared with
	drawn := false
	for i, part := range f.Parts {
		pts := slices.Clone(part)
		switch f.Type {
		case Points:
			if i == 0 {
				w.Points(slices.Concat(f.Parts...))
			}
		case LineString:
			w.Line(pts)
		case Polygon:
			area := Area2(part)
			switch hole := outer != 0 && (area > 0) != (outer > 0); {
			case !hole:
				outer = area
				drawn = w.Ring(pts, true)
			case drawn:
				w.Ring(pts, false)
			}
		}
	}
}

func appendAny(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return AppendString(dst, v)
	case float32:
		return AppendFloat(dst, v)
	case float64:
		return AppendDouble(dst, v)
	case int64:
		return AppendInteger(dst, v)
	case uint64:
		return AppendUint(dst, v)
	case bool:
		return AppendBoolean(dst, v)
	}
	return dst
}
