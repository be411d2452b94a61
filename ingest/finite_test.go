package ingest_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/ingest"
)

// TestNoNumbersInFlatGeobuf puts what is no finite number into the place of a
// longitude, a latitude or a height: the row is refused, by a check and by a load, and
// nothing is published.
func TestNoNumbersInFlatGeobuf(t *testing.T) {
	fgb, _ := known.Lookup("fgb")
	layer := format.Layer{Name: "a", CRS: crs.WGS84, Schema: geo.Schema{Geometry: geo.GeometryLineString, HasZ: true}}
	var file bytes.Buffer
	w, err := fgb.NewWriter(&file, layer)
	if err == nil {
		err = w.Write(&geo.Feature{FID: 1, Geometry: shapeOf(geom.NewLineStringFlat(geom.XYZ, []float64{3.25, 45.5, 312, 4, 46, 313}))})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	bits := func(v float64) []byte { return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)) }
	for name, of := range map[string]float64{"longitude": 3.25, "latitude": 45.5, "height": 312} {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			content := bytes.Clone(file.Bytes())
			at := bytes.LastIndex(content, bits(of)) // the first ones are the extent's
			if at < 0 {
				t.Fatalf("there is no %s", name)
			}
			copy(content[at:], bits(v))
			for _, dry := range []bool{true, false} {
				st, d := openStore(t), catalog.Dataset{ID: "lines"}
				if err := st.PutDataset(t.Context(), d); err != nil {
					t.Fatal(err)
				}
				r, err := ingest.Load(t.Context(), st, d, sourceOf(t, "a.fgb", content), ingest.Options{DryRun: dry})
				if geo.KindOf(err) != geo.KindInvalid || r.Version != nil {
					t.Errorf("%s %v, dry %v: %d rows, %d rejected, %v", name, v, dry, r.Rows, r.Rejected, err)
				}
			}
		}
	}
}
