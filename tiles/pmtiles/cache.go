package pmtiles

import (
	"container/list"
	"sync"
)

// cacheBytes bounds the leaf directories that an archive keeps.
const cacheBytes = 32 << 20

// leafCache keeps the leaf directories that were used last. The zero leafCache
// is ready.
type leafCache struct {
	mu    sync.Mutex
	order list.List // of leaf, the last used first
	index map[Section]*list.Element
	bytes int
}

type leaf struct {
	section Section
	entries []entry
}

func (l leaf) size() int { return len(l.entries)*entrySize + 200 }

func (c *leafCache) get(s Section) ([]entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.index[s]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(leaf).entries, true
}

func (c *leafCache) add(s Section, entries []entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.index[s]; ok {
		return
	}
	if c.index == nil {
		c.index = map[Section]*list.Element{}
	}
	l := leaf{s, entries}
	c.index[s] = c.order.PushFront(l)
	c.bytes += l.size()
	for c.bytes > cacheBytes {
		oldest := c.order.Remove(c.order.Back()).(leaf)
		delete(c.index, oldest.section)
		c.bytes -= oldest.size()
	}
}
