package sets

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
)

// Streets writes n lines of 10 vertices, about 30 m apart, with four fields,
// evenly over a box of 2.5 by 1.9 degrees: as crowded as a region's streets.
func Streets(w io.Writer, n int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	r := rand.New(rand.NewPCG(63, 2108))
	names := []string{"Rue de la République", "Avenue de Royat", "Chemin des Dômes", "Place de Jaude", "Allée des Volcans", "Impasse du Puy"}
	var coordinates []byte
	for i := range n {
		x, y := 2.0+2.5*r.Float64(), 44.8+1.9*r.Float64()
		heading := 2 * math.Pi * r.Float64()
		coordinates = coordinates[:0]
		for v := range 10 {
			if v > 0 {
				heading += r.NormFloat64() * 0.3
				step := 0.0002 + 0.0004*r.Float64()
				x, y = x+step*math.Cos(heading), y+step*math.Sin(heading)*0.7
				coordinates = append(coordinates, ',')
			}
			coordinates = fmt.Appendf(coordinates, "[%.6f,%.6f]", x, y)
		}
		fmt.Fprintf(out, `{"type":"Feature","properties":{"id":%d,"nom":"%s %d","classe":%d,"sens":%t},"geometry":{"type":"LineString","coordinates":[%s]}}`+"\n",
			i+1, names[r.IntN(len(names))], r.IntN(500), 1+r.IntN(9), r.IntN(2) == 0, coordinates)
	}
	return out.Flush()
}
