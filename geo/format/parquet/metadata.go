package parquet

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format/parquet/columns"
)

// metadata is what the key "geo" holds.
type metadata struct {
	Version string                    `json:"version"`
	Primary string                    `json:"primary_column"`
	Columns map[string]geometryColumn `json:"columns"`
}

// geometryColumn describes one column of geometries.
type geometryColumn struct {
	Encoding string          `json:"encoding"`
	Types    []string        `json:"geometry_types"`
	CRS      json.RawMessage `json:"crs,omitempty"`
	Edges    string          `json:"edges,omitempty"`
	Bounds   []float64       `json:"bbox,omitempty"`
	Covering *covering       `json:"covering,omitempty"`
}

// covering names the columns of each feature's box.
type covering struct {
	BBox map[string][]string `json:"bbox"`
}

// primary is the column of the geometry and how to read it.
type primary struct {
	node     *columns.Node
	encoding string // "WKB", or a native one in lower case
	guessed  bool   // nothing but its name says that it is one
	crs      crs.Code
	unknown  string // a CRS that is not known
	geodesic bool
	bounds   geo.Bounds
}

// findPrimary finds the geometry. Hidden are the columns that are no fields.
func findPrimary(f *columns.File, chosen string) (p primary, hidden map[string]bool, warnings []geo.Problem, err error) {
	hidden = map[string]bool{}
	var m metadata
	if text, ok := f.Metadata["geo"]; ok {
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			return p, nil, nil, geo.Errorf(geo.KindInvalid, "the metadata \"geo\" cannot be read: %w", err)
		}
	}
	for name, c := range m.Columns {
		if c.Covering == nil {
			continue
		}
		for _, path := range c.Covering.BBox {
			if len(path) > 0 && path[0] != name {
				hidden[path[0]] = true
			}
		}
	}
	want := m.Primary
	if chosen != "" {
		want = chosen
	}
	for _, n := range f.Root.Children {
		column, described := m.Columns[n.Name]
		annotated := n.Leaf() && n.Kind == columns.KindGeometry
		usual := len(m.Columns) == 0 && n.Flat() && n.Kind == columns.KindBinary && usualName(n.Name)
		isChosen := n.Name == want && (chosen == "" || described || n.Flat() && (annotated || n.Kind == columns.KindBinary))
		switch {
		case isChosen && described, want == "" && described && p.node == nil:
			p = described1(f, n, column)
		case isChosen && (annotated || chosen != ""), p.node == nil && want == "" && annotated:
			p = primary{node: n, encoding: "WKB", bounds: geo.EmptyBounds(), geodesic: n.Geodesic}
			if annotated {
				p.crs, p.unknown = annotatedCRS(f, n.CRS)
			}
		case isBoxes(n) && len(m.Columns) > 0: // that no metadata names, as before version 1.1
			hidden[n.Name] = true
		case p.node == nil && want == "" && usual:
			p = primary{node: n, encoding: "WKB", guessed: true, bounds: geo.EmptyBounds()}
		case described || annotated:
			hidden[n.Name] = true
			warnings = append(warnings, geo.Problem{Column: n.Name, Rule: geo.RuleIgnored, Detail: "a further column of geometries"})
		}
	}
	if p.node == nil && want != "" {
		return p, nil, nil, geo.Errorf(geo.KindInvalid, "there is no column of geometries called %q", want)
	}
	if p.node != nil {
		delete(hidden, p.node.Name)
		if err := p.check(); err != nil {
			return p, nil, nil, err
		}
	}
	return p, hidden, warnings, nil
}

// described1 makes what the metadata describes.
func described1(f *columns.File, n *columns.Node, c geometryColumn) primary {
	p := primary{node: n, encoding: c.Encoding, bounds: geo.EmptyBounds(), geodesic: c.Edges == "spherical"}
	if strings.EqualFold(c.Encoding, "WKB") {
		p.encoding = "WKB"
	}
	switch {
	case c.CRS == nil:
		p.crs = crs.CRS84
	case string(c.CRS) == "null":
	default:
		p.crs, p.unknown = projJSON(c.CRS)
	}
	half := len(c.Bounds) / 2
	if half == 2 || half == 3 {
		b := geo.Bounds{MinX: c.Bounds[0], MinY: c.Bounds[1], MaxX: c.Bounds[half], MaxY: c.Bounds[half+1]}
		if !slices.ContainsFunc(c.Bounds, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) && b.MinY <= b.MaxY && b.MinX <= b.MaxX {
			p.bounds = b
		}
	}
	return p
}

