package server

import (
	"context"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/internal/pgtest"
	"puy/store"
	"puy/store/postgis"
	"puy/tiles/mvt"
)

// stationsOf reads the stations of a tile, by their code.
func stationsOf(t *testing.T, c *client, path string) map[string]mvt.Feature {
	t.Helper()
	a := c.ask("GET", path)
	found := map[string]mvt.Feature{}
	if a.status == 204 {
		return found
	}
	if a.status != 200 {
		t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	layers, err := mvt.Decode([]byte(a.body))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		for _, f := range l.Features {
			if code, ok := f.Properties["code"].(string); ok {
				found[code] = f
			}
		}
	}
	return found
}

// soon tries until ok. A change must show on every instance within two seconds;
// the machine may be busy, but not so long that the catalogue's slow poll helps.
func soon(t *testing.T, what string, ok func() bool) {
	t.Helper()
	start := time.Now()
	for !ok() {
		if time.Since(start) > 4*time.Second {
			t.Fatalf("%s: not in four seconds", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("%s: after %s", what, time.Since(start).Round(time.Millisecond))
}

// shows waits until a client sees a state of the stations: that one of them has a
// rank and place, or is no more.
func shows(t *testing.T, c *client, what, code string, rank int64, x, y float64, total int) {
	t.Helper()
	soon(t, what+" in a tile", func() bool {
		f, ok := stationsOf(t, c, "/tiles/stations/0/0/0.mvt")[code]
		return ok == (rank >= 0) && (!ok || f.Properties["rang"] == rank)
	})
	if rank >= 0 {
		for _, path := range []string{tileAt("/tiles/stations", 14, x, y) + ".mvt", tileAt("/tiles/iles,stations", 16, x, y) + ".mvt?fields=code,rang",
			tileAt("/tiles/stations", 16, x, y) + ".mvt?rang=" + strconv.FormatInt(rank, 10),
			tileAt("/tiles/stations", 16, x, y) + ".mvt?filter=rang%3D" + strconv.FormatInt(rank, 10)} {
			if f, ok := stationsOf(t, c, path)[code]; !ok || f.Properties["rang"] != rank && f.Properties["rang"] != nil {
				t.Errorf("%s: not in %s", what, path)
			}
		}
	}
	soon(t, what+" among the items", func() bool {
		var page featurePage
		c.get("/api/collections/stations/items?code="+code, &page)
		if rank < 0 {
			return len(page.Features) == 0
		}
		return len(page.Features) == 1
	})
	var page struct {
		NumberMatched int `json:"numberMatched"`
	}
	soon(t, what+" in numberMatched", func() bool {
		c.get("/api/collections/stations/items?limit=1", &page)
		return page.NumberMatched == total
	})
}

// tileAt gives the address of the tile of a zoom that shows a place.
func tileAt(base string, z int, x, y float64) string {
	n, sin := math.Exp2(float64(z)), math.Sin(y*math.Pi/180)
	col, row := int((x+180)/360*n), int((0.5-math.Log((1+sin)/(1-sin))/(4*math.Pi))*n)
	return base + "/" + strconv.Itoa(z) + "/" + strconv.Itoa(col) + "/" + strconv.Itoa(row)
}

func TestEditsShowEverywhere(t *testing.T) {
	onEachStore(t, func(t *testing.T, s store.Store) {
		fill(t, s)
		clients := []*client{startTiles(t, s), startTiles(t, s)}
		const far = "/tiles/stations/16/34000/23000.mvt"
		tags := map[string]string{}
		asked := []string{"/tiles/stations/0/0/0.mvt", tileAt("/tiles/stations", 14, 3.1, 45.75) + ".mvt", tileAt("/tiles/stations", 14, 3.0, 45.75) + ".mvt",
			"/tiles/stations/0/0/0.mvt?rang=3", "/tiles/WorldCRS84Quad/stations/0/1/0.mvt", "/api/collections/stations/items?limit=2", "/api/collections/stations/items?rang=3"}
		for _, path := range asked {
			for _, c := range clients {
				tags[path] = c.ask("GET", path).header.Get("Etag")
			}
		}
		var first featurePage
		clients[0].get("/api/collections/stations/items?limit=2", &first)
		next := first.link("next")

		f, err := s.Feature(t.Context(), "stations", "S100")
		if err != nil {
			t.Fatal(err)
		}
		moved := *f.Clone()
		moved.Values[1] = geo.Integer(99)
		moved.Geometry = row(t, "", nil, 4.5, 46.5).Geometry
		if _, err := s.Edit(t.Context(), "stations", []store.Edit{{Kind: store.Replace, Feature: moved}}); err != nil {
			t.Fatal(err)
		}
		for _, c := range clients {
			shows(t, c, "a move", "S100", 99, 4.5, 46.5, stationCount)
			for _, path := range asked {
				now := c.ask("GET", path).header.Get("Etag")
				same := path == asked[2] || path == asked[3]
				if (now == tags[path]) != same {
					t.Errorf("%s: ETag %s, before %s", path, now, tags[path])
				}
			}
			if n := len(stationsOf(t, c, tileAt("/tiles/stations", 18, 3.1, 45.75)+".mvt")); n != 0 {
				t.Error("the station is still where it was")
			}
			var tile struct {
				Bounds [4]float64 `json:"bounds"`
				Tiles  []string   `json:"tiles"`
			}
			c.get("/tiles/stations.json", &tile)
			if tile.Bounds[2] != 4.5 || tile.Bounds[3] != 46.5 || !strings.Contains(tile.Tiles[0], "v=1-e1") {
				t.Errorf("TileJSON %+v", tile)
			}
			var about struct {
				ItemCount int `json:"itemCount"`
				Extent    struct {
					Spatial struct {
						BBox [][4]float64 `json:"bbox"`
					} `json:"spatial"`
				} `json:"extent"`
			}
			c.get("/api/collections/stations", &about)
			if about.ItemCount != stationCount || about.Extent.Spatial.BBox[0][2] != 4.5 {
				t.Errorf("collection %+v", about)
			}
			// What was given before still works: a place in the pages, an old address.
			var second featurePage
			c.get(strings.Replace(next, clients[0].base, c.base, 1), &second)
			if len(second.Features) != 2 {
				t.Errorf("the next page has %d features", len(second.Features))
			}
			old, fresh := c.ask("GET", "/tiles/stations/0/0/0.mvt?v=1"), c.ask("GET", "/tiles/stations/0/0/0.mvt?v=1-e1")
			if old.status != 200 || old.body != fresh.body || !strings.HasPrefix(old.header.Get("Cache-Control"), "no-cache") ||
				!strings.Contains(fresh.header.Get("Cache-Control"), "max-age") {
				t.Errorf("v=1: %d %v; v=1-e1: %d %v", old.status, old.header, fresh.status, fresh.header)
			}
			if c.ask("GET", far).status != 204 {
				t.Error(far)
			}
		}

		made := *f.Clone()
		made.ID, made.Values[0], made.Values[1] = "NEW", geo.Text("NEW"), geo.Integer(3)
		made.Geometry = row(t, "", nil, -1.5, 43.5).Geometry
		if _, err := s.Edit(t.Context(), "stations", []store.Edit{{Kind: store.Create, Feature: made}, {Kind: store.Delete, Feature: geo.Feature{ID: "S003"}}}); err != nil {
			t.Fatal(err)
		}
		for _, c := range clients {
			shows(t, c, "a new one", "NEW", 3, -1.5, 43.5, stationCount)
			shows(t, c, "a deletion", "S003", -1, 0, 0, stationCount)
			if found := stationsOf(t, c, "/tiles/stations/0/0/0.mvt?rang=3"); len(found) != stationCount/10 {
				t.Errorf("%d stations of rank 3", len(found))
			}
		}
	})
}

// Another program writes the layer or the view; a connection that is lost
// meanwhile costs nothing.
func TestSQLShowsEverywhere(t *testing.T) {
	url := pgtest.Database(t)
	s, err := postgis.Open(t.Context(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	other, err := postgis.Open(t.Context(), url, postgis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	fill(t, s)
	clients := []*client{startTiles(t, s), startTiles(t, other)}
	for _, c := range clients {
		stationsOf(t, c, "/tiles/stations/0/0/0.mvt?rang=3")
		stationsOf(t, c, "/tiles/stations/0/0/0.mvt")
	}
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close(context.WithoutCancel(t.Context())) })
	exec := func(sql string) {
		t.Helper()
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	both := func(what, code string, rank int64, x, y float64, total int) {
		t.Helper()
		for _, c := range clients {
			shows(t, c, what, code, rank, x, y, total)
		}
	}
	exec(`UPDATE data.stations SET rang = 77, geom = ST_SetSRID(ST_MakePoint(5.5, 44.5), 4326) WHERE code = 'S050'`)
	both("an update", "S050", 77, 5.5, 44.5, stationCount)
	exec(`DELETE FROM data.stations WHERE code = 'S051'`)
	both("a deletion", "S051", -1, 0, 0, stationCount-1)

	const lost = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()`
	exec(lost)
	exec(`UPDATE data.stations SET rang = 78 WHERE code = 'S050'`)
	exec(lost)
	exec(`UPDATE data.stations SET rang = 79 WHERE code = 'S052'`)
	for _, c := range clients {
		shows(t, c, "an update without a connection", "S050", 78, 5.5, 44.5, stationCount-1)
		shows(t, c, "another", "S052", 79, 3.052, 45.75, stationCount-1)
	}
}
