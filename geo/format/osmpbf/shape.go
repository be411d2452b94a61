package osmpbf

import (
	"slices"

	"puy/geo/format/osmpbf/block"
)

// shapeOf tells what e is on a map.
func shapeOf(e *block.Element) shape {
	switch e.Kind {
	case block.Node:
		return point
	case block.Way:
		if e.Closed() && isArea(e) {
			return area
		}
		return line
	case block.Relation:
		switch string(e.Get("type")) {
		case "multipolygon", "boundary":
			return area
		case "route", "waterway":
			return line
		}
	}
	return nothing
}

// areaKey is a key that makes a closed way an area: with any value, with these
// only, or with any but these.
type areaKey struct {
	key    string
	values []string
	except bool
}

// areaKeys are the keys of areas, after the tables that editors and maps go by
// (OpenStreetMap wiki, "Key:area" and "Overpass turbo/Polygon Features"). Roads,
// paths, walls and fences are lines unless area=yes says otherwise.
var areaKeys = [...]areaKey{
	{key: "building"}, {key: "building:part"}, {key: "landuse"}, {key: "amenity"}, {key: "shop"}, {key: "office"}, {key: "craft"}, {key: "healthcare"},
	{key: "tourism"}, {key: "historic"}, {key: "place"}, {key: "boundary"}, {key: "military"}, {key: "ruins"}, {key: "geological"},
	{key: "area:highway"}, {key: "indoor", values: []string{"area", "corridor", "room", "level"}}, {key: "golf"},
	{key: "natural", values: []string{"coastline", "cliff", "ridge", "arete", "tree_row", "valley"}, except: true},
	{key: "leisure", values: []string{"track", "slipway"}, except: true},
	{key: "man_made", values: []string{"cutline", "embankment", "pipeline", "dyke", "breakwater", "groyne"}, except: true},
	{key: "aeroway", values: []string{"taxiway", "runway", "parking_position"}, except: true},
	{key: "waterway", values: []string{"riverbank", "dock", "boatyard", "dam"}},
	{key: "railway", values: []string{"station", "turntable", "roundhouse", "platform"}},
	{key: "public_transport", values: []string{"platform", "station", "stop_area"}},
	{key: "power", values: []string{"plant", "substation", "generator", "transformer"}},
	{key: "highway", values: []string{"services", "rest_area", "platform"}},
}

// isArea tells whether the tags of a closed way make it an area.
func isArea(e *block.Element) bool {
	switch string(e.Get("area")) {
	case "":
	case "no":
		return false
	default:
		return true
	}
	for _, a := range areaKeys {
		value := e.Get(a.key)
		if value == nil || string(value) == "no" {
			continue
		}
		if a.values == nil || slices.Contains(a.values, string(value)) != a.except {
			return true
		}
	}
	return false
}

// inRing tells whether a way with that role in a relation of areas is part of a ring.
func inRing(role []byte) bool {
	switch string(role) {
	case "outer", "inner", "", "exclave", "enclave":
		return true
	}
	return false
}

// alongLine tells whether a way with that role in a route is part of the way that
// one takes, and not a place beside it.
func alongLine(role []byte) bool {
	switch string(role) {
	case "platform", "platform_entry_only", "platform_exit_only", "stop", "stop_entry_only", "stop_exit_only", "hail_and_ride_stop", "guidepost", "information":
		return false
	}
	return true
}

// needs calls fn with the ways that the geometry of a relation consists of, each once.
func needs(e *block.Element, s shape, fn func(id int64, role []byte) error) error {
	seen := make(map[int64]bool, len(e.Members))
	for _, m := range e.Members {
		role := e.Role(m)
		if m.Kind != block.Way || seen[m.ID] || s == area && !inRing(role) || s == line && !alongLine(role) {
			continue
		}
		seen[m.ID] = true
		if err := fn(m.ID, role); err != nil {
			return err
		}
	}
	return nil
}
