package portal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// collectionView is one dataset in the list of all.
type collectionView struct {
	datasetView
	Href  string
	Links []linkView
}

func (c *resourcePage) listCollections() error {
	list := c.Body.take("collections")
	for _, n := range list.Nodes {
		d, ok := c.view.Lookup(n.text("id"))
		if !ok {
			continue
		}
		links := n.take("links").Links
		contacts := n.take("contacts")
		for i := range contacts.Nodes {
			links = append(links, contacts.Nodes[i].take("links").Links...)
		}
		c.Collections = append(c.Collections, collectionView{c.viewDataset(d), c.at(c.resource.Address + escaped([]string{d.ID})), links})
	}
	var err error
	c.Lead, err = c.Count("count.datasets", int64(len(c.Collections)))
	if err != nil {
		return err
	}
	return c.describeAsData()
}

// itemsView is a page of features as a table.
type itemsView struct {
	Caption    string
	Columns    []columnView
	Rows       []itemRow
	Spatial    bool
	Prev, Next *linkView
}

type columnView struct {
	Name, Title string
	Numeric     bool
}

type itemRow struct {
	ID, Href, Geometry string
	Cells              []node
}

// feature is what a page needs to know of a feature's place.
type feature struct {
	Geometry *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Geometries  json.RawMessage `json:"geometries"`
	} `json:"geometry"`
}

func (c *resourcePage) listItems() error {
	var places struct {
		Features []feature `json:"features"`
	}
	if err := json.Unmarshal(c.resource.Body, &places); err != nil {
		return err
	}
	c.Names = c.fieldTitles()
	features := c.Body.take("features")
	t := &itemsView{Spatial: c.dataset != nil && c.dataset.Current.Schema.Spatial()}
	extent := geo.EmptyBounds()
	for i, f := range features.Nodes {
		properties := f.get("properties")
		for _, m := range properties.Nodes {
			if !slices.ContainsFunc(t.Columns, func(col columnView) bool { return col.Name == m.Name }) {
				t.Columns = append(t.Columns, columnView{Name: m.Name, Title: cmp.Or(c.Names[m.Name], m.Name)})
			}
		}
		row := itemRow{ID: f.text("id")}
		row.Href = c.at(c.resource.Address + escaped([]string{row.ID}))
		if g := places.Features[i].Geometry; g != nil {
			row.Geometry = g.Type
			extent = extent.Union(boundsOf(g.Coordinates, g.Geometries))
		}
		t.Rows = append(t.Rows, row)
	}
	for i, f := range features.Nodes {
		properties := f.get("properties")
		for j := range t.Columns {
			cell := properties.get(t.Columns[j].Name)
			t.Columns[j].Numeric = t.Columns[j].Numeric || cell.Kind == kindNumber
			t.Rows[i].Cells = append(t.Rows[i].Cells, cell)
		}
	}
	// These tell of the table, or change with each answer.
	for _, name := range []string{"type", "timeStamp", "numberReturned"} {
		c.Body.take(name)
	}
	t.Next, t.Prev = c.again("next"), c.again("prev")
	var err error
	if t.Caption, err = c.caption(int64(len(t.Rows))); err != nil {
		return err
	}
	c.Items = t
	if err := c.mapItems("dataset.map", extent); err != nil {
		return err
	}
	for name, values := range c.resource.Query {
		if !slices.Contains([]string{"cursor", "offset", "limit"}, name) {
			c.Asked = append(c.Asked, name+" = "+strings.Join(values, ", "))
		}
	}
	slices.Sort(c.Asked)
	c.Unasked = c.at(c.resource.Address)
	for _, o := range c.resource.Operations {
		if c.Form, err = c.newForm(o, "", []string{"f", "lang", "cursor", "offset"}, c.resource.Query); err != nil {
			return err
		}
		c.Form.Action = c.resource.Address
	}
	return c.describeAsData()
}

