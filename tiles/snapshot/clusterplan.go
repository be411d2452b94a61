package snapshot

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"puy/catalog"
	"puy/geo"
	"puy/tiles/mvt/wire"
)

// clusterMeta says what the clusters of a snapshot carry.
type clusterMeta struct {
	Numbers    []clusterNumber `json:"numbers,omitempty"`
	By         int             `json:"by"` // a column; -1 for none
	Categories []string        `json:"categories,omitempty"`
}

// clusterNumber is a column whose values are added up.
type clusterNumber struct {
	Column  int  `json:"column"`
	Sum     bool `json:"sum,omitempty"`
	Mean    bool `json:"mean,omitempty"`
	Integer bool `json:"integer,omitempty"`
}

const (
	// maxCategories is how many values of a field clusters count, the most frequent.
	maxCategories = 16
	// maxDistinct is how many such a field may have: with more it does not tell
	// categories but names.
	maxDistinct = 256
	// maxCategory is how long a category may be, in bytes; it becomes the name of
	// an attribute.
	maxCategory       = 256
	maxClusterNumbers = 64
)

// plan decides what clusters carry, and gives the categories by their encoded
// values.
func (s *spool) plan(c *catalog.Cluster) (*clusterMeta, map[string]int, error) {
	var schema geo.Schema
	for i := range s.columns {
		schema.Fields = append(schema.Fields, s.columns[i].field)
	}
	if _, err := c.CheckSchema(&schema); err != nil {
		return nil, nil, err
	}
	m := &clusterMeta{By: -1}
	for i, f := range schema.Fields {
		n := clusterNumber{i, slices.Contains(c.Sum, f.Name), slices.Contains(c.Mean, f.Name), f.Type == geo.TypeInteger}
		if n.Sum || n.Mean {
			m.Numbers = append(m.Numbers, n)
		}
	}
	if c.By == "" {
		return m, nil, nil
	}
	m.By = schema.Index(c.By)
	counts := map[string]int{}
	for i := range s.entries {
		if s.entries[i].kind != kindPoints {
			continue
		}
		if value := s.at(s.entries[i].offset).column(m.By); len(value) > 0 && len(value) <= maxCategory {
			counts[string(value)]++
		}
		if len(counts) > maxDistinct {
			return nil, nil, geo.Errorf(geo.KindInvalid, "tiles.cluster.by: the field %q has more than %d values, which are too many to count one by one", c.By, maxDistinct)
		}
	}
	var values []string
	for value := range counts {
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	numbers := map[string]int{}
	for i, value := range values[:min(len(values), maxCategories)] {
		numbers[value] = i
		m.Categories = append(m.Categories, textOf([]byte(value)))
	}
	return m, numbers, nil
}

// keys gives the names of the attributes of clusters, in their order.
func (m *clusterMeta) keys(columns []column) []string {
	keys := catalog.ClusterKeys()
	for _, n := range m.Numbers {
		keys = append(keys, catalog.ClusterSum+columns[n.Column].name, catalog.ClusterMean+columns[n.Column].name)
	}
	for _, category := range m.Categories {
		keys = append(keys, catalog.ClusterCount+category)
	}
	return keys
}

// fits tells whether a description from a file can be one.
func (m *clusterMeta) fits(columns int) bool {
	for _, n := range m.Numbers {
		if n.Column < 0 || n.Column >= columns {
			return false
		}
	}
	return m.By >= -1 && m.By < columns && len(m.Numbers) <= maxClusterNumbers && len(m.Categories) <= maxCategories
}

// column gives the attribute of a column; it takes those before.
func (s spooled) column(n int) []byte {
	for range n {
		s.value()
	}
	return s.value()
}

// encoded takes an encoded value apart: its kind and its content. A broken one
// has kind 0.
func encoded(b []byte) (key byte, content []byte) {
	if len(b) == 0 || b[0] != wire.LayerValue {
		return 0, nil
	}
	n, rest, ok := uvarint(b[1:])
	if !ok || n == 0 || n != uint64(len(rest)) {
		return 0, nil
	}
	return rest[0], rest[1:]
}

// numberOf gives an encoded value as a number, if it is a finite one.
func numberOf(b []byte) (v float64, ok bool) {
	key, content := encoded(b)
	switch key {
	case wire.ValueDouble:
		if len(content) == 8 {
			v = math.Float64frombits(binary.LittleEndian.Uint64(content))
			return v, !math.IsNaN(v) && !math.IsInf(v, 0)
		}
	case wire.ValueInt, wire.ValueSint:
		u, _, ok := uvarint(content)
		if key == wire.ValueSint {
			u = u>>1 ^ -(u & 1)
		}
		return float64(int64(u)), ok
	}
	return 0, false
}

// textOf gives an encoded text, integer or boolean as a text.
func textOf(b []byte) string {
	switch key, content := encoded(b); key {
	case wire.ValueString:
		if _, text, ok := uvarint(content); ok {
			return string(text)
		}
	case wire.ValueBool:
		return strconv.FormatBool(len(content) > 0 && content[0] != 0)
	}
	v, _ := numberOf(b)
	return strconv.FormatFloat(v, 'f', -1, 64)
}
