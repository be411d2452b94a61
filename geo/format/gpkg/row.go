package gpkg

import (
	"strings"

	"puy/geo"
)

// Insert gives the statement that adds a row to t's table under a name of its
// own (a quoted identifier), with the parameters that Row makes.
func (t *Table) Insert(as string) string {
	n := 1 + len(t.Extra) + len(t.Columns)
	if t.Schema.Spatial() {
		n++
	}
	return "INSERT INTO " + as + " VALUES (" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + ")"
}

// Row appends to args one row of t's table for Insert: fid, the geometry as
// the schema's multi-part kind if it is one, f's ID in each extra column, the values. The geometry is appended to blob,
// which args refers to. Errors, of KindInvalid, name the field.
func (t *Table) Row(args []any, blob []byte, fid int64, f *geo.Feature) ([]any, []byte, error) {
	if len(f.Values) != len(t.Schema.Fields) {
		return args, blob, geo.Errorf(geo.KindInvalid, "row %d has %d values for %d fields", f.FID, len(f.Values), len(t.Schema.Fields))
	}
	args = append(args, fid)
	if t.Schema.Spatial() {
		start := len(blob)
		if blob = AppendBlob(blob, f.Geometry.Promote(t.Schema.Geometry), t.SRS); len(blob) > start {
			args = append(args, blob[start:])
		} else {
			args = append(args, nil)
		}
	}
	for range t.Extra {
		args = append(args, f.ID)
	}
	for i, v := range f.Values {
		field := &t.Schema.Fields[i]
		encoded, err := Encode(field.Type, v)
		if err != nil {
			return args, blob, geo.Errorf(geo.KindInvalid, "row %d, field %q: %w", f.FID, field.Name, err)
		}
		args = append(args, encoded)
	}
	return args, blob, nil
}
