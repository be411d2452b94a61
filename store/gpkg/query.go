package gpkg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"math"
	"strings"
	"time"

	gp "puy/geo/format/gpkg"

	"puy/geo"
	"puy/geo/cql2/predicate"
	"puy/store"
)

// selection is the rows of one version's table, called t, that a query matches.
type selection struct {
	v          *version
	table      string
	rtree      string
	entries    string // the R-tree's table of the rows in it
	conditions []string
	args       []any
	shapes     *shapes
	held       []int64 // the numbers of shapes to release once the query is over
}

// release gives back what the selection holds.
func (s *selection) release() {
	if len(s.held) > 0 {
		s.shapes.release(s.held)
	}
}

// plan is how a query tests boxes.
type plan uint8

const (
	byRTree plan = iota // ask the R-tree for all that meet the bounds
	byScan              // test the box of each row in the order of fids
	byEntry             // the bounds hold the whole R-tree, so every row in it meets them
)

// selection turns q into conditions; everything that a user gave becomes a
// parameter. The caller releases it once the query is over.
func (st *Store) selection(ctx context.Context, tx *sql.Tx, d *dataset, v *version, q store.Query) (*selection, error) {
	how, err := choosePlan(ctx, tx, d, v, q, q.Bounds)
	if err != nil {
		return nil, err
	}
	s := &selection{v: v, shapes: &st.shapes}
	table, rtree := v.names(d)
	s.table, s.rtree, s.entries = "main."+gp.Quote(table), "main."+gp.Quote(rtree), "main."+gp.Quote(rtree+"_rowid")
	if q.FIDs != nil {
		list, err := json.Marshal(q.FIDs)
		if err != nil {
			return nil, err
		}
		s.add("t.fid IN (SELECT value FROM json_each(?))", string(list))
	}
	spatial := v.Schema.Spatial()
	switch {
	case q.SpatialOnly && !spatial:
		s.add("0")
	case q.Bounds != nil && spatial:
		s.bounds(*q.Bounds, q.SpatialOnly, how)
	case q.SpatialOnly:
		s.add("t.geom IS NOT NULL")
	}
	for _, c := range q.Where {
		if err := s.where(c); err != nil {
			return nil, err
		}
	}
	if q.Time != nil {
		if err := s.time(q.Time); err != nil {
			return nil, err
		}
	}
	if q.Filter == nil {
		return s, nil
	}
	n, err := predicate.Check(q.Filter, &v.Schema)
	if err != nil {
		return nil, err
	}
	boxes := boxesOf(n)
	if len(boxes) > 0 {
		if how, err = choosePlan(ctx, tx, d, v, q, &boxes[0]); err != nil {
			return nil, err
		}
	}
	if err := s.filter(n, boxes, how); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

func (s *selection) add(condition string, args ...any) {
	s.conditions = append(s.conditions, condition)
	s.args = append(s.args, args...)
}

// sql gives the conditions as a WHERE clause, or "".
func (s *selection) sql() string {
	if len(s.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(s.conditions, " AND ")
}

// bounds adds the test of the geometry's box. The R-tree holds boxes rounded
// outwards to 32 bits; where that could matter the exact box decides.
func (s *selection) bounds(b geo.Bounds, spatialOnly bool, how plan) {
	boxes := b.Split()
	var tests []string
	if how != byRTree {
		if !spatialOnly {
			tests = append(tests, "t.geom IS NULL")
		}
		if how == byEntry {
			tests, boxes = append(tests, "EXISTS (SELECT 1 FROM "+s.entries+" e WHERE e.rowid = t.fid)"), nil
		}
		for _, b := range boxes {
			tests = append(tests, "puy_meets(t.geom, ?, ?, ?, ?)")
			s.args = append(s.args, b.MinX, b.MinY, b.MaxX, b.MaxY)
		}
		s.conditions = append(s.conditions, "("+strings.Join(append(tests, "0"), " OR ")+")")
		return
	}
	if !spatialOnly {
		tests = append(tests, "SELECT fid FROM "+s.table+" WHERE geom IS NULL")
	}
	for _, b := range boxes {
		tests = append(tests, "SELECT r.id FROM "+s.rtree+" r WHERE "+rtreeMeets+" AND ("+rtreeSurely+
			" OR puy_meets((SELECT g.geom FROM "+s.table+" g WHERE g.fid = r.id), ?, ?, ?, ?))")
		s.args = append(s.args, rtreeArgs(b)...)
		s.args = append(s.args, b.MaxX-margin(b.MaxX), b.MinX+margin(b.MinX), b.MaxY-margin(b.MaxY), b.MinY+margin(b.MinY),
			b.MinX, b.MinY, b.MaxX, b.MaxY)
	}
	if len(tests) == 0 {
		tests = append(tests, "SELECT 0 WHERE 0")
	}
	s.conditions = append(s.conditions, "t.fid IN ("+strings.Join(tests, " UNION ALL ")+")")
}

const (
	rtreeMeets  = "r.minx <= ? AND r.maxx >= ? AND r.miny <= ? AND r.maxy >= ?"
	rtreeSurely = "r.minx <= ? AND r.maxx >= ? AND r.miny <= ? AND r.maxy >= ?"
)

func rtreeArgs(b geo.Bounds) []any { return []any{b.MaxX, b.MinX, b.MaxY, b.MinY} }

// margin is more than a coordinate near v can be rounded by, here (2^-24) or by
// SQLite (2^-23).
func margin(v float64) float64 { return math.Abs(v)*1e-6 + 1e-30 }

// meets is the SQL function puy_meets(geometry, minx, miny, maxx, maxy).
func meets() gp.Function {
	return gp.Function{Name: "puy_meets", Args: 5, Call: func(args []driver.Value) (driver.Value, error) {
		blob, ok := args[0].([]byte)
		if !ok {
			return int64(0), nil
		}
		b, err := gp.BlobBounds(blob)
		if err != nil || b.IsEmpty() {
			return int64(0), nil
		}
		var q [4]float64
		for i := range q {
			switch x := args[i+1].(type) {
			case float64:
				q[i] = x
			case int64:
				q[i] = float64(x)
			}
		}
		return b.MinX <= q[2] && b.MaxX >= q[0] && b.MinY <= q[3] && b.MaxY >= q[1], nil
	}}
}

func (s *selection) where(c store.Condition) error {
	column, field, err := s.v.column(c.Field)
	if err != nil {
		return err
	}
	switch {
	case c.Value.IsNull():
		s.add(column + " IS NULL")
		return nil
	case field.Type == geo.TypeTextArray && c.Value.Type() == geo.TypeText:
		s.add("CASE WHEN json_valid("+column+") THEN EXISTS (SELECT 1 FROM json_each("+column+") j WHERE j.type = 'text' AND j.value = ?) ELSE 0 END", c.Value.Text())
		return nil
	}
	encoded, err := gp.Encode(field.Type, c.Value)
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "the field %q cannot be compared: %w", c.Field, err)
	}
	s.add(column+" = ?", encoded)
	return nil
}

