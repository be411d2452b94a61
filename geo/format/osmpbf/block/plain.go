package block

import "puy/geo"

// The fields of Node, Way, Relation and Info (osmformat.proto).
const (
	elementID     = 1
	elementKeys   = 2
	elementValues = 3
	elementInfo   = 4

	nodeLat = 8
	nodeLon = 9

	wayRefs = 8

	relationRoles   = 8
	relationMembers = 9
	relationTypes   = 10

	infoVersion   = 1
	infoTimestamp = 2
	infoVisible   = 6
)

// readElement reads a node, way or relation that has a message of its own. The
// element's kind is known already.
func (b *Block) readElement(e *Element, data []byte) error {
	var keys, values, info, refs, roles, members, types []byte
	var lat, lon int64
	m := message{rest: data}
	for m.next() {
		switch {
		case m.field == elementID && e.Kind == Node:
			e.ID = zigzag(m.number())
		case m.field == elementID:
			e.ID = int64(m.number())
		case m.field == elementKeys:
			keys = m.bytes()
		case m.field == elementValues:
			values = m.bytes()
		case m.field == elementInfo:
			info = m.bytes()
		case m.field == nodeLat && e.Kind == Node:
			lat = zigzag(m.number())
		case m.field == nodeLon && e.Kind == Node:
			lon = zigzag(m.number())
		case m.field == wayRefs && e.Kind == Way:
			refs = m.bytes()
		case m.field == relationRoles && e.Kind == Relation:
			roles = m.bytes()
		case m.field == relationMembers && e.Kind == Relation:
			members = m.bytes()
		case m.field == relationTypes && e.Kind == Relation:
			types = m.bytes()
		}
	}
	if m.err != nil {
		return m.err
	}
	var err error
	switch e.Kind {
	case Node:
		e.Position, err = b.position(lon, lat)
	case Way:
		err = e.readRefs(refs)
	case Relation:
		err = e.readMembers(roles, members, types)
	}
	if err != nil || b.Bare {
		return err
	}
	if err := e.readTags(keys, values); err != nil {
		return err
	}
	return b.readInfo(e, info)
}

func (e *Element) readTags(keys, values []byte) error {
	k, v := packed{rest: keys}, packed{rest: values}
	for {
		key, okKey := k.next()
		value, okValue := v.next()
		switch {
		case k.err != nil || v.err != nil:
			return first(k.err, v.err)
		case okKey != okValue:
			return geo.Errorf(geo.KindInvalid, "it has not as many keys as values")
		case !okKey:
			return nil
		}
		if err := e.addTag(key, value); err != nil {
			return err
		}
	}
}

func (e *Element) addTag(key, value uint64) error {
	if !e.strings.has(key) || !e.strings.has(value) {
		return geo.Errorf(geo.KindInvalid, "a tag is not in the table of strings")
	}
	if len(e.tags) == 2*maxTags {
		return geo.Errorf(geo.KindInvalid, "it has more than %d tags", maxTags)
	}
	e.tags = append(e.tags, uint32(key), uint32(value))
	return nil
}

func (e *Element) readRefs(data []byte) error {
	refs := deltas{packed: packed{rest: data}}
	for {
		ref, ok := refs.next()
		if !ok {
			return refs.err
		}
		if len(e.Refs) == maxRefs {
			return geo.Errorf(geo.KindInvalid, "it has more than %d nodes", maxRefs)
		}
		e.Refs = append(e.Refs, ref)
	}
}

func (e *Element) readMembers(roles, members, types []byte) error {
	r, m, t := packed{rest: roles}, deltas{packed: packed{rest: members}}, packed{rest: types}
	for {
		id, ok := m.next()
		role, okRole := r.next()
		kind, okKind := t.next()
		switch {
		case m.err != nil || r.err != nil || t.err != nil:
			return first(m.err, r.err, t.err)
		case ok != okRole || ok != okKind:
			return geo.Errorf(geo.KindInvalid, "its lists of members, roles and types differ in length")
		case !ok:
			return nil
		case !e.strings.has(role):
			return geo.Errorf(geo.KindInvalid, "a role is not in the table of strings")
		case kind > 2:
			return geo.Errorf(geo.KindInvalid, "a member is of the type %d, and there are three", kind)
		case len(e.Members) == maxMembers:
			return geo.Errorf(geo.KindInvalid, "it has more than %d members", maxMembers)
		}
		e.Members = append(e.Members, Member{Kind: Node << kind, ID: id, role: uint32(role)})
	}
}

func (b *Block) readInfo(e *Element, data []byte) error {
	m := message{rest: data}
	for m.next() {
		switch m.field {
		case infoVersion:
			e.Version = version(m.number())
		case infoTimestamp:
			e.Timestamp = b.timestamp(int64(m.number()))
		case infoVisible:
			e.Deleted = m.number() == 0
		}
	}
	return m.err
}
