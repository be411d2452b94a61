package gtfs

import (
	"errors"
	"io"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// shapeReader is the layer of shapes: a row a shape.
type shapeReader struct {
	base
	points *points
	routes *routes
	ids    []string
	trips  []shapeTrips
	made   [10]int
	row    int32
}

// shapeTrips is what the trips along a shape tell.
type shapeTrips struct {
	route     int32 // of the first trip, as the direction and the headsign
	direction int8
	count     int32
	headsign  string
}

const (
	shapeID = iota
	shapeRoute
	shapeShort
	shapeLong
	shapeType
	shapeMode
	shapeColour
	shapeDirection
	shapeHeadsign
	shapeCount
)

// prepare reads all tables but stops and times.
func (s *shapeReader) prepare() error {
	f := s.feed
	var err error
	if s.routes, err = f.readRoutes(false); err != nil {
		return err
	}
	kept := names{file: "shapes.txt"}
	s.points, err = f.readPoints(func(id []byte) error {
		text, err := kept.fresh(id)
		s.ids = append(s.ids, text)
		return err
	})
	if err != nil {
		return err
	}
	if s.points == nil {
		return geo.Errorf(geo.KindInvalid, "%s is empty", "shapes.txt")
	}
	for i, k := range [...]known{
		{"shape_id", geo.TypeText, "Identifiant du tracé", "Shape ID"},
		{"route_id", geo.TypeText, "Identifiant de la ligne", "Route ID"},
		{"route_short_name", geo.TypeText, "Numéro de la ligne", "Route short name"},
		{"route_long_name", geo.TypeText, "Nom de la ligne", "Route name"},
		{"route_type", geo.TypeInteger, "Type de ligne", "Route type"},
		{"mode", geo.TypeText, "Mode", "Mode"},
		{"route_color", geo.TypeText, "Couleur de la ligne", "Route colour"},
		{"direction_id", geo.TypeInteger, "Sens", "Direction"},
		{"trip_headsign", geo.TypeText, "Destination affichée", "Headsign"},
		{"trips", geo.TypeInteger, "Nombre de courses", "Number of trips"},
	} {
		s.made[i] = s.fields.made(k)
	}
	if err := s.readTrips(); err != nil {
		return err
	}
	s.layer.Count = int64(len(s.ids))
	return s.begin("shapes.txt", "shape_id", geo.GeometryLineString)
}

func (s *shapeReader) readTrips() error {
	s.trips = make([]shapeTrips, len(s.ids))
	for i := range s.trips {
		s.trips[i].route, s.trips[i].direction = -1, -1
	}
	if s.routes == nil {
		return nil
	}
	headsigns := names{file: "trips.txt"}
	return s.feed.eachTrip(s.routes, true, func(t trip) error {
		n := s.points.shapes.find(t.shape)
		if n < 0 {
			return nil
		}
		at := &s.trips[n]
		if at.count++; at.count > 1 {
			return nil
		}
		at.route, at.direction = t.route, t.direction
		var err error
		at.headsign, err = headsigns.keep(t.headsign)
		return err
	})
}

// Offset tells how many of the shapes were given.
func (s *shapeReader) Offset() (done, total int64) { return int64(s.row), int64(len(s.ids)) }

// Close removes what is temporary.
func (s *shapeReader) Close() error { return errors.Join(s.base.Close(), s.points.close()) }

// Read gives the next shape.
func (s *shapeReader) Read(f *geo.Feature) error {
	if int(s.row) >= len(s.ids) {
		return io.EOF
	}
	if err := s.feed.ctx.Err(); err != nil {
		return err
	}
	n := s.row
	s.row++
	f.FID, f.ID, f.Geometry = int64(s.row), s.ids[n], geo.Geometry{}
	if len(f.Values) != len(s.fields.list) {
		f.Values = make([]geo.Value, len(s.fields.list))
	}
	clear(f.Values)
	set := func(field int, v geo.Value) { f.Values[s.made[field]] = v }
	set(shapeID, text(s.ids[n]))
	t := &s.trips[n]
	set(shapeCount, geo.Integer(int64(t.count)))
	set(shapeHeadsign, text(t.headsign))
	if t.direction >= 0 {
		set(shapeDirection, geo.Integer(int64(t.direction)))
	}
	if t.route >= 0 {
		r := &s.routes.list[t.route]
		set(shapeRoute, text(r.id))
		set(shapeShort, text(r.short))
		set(shapeLong, text(r.long))
		set(shapeType, r.kind)
		set(shapeMode, text(r.mode))
		set(shapeColour, text(r.colour))
	}
	if !s.layer.Schema.Spatial() {
		return nil
	}
	flat, err := s.points.line(n)
	if err != nil {
		return err
	}
	if flat == nil {
		return bad(int64(s.row), "a line of one position")
	}
	f.Geometry, err = geo.NewGeometry(geom.NewLineStringFlat(geom.XY, flat))
	return err
}
