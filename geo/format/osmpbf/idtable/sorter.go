package idtable

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"

	"puy/geo"
)

// maxBuffered is how many ids are sorted in memory.
const maxBuffered = 2 << 20

// Sorter gathers ids in any order. The zero Sorter is ready.
type Sorter struct {
	ids  []int64
	file *os.File
	size int64
	runs []run
}

// run is a part of the file that holds sorted ids, as differences.
type run struct{ start, end int64 }

// Empty tells whether no id was added.
func (s *Sorter) Empty() bool { return len(s.ids) == 0 && len(s.runs) == 0 }

// Add adds ids, which may be there already.
func (s *Sorter) Add(ids ...int64) error {
	for len(ids) > 0 {
		n := min(len(ids), maxBuffered-len(s.ids))
		s.ids, ids = append(s.ids, ids[:n]...), ids[n:]
		if len(s.ids) < maxBuffered {
			continue
		}
		s.sort()
		if len(s.ids) < maxBuffered/2 { // most were there twice
			continue
		}
		if err := s.spill(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sorter) sort() {
	slices.Sort(s.ids)
	s.ids = slices.Compact(s.ids)
}

func (s *Sorter) spill() error {
	if s.file == nil {
		f, err := temporary()
		if err != nil {
			return err
		}
		s.file = f
	}
	w := bufio.NewWriterSize(s.file, 64<<10)
	start, last := s.size, int64(0)
	var b []byte
	for _, id := range s.ids {
		b = binary.AppendUvarint(b[:0], uint64(id)-uint64(last))
		last = id
		s.size += int64(len(b))
		if _, err := w.Write(b); err != nil {
			return writing(err)
		}
	}
	if err := w.Flush(); err != nil {
		return writing(err)
	}
	s.runs = append(s.runs, run{start, s.size})
	s.ids = s.ids[:0]
	return nil
}

// Table gives a table of all ids, each once and without a number, and empties s.
// The table is to be closed.
func (s *Sorter) Table() (*Table, error) {
	s.sort()
	t := &Table{}
	if err := s.merge(t); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	if err := s.Close(); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (s *Sorter) merge(t *Table) error {
	h := cursors{&cursor{ids: s.ids}}
	for _, r := range s.runs {
		h = append(h, &cursor{file: bufio.NewReaderSize(io.NewSectionReader(s.file, r.start, r.end-r.start), 4096)})
	}
	h = slices.DeleteFunc(h, func(c *cursor) bool { return !c.next() })
	heap.Init(&h)
	for len(h) > 0 {
		c := h[0]
		if t.count == 0 || c.id != t.last {
			if err := t.append(c.id); err != nil {
				return err
			}
		}
		if c.next() {
			heap.Fix(&h, 0)
			continue
		}
		if c.err != nil {
			return c.err
		}
		heap.Pop(&h)
	}
	return nil
}

// Close frees what s holds, and its file.
func (s *Sorter) Close() error {
	err := remove(s.file)
	*s = Sorter{}
	return err
}

// cursor walks over one run.
type cursor struct {
	id   int64
	ids  []int64
	file *bufio.Reader
	err  error
}

func (c *cursor) next() bool {
	if c.file == nil {
		if len(c.ids) == 0 {
			return false
		}
		c.id, c.ids = c.ids[0], c.ids[1:]
		return true
	}
	step, err := binary.ReadUvarint(c.file)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			c.err = geo.Errorf(geo.KindInternal, "cannot read a temporary file: %w", err)
		}
		return false
	}
	c.id = int64(uint64(c.id) + step)
	return true
}

// cursors is a heap, the least id first.
type cursors []*cursor

func (h cursors) Len() int           { return len(h) }
func (h cursors) Less(i, k int) bool { return h[i].id < h[k].id }
func (h cursors) Swap(i, k int)      { h[i], h[k] = h[k], h[i] }

// Push is of heap.Interface; cursors are there from the start.
func (h *cursors) Push(c any) { *h = append(*h, c.(*cursor)) }

// Pop is of heap.Interface.
func (h *cursors) Pop() any {
	c := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return c
}

// temporary makes a file without a name where the system allows that, so that none is
// left by a process that is killed.
func temporary() (*os.File, error) {
	f, err := os.CreateTemp("", "puy-osm-")
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	_ = os.Remove(f.Name()) // else by remove
	return f, nil
}

func writing(err error) error {
	return geo.Errorf(geo.KindInternal, "cannot write a temporary file: %w", err)
}

// remove closes and removes f, if there is one.
func remove(f *os.File) error {
	if f == nil {
		return nil
	}
	err := f.Close()
	if removed := os.Remove(f.Name()); !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot remove a temporary file: %w", err)
	}
	return nil
}
