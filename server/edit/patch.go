package edit

import (
	"bytes"
	"encoding/json"
	"strconv"

	"puy/geo"
)

// Patched applies the body, a merge patch (RFC 7396) of the GeoJSON feature, to
// now. Properties that are null lose their values, as do geometries; the key and
// the id cannot change. Members that a feature does not keep count for nothing.
func (b *Body) Patched(now *geo.Feature) (geo.Feature, error) {
	var f faults
	schema := &b.dataset.Current.Schema
	result := *now.Clone()
	if raw, ok := b.members["type"]; ok && b.kind() != "Feature" {
		f.add("/type", geo.Say("The type"), raw, geo.Say(`must stay "Feature"`))
	}
	if raw, ok := b.members["id"]; ok {
		if id, text := asText(raw); !text && string(raw) != now.ID || text && id != now.ID {
			f.add("/id", geo.Say("The id"), raw, geo.Say("cannot change"))
		}
	}
	if raw, ok := b.members["properties"]; ok {
		var properties map[string]json.RawMessage
		if raw[0] != '{' || json.Unmarshal(raw, &properties) != nil {
			f.add("/properties", geo.Say("The member properties"), raw, geo.Say("must be an object"))
		}
		b.unknown(&f, "", properties)
		for i, field := range schema.Fields {
			raw, ok := properties[field.Name]
			if !ok {
				continue
			}
			if field.Type == geo.TypeJSON && raw[0] == '{' {
				raw = merged(json.RawMessage(result.Values[i].Text()), raw)
			}
			b.value(&f, "", field, raw, &result.Values[i])
		}
		b.key(&f, "", &result, now, properties)
	}
	if raw, ok := b.members["geometry"]; ok {
		g, reason := b.patchGeometry(raw, now)
		if !reason.IsZero() {
			f.add("/geometry", geo.Say("The geometry"), raw, reason)
		}
		result.Geometry = g
	}
	return result, f.err()
}

// patchGeometry merges a patch with the geometry of now as a client sees it in
// the body's CRS. What leaves the coordinates alone leaves the geometry as it is.
func (b *Body) patchGeometry(patch json.RawMessage, now *geo.Feature) (g geo.Geometry, reason geo.Sentence) {
	flat := !now.Geometry.IsNull() && !now.Geometry.HasZ()
	var members map[string]json.RawMessage
	if now.Geometry.IsNull() || patch[0] != '{' || json.Unmarshal(patch, &members) != nil {
		return b.geometry(patch, flat)
	}
	_, coordinates := members["coordinates"]
	_, parts := members["geometries"]
	_, typed := members["type"]
	switch kind := typeOf(members); {
	case typed && (coordinates || parts):
		return b.geometry(patch, flat)
	case typed && kind != now.Geometry.Type().String():
		return g, geo.Say("must have coordinates, as its type changes")
	case !coordinates && !parts:
		return now.Geometry, reason
	}
	members["type"] = json.RawMessage(strconv.Quote(now.Geometry.Type().String()))
	whole, err := json.Marshal(members)
	if err != nil {
		return g, geo.Say("cannot be read")
	}
	return b.geometry(whole, flat)
}

// merged applies a merge patch to a JSON value (RFC 7396 section 2); both are
// well formed.
func merged(target, patch json.RawMessage) json.RawMessage {
	var tree, change any
	decode(target, &tree)
	if !decode(patch, &change) {
		return patch
	}
	b, err := json.Marshal(merge(tree, change))
	if err != nil {
		return patch
	}
	return b
}

func decode(raw json.RawMessage, to *any) bool {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(to) == nil
}

func merge(target, patch any) any {
	change, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	result, ok := target.(map[string]any)
	if !ok {
		result = map[string]any{}
	}
	for name, value := range change {
		if value == nil {
			delete(result, name)
		} else {
			result[name] = merge(result[name], value)
		}
	}
	return result
}
