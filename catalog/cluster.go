package catalog

import (
	"maps"
	"reflect"
	"slices"

	"puy/geo"
)

// Cluster says how points are drawn as one where they are near one another. In a
// file it is a mapping, or just true.
type Cluster struct {
	Radius int      `json:"radius,omitempty" yaml:"radius"` // in pixels of a tile of 512; no two are nearer. 0 means 50
	Until  *int     `json:"until,omitempty" yaml:"until"`   // the last zoom with clusters; nil means 14
	Sum    []string `json:"sum,omitempty" yaml:"sum"`       // number fields: clusters carry their sums
	Mean   []string `json:"mean,omitempty" yaml:"mean"`     // number fields: clusters carry their means
	By     string   `json:"by,omitempty" yaml:"by"`         // a field: clusters carry the counts of its most frequent values

	Off bool `json:"-" yaml:"-"` // the file says false
}

// What Cluster's fields mean that are not set, and their bounds.
const (
	ClusterRadius    = 50
	ClusterUntil     = 14
	minClusterRadius = 8
	maxClusterRadius = 256
	maxClusterFields = 16
)

// ClusterKeys are the attributes that every cluster has.
func ClusterKeys() []string {
	return []string{"cluster", "point_count", "point_count_abbreviated", "expansion_zoom"}
}

// The attributes that clusters have by a field, or by a category.
const (
	ClusterSum   = "sum_"
	ClusterMean  = "mean_"
	ClusterCount = "count_"
)

// Attributes gives the names of the attributes of clusters, with one for all
// categories, which ends with "*".
func (c *Cluster) Attributes() []string {
	names := ClusterKeys()
	for _, f := range c.Sum {
		names = append(names, ClusterSum+f)
	}
	for _, f := range c.Mean {
		names = append(names, ClusterMean+f)
	}
	if c.By != "" {
		names = append(names, ClusterCount+"*")
	}
	return names
}

// Pixels gives the radius in pixels of a tile of 512.
func (c *Cluster) Pixels() int {
	if c.Radius == 0 {
		return ClusterRadius
	}
	return c.Radius
}

// LastZoom gives the last zoom with clusters.
func (c *Cluster) LastZoom() int {
	if c.Until == nil {
		return ClusterUntil
	}
	return *c.Until
}

// UnmarshalYAML reads true, false or a mapping.
func (c *Cluster) UnmarshalYAML(read func(any) error) error {
	var on bool
	if read(&on) == nil {
		*c = Cluster{Off: !on}
		return nil
	}
	type mapping Cluster
	return read((*mapping)(c))
}

// CheckSchema tells whether data of a schema can be clustered as c says; nil can
// always. Else it names the field that is in the way, if one is, and says why; the
// error is of KindInvalid.
func (c *Cluster) CheckSchema(s *geo.Schema) (field string, err error) {
	if c == nil {
		return "", nil
	}
	made := ClusterKeys()
	for _, list := range []struct {
		key, prefix string
		fields      []string
	}{{"sum", ClusterSum, c.Sum}, {"mean", ClusterMean, c.Mean}} {
		for _, name := range list.fields {
			i := s.Index(name)
			if i < 0 {
				return name, geo.Errorf(geo.KindInvalid, "tiles.cluster.%s: the data have no field %q", list.key, name)
			}
			if t := s.Fields[i].Type; t != geo.TypeInteger && t != geo.TypeNumber {
				return name, geo.Errorf(geo.KindInvalid, "tiles.cluster.%s: the field %q is of type %s, not a number", list.key, name, t)
			}
			made = append(made, list.prefix+name)
		}
	}
	if c.By != "" {
		i := s.Index(c.By)
		if i < 0 {
			return c.By, geo.Errorf(geo.KindInvalid, "tiles.cluster.by: the data have no field %q", c.By)
		}
		if t := s.Fields[i].Type; !countable(t) {
			return c.By, geo.Errorf(geo.KindInvalid, "tiles.cluster.by: the field %q is of type %s, not text, integer or boolean", c.By, t)
		}
	}
	for _, f := range s.Fields {
		if slices.Contains(made, f.Name) {
			return f.Name, geo.Errorf(geo.KindInvalid, "tiles.cluster: the field %q bears the name of an attribute of clusters", f.Name)
		}
	}
	return "", nil
}

func countable(t geo.FieldType) bool {
	return t == geo.TypeText || t == geo.TypeInteger || t == geo.TypeBoolean
}

// Equal tells whether t and o say the same.
func (t Tiles) Equal(o Tiles) bool {
	// Asked for every tile: reflection only where there is a cluster to look into.
	return t.KeepAll == o.KeepAll && t.MaxBytes == o.MaxBytes && maps.Equal(t.Fields, o.Fields) &&
		(t.Cluster == o.Cluster || reflect.DeepEqual(t.Cluster, o.Cluster))
}

// cluster checks what the file says by itself, and against the fields that it
// declares with a type.
func (c *checker) cluster(d *Dataset) {
	cl := d.Tiles.Cluster
	if cl == nil {
		return
	}
	at := func(key string) []string { return []string{"tiles", "cluster", key} }
	if d.Tiles.KeepAll {
		c.note(at(""), "tiles.cluster: keep_all and cluster exclude each other")
	}
	if r := cl.Pixels(); r < minClusterRadius || r > maxClusterRadius {
		c.note(at("radius"), "tiles.cluster.radius: %d to %d pixels are expected", minClusterRadius, maxClusterRadius)
	}
	if z := cl.LastZoom(); z < 0 || z > ClusterUntil {
		c.note(at("until"), "tiles.cluster.until: a zoom from 0 to %d is expected", ClusterUntil)
	}
	declared := map[string]geo.FieldType{}
	for _, f := range d.Fields {
		declared[f.Name] = f.Type
	}
	for i, list := range [][]string{cl.Sum, cl.Mean} {
		key := []string{"sum", "mean"}[i]
		if len(list) > maxClusterFields {
			c.note(at(key), "tiles.cluster.%s: at most %d fields are expected", key, maxClusterFields)
		}
		for i, name := range list {
			switch t := declared[name]; {
			case name == "":
				c.note(at(key), "tiles.cluster.%s: a field has no name", key)
			case slices.Contains(list[:i], name):
				c.note(at(key), "tiles.cluster.%s: %q stands twice", key, name)
			case t != geo.TypeNull && t != geo.TypeInteger && t != geo.TypeNumber:
				c.note(at(key), "tiles.cluster.%s: %q is of type %s, not a number", key, name, t)
			}
		}
	}
	if t := declared[cl.By]; cl.By != "" && t != geo.TypeNull && !countable(t) {
		c.note(at("by"), "tiles.cluster.by: %q is of type %s, not text, integer or boolean", cl.By, t)
	}
}
