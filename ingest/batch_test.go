package ingest

import (
	"errors"
	"hash/maphash"
	"io"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// zigzags is a Reader of lines of many positions.
type zigzags struct {
	format.Reader
	left, positions int
}

func (z *zigzags) Read(f *geo.Feature) error {
	if z.left == 0 {
		return io.EOF
	}
	z.left--
	flat := make([]float64, 0, 2*z.positions)
	for i := range z.positions {
		flat = append(flat, 3+float64(i)/1e6, 45+float64(z.left)/1e3+float64(i%2)/1e6)
	}
	g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, flat))
	f.FID, f.Geometry = int64(z.left), g
	return err
}

func (z *zigzags) Offset() (done, total int64) { return 0, 0 }

// TestLargeGeometriesMakeSmallBatches bounds what is on its way between a reader and a
// store by positions, not by rows alone.
func TestLargeGeometriesMakeSmallBatches(t *testing.T) {
	for _, c := range []struct{ positions, rows int }{{10, batchSize}, {128, batchSize}, {50_000, 1}, {5_000, 7}} {
		transform, err := crs.New(crs.CRS84)
		if err != nil {
			t.Fatal(err)
		}
		check := &rows{key: -1, transform: transform, shapes: &shapes{transform: transform, key: -1, seed: maphash.MakeSeed(), seen: newFingerprints(1 << 10)}}
		b := newBatch()
		check.fill(&zigzags{left: 2 * batchSize, positions: c.positions}, b, 0)
		if b.n != c.rows || b.err != nil {
			t.Errorf("a batch of %d lines of %d positions, %v", b.n, c.positions, b.err)
		}
		if kept := look(&zigzags{left: 2 * batchSize, positions: c.positions}).kept; len(kept) != c.rows {
			t.Errorf("%d lines of %d positions are looked at first", len(kept), c.positions)
		}
		b.release()
		for i := range b.features {
			if !b.features[i].Geometry.IsNull() {
				t.Fatalf("the geometry of row %d is kept", i)
			}
		}
	}
	a := look(&zigzags{left: 2, positions: 2})
	for want := range 3 {
		if err := a.Read(&geo.Feature{}); errors.Is(err, io.EOF) != (want == 2) {
			t.Errorf("row %d: %v", want, err)
		}
	}
}
