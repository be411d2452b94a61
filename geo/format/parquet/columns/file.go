package columns

import (
	"errors"
	"io"

	"puy/geo"
)

// File is a Parquet file that is read.
type File struct {
	// Root is the schema; its children are the columns of the table.
	Root *Node
	// Rows is the number of rows, which Reader checks.
	Rows int64
	// Metadata is what the writer said about the file, by name.
	Metadata map[string]string

	r            io.ReaderAt
	size         int64
	groups       []group
	decompressor decompressor
	head         []byte
	packed       []byte // the page that is decompressed
	held         int64
	done         int64
}

// Open reads the footer of a file of size bytes. Errors are of KindInvalid, and of
// KindLimit where the file is larger than what is read.
func Open(r io.ReaderAt, size int64) (*File, error) {
	end, err := readFooter(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{r: r, size: size, groups: end.groups, Metadata: end.metadata}
	if f.Root, err = treeOf(end.elements); err != nil {
		return nil, err
	}
	leaves := len(f.Root.Leaves(nil))
	for i, g := range f.groups {
		if len(g.chunks) != leaves {
			return nil, geo.Errorf(geo.KindInvalid, "row group %d has %d columns and the schema %d", i+1, len(g.chunks), leaves)
		}
		if g.rows < 0 || g.rows > f.plausible()-f.Rows {
			return nil, geo.Errorf(geo.KindLimit, "row group %d claims %d rows in a file of %d bytes", i+1, g.rows, size)
		}
		f.Rows += g.rows
	}
	if end.rows != f.Rows {
		return nil, geo.Errorf(geo.KindInvalid, "the file claims %d rows and its row groups %d", end.rows, f.Rows)
	}
	return f, nil
}

// plausible gives the most values that a column can have. A run of equal values
// takes a few bytes, however long it is: without a bound a small file would keep its
// reader busy for years.
func (f *File) plausible() int64 { return 1<<21 + 1000*f.size }

// Done tells how many bytes were read of pages.
func (f *File) Done() int64 { return f.done }

// Close frees what decompressing took. The io.ReaderAt stays open.
func (f *File) Close() { f.decompressor.close() }

// Column is one column of the table that is read, with all that is below it.
type Column struct {
	Node   *Node
	leaves []*leaf
	runs   [][]Entry // of one record, by leaf
	at     []int
	bytes  []byte
}

// Reader reads some columns of a file, row by row.
type Reader struct {
	Columns []*Column

	file  *File
	group int
	left  int64 // rows of the row group
}

// Read starts reading columns, which are children of the root. Of columns that are
// not asked for nothing is read.
func (f *File) Read(nodes []*Node) *Reader {
	r := &Reader{file: f}
	for _, n := range nodes {
		c := &Column{Node: n}
		for _, l := range n.Leaves(nil) {
			c.leaves = append(c.leaves, &leaf{node: l, file: f})
		}
		c.runs, c.at = make([][]Entry, len(c.leaves)), make([]int, len(c.leaves))
		r.Columns = append(r.Columns, c)
	}
	return r
}

// Next steps to the next row, of which each column must then be read exactly once.
// io.EOF ends the file; other errors are final.
func (r *Reader) Next() error {
	for r.left == 0 {
		if err := r.finish(); err != nil {
			return err
		}
		if r.group == len(r.file.groups) {
			return io.EOF
		}
		g := r.file.groups[r.group]
		for _, c := range r.Columns {
			for _, l := range c.leaves {
				if err := l.open(g.chunks[l.node.column]); err != nil {
					return err
				}
			}
		}
		r.group++
		r.left = g.rows
	}
	r.left--
	return nil
}

// finish wants all values of the row group to be read.
func (r *Reader) finish() error {
	if r.group == 0 {
		return nil
	}
	for _, c := range r.Columns {
		for _, l := range c.leaves {
			if l.values != 0 {
				return l.errorf("%d values more than the row group has rows", l.values)
			}
		}
	}
	return nil
}

// Close gives back what the columns held.
func (r *Reader) Close() {
	for _, c := range r.Columns {
		for _, l := range c.leaves {
			r.file.held -= l.held
			l.held = 0
		}
	}
}

// Value reads the value of a flat column (see Node.Flat); there is false for null.
func (c *Column) Value(v *Value) (there bool, err error) {
	there, err = c.leaves[0].next(v)
	return there, c.missing(err)
}

// missing says what the end of a column before that of the others means.
func (c *Column) missing(err error) error {
	if errors.Is(err, io.EOF) {
		return geo.Errorf(geo.KindInvalid, "column %s has fewer values than the row group has rows", c.Node.Name)
	}
	return err
}
