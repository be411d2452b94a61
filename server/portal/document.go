package portal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"puy/server/answer"
	"puy/web"
)

// kinds of a node, for templates.
const (
	kindObject = "object"
	kindArray  = "array"
	kindLinks  = "links" // an array whose elements are links
	kindTable  = "table" // an array of objects of scalars
	kindText   = "text"
	kindNumber = "number"
	kindTrue   = "true"
	kindFalse  = "false"
	kindNull   = "null"
	kindRaw    = "raw" // JSON as it stands
)

// nestedMost is how deep a page follows a document; JSON in a column may nest
// as deep as a stranger likes.
const nestedMost = 12

// node is one value of a JSON document with its members in their order.
type node struct {
	Name  string // as a member of an object
	Label string // what the name is called on a page
	Kind  string
	Text  string
	Nodes []node
	Links []linkView
	Fold  string // what to call a list so long that it is shown on demand
}

// listedMost is how many elements of a list a page shows unasked.
const listedMost = 12

// linkView is a web link (RFC 8288) as pages show it.
type linkView struct {
	Text, Href, Rel, Type, Lang string
	Templated                   bool // Href is no address yet
}

// readDocument parses a document of the API.
func readDocument(l *web.Language, body []byte) (node, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	n, err := readNode(l, d, "", 0)
	if err != nil {
		return node{}, fmt.Errorf("reading a document to show: %w", err)
	}
	return n, nil
}

func readNode(l *web.Language, d *json.Decoder, name string, depth int) (node, error) {
	n := node{Name: name, Label: name, Kind: kindRaw}
	if key := "member." + name; l.Has(key) {
		label, err := l.Text(key)
		if err != nil {
			return n, err
		}
		n.Label = label
	}
	if name == "geometry" || depth > nestedMost {
		var raw json.RawMessage
		err := d.Decode(&raw)
		n.Text = string(raw)
		return n, err
	}
	token, err := d.Token()
	if err != nil {
		return n, err
	}
	switch t := token.(type) {
	case json.Delim:
		n.Kind = kindArray
		if t == '{' {
			n.Kind = kindObject
		}
		for d.More() {
			member := ""
			if t == '{' {
				key, err := d.Token()
				if err != nil {
					return n, err
				}
				member, _ = key.(string)
			}
			child, err := readNode(l, d, member, depth+1)
			if err != nil {
				return n, err
			}
			n.Nodes = append(n.Nodes, child)
		}
		if _, err = d.Token(); err != nil {
			return n, err
		}
		return n.refined(l)
	case string:
		n.Kind, n.Text = kindText, t
	case json.Number:
		n.Kind, n.Text = kindNumber, t.String()
	case bool:
		if n.Kind = kindFalse; t {
			n.Kind = kindTrue
		}
		n.Text, err = l.Text("value." + n.Kind)
		return n, err
	default:
		n.Kind = kindNull
	}
	return n, nil
}

// refined tells lists of links, tables and positions from other arrays, and
// what is too long to be shown unasked.
func (n node) refined(l *web.Language) (node, error) {
	if n.Kind != kindArray || len(n.Nodes) == 0 {
		return n.folded(l)
	}
	isLink := func(c node) bool { return c.Kind == kindObject && c.text("href") != "" && c.text("rel") != "" }
	if !slices.ContainsFunc(n.Nodes, func(c node) bool { return !isLink(c) }) {
		n.Kind = kindLinks
		for _, c := range n.Nodes {
			n.Links = append(n.Links, viewLink(l, c))
		}
		return n, nil
	}
	if text, ok := n.line(); ok {
		n.Kind, n.Text, n.Nodes = kindText, text, nil
		return n, nil
	}
	if isTable(n) {
		n.Kind = kindTable
		for i := range n.Nodes {
			n.Nodes[i].Nodes = linksFirst(n.Nodes[i].Nodes)
		}
	}
	return n.folded(l)
}

func (n node) folded(l *web.Language) (node, error) {
	if len(n.Nodes) <= listedMost {
		return n, nil
	}
	var err error
	n.Fold, err = l.Count("count.values", int64(len(n.Nodes)))
	return n, err
}

