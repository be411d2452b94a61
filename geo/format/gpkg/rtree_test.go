package gpkg_test

import (
	"context"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"puy/geo"
	"puy/geo/format/gpkg"
)

// TestRTree lets SQLite itself check and search the packed nodes.
func TestRTree(t *testing.T) {
	for _, n := range []int{0, 1, 46, 47, 92, 2116, 2117, 30000} {
		db, err := gpkg.Open(filepath.Join(t.TempDir(), "t.gpkg"), url.Values{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		rnd := rand.New(rand.NewPCG(1, uint64(n)))
		boxes, exact := make([]gpkg.Box, n), make([]geo.Bounds, n)
		for i := range boxes {
			x, y := rnd.Float64()*360-180, rnd.Float64()*180-90
			exact[i] = geo.Bounds{MinX: x, MinY: y, MaxX: x + rnd.Float64(), MaxY: y + rnd.Float64()}
			boxes[i] = gpkg.NewBox(int64(3*i+1), exact[i])
		}
		ctx := context.Background()
		if err := gpkg.CreateRTree(ctx, db, "r", boxes); err != nil {
			t.Fatal(err)
		}
		check := func() {
			t.Helper()
			var verdict string
			if err := db.QueryRow("SELECT rtreecheck('r')").Scan(&verdict); err != nil || verdict != "ok" {
				t.Fatalf("%d boxes: %s, %v", n, verdict, err)
			}
		}
		check()
		for range 50 {
			q := geo.Bounds{MinX: rnd.Float64()*360 - 180, MinY: rnd.Float64()*180 - 90}
			q.MaxX, q.MaxY = q.MinX+rnd.Float64()*40, q.MinY+rnd.Float64()*40
			rows, err := db.Query("SELECT id FROM r WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ? ORDER BY id", q.MaxX, q.MinX, q.MaxY, q.MinY)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for rows.Next() {
				var id int64
				if err := rows.Scan(&id); err != nil {
					t.Fatal(err)
				}
				got = append(got, id)
			}
			rows.Close()
			for i, b := range exact { // rounding outwards may add to what meets q, and takes nothing away
				if _, found := slices.BinarySearch(got, int64(3*i+1)); b.Intersects(q) && !found {
					t.Fatalf("%v does not find %v", q, b)
				} else if wide := (geo.Bounds{MinX: b.MinX - 1e-4, MinY: b.MinY - 1e-4, MaxX: b.MaxX + 1e-4, MaxY: b.MaxY + 1e-4}); found && !wide.Intersects(q) {
					t.Fatalf("%v finds %v", q, b)
				}
			}
		}
		if n == 0 {
			continue
		}
		if _, err := db.Exec("DELETE FROM r WHERE id % 2 = 0; INSERT INTO r VALUES (1000000, 1, 2, 3, 4)"); err != nil {
			t.Fatal(err)
		}
		check()
	}
}