// caption tells how many features the page shows, and how many there are.
func (c *resourcePage) caption(shown int64) (string, error) {
	counted, err := c.Count("count.features", shown)
	if err != nil {
		return "", err
	}
	matched := c.Body.take("numberMatched")
	if matched.Kind != kindNumber {
		return counted, nil
	}
	n, err := json.Number(matched.Text).Int64()
	if err != nil {
		return counted, nil
	}
	total, err := c.Count("count.features", n)
	if err != nil {
		return "", err
	}
	return c.Text("resource.range", "shown", c.Integer(shown), "total", total)
}

func (c *resourcePage) fieldTitles() map[string]string {
	titles := map[string]string{}
	if c.dataset != nil {
		for _, f := range viewFields(c.Language, &c.dataset.Current.Schema) {
			titles[f.Name] = f.Title
			if f.Unit != "" {
				titles[f.Name] += " (" + f.Unit + ")"
			}
		}
	}
	return titles
}

// mapItems draws the features of the document, in degrees whatever system it
// is in, on the map of their dataset.
func (c *resourcePage) mapItems(heading string, extent geo.Bounds) error {
	if c.dataset == nil || extent.IsEmpty() {
		return nil
	}
	m, err := c.newMap(heading, []store.Dataset{*c.dataset})
	if err != nil || m == nil || len(m.Data.Layers) == 0 {
		return err
	}
	query := url.Values{"f": {c.resource.Formats[0].Name}}
	for name, values := range c.resource.Query {
		if name != "crs" {
			query[name] = values
		}
	}
	u, err := url.Parse(c.resource.Address)
	if err != nil {
		return err
	}
	layer := &m.Data.Layers[0]
	layer.Cluster, layer.Bounds = 0, nil
	layer.Rows, layer.Items = int64(len(c.Items.rows())), c.link("datasets", c.dataset.ID, "items")+"/"
	if c.Items != nil {
		query.Set("limit", fmt.Sprint(layer.Rows)) // a page may end before its limit
	}
	layer.GeoJSON = u.EscapedPath() + "?" + query.Encode()
	if !c.resource.Query.Has("crs") {
		m.Data.Bounds = corners(extent)
	}
	m.Data.TileJSON = "" // it tells of tiles
	c.Map = m
	return nil
}

// rows gives the rows of a table; one where the page is of one feature.
func (t *itemsView) rows() []itemRow {
	if t == nil {
		return make([]itemRow, 1)
	}
	return t.Rows
}

// geometryMost is how long the coordinates are, in bytes of JSON, that a page
// still writes out.
const geometryMost = 500

func (c *resourcePage) showItem(r *http.Request) error {
	var f feature
	if err := json.Unmarshal(c.resource.Body, &f); err != nil {
		return err
	}
	c.Names = c.fieldTitles()
	c.Values = c.Body.take("properties").Nodes
	c.Body.take("type")
	if geometry := c.Body.get("geometry"); len(geometry.Text) > geometryMost {
		c.Body.take("geometry")
	}
	if c.dataset != nil {
		c.Canonical = answer.URL(r, "/"+c.Code+"/datasets", c.dataset.ID, "items", c.resource.Item)
	}
	if f.Geometry != nil {
		if err := c.mapItems("item.map", boundsOf(f.Geometry.Coordinates, f.Geometry.Geometries)); err != nil {
			return err
		}
	}
	return c.describeAsData()
}

// boundsOf gives the box of the positions in the coordinates of a GeoJSON
// geometry: its innermost arrays.
func boundsOf(parts ...json.RawMessage) geo.Bounds {
	b := geo.EmptyBounds()
	for _, part := range parts {
		for {
			end := bytes.IndexByte(part, ']')
			if end < 0 {
				break
			}
			start := bytes.LastIndexByte(part[:end], '[')
			var position []float64
			if start >= 0 && json.Unmarshal(part[start:end+1], &position) == nil && len(position) >= 2 {
				b = b.Union(geo.Bounds{MinX: position[0], MinY: position[1], MaxX: position[0], MaxY: position[1]})
			}
			part = part[end+1:]
		}
	}
	return b
}