// check wants a column that can hold what its encoding says.
func (p *primary) check() error {
	if p.encoding == "WKB" {
		if !p.node.Flat() || p.node.Kind != columns.KindBinary && p.node.Kind != columns.KindGeometry {
			return geo.Errorf(geo.KindInvalid, "the column %s is not one of well-known binary", p.node.Name)
		}
		return nil
	}
	depth, ok := nativeDepth(p.encoding)
	if !ok {
		return geo.Errorf(geo.KindInvalid, "the column %s is encoded as %q, which is not known", p.node.Name, geo.ClipValue(p.encoding))
	}
	n := newNative(p.node, p.encoding)
	if n == nil || n.depth != depth {
		return geo.Errorf(geo.KindInvalid, "the column %s does not hold what the encoding %s needs", p.node.Name, p.encoding)
	}
	return nil
}

// isBoxes tells whether n is a group of the corners of a box.
func isBoxes(n *columns.Node) bool {
	if n.Leaf() || n.Repeated || len(n.Children) < 4 {
		return false
	}
	for _, c := range n.Children {
		switch c.Name {
		case "xmin", "ymin", "xmax", "ymax", "zmin", "zmax":
		default:
			return false
		}
	}
	return true
}

// usualName tells whether a column of bytes may be one of geometries.
func usualName(name string) bool {
	switch strings.ToLower(name) {
	case "geometry", "geom", "wkb", "wkb_geometry", "the_geom", "geometrie", "shape":
		return true
	}
	return false
}

// annotatedCRS reads the CRS of Parquet's own annotation (Geospatial.md, CRS
// Customization).
func annotatedCRS(f *columns.File, name string) (code crs.Code, unknown string) {
	switch scheme, rest, _ := strings.Cut(name, ":"); {
	case name == "":
		return crs.CRS84, ""
	case scheme == "srid":
		name = "EPSG:" + rest
	case scheme == "projjson":
		name = f.Metadata[rest]
	}
	if strings.HasPrefix(strings.TrimSpace(name), "{") {
		return projJSON([]byte(name))
	}
	if code, ok := crs.Parse(name); ok {
		return code, ""
	}
	return crs.Unknown, name
}

// projJSON reads the identifier of a CRS in PROJJSON; files of drafts of the
// specification have well-known text instead.
func projJSON(raw []byte) (code crs.Code, unknown string) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if code, ok := crs.ParseWKT(text); ok {
			return code, ""
		}
		if code, ok := crs.Parse(text); ok {
			return code, ""
		}
		return crs.Unknown, text
	}
	var system projSystem
	if json.Unmarshal(raw, &system) != nil {
		return crs.Unknown, string(raw[:min(len(raw), 80)])
	}
	return system.find(0)
}

// projSystem is the part of a CRS in PROJJSON that says which one it is.
type projSystem struct {
	Name string `json:"name"`
	ID   *struct {
		Authority string          `json:"authority"`
		Code      json.RawMessage `json:"code"`
	} `json:"id"`
	Components []projSystem `json:"components"` // of a compound CRS: the horizontal one first
	Source     *projSystem  `json:"source_crs"` // of a bound CRS
}

func (s *projSystem) find(depth int) (code crs.Code, unknown string) {
	unknown = s.Name
	if s.ID != nil {
		unknown = s.ID.Authority + ":" + strings.Trim(string(s.ID.Code), `"`)
		if code, ok := crs.Parse(unknown); ok {
			return code, ""
		}
	}
	if depth == 4 {
		return crs.Unknown, unknown
	}
	if len(s.Components) > 0 {
		return s.Components[0].find(depth + 1)
	}
	if s.Source != nil {
		return s.Source.find(depth + 1)
	}
	if unknown == "" {
		unknown = "a CRS without a name"
	}
	return crs.Unknown, unknown
}
