package parquet

import (
	"encoding/json"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/parquet/columns"
)

// writer writes one layer.
type writer struct {
	table  *columns.Writer
	schema geo.Schema
	crs    crs.Code
	withID bool
	shape  string // the column of geometries, "" for none
	boxes  string // the covering column

	kinds  map[string]bool
	bounds [6]float64 // min x, y, z, max x, y, z
	some   bool
	wkb    []byte
	row    int64
}

// newWriter makes the columns: id where the features have one outside the fields,
// the fields, geometry, bbox.
func newWriter(w io.Writer, layer format.Layer) (*writer, error) {
	s := &layer.Schema
	o := &writer{schema: layer.Schema, crs: layer.CRS, kinds: map[string]bool{}}
	o.withID = layer.HasIDs && s.Key == "" && s.Index("id") < 0
	var specs []columns.Spec
	if o.withID {
		specs = append(specs, columns.Spec{Name: "id", Kind: columns.KindText})
	}
	taken := map[string]bool{}
	for _, f := range s.Fields {
		spec := columns.Spec{Name: unique(taken, f.Name), Kind: kindOf(f.Type), List: f.Type == geo.TypeTextArray}
		specs = append(specs, spec)
	}
	if s.Spatial() {
		o.shape, o.boxes = unique(taken, "geometry"), unique(taken, "bbox")
		corner := func(name string) columns.Spec { return columns.Spec{Name: name, Kind: columns.KindNumber} }
		specs = append(specs, columns.Spec{Name: o.shape, Kind: columns.KindBinary},
			columns.Spec{Name: o.boxes, Fields: []columns.Spec{corner("xmin"), corner("ymin"), corner("xmax"), corner("ymax")}})
	}
	if len(specs) == 0 {
		return nil, geo.Errorf(geo.KindInvalid, "a Parquet file needs a column")
	}
	var err error
	o.table, err = columns.NewWriter(w, specs)
	return o, err
}

// unique gives name or a variant that is not taken.
func unique(taken map[string]bool, name string) string {
	candidate := name
	for n := 2; taken[candidate]; n++ {
		candidate = name + "_" + strconv.Itoa(n)
	}
	taken[candidate] = true
	return candidate
}

// kindOf gives the kind of column that holds a field of type t.
func kindOf(t geo.FieldType) columns.Kind {
	switch t {
	case geo.TypeInteger:
		return columns.KindInteger
	case geo.TypeNumber:
		return columns.KindNumber
	case geo.TypeBoolean:
		return columns.KindBoolean
	case geo.TypeDate:
		return columns.KindDate
	case geo.TypeDateTime:
		return columns.KindTimestamp
	case geo.TypeJSON:
		return columns.KindJSON
	}
	return columns.KindText
}

func (w *writer) Write(f *geo.Feature) error {
	w.row++
	if len(f.Values) != len(w.schema.Fields) {
		return geo.Errorf(geo.KindInternal, "feature %d has %d values for %d fields", w.row, len(f.Values), len(w.schema.Fields))
	}
	out := w.table.Outputs
	if w.withID {
		out[0].Text(f.ID)
		out = out[1:]
	}
	for i, v := range f.Values {
		if err := write(out[i], w.schema.Fields[i], v); err != nil {
			return err
		}
	}
	if w.shape != "" {
		w.geometry(out[len(f.Values):], f.Geometry)
	}
	return w.table.EndRow()
}

// write writes the value of a field.
func write(o *columns.Output, f geo.Field, v geo.Value) error {
	if v.IsNull() {
		o.Null()
		return nil
	}
	if v.Type() != f.Type && !(f.Type == geo.TypeNumber && v.Type() == geo.TypeInteger) {
		return geo.Errorf(geo.KindInvalid, "a value of type %s in the field %s of type %s", v.Type(), f.Name, f.Type)
	}
	switch f.Type {
	case geo.TypeInteger:
		o.Bits(uint64(v.Integer()))
	case geo.TypeNumber:
		o.Bits(math.Float64bits(v.Number()))
	case geo.TypeBoolean:
		bit := uint64(0)
		if v.Boolean() {
			bit = 1
		}
		o.Bits(bit)
	case geo.TypeDate:
		days := v.Days()
		if days < math.MinInt32 || days > math.MaxInt32 {
			return geo.Errorf(geo.KindInvalid, "the day %d of the field %s is too far away for Parquet", days, f.Name)
		}
		o.Bits(uint64(days))
	case geo.TypeDateTime:
		o.Bits(uint64(v.Micros()))
	case geo.TypeTextArray:
		o.Texts(v.Texts())
	default:
		o.Text(v.Text())
	}
	return nil
}

// geometry writes a geometry and its box.
func (w *writer) geometry(out []*columns.Output, g geo.Geometry) {
	if g.IsNull() {
		for _, o := range out {
			o.Null()
		}
		return
	}
	w.wkb = g.AppendWKB(w.wkb[:0])
	out[0].Bytes(w.wkb)
	name := g.Type().String()
	if g.HasZ() {
		name += " Z"
	}
	w.kinds[name] = true
	b := g.Bounds()
	if b.IsEmpty() {
		for _, o := range out[1:] {
			o.Null()
		}
		return
	}
	for i, c := range [...]float64{b.MinX, b.MinY, b.MaxX, b.MaxY} {
		out[1+i].Bits(math.Float64bits(c))
	}
	low, high := math.Inf(1), math.Inf(-1)
	if w.schema.HasZ {
		low, high = heights(g)
	}
	box := [6]float64{b.MinX, b.MinY, low, b.MaxX, b.MaxY, high}
	for i, c := range box {
		switch {
		case !w.some:
			w.bounds[i] = c
		case i < 3:
			w.bounds[i] = min(w.bounds[i], c)
		default:
			w.bounds[i] = max(w.bounds[i], c)
		}
	}
	w.some = true
}

func heights(g geo.Geometry) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	g.EachFlat(func(flat []float64, stride int) {
		for i := 2; stride > 2 && i < len(flat); i += stride {
			low, high = min(low, flat[i]), max(high, flat[i])
		}
	})
	return low, high
}

func (w *writer) Close() error {
	if w.shape == "" {
		return w.table.Close()
	}
	text, err := w.metadata()
	if err != nil {
		return err
	}
	return w.table.Close([2]string{"geo", text})
}

// metadata gives the value of the key "geo".
func (w *writer) metadata() (string, error) {
	c := geometryColumn{Encoding: "WKB", Types: []string{}, Covering: &covering{BBox: map[string][]string{}}}
	c.Types = slices.AppendSeq(c.Types, maps.Keys(w.kinds))
	slices.Sort(c.Types)
	for _, corner := range [...]string{"xmin", "ymin", "xmax", "ymax"} {
		c.Covering.BBox[corner] = []string{w.boxes, corner}
	}
	switch text := projJSONOf(w.crs); {
	case w.crs == crs.CRS84, w.crs == crs.WGS84, w.crs == 4979: // the default, whose order is x, y
	case text == "":
		c.CRS = json.RawMessage("null")
	default:
		c.CRS = json.RawMessage(text)
	}
	b := w.bounds
	switch {
	case !w.some:
	case w.schema.HasZ && b[2] <= b[5]:
		c.Bounds = b[:]
	default:
		c.Bounds = []float64{b[0], b[1], b[3], b[4]}
	}
	text, err := json.Marshal(metadata{Version: "1.1.0", Primary: w.shape, Columns: map[string]geometryColumn{w.shape: c}})
	if err != nil {
		return "", geo.Errorf(geo.KindInternal, "cannot write the metadata: %w", err)
	}
	return string(text), nil
}
