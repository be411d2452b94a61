package sets

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// Points writes n points with three fields, three quarters of them crowded
// around a thousand towns, in mainland France's box.
func Points(w io.Writer, n int) error {
	const towns = 1000
	out := bufio.NewWriterSize(w, 1<<20)
	r := rand.New(rand.NewPCG(63, 1465))
	var centres [towns][3]float64
	for i := range centres {
		centres[i] = [3]float64{-4 + 12*r.Float64(), 42.5 + 8*r.Float64(), 0.02 + 0.1*r.Float64()}
	}
	for i := range n {
		x, y := -4+12*r.Float64(), 42.5+8*r.Float64()
		if r.IntN(4) > 0 {
			c := centres[int(towns*r.Float64()*r.Float64())] // the first towns are the largest
			x, y = c[0]+c[2]*r.NormFloat64(), c[1]+c[2]*0.7*r.NormFloat64()
		}
		fmt.Fprintf(out, `{"type":"Feature","properties":{"id":%d,"genre":"genre %02d","hauteur":%.1f},"geometry":{"type":"Point","coordinates":[%.6f,%.6f]}}`+"\n",
			i+1, r.IntN(40), 2+20*r.Float64(), x, y)
	}
	return out.Flush()
}
