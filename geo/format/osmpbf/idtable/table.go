package idtable

import (
	"encoding/binary"
	"os"
	"sort"

	"puy/geo"
)

const (
	perPage    = 256
	recordSize = 16 // an id and its number, little endian
	pageSize   = perPage * recordSize
	maxPages   = 4096 // in memory
)

// Table holds a number other than 0 for some of its ids.
type Table struct {
	count   int64
	missing int64 // ids without a number
	last    int64
	first   []int64 // the first id of each page
	slots   []slot  // page i is in slot i % maxPages, or in the file
	file    *os.File
	near    int // the page that was asked for last
}

type slot struct {
	page  int
	dirty bool
	data  []byte // nil: empty
}

// Len tells how many ids there are.
func (t *Table) Len() int64 { return t.count }

// Missing tells how many ids have no number.
func (t *Table) Missing() int64 { return t.missing }

// append adds the id that follows all others.
func (t *Table) append(id int64) error {
	page, at := int(t.count/perPage), int(t.count%perPage)
	if at == 0 {
		t.first = append(t.first, id)
	}
	s, err := t.page(page, at == 0)
	if err != nil {
		return err
	}
	binary.LittleEndian.PutUint64(s.data[at*recordSize:], uint64(id))
	s.dirty = true
	t.last = id
	t.count++
	t.missing++
	return nil
}

// Get gives the number of an id, 0 where it has none; false where t has no such id.
func (t *Table) Get(id int64) (uint64, bool, error) {
	s, at, err := t.find(id)
	if s == nil || err != nil {
		return 0, false, err
	}
	return binary.LittleEndian.Uint64(s.data[at+8:]), true, nil
}

// Set gives an id a number, which is not 0; it does nothing for other ids than
// those of t.
func (t *Table) Set(id int64, number uint64) error {
	s, at, err := t.find(id)
	if s == nil || err != nil {
		return err
	}
	if binary.LittleEndian.Uint64(s.data[at+8:]) == 0 {
		t.missing--
	}
	binary.LittleEndian.PutUint64(s.data[at+8:], number)
	s.dirty = true
	return nil
}

// find gives the page of id and its place in it; no page where there is no such id.
func (t *Table) find(id int64) (*slot, int, error) {
	if t.count == 0 || id < t.first[0] || id > t.last {
		return nil, 0, nil
	}
	page := t.near
	if id < t.first[page] || page+1 < len(t.first) && id >= t.first[page+1] {
		page = sort.Search(len(t.first), func(i int) bool { return t.first[i] > id }) - 1
		t.near = page
	}
	s, err := t.page(page, false)
	if err != nil {
		return nil, 0, err
	}
	n := perPage
	if page == len(t.first)-1 {
		n = int(t.count - int64(page)*perPage)
	}
	at := sort.Search(n, func(i int) bool { return int64(binary.LittleEndian.Uint64(s.data[i*recordSize:])) >= id })
	if at == n || int64(binary.LittleEndian.Uint64(s.data[at*recordSize:])) != id {
		return nil, 0, nil
	}
	return s, at * recordSize, nil
}

// page brings a page into its slot; fresh ones are empty.
func (t *Table) page(page int, fresh bool) (*slot, error) {
	i := page % maxPages
	if i >= len(t.slots) {
		t.slots = append(t.slots, slot{})
	}
	s := &t.slots[i]
	if s.data != nil && s.page == page {
		return s, nil
	}
	if s.data == nil {
		s.data = make([]byte, pageSize)
	} else if s.dirty {
		if err := t.write(s); err != nil {
			return nil, err
		}
	}
	s.page, s.dirty = page, false
	if fresh {
		clear(s.data)
		return s, nil
	}
	if _, err := t.file.ReadAt(s.data, int64(page)*pageSize); err != nil {
		s.data = nil
		return nil, geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
	}
	return s, nil
}

func (t *Table) write(s *slot) (err error) {
	if t.file == nil {
		if t.file, err = temporary(); err != nil {
			return err
		}
	}
	if _, err := t.file.WriteAt(s.data, int64(s.page)*pageSize); err != nil {
		return writing(err)
	}
	return nil
}

// Close frees what t holds, and its file.
func (t *Table) Close() error {
	err := remove(t.file)
	*t = Table{}
	return err
}
