package osmpbf

import (
	"context"
	"errors"
	"io"

	"puy/geo"
	"puy/geo/format/osmpbf/block"
	"puy/geo/format/osmpbf/idtable"
	"puy/geo/format/osmpbf/tagfilter"
)

// maxBlocks bounds the blocks of a file; those of the whole planet are about a million.
const maxBlocks = 4 << 20

// plan is what is known of a file before its features are made.
type plan struct {
	file   *block.File
	filter tagfilter.Filter
	shapes shape
	places []place
	tags   tagCounts
	others otherRelations

	nodes     idtable.Sorter // that are needed
	members   idtable.Sorter // the ways of relations that are needed
	positions *idtable.Table // of nodes
	ways      *idtable.Table // the places of ways in refs
	refs      idtable.Spool

	wanted int64 // ids that were noted as needed

	block   block.Block
	element block.Element
}

// place is where a block is, and what it holds. Block 2 is the first.
type place struct {
	at    int64
	kinds block.Kind // of its elements
	fits  block.Kind // of those that fit the filter
}

// make makes all passes but the last.
func (p *plan) make(ctx context.Context) error {
	if err := p.discover(ctx); err != nil {
		return err
	}
	if !p.members.Empty() {
		if err := p.fetchWays(ctx); err != nil {
			return err
		}
	}
	return p.locate(ctx)
}

// discover is the first pass: which elements fit, and what they need.
func (p *plan) discover(ctx context.Context) error {
	at := p.file.First()
	for number := 2; ; number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, err := p.file.Read(&p.block, at, number)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(p.places) == maxBlocks {
			return geo.Errorf(geo.KindLimit, "the file has more than %d blocks", maxBlocks)
		}
		here := place{at: at}
		at = next
		for {
			ok, err := p.block.Next(&p.element, block.All)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			here.kinds |= p.element.Kind
			s, other := p.fits()
			if other {
				p.others.add(&p.element)
			}
			if s == nothing {
				continue
			}
			here.fits |= p.element.Kind
			p.tags.add(&p.element)
			if err := p.need(s); err != nil {
				return err
			}
		}
		p.places = append(p.places, here)
	}
}

// fits gives the shape of the current element; nothing where it is not wanted. Other
// tells that it fits the filter and has no shape at all.
func (p *plan) fits() (s shape, other bool) {
	e := &p.element
	if e.Tags() == 0 || e.Deleted || !p.filter.Match(e) {
		return nothing, false
	}
	s = shapeOf(e)
	return s & p.shapes, s == nothing
}

// need notes what the geometry of the current element is made of.
func (p *plan) need(s shape) error {
	switch p.element.Kind {
	case block.Way:
		return p.want(&p.nodes, p.element.Refs...)
	case block.Relation:
		return needs(&p.element, s, func(id int64, _ []byte) error { return p.want(&p.members, id) })
	}
	return nil
}

// A file can hold no more elements than it has bytes; an element may be needed a few
// times. More than that is a list that repeats one number, made to fill the disk.
const (
	wantedPerByte = 4
	wantedAnyway  = 16 << 20
)

// want notes ids as needed.
func (p *plan) want(by *idtable.Sorter, ids ...int64) error {
	if p.wanted += int64(len(ids)); p.wanted > wantedAnyway+wantedPerByte*p.file.Size() {
		return geo.Errorf(geo.KindLimit, "the ways and relations refer to more nodes and ways than a file of %d bytes can hold", p.file.Size())
	}
	return by.Add(ids...)
}

// each reads the elements of a kind, without tags.
func (p *plan) each(ctx context.Context, kind block.Kind, fn func(*block.Element) error) error {
	p.block.Bare = true
	defer func() { p.block.Bare = false }()
	for i, here := range p.places {
		if here.kinds&kind == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := p.file.Read(&p.block, here.at, i+2); err != nil {
			return err
		}
		for {
			ok, err := p.block.Next(&p.element, kind)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			if err := fn(&p.element); err != nil {
				return err
			}
		}
	}
	return nil
}

// fetchWays is the second pass: the nodes of ways that relations need.
func (p *plan) fetchWays(ctx context.Context) (err error) {
	if p.ways, err = p.members.Table(); err != nil {
		return err
	}
	return p.each(ctx, block.Way, func(e *block.Element) error {
		if place, ok, err := p.ways.Get(e.ID); !ok || place != 0 || err != nil {
			return err
		}
		if err := p.want(&p.nodes, e.Refs...); err != nil {
			return err
		}
		at, err := p.refs.Append(e.Refs)
		if err != nil {
			return err
		}
		return p.ways.Set(e.ID, at)
	})
}

// locate is the third pass: the positions of nodes that ways need.
func (p *plan) locate(ctx context.Context) (err error) {
	if p.positions, err = p.nodes.Table(); err != nil || p.positions.Len() == 0 {
		return err
	}
	return p.each(ctx, block.Node, func(e *block.Element) error { return p.positions.Set(e.ID, packed(e.Position)) })
}

// packed gives a position as a number that is not 0: the longitude is never the
// least 32-bit number.
func packed(pos block.Position) uint64 {
	return uint64(uint32(pos.Lon)^1<<31)<<32 | uint64(uint32(pos.Lat))
}

func unpacked(n uint64) block.Position {
	return block.Position{Lon: int32(uint32(n>>32) ^ 1<<31), Lat: int32(uint32(n))}
}

// close frees everything.
func (p *plan) close() error {
	errs := []error{p.nodes.Close(), p.members.Close(), p.refs.Close()}
	if p.positions != nil {
		errs = append(errs, p.positions.Close())
	}
	if p.ways != nil {
		errs = append(errs, p.ways.Close())
	}
	if p.file != nil {
		errs = append(errs, p.file.Close())
	}
	return errors.Join(errs...)
}

// otherRelations are relations that fit and have no geometry of their own.
type otherRelations struct {
	count int64
	types []string // some
}

func (o *otherRelations) add(e *block.Element) {
	o.count++
	const most, longest = 5, 40
	kind := block.Valid(e.Get("type"))
	if kind == "" || len(kind) > longest || len(o.types) == most {
		return
	}
	for _, t := range o.types {
		if t == kind {
			return
		}
	}
	o.types = append(o.types, kind)
}