// line gives a list of numbers, or of short texts that are no addresses, as one text.
func (n node) line() (text string, ok bool) {
	texts := make([]string, len(n.Nodes))
	for i, c := range n.Nodes {
		if c.Kind != kindNumber && (c.Kind != kindText || c.Href() != "" || len(c.Text) > 40) {
			return "", false
		}
		texts[i] = c.Text
	}
	return strings.Join(texts, ", "), n.Kind == kindArray
}

// isTable tells whether an array consists of objects of the same members, none
// of which needs room.
func isTable(n node) bool {
	names := func(c node) string {
		var b strings.Builder
		for _, m := range c.Nodes {
			b.WriteString(m.Name + "\n")
		}
		return b.String()
	}
	other := func(c node) bool {
		return c.Kind != kindObject || names(c) != names(n.Nodes[0]) || len(c.Nodes) == 0 ||
			slices.ContainsFunc(c.Nodes, func(m node) bool { return m.Kind == kindObject || m.Kind == kindTable || m.Kind == kindRaw })
	}
	return n.Kind == kindArray && !slices.ContainsFunc(n.Nodes, other)
}

// linksFirst gives the cells of a row with those of links after the first: behind
// many columns nobody finds them.
func linksFirst(cells []node) []node {
	order := slices.Clone(cells)
	slices.SortStableFunc(order[1:], func(a, b node) int {
		rank := map[bool]int{true: 0, false: 1}
		return rank[a.Kind == kindLinks] - rank[b.Kind == kindLinks]
	})
	return order
}

// Narrow tells whether a cell is to stand in one line.
func (n *node) Narrow() bool {
	return n.Kind == kindLinks || n.Text != "" && len(n.Text) < 30
}

func viewLink(l *web.Language, n node) linkView {
	v := linkView{Text: n.text("title"), Href: n.text("href"), Rel: n.text("rel"), Type: n.text("type"), Lang: n.text("hreflang")}
	v.Templated = n.get("templated").Kind == kindTrue || strings.ContainsAny(v.Href, "{}")
	if v.Text == "" {
		v.Text = v.Relation()
		if text, err := l.Text("rel." + v.Text); err == nil {
			v.Text = text
		}
	}
	return v
}

// Relation gives the relation's name, which of one that is an address is its end.
func (v linkView) Relation() string { return path.Base(v.Rel) }

// Media gives the media type without its parameters.
func (v linkView) Media() string {
	mediaType, _, _ := strings.Cut(v.Type, ";")
	return mediaType
}

// get gives a member of an object, an empty one where there is none.
func (n *node) get(name string) node {
	for _, m := range n.Nodes {
		if m.Name == name {
			return m
		}
	}
	return node{Kind: kindNull}
}

// text gives the text of a member.
func (n *node) text(name string) string {
	m := n.get(name)
	return m.Text
}

// take removes a member and gives it.
func (n *node) take(name string) node {
	m := n.get(name)
	n.Nodes = slices.DeleteFunc(slices.Clone(n.Nodes), func(c node) bool { return c.Name == name })
	return m
}

// Href gives the address that a text is, or "".
func (n node) Href() string {
	if n.Kind == kindText && (strings.HasPrefix(n.Text, "https://") || strings.HasPrefix(n.Text, "http://")) && !strings.ContainsAny(n.Text, "{} ") {
		return n.Text
	}
	return ""
}

// formats gives the other representations as links.
func formats(x *answer.Resource) []linkView {
	names := map[string]string{"json": "JSON", "geojson": "GeoJSON", "csv": "CSV", "jsonfg": "JSON-FG", "fgb": "FlatGeobuf", "gpkg": "GeoPackage",
		"geojsonseq": "GeoJSON Text Sequences", "parquet": "GeoParquet", "kml": "KML", "kmz": "KMZ", "shp": "Shapefile", "xlsx": "XLSX", "tilejson": "TileJSON", "mapbox": "MapLibre"}
	var links []linkView
	for _, f := range x.Formats {
		name := names[f.Name]
		if name == "" {
			name = f.Name
		}
		links = append(links, linkView{Text: name, Href: f.URL, Rel: "alternate", Type: f.MediaType})
	}
	return links
}
