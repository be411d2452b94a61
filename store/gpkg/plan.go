package gpkg

import (
	"context"
	"database/sql"
	"encoding/binary"
	"math"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/store"
)

// smallTable is the number of rows below which every plan is good.
const smallTable = 10000

// choosePlan finds how to test bounds, which may be nil, in q. A scan in the order of fids comes to
// the end of a page after about limit·rows/matches rows, while the R-tree lists
// all matches first; so it pays where matches exceed the root of limit·rows.
func choosePlan(ctx context.Context, tx *sql.Tx, d *dataset, v *version, q store.Query, bounds *geo.Bounds) (plan, error) {
	if bounds == nil || !v.Schema.Spatial() || v.Rows < smallTable {
		return byRTree, nil
	}
	_, rtree := v.names(d)
	whole, err := treeBounds(ctx, tx, rtree)
	if err != nil {
		return byRTree, err
	}
	if b := *bounds; b.MinX <= whole.MinX && b.MaxX >= whole.MaxX && b.MinY <= whole.MinY && b.MaxY >= whole.MaxY {
		return byEntry, nil
	}
	if q.Limit <= 0 || q.FIDs != nil || len(q.Sort) > 0 { // who sorts needs all matches
		return byRTree, nil
	}
	even := int64(math.Sqrt(float64(q.Limit+max(0, q.Offset)) * float64(v.Rows)))
	found := int64(0)
	for _, b := range bounds.Split() {
		var n int64
		query := "SELECT count(*) FROM (SELECT 1 FROM main." + gp.Quote(rtree) + " r WHERE " + rtreeMeets + " LIMIT ?)"
		if err := tx.QueryRowContext(ctx, query, append(rtreeArgs(b), even)...).Scan(&n); err != nil {
			return byRTree, err
		}
		found += n
	}
	if found >= even {
		return byScan, nil
	}
	return byRTree, nil
}

// treeBounds gives the box around all in an R-tree, from its root node.
func treeBounds(ctx context.Context, tx *sql.Tx, rtree string) (geo.Bounds, error) {
	whole := geo.EmptyBounds()
	var root []byte
	if err := tx.QueryRowContext(ctx, "SELECT data FROM main."+gp.Quote(rtree+"_node")+" WHERE nodeno = 1").Scan(&root); err != nil {
		return whole, err
	}
	be := binary.BigEndian
	if len(root) < 4 {
		return whole, nil
	}
	const cell = 24
	for n, cells := int(be.Uint16(root[2:])), root[4:]; n > 0 && len(cells) >= cell; n, cells = n-1, cells[cell:] {
		at := func(i int) float64 { return float64(math.Float32frombits(be.Uint32(cells[8+4*i:]))) }
		whole = whole.Extend(at(0), at(2)).Extend(at(1), at(3))
	}
	return whole, nil
}
