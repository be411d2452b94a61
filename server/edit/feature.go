package edit

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"puy/geo"
	"puy/server/answer"
)

// maxFeatures bounds how many features one request creates.
const maxFeatures = 10_000

// Features reads new features: a Feature, or a FeatureCollection, of which all or
// none are to be created. The id of each is its key; where the schema has no key
// field it is empty, and the id that the body may have does not count.
func (b *Body) Features() (list []geo.Feature, collection bool, err error) {
	var f faults
	switch kind := b.kind(); kind {
	case "Feature":
		list = []geo.Feature{b.feature(&f, "", b.members, nil)}
		return list, false, f.err()
	case "FeatureCollection":
		var members []map[string]json.RawMessage
		if raw := b.members["features"]; raw == nil || json.Unmarshal(raw, &members) != nil || len(members) == 0 {
			return nil, true, answer.Refusal(http.StatusBadRequest, "features.none")
		}
		if len(members) > maxFeatures {
			return nil, true, answer.Refusal(http.StatusRequestEntityTooLarge, "features.many", "most", strconv.Itoa(maxFeatures))
		}
		list = make([]geo.Feature, len(members))
		for i, m := range members {
			at := "/features/" + strconv.Itoa(i)
			if typeOf(m) != "Feature" {
				f.add(pointer(at, "type"), geo.Say("The type of feature %d", i+1), m["type"], geo.Say(`must be "Feature"`))
				continue
			}
			list[i] = b.feature(&f, at, m, nil)
		}
		return list, true, f.err()
	}
	return nil, false, answer.Refusal(http.StatusBadRequest, "features.type")
}

// Replacement reads a feature that takes the place of now. What the body says of
// its id does not count; the key cannot change.
func (b *Body) Replacement(now *geo.Feature) (geo.Feature, error) {
	if b.kind() != "Feature" {
		return geo.Feature{}, answer.Refusal(http.StatusBadRequest, "feature.type")
	}
	var f faults
	feature := b.feature(&f, "", b.members, now)
	return feature, f.err()
}

func (b *Body) kind() string { return typeOf(b.members) }

func typeOf(members map[string]json.RawMessage) string {
	text := ""
	if raw := members["type"]; raw != nil {
		text, _ = asText(raw)
	}
	return text
}

// feature reads the members of a Feature at a place of the body; now is the one
// that it replaces, nil for a new one.
func (b *Body) feature(f *faults, at string, members map[string]json.RawMessage, now *geo.Feature) geo.Feature {
	schema := &b.dataset.Current.Schema
	result := geo.Feature{Values: make([]geo.Value, len(schema.Fields))}
	properties := map[string]json.RawMessage{}
	if raw := members["properties"]; raw == nil || json.Unmarshal(raw, &properties) != nil {
		f.add(pointer(at, "properties"), geo.Say("The member properties"), raw, geo.Say("must be an object"))
		return result
	}
	b.unknown(f, at, properties)
	for i, field := range schema.Fields {
		if raw, ok := properties[field.Name]; ok {
			b.value(f, at, field, raw, &result.Values[i])
		} else if now != nil && field.Name == schema.Key {
			result.Values[i] = now.Values[i]
		}
	}
	b.key(f, at, &result, now, properties)

	raw, ok := members["geometry"]
	var reason geo.Sentence
	switch {
	case ok:
		result.Geometry, reason = b.geometry(raw, now != nil && !now.Geometry.HasZ())
	case schema.Spatial():
		reason = geo.Say("is missing; null stands for none")
	}
	if !reason.IsZero() {
		f.add(pointer(at, "geometry"), geo.Say("The geometry"), raw, reason)
	}
	return result
}

// unknown tells of properties that the schema does not have.
func (b *Body) unknown(f *faults, at string, properties map[string]json.RawMessage) {
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if name == "" || b.dataset.Current.Schema.Index(name) < 0 {
			f.add(pointer(at+"/properties", name), named(name), properties[name], geo.Say("is not one of the dataset"))
		}
	}
}

func (b *Body) value(f *faults, at string, field geo.Field, raw json.RawMessage, to *geo.Value) {
	v, reason := read(field, raw)
	if !reason.IsZero() {
		f.add(pointer(at+"/properties", field.Name), named(field.Name), raw, reason)
		return
	}
	*to = v
}

// key finds the id of a feature, which is that of now where there is one.
func (b *Body) key(f *faults, at string, feature, now *geo.Feature, properties map[string]json.RawMessage) {
	if now != nil {
		feature.ID = now.ID
	}
	name := b.dataset.Current.Schema.Key
	i := b.dataset.Current.Schema.Index(name)
	if i < 0 {
		return
	}
	at = pointer(at+"/properties", name)
	raw, given := properties[name]
	id := feature.Values[i].String()
	switch {
	case slices.ContainsFunc(f.list, func(e answer.ParameterError) bool { return e.Pointer == at }): // told already
	case now != nil && given && id != now.ID:
		f.add(at, named(name), raw, geo.Say("is the key of the feature, %q, which cannot change", geo.ClipValue(now.ID)))
	case now == nil && !given:
		f.add(at, named(name), nil, geo.Say("is the key of the dataset, and missing"))
	case now == nil && strings.TrimSpace(id) == "":
		f.add(at, named(name), raw, geo.Say("is the key of the dataset, and must not be empty"))
	case now == nil:
		feature.ID = id
	}
}

func named(name string) geo.Sentence { return geo.Say("The property %q", geo.ClipValue(name)) }
