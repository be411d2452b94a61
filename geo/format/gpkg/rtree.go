package gpkg

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"puy/geo"
)

// Box is a feature's entry in an R-tree: its fid and its bounds, rounded
// outwards to 32 bits as SQLite's rtree module keeps them.
type Box struct {
	FID                    int64
	MinX, MaxX, MinY, MaxY float32
}

// NewBox rounds b, which is not empty, outwards.
func NewBox(fid int64, b geo.Bounds) Box {
	return Box{fid, roundDown(b.MinX), roundUp(b.MaxX), roundDown(b.MinY), roundUp(b.MaxY)}
}

func roundDown(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

func roundUp(v float64) float32 { return -roundDown(-v) }

// A node of a two-dimensional rtree (sqlite.org/rtree.html, section 7): depth
// and number of cells in 16 bits each, then cells of a 64-bit id and four
// floats, all big-endian, padded to the size that the module chose.
const (
	cellSize    = 24
	maxNodeSize = 4 + 51*cellSize
	// Some cells stay free, so that the first edits split no node.
	cellsPerNode = 46
)

// Execer runs statements: *sql.DB, *sql.Conn or *sql.Tx.
type Execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// CreateRTree makes the rtree table called name and fills it with boxes by
// writing its nodes, packed sort-tile-recursively. It reorders boxes and leaves
// them spoilt.
func CreateRTree(ctx context.Context, x Execer, name string, boxes []Box) error {
	if _, err := x.ExecContext(ctx, "CREATE VIRTUAL TABLE "+Quote(name)+" USING rtree(id, minx, maxx, miny, maxy)"); err != nil {
		return err
	}
	if len(boxes) == 0 {
		return nil
	}
	p := packer{ctx: ctx, table: name, x: x, next: 2}
	if err := x.QueryRowContext(ctx, "SELECT length(data) FROM "+Quote(name+"_node")+" WHERE nodeno = 1").Scan(&p.size); err != nil {
		return err
	}
	if p.size < 4+cellsPerNode*cellSize || p.size > maxNodeSize {
		return geo.Errorf(geo.KindInternal, "the rtree module makes nodes of %d bytes", p.size)
	}
	var err error
	if p.node, err = x.PrepareContext(ctx, "REPLACE INTO "+Quote(name+"_node")+" VALUES (?, ?)"); err != nil {
		return err
	}
	defer p.node.Close()
	return p.pack(boxes)
}

type packer struct {
	ctx   context.Context
	x     Execer
	table string
	size  int // of a node
	node  *sql.Stmt
	next  int64 // the next node's number; the root is 1
}

// pack writes one level after the other, the leaves first.
func (p *packer) pack(boxes []Box) error {
	for depth := 0; ; depth++ {
		if len(boxes) <= cellsPerNode {
			if err := p.write(1, depth, boxes); err != nil {
				return err
			}
			return p.link(depth, boxes, func(int) int64 { return 1 })
		}
		sortTiles(boxes)
		first := p.next
		parents := make([]Box, 0, len(boxes)/cellsPerNode+1)
		for cells := range slices.Chunk(boxes, cellsPerNode) {
			if err := p.write(p.next, 0, cells); err != nil {
				return err
			}
			parents = append(parents, enclose(p.next, cells))
			p.next++
		}
		if err := p.link(depth, boxes, func(i int) int64 { return first + int64(i/cellsPerNode) }); err != nil {
			return err
		}
		boxes = parents
	}
}

// sortTiles orders boxes into vertical strips of about the square root of the
// nodes each, and by y within a strip.
func sortTiles(boxes []Box) {
	slices.SortFunc(boxes, func(a, b Box) int { return cmp.Compare(a.MinX+a.MaxX, b.MinX+b.MaxX) })
	nodes := (len(boxes) + cellsPerNode - 1) / cellsPerNode
	strip := cellsPerNode * int(math.Ceil(math.Sqrt(float64(nodes))))
	for s := range slices.Chunk(boxes, strip) {
		slices.SortFunc(s, func(a, b Box) int { return cmp.Compare(a.MinY+a.MaxY, b.MinY+b.MaxY) })
	}
}

func enclose(node int64, cells []Box) Box {
	b := cells[0]
	for _, c := range cells[1:] {
		b.MinX, b.MaxX = min(b.MinX, c.MinX), max(b.MaxX, c.MaxX)
		b.MinY, b.MaxY = min(b.MinY, c.MinY), max(b.MaxY, c.MaxY)
	}
	b.FID = node
	return b
}

func (p *packer) write(number int64, depth int, cells []Box) error {
	be := binary.BigEndian
	data := make([]byte, 0, p.size)
	data = be.AppendUint16(data, uint16(depth))
	data = be.AppendUint16(data, uint16(len(cells)))
	for _, c := range cells {
		data = be.AppendUint64(data, uint64(c.FID))
		for _, v := range [...]float32{c.MinX, c.MaxX, c.MinY, c.MaxY} {
			data = be.AppendUint32(data, math.Float32bits(v))
		}
	}
	_, err := p.node.ExecContext(p.ctx, number, data[:p.size])
	return err
}

// link writes which node holds each cell, in the order of the cells' ids, so
// that the table grows at its end.
func (p *packer) link(depth int, boxes []Box, nodeOf func(i int) int64) error {
	table := p.table + "_rowid"
	if depth > 0 {
		table = p.table + "_parent"
	}
	for i := range boxes { // the bounds are written already; their place now holds the node's number
		n := uint64(nodeOf(i))
		boxes[i].MinX, boxes[i].MaxX = math.Float32frombits(uint32(n>>32)), math.Float32frombits(uint32(n))
	}
	slices.SortFunc(boxes, func(a, b Box) int { return cmp.Compare(a.FID, b.FID) })
	const rows = 100
	var stmt *sql.Stmt
	prepared := 0
	args := make([]any, 0, 2*rows)
	for chunk := range slices.Chunk(boxes, rows) {
		if len(chunk) != prepared {
			if stmt != nil {
				stmt.Close()
			}
			var err error
			values := strings.TrimSuffix(strings.Repeat("(?,?),", len(chunk)), ",")
			if stmt, err = p.x.PrepareContext(p.ctx, "INSERT INTO "+Quote(table)+" VALUES "+values); err != nil {
				return err
			}
			prepared = len(chunk)
		}
		args = args[:0]
		for _, b := range chunk {
			args = append(args, b.FID, int64(math.Float32bits(b.MinX))<<32|int64(math.Float32bits(b.MaxX)))
		}
		if _, err := stmt.ExecContext(p.ctx, args...); err != nil {
			stmt.Close()
			return err
		}
	}
	return stmt.Close()
}
