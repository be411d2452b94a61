package block

import "puy/geo"

// The fields of DenseNodes and DenseInfo (osmformat.proto).
const (
	denseID   = 1
	denseInfo = 5
	denseLat  = 8
	denseLon  = 9
	denseTags = 10

	denseVersion   = 1
	denseTimestamp = 2
	denseVisible   = 6
)

// denseNodes walks over nodes whose parts stand in lists of their own.
type denseNodes struct {
	ids, lats, lons deltas
	tags            packed
	versions        packed
	times           deltas
	visible         packed
	tagged          bool // some node has a tag, so that each has a list
}

func (d *denseNodes) open(data []byte) error {
	*d = denseNodes{}
	var info []byte
	for _, part := range []struct {
		field uint64
		to    *[]byte
	}{{denseID, &d.ids.rest}, {denseLat, &d.lats.rest}, {denseLon, &d.lons.rest}, {denseTags, &d.tags.rest}, {denseInfo, &info}} {
		if err := only(data, part.field, part.to); err != nil {
			return err
		}
	}
	d.tagged = len(d.tags.rest) > 0
	for _, part := range []struct {
		field uint64
		to    *[]byte
	}{{denseVersion, &d.versions.rest}, {denseTimestamp, &d.times.rest}, {denseVisible, &d.visible.rest}} {
		if err := only(info, part.field, part.to); err != nil {
			return err
		}
	}
	return nil
}

// only sets to to the bytes of a field that stands at most once in a message.
func only(data []byte, field uint64, to *[]byte) error {
	m := message{rest: data}
	for m.next() {
		if m.field != field {
			continue
		}
		if *to != nil {
			return geo.Errorf(geo.KindInvalid, "a list of dense nodes is there twice")
		}
		*to = m.bytes()
	}
	return m.err
}

func (d *denseNodes) next(b *Block, e *Element) (bool, error) {
	id, more := d.ids.next()
	lat, okLat := d.lats.next()
	lon, okLon := d.lons.next()
	if err := first(d.ids.err, d.lats.err, d.lons.err); err != nil {
		return false, geo.Errorf(geo.KindInvalid, "dense nodes: %w", err)
	}
	if more != okLat || more != okLon {
		return false, geo.Errorf(geo.KindInvalid, "dense nodes: the lists of ids, latitudes and longitudes differ in length")
	}
	if !more {
		return false, nil
	}
	*e = Element{Kind: Node, ID: id, tags: e.tags[:0], Refs: e.Refs[:0], Members: e.Members[:0], strings: b.strings}
	var err error
	if e.Position, err = b.position(lon, lat); err != nil {
		return false, geo.Errorf(geo.KindInvalid, "node %d: %w", id, err)
	}
	if b.Bare {
		return true, nil
	}
	if d.tagged {
		if err := d.readTags(b, e); err != nil {
			return false, geo.Errorf(geo.KindInvalid, "node %d: %w", id, err)
		}
	}
	if v, ok := d.versions.next(); ok {
		e.Version = version(v)
	}
	if t, ok := d.times.next(); ok {
		e.Timestamp = b.timestamp(t)
	}
	if v, ok := d.visible.next(); ok {
		e.Deleted = v == 0
	}
	if err := first(d.versions.err, d.times.err, d.visible.err); err != nil {
		return false, geo.Errorf(geo.KindInvalid, "node %d: %w", id, err)
	}
	return true, nil
}

// readTags reads keys and values up to the 0 that ends those of a node.
func (d *denseNodes) readTags(b *Block, e *Element) error {
	for {
		key, ok := d.tags.next()
		if !ok {
			return geo.Errorf(geo.KindInvalid, "the list of tags breaks off")
		}
		if key == 0 {
			return nil
		}
		value, ok := d.tags.next()
		if !ok {
			return geo.Errorf(geo.KindInvalid, "the list of tags breaks off")
		}
		if err := e.addTag(key, value); err != nil {
			return err
		}
	}
}

// version gives the version of an element, 0 where it is none.
func version(v uint64) int64 {
	if v > 1<<31 {
		return 0
	}
	return int64(v)
}
