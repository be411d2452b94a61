package server

import (
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/twpayne/go-geom"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// discard is a client that reads everything at once.
type discard struct {
	*httptest.ResponseRecorder
	bytes int64
}

func (d *discard) Write(b []byte) (int, error) {
	d.bytes += int64(len(b))
	return len(b), nil
}

// BenchmarkItems asks for pages of lines of ten vertices with five fields.
func BenchmarkItems(b *testing.B) {
	const rows = 50_000
	features := make([]*geo.Feature, rows)
	for i := range features {
		flat := make([]float64, 0, 20)
		for v := range 10 {
			a := float64(i) + float64(v)/10
			flat = append(flat, 3+math.Sin(a), 45+math.Cos(a))
		}
		g, err := geo.NewGeometry(geom.NewLineStringFlat(geom.XY, flat))
		if err != nil {
			b.Fatal(err)
		}
		id := fmt.Sprintf("V%07d", i)
		features[i] = &geo.Feature{ID: id, Geometry: g, Values: []geo.Value{geo.Text(id), geo.Text(fmt.Sprintf("Rue de la République %d", i%500)),
			geo.Integer(int64(i % 9)), geo.Number(float64(i) / 10), geo.Date(int64(15000 + i%4000))}}
	}
	schema := &geo.Schema{Geometry: geo.GeometryLineString, Key: "id", Fields: []geo.Field{{Name: "id", Type: geo.TypeText}, {Name: "nom", Type: geo.TypeText},
		{Name: "classe", Type: geo.TypeInteger}, {Name: "longueur", Type: geo.TypeNumber}, {Name: "date", Type: geo.TypeDate}}}
	onEachStoreB(b, func(b *testing.B, s store.Store) {
		load(b, s, catalog.Dataset{ID: "lines", Title: geo.Localized{FR: "Lignes"}, Key: "id"}, schema, features)
		srv, err := New(b.Context(), Config{Store: s, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			b.Fatal(err)
		}
		defer srv.Close()
		for _, query := range []string{"limit=10", "limit=1000", "limit=10000", "limit=1000&filter=" + url.QueryEscape("classe = 3"), "limit=1000&sortby=-longueur"} {
			for _, coding := range []string{"", "gzip"} {
				b.Run(query+" "+coding, func(b *testing.B) {
					b.ReportAllocs()
					var sent int64
					for b.Loop() {
						r := httptest.NewRequest("GET", "/api/collections/lines/items?"+query, nil)
						if coding != "" {
							r.Header.Set("Accept-Encoding", coding)
						}
						w := discard{ResponseRecorder: httptest.NewRecorder()}
						srv.ServeHTTP(&w, r)
						if w.Code != 200 {
							b.Fatal(w.Code)
						}
						sent += w.bytes
					}
					b.SetBytes(sent / int64(b.N))
				})
			}
		}
	})
}
