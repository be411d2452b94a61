package snapshot

import (
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"puy/tiles/mvt"
)

// clusterKey is an attribute of clusters and its number in Scratch.keys: that of
// the column of the same name, if there is one, as a layer has each name once.
type clusterKey struct {
	name   string
	number int
}

// setClusters reads what a file says of its clusters.
func (s *Snapshot) setClusters(m *clusterMeta, alone []byte) error {
	if m == nil {
		return nil
	}
	if !m.fits(len(s.columns)) || uint64(len(alone)) != s.features {
		return damaged("its clusters cannot be read")
	}
	s.clusters, s.alone = m, alone
	for i, name := range m.keys(s.columns) {
		number := slices.IndexFunc(s.columns, func(c column) bool { return c.name == name })
		if number < 0 {
			number = len(s.columns) + i
		}
		s.clusterKeys = append(s.clusterKeys, clusterKey{name, number})
	}
	return nil
}

// addCluster tags cluster i. Sums, means and counts are there only where the
// field that they are of is.
func (c *cutter) addCluster(i uint64, values []byte) {
	count, values, ok := uvarint(values)
	key := 0
	tag := func(value []byte) {
		n := c.clusterKeys[key].number
		if c.keys[n] == 0 {
			c.keys[n] = c.layer.AddKey(c.clusterKeys[key].name) + 1
		}
		c.layer.Tag(c.keys[n]-1, c.layer.AddValue(value))
		c.value = value[:0]
	}
	tag(mvt.AppendBoolean(c.value[:0], true))
	key++
	tag(mvt.AppendInteger(c.value[:0], int64(count)))
	key++
	tag(mvt.AppendString(c.value[:0], abbreviated(count)))
	key++
	tag(mvt.AppendInteger(c.value[:0], int64(c.lastZooms[i])+1))
	key++
	for _, n := range c.clusters.Numbers {
		if !ok || len(values) < 8 {
			break
		}
		total := math.Float64frombits(binary.LittleEndian.Uint64(values))
		var filled uint64
		filled, values, ok = uvarint(values[8:])
		chosen := slices.Contains(c.Scratch.columns, n.Column) && filled > 0
		if chosen && n.Sum {
			tag(appendNumber(c.value[:0], total, n.Integer))
		}
		key++
		if chosen && n.Mean {
			tag(mvt.AppendDouble(c.value[:0], total/float64(filled)))
		}
		key++
	}
	for range c.clusters.Categories {
		if !ok {
			break
		}
		var count uint64
		count, values, ok = uvarint(values)
		if slices.Contains(c.Scratch.columns, c.clusters.By) {
			tag(mvt.AppendInteger(c.value[:0], int64(count)))
		}
		key++
	}
	if !ok || key != len(c.clusterKeys) {
		c.err = damaged("cluster %d", i)
	}
}

// appendNumber appends a sum, of integers as one where it is exact.
func appendNumber(dst []byte, v float64, integer bool) []byte {
	if integer && math.Abs(v) < 1<<53 {
		return mvt.AppendInteger(dst, int64(v))
	}
	return mvt.AppendDouble(dst, v)
}

// abbreviated writes a count as the cluster sources of MapLibre do.
func abbreviated(n uint64) string {
	switch {
	case n >= 10_000:
		return strconv.FormatUint((n+500)/1000, 10) + "k"
	case n >= 1000:
		return strconv.FormatFloat(math.Round(float64(n)/100)/10, 'f', -1, 64) + "k"
	}
	return strconv.FormatUint(n, 10)
}
