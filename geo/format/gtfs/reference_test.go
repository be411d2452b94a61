package gtfs_test

import (
	"database/sql"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"puy/geo/format"
)

// chance makes a feed with columns in no order, and rows as they come or in no order.
func chance(r *rand.Rand, scattered bool) map[string]string {
	tables := map[string][][]string{
		"routes.txt":     {{"route_id", "route_short_name", "route_type", "route_color"}},
		"trips.txt":      {{"route_id", "service_id", "trip_id", "direction_id", "shape_id"}},
		"stops.txt":      {{"stop_id", "stop_name", "stop_lat", "stop_lon"}},
		"shapes.txt":     {{"shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"}},
		"stop_times.txt": {{"trip_id", "arrival_time", "stop_id", "stop_sequence"}},
	}
	add := func(name string, cells ...any) {
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = fmt.Sprint(c)
		}
		tables[name] = append(tables[name], texts)
	}
	degrees := func() string { return fmt.Sprintf("%.3f%d", 1+r.Float64()*50, 1+r.IntN(9)) }
	const routes, shapes, stops, trips = 12, 20, 50, 300
	for i := range routes {
		add("routes.txt", fmt.Sprintf("r%d", i), fmt.Sprintf("L, %d", i%9), 3, "00ff00")
	}
	for i := range shapes {
		for at := range 2 + r.IntN(800) {
			add("shapes.txt", fmt.Sprintf("s%d", i), degrees(), degrees(), at*3)
		}
	}
	for i := range stops {
		add("stops.txt", fmt.Sprintf("é%d", i), fmt.Sprintf("Arrêt \"%d\"", i), degrees(), degrees())
	}
	for i := range trips {
		route := r.IntN(routes)
		shape := ""
		if route > 3 { // the others are drawn from stop to stop
			shape = fmt.Sprintf("s%d", r.IntN(shapes))
		}
		add("trips.txt", fmt.Sprintf("r%d", route), "any", fmt.Sprintf("t%d", i), r.IntN(2), shape)
		for at := range 2 + r.IntN(12) {
			add("stop_times.txt", fmt.Sprintf("t%d", i), "27:00:00", fmt.Sprintf("é%d", r.IntN(stops)), at*at)
		}
	}
	files := map[string]string{}
	for name, all := range tables {
		if scattered {
			r.Shuffle(len(all)-1, func(i, j int) { all[i+1], all[j+1] = all[j+1], all[i+1] })
		}
		order := r.Perm(len(all[0]))
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.UseCRLF = name == "stops.txt"
		for _, cells := range all {
			turned := make([]string, len(cells))
			for i, from := range order {
				turned[i] = cells[from]
			}
			if err := w.Write(turned); err != nil {
				panic(err) // a strings.Builder does not fail
			}
		}
		w.Flush()
		files[name] = b.String()
	}
	return files
}

