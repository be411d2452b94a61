package gtfs

import (
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// stopReader is the layer of stops: a row of stops.txt each.
type stopReader struct {
	base
	stops        *stops
	routes       *routes
	served       sets // the routes of each stop
	id, lon, lat int
	byID, byName int // the fields of routes, by ids and by names; -1 where they are not known
	kind         int // the field location_type, or -1
}

// stopColumns are those of stops.txt (reference of the schedule), but coordinates.
func stopColumns() []known {
	return []known{
		{"stop_id", geo.TypeText, "Identifiant de l’arrêt", "Stop ID"},
		{"stop_code", geo.TypeText, "Code de l’arrêt", "Stop code"},
		{"stop_name", geo.TypeText, "Nom", "Name"},
		{"tts_stop_name", geo.TypeText, "Nom prononcé", "Name to be spoken"},
		{"stop_desc", geo.TypeText, "Description", "Description"},
		{"zone_id", geo.TypeText, "Zone tarifaire", "Fare zone"},
		{"stop_url", geo.TypeText, "Page web", "Web page"},
		{"location_type", geo.TypeInteger, "Type de lieu", "Location type"},
		{"parent_station", geo.TypeText, "Station", "Parent station"},
		{"stop_timezone", geo.TypeText, "Fuseau horaire", "Time zone"},
		{"wheelchair_boarding", geo.TypeInteger, "Accès en fauteuil roulant", "Wheelchair boarding"},
		{"level_id", geo.TypeText, "Niveau", "Level"},
		{"platform_code", geo.TypeText, "Quai", "Platform"},
		{"stop_access", geo.TypeInteger, "Accès à l’arrêt", "Stop access"},
	}
}

// stops are those of stops.txt, by the places of their ids.
type stops struct {
	index   *index
	x, y    []float64 // NaN where stops.txt has none
	parents []int32   // -1 for none
	rows    int64
	bounds  geo.Bounds
}

// maxLevels bounds how far parents are followed: a boarding area is on a platform, that
// in a station.
const maxLevels = 4

// readStops reads stops.txt, which may be told of what is odd; nil where it is not there.
func (f *feed) readStops(told bool) (*stops, error) {
	t, err := f.table("stops.txt", "stop_id")
	if t == nil || err != nil {
		return nil, err
	}
	s := &stops{index: newIndex("stops.txt", maxStops), bounds: geo.EmptyBounds()}
	id, lon, lat, parent := t.column("stop_id"), t.column("stop_lon"), t.column("stop_lat"), t.column("parent_station")
	err = f.each(t, !told, func() error {
		if len(t.cell(id)) == 0 {
			return nil
		}
		_, fresh, err := s.index.add(t.cell(id))
		if !fresh || err != nil {
			return err
		}
		x, y, _, fault := position(t.cell(lon), t.cell(lat))
		if fault != "" {
			x, y = math.NaN(), math.NaN()
		} else {
			s.bounds = s.bounds.Extend(x, y)
		}
		s.x, s.y, s.parents = append(s.x, x), append(s.y, y), append(s.parents, -1)
		return nil
	})
	s.rows = t.row
	if err != nil || parent < 0 {
		return s, err
	}
	// Parents may stand after their children.
	if t, err = f.table("stops.txt"); err != nil {
		return nil, err
	}
	return s, f.each(t, false, func() error {
		if len(t.cell(parent)) == 0 || len(t.cell(id)) == 0 {
			return nil
		}
		of := s.index.find(t.cell(parent))
		if of < 0 && told {
			f.notes.add(geo.Problem{Column: "parent_station", Value: clip(t.cell(parent)), Rule: geo.RuleIgnored}, t.row, "stops of a parent that is not there")
		}
		s.parents[s.index.find(t.cell(id))] = of
		return nil
	})
}

// place gives where a stop is, or where what it belongs to is; false where nothing tells.
func (s *stops) place(n int32) (x, y float64, ok bool) {
	for range maxLevels {
		if n < 0 {
			break
		}
		if !math.IsNaN(s.x[n]) {
			return s.x[n], s.y[n], true
		}
		n = s.parents[n]
	}
	return 0, 0, false
}

// prepare reads stops, and what tells which routes serve them.
func (s *stopReader) prepare() error {
	f := s.feed
	var err error
	if s.stops, err = f.readStops(true); err != nil {
		return err
	}
	t, err := f.table("stops.txt")
	if err != nil {
		return err
	}
	if t == nil {
		return geo.Errorf(geo.KindInvalid, "%s is empty", "stops.txt")
	}
	s.id, s.lon, s.lat = t.column("stop_id"), t.column("stop_lon"), t.column("stop_lat")
	s.fields.table(t, stopColumns(), f.opt.Types, "stop_lon", "stop_lat")
	if err := t.close(); err != nil {
		return err
	}
	s.kind = -1
	for i := range s.fields.list {
		if s.fields.list[i].Name == "location_type" && s.fields.list[i].Type == geo.TypeInteger {
			s.kind = i
		}
	}
	s.byID, s.byName = -1, -1
	if err := s.readServed(); err != nil {
		return err
	}
	if s.served.of != nil {
		s.byID = s.fields.made(known{"route_ids", geo.TypeTextArray, "Identifiants des lignes", "Route IDs"})
		s.byName = s.fields.made(known{"routes", geo.TypeTextArray, "Lignes", "Routes"})
	}
	s.layer.Count, s.layer.Bounds = s.stops.rows, s.stops.bounds
	return s.begin("stops.txt", "stop_id", geo.GeometryPoint)
}

// readServed finds the routes of each stop, which no file says: a trip is of a route and
// has times at stops.
func (s *stopReader) readServed() error {
	f := s.feed
	var err error
	if s.routes, err = f.readRoutes(false); err != nil || s.routes == nil {
		return err
	}
	times, err := f.table("stop_times.txt", "trip_id", "stop_id")
	if err != nil {
		return err
	}
	if times == nil {
		f.notes.add(geo.Problem{Value: "stop_times.txt", Rule: geo.RuleIgnored}, 0, "file that is not there: which routes serve a stop is not known")
		return nil
	}
	trips := newIndex("trips.txt", maxTrips)
	var of []int32
	err = f.eachTrip(s.routes, true, func(t trip) error {
		_, fresh, err := trips.add(t.id)
		if fresh {
			of = append(of, t.route)
		}
		return err
	})
	if err != nil {
		times.close()
		return err
	}
	s.served.of = make([]set, s.stops.index.len())
	err = f.eachTime(times, trips, s.stops, true, func(trip, stop int32, _ uint32) error { return s.served.add(stop, of[trip]) })
	if err != nil {
		return err
	}
	for n := range s.served.of {
		for _, route := range s.served.sort(int32(n)) {
			up := s.stops.parents[n]
			for range maxLevels {
				if up < 0 || up == int32(n) {
					break
				}
				if err := s.served.add(up, route); err != nil {
					return err
				}
				up = s.stops.parents[up]
			}
		}
	}
	return nil
}

// Read gives the next stop.
func (s *stopReader) Read(out *geo.Feature) error {
	problems, err := s.row(out, s.id)
	if err != nil {
		return err
	}
	t := s.rows
	if problems == nil {
		n := s.stops.index.find(t.cell(s.id))
		if s.kind >= 0 && out.Values[s.kind].IsNull() {
			out.Values[s.kind] = geo.Integer(0) // what blank means (reference of stops.txt)
		}
		s.tellRoutes(out, n)
		if s.layer.Schema.Spatial() {
			problems = s.locate(out, n)
		}
	}
	return rejected(problems)
}

// locate sets the position. Generic nodes (3) and boarding areas (4) may have none.
func (s *stopReader) locate(out *geo.Feature, n int32) []geo.Problem {
	t := s.rows
	lon, lat := t.cell(s.lon), t.cell(s.lat)
	x, y, column, fault := position(lon, lat)
	if fault != "" {
		inherits := s.kind >= 0 && (out.Values[s.kind].Integer() == 3 || out.Values[s.kind].Integer() == 4)
		blank := len(lon) == 0 && len(lat) == 0
		ok := false
		if inherits && blank {
			x, y, ok = s.stops.place(n)
		}
		switch {
		case ok:
		case inherits && blank:
			return []geo.Problem{problem(t.row, "parent_station", nil, geo.RuleGeometry, "neither it nor what it belongs to has coordinates")}
		case blank:
			return []geo.Problem{problem(t.row, "stop_lat", nil, geo.RuleGeometry, "it has no coordinates")}
		default:
			value := lat
			if column == "stop_lon" {
				value = lon
			}
			return []geo.Problem{problem(t.row, column, value, geo.RuleGeometry, fault)}
		}
	}
	var err error
	if out.Geometry, err = geo.NewGeometry(geom.NewPointFlat(geom.XY, []float64{x, y})); err != nil {
		return []geo.Problem{problem(t.row, "", nil, geo.RuleGeometry, err.Error())}
	}
	return nil
}

// tellRoutes sets the routes that serve a stop, each name once.
func (s *stopReader) tellRoutes(out *geo.Feature, n int32) {
	if s.byID < 0 {
		return
	}
	members := s.served.sort(n)
	ids, labels := make([]string, 0, len(members)), make([]string, 0, len(members))
	told := make(map[string]bool, len(members))
	for _, m := range members {
		r := &s.routes.list[m]
		ids = append(ids, r.id)
		if name := r.label(); !told[name] {
			told[name] = true
			labels = append(labels, name)
		}
	}
	out.Values[s.byID], out.Values[s.byName] = geo.TextArray(ids), geo.TextArray(labels)
}