// time adds the test of a date or date-time column. Without the final Z the
// texts of a column are in the order of time.
func (s *selection) time(f *store.TimeFilter) error {
	column, field, err := s.v.column(f.Field)
	if err != nil {
		return err
	}
	if !isTime(field.Type) {
		return geo.Errorf(geo.KindInvalid, "the field %q is not a date or date-time", f.Field)
	}
	start, end := "", ""
	if t := f.Interval.Start; !t.IsZero() {
		start = lowest(field.Type, t)
	}
	if t := f.Interval.End; !t.IsZero() {
		end = timeText(field.Type, t)
	}
	if field.Type == geo.TypeDateTime {
		column = "rtrim(" + column + ", 'Z')"
	}
	var tests []string
	if start != "" {
		tests = append(tests, column+" >= ?")
		s.args = append(s.args, start)
	}
	if end != "" {
		tests = append(tests, column+" <= ?")
		s.args = append(s.args, end)
	}
	if tests != nil {
		s.conditions = append(s.conditions, "("+column+" IS NULL OR "+strings.Join(tests, " AND ")+")")
	}
	return nil
}

func timeText(t geo.FieldType, moment time.Time) string {
	if t == geo.TypeDate {
		return moment.UTC().Format(time.DateOnly)
	}
	return strings.TrimSuffix(gp.FormatTime(moment), "Z")
}

// lowest rounds a moment up to the next microsecond, which values are cut to.
func lowest(t geo.FieldType, moment time.Time) string {
	if cut := moment.Truncate(time.Microsecond); t == geo.TypeDateTime && cut.Before(moment) {
		moment = cut.Add(time.Microsecond)
	}
	return timeText(t, moment)
}