// tables puts the tables of a feed, which encoding/csv reads, into SQLite.
func tables(t *testing.T, files map[string]string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		rows, err := csv.NewReader(strings.NewReader(content)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		table := strings.TrimSuffix(name, ".txt")
		if _, err := tx.Exec("CREATE TABLE " + table + " (row INTEGER PRIMARY KEY, " + strings.Join(rows[0], ", ") + ")"); err != nil {
			t.Fatal(err)
		}
		insert, err := tx.Prepare("INSERT INTO " + table + " VALUES (NULL" + strings.Repeat(", ?", len(rows[0])) + ")")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			cells := make([]any, len(row))
			for i := range row {
				cells[i] = row[i]
			}
			if _, err := insert.Exec(cells...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return db
}

// query asks for pairs of texts.
func query(t *testing.T, db *sql.DB, question string) map[string]string {
	t.Helper()
	answer, err := db.Query(question)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Close()
	got := map[string]string{}
	for answer.Next() {
		var key, value string
		if err := answer.Scan(&key, &value); err != nil {
			t.Fatal(err)
		}
		got[key] = value
	}
	if err := answer.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

const (
	// The names of the routes of each stop, in the order of routes.txt.
	routesOfStops = `SELECT stop_id, json_group_array(route_id) FROM
		(SELECT DISTINCT stop_id, route_id, route_short_name, routes.row FROM stop_times JOIN trips USING (trip_id) JOIN routes USING (route_id) ORDER BY stop_id, routes.row)
		GROUP BY stop_id`
	// Lines of shapes by their ids.
	linesOfShapes = `SELECT shape_id, group_concat((shape_pt_lon + 0) || ' ' || (shape_pt_lat + 0), ',') FROM
		(SELECT * FROM shapes ORDER BY shape_id, shape_pt_sequence + 0) GROUP BY shape_id`
	// Lines of routes: of their shapes in the order in which they come in shapes.txt.
	linesOfRoutes = `WITH lines AS (SELECT shape_id, min(row) AS first, group_concat((shape_pt_lon + 0) || ' ' || (shape_pt_lat + 0), ',') AS line FROM
		(SELECT * FROM shapes ORDER BY shape_id, shape_pt_sequence + 0) GROUP BY shape_id)
		SELECT route_id, group_concat(line, ';') FROM
		(SELECT DISTINCT route_id, first, line FROM trips JOIN lines USING (shape_id) ORDER BY route_id, first) GROUP BY route_id`
	// Lines of routes without shapes: of the first of the longest trips in each direction.
	linesOfStops = `WITH lengths AS (SELECT trip_id, count(*) AS n FROM stop_times GROUP BY trip_id),
		ranked AS (SELECT trip_id, route_id, direction_id, row_number() OVER (PARTITION BY route_id, direction_id ORDER BY n DESC, row) AS place
			FROM trips JOIN lengths USING (trip_id) WHERE shape_id = ''),
		calls AS (SELECT route_id, direction_id, stop_lon, stop_lat, stop_id, lag(stop_id) OVER (PARTITION BY trip_id ORDER BY stop_sequence + 0) AS before, stop_sequence + 0 AS at
			FROM ranked JOIN stop_times USING (trip_id) JOIN stops USING (stop_id) WHERE place = 1),
		lines AS (SELECT route_id, direction_id, group_concat((stop_lon + 0) || ' ' || (stop_lat + 0), ',') AS line
			FROM (SELECT * FROM calls WHERE before IS NOT stop_id ORDER BY route_id, direction_id, at) GROUP BY route_id, direction_id)
		SELECT route_id, group_concat(line, ';') FROM (SELECT * FROM lines ORDER BY direction_id) GROUP BY route_id`
	tripsOfRoutes = `SELECT route_id, CAST(count(*) AS TEXT) FROM trips GROUP BY route_id`
	tripsOfShapes = `SELECT shape_id, CAST(count(*) AS TEXT) FROM trips GROUP BY shape_id`
)

// TestAgainstSQL compares what is computed with SQLite over the same tables.
func TestAgainstSQL(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for seed, scattered := range []bool{false, true} {
		compare(t, chance(rand.New(rand.NewPCG(uint64(seed), 2026)), scattered))
	}
}

func compare(t *testing.T, files map[string]string) {
	t.Helper()
	db, layers := tables(t, files), map[string][]row{}
	src := pack(t, files)
	for _, name := range []string{"routes", "stops", "shapes"} {
		_, rows, problems := load(t, src, format.Options{Layer: name})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		layers[name] = rows
	}
	all := func(row) bool { return true }
	shaped := func(r row) bool { return r["line_from"] == "shapes" }
	for _, c := range []struct {
		layer, name, question string
		keep                  func(row) bool
	}{
		{"stops", "route_ids", routesOfStops, all},
		{"shapes", "@", linesOfShapes, all},
		{"shapes", "trips", tripsOfShapes, func(r row) bool { return r["trips"] != "0" }},
		{"routes", "trips", tripsOfRoutes, all},
		{"routes", "@", linesOfRoutes, shaped},
		{"routes", "@", linesOfStops, func(r row) bool { return !shaped(r) }},
	} {
		want := query(t, db, c.question)
		delete(want, "") // trips without a shape
		got := map[string]string{}
		for _, r := range layers[c.layer] {
			if v, there := r[c.name]; there && c.keep(r) {
				got[r["#"]] = v
			}
		}
		if len(want) < 4 {
			t.Errorf("%s %s: %d rows prove nothing", c.layer, c.name, len(want))
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s: %.2000s", c.layer, c.name, diff)
		}
	}
	// Names are told once, in the order of their routes.
	names := query(t, db, strings.Replace(routesOfStops, "json_group_array(route_id)", "group_concat(route_short_name, '|')", 1))
	for _, r := range layers["stops"] {
		var once []string
		for _, name := range strings.Split(names[r["#"]], "|") {
			if !slices.Contains(once, name) {
				once = append(once, name)
			}
		}
		if want := `["` + strings.Join(once, `","`) + `"]`; r["routes"] != want {
			t.Errorf("%s: %s, want %s", r["#"], r["routes"], want)
		}
	}
}
