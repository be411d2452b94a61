// Package lines makes the fixed data of the benchmarks: short lines over
// Auvergne, always the same for the same count.
package lines

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
)

// Write writes n features as a GeoJSON text sequence, a line each: 2 to 6
// vertices about 100 m apart, and five fields (id, nom, classe, longueur, date).
func Write(w io.Writer, n int) error { return write(w, n, 2, 6) }

// WriteTen writes n such features of ten vertices each.
func WriteTen(w io.Writer, n int) error { return write(w, n, 10, 10) }

func write(w io.Writer, n, least, most int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	r := rand.New(rand.NewPCG(63, 113))
	names := []string{"Rue de la République", "Avenue de Royat", "Chemin des Dômes", "Place de Jaude", "Allée des Volcans", "Impasse du Puy"}
	for i := range n {
		x, y := 2.0+2.5*r.Float64(), 44.8+1.9*r.Float64()
		heading, length := 2*math.Pi*r.Float64(), 0.0
		fmt.Fprintf(out, `{"type":"Feature","properties":{"id":"V%07d","nom":%q,"classe":%d,`, i, fmt.Sprintf("%s %d", names[r.IntN(len(names))], r.IntN(500)), 1+r.IntN(9))
		coordinates := make([]byte, 0, 320)
		for v := range least + r.IntN(most-least+1) {
			if v > 0 {
				heading += r.NormFloat64() * 0.4
				step := 0.0005 + 0.001*r.Float64()
				x, y, length = x+step*math.Cos(heading), y+step*math.Sin(heading)*0.7, length+step*80_000
				coordinates = append(coordinates, ',')
			}
			coordinates = fmt.Appendf(coordinates, "[%.6f,%.6f]", x, y)
		}
		fmt.Fprintf(out, `"longueur":%.1f,"date":"20%02d-%02d-%02d"},"geometry":{"type":"LineString","coordinates":[%s]}}`+"\n",
			length, 10+r.IntN(16), 1+r.IntN(12), 1+r.IntN(28), coordinates)
	}
	return out.Flush()
}
