package gtfs

import (
	"errors"
	"hash/maphash"
	"math"

	"github.com/twpayne/go-geom"

	"puy/geo"
)

// routeReader is the layer of routes: a row of routes.txt each.
type routeReader struct {
	base
	routes   *routes
	agencies map[string]string // names by ids
	single   string            // the name of the only agency, whose id may be left out
	points   *points           // nil without shapes.txt
	shapes   sets              // of each route
	runs     []run             // of each route
	sketches *sketches         // of routes without a shape; nil for none
	seed     maphash.Seed
	id       int // the cells
	agency   int
	made     [madeFields]int // the fields, -1 where nothing tells them
	colours  [2]int
	kind     int
}

const (
	madeAgency = iota
	madeMode
	madeTrips
	madeDays
	madeFrom
	madeTo
	madeLine
	madeFields
)

// run is what the trips of a route tell.
type run struct {
	trips int64
	span  span
}

// maxRoutePoints bounds the points of one route, which are in memory.
const maxRoutePoints = 4_000_000

// routeColumns are those of routes.txt (reference of the schedule).
func routeColumns() []known {
	return []known{
		{"route_id", geo.TypeText, "Identifiant de la ligne", "Route ID"},
		{"route_short_name", geo.TypeText, "Numéro", "Short name"},
		{"route_long_name", geo.TypeText, "Nom", "Long name"},
		{"route_desc", geo.TypeText, "Description", "Description"},
		{"route_type", geo.TypeInteger, "Type de ligne", "Route type"},
		{"route_color", geo.TypeText, "Couleur", "Colour"},
		{"route_text_color", geo.TypeText, "Couleur du texte", "Text colour"},
		{"route_url", geo.TypeText, "Page web", "Web page"},
		{"route_sort_order", geo.TypeInteger, "Ordre", "Sort order"},
		{"agency_id", geo.TypeText, "Identifiant de l’exploitant", "Agency ID"},
		{"network_id", geo.TypeText, "Réseau", "Network"},
		{"continuous_pickup", geo.TypeInteger, "Montée entre les arrêts", "Continuous pickup"},
		{"continuous_drop_off", geo.TypeInteger, "Descente entre les arrêts", "Continuous drop-off"},
	}
}

// prepare reads what trips, services, shapes and times tell of routes.
func (r *routeReader) prepare() error {
	f := r.feed
	r.seed = maphash.MakeSeed()
	var err error
	if r.routes, err = f.readRoutes(true); err != nil {
		return err
	}
	if r.routes == nil {
		return geo.Errorf(geo.KindInvalid, "%s is empty", "routes.txt")
	}
	if err := r.readAgencies(); err != nil {
		return err
	}
	if err := r.fieldsOf(); err != nil {
		return err
	}
	if r.points, err = f.readPoints(nil); err != nil {
		return err
	}
	if err := r.readTrips(); err != nil {
		return err
	}
	if r.sketches, err = f.sketch(r.routes, r.lineless()); err != nil {
		return err
	}
	kind := geo.GeometryMultiLineString
	if r.points == nil && r.sketches == nil {
		kind = geo.GeometryNone
		f.notes.add(geo.Problem{Value: "shapes.txt, stop_times.txt", Rule: geo.RuleIgnored}, 0, "pair of files of which neither is there: routes have no lines")
	}
	return r.begin("routes.txt", "route_id", kind)
}

func (r *routeReader) readAgencies() error {
	t, err := r.feed.table("agency.txt", "agency_name")
	if t == nil || err != nil {
		return err
	}
	id, name := t.column("agency_id"), t.column("agency_name")
	r.agencies = map[string]string{}
	kept, several := names{file: "agency.txt"}, false
	return r.feed.each(t, true, func() error {
		text, err := kept.fresh(t.cell(name))
		if err != nil {
			return err
		}
		if _, known := r.agencies[string(t.cell(id))]; !known {
			key, err := kept.fresh(t.cell(id))
			if err != nil {
				return err
			}
			r.agencies[key] = text
		}
		if r.single = text; several {
			r.single = ""
		}
		several = true
		return nil
	})
}

// fieldsOf makes the fields of the layer.
func (r *routeReader) fieldsOf() error {
	f := r.feed
	t, err := f.table("routes.txt")
	if err != nil {
		return err
	}
	defer t.close()
	r.fields.table(t, routeColumns(), f.opt.Types)
	r.id, r.agency = t.column("route_id"), t.column("agency_id")
	r.colours, r.kind = [2]int{-1, -1}, -1
	for i := range r.fields.list {
		switch of := &r.fields.list[i]; {
		case of.Name == "route_color" && of.Type == geo.TypeText:
			r.colours[0] = i
		case of.Name == "route_text_color" && of.Type == geo.TypeText:
			r.colours[1] = i
		}
	}
	// Colours are told of each route, also where no column has them.
	for i, k := range [...]known{{"route_color", geo.TypeText, "Couleur", "Colour"}, {"route_text_color", geo.TypeText, "Couleur du texte", "Text colour"}} {
		if r.colours[i] < 0 && t.column(k.name) < 0 {
			r.colours[i] = r.fields.made(k)
		}
	}
	there := func(name string) bool { _, known := f.files[name]; return known }
	trips := there("trips.txt")
	services := trips && (there("calendar.txt") || there("calendar_dates.txt"))
	for i, m := range [...]struct {
		known
		told bool
	}{
		{known{"agency_name", geo.TypeText, "Exploitant", "Agency"}, r.agencies != nil},
		{known{"mode", geo.TypeText, "Mode", "Mode"}, t.column("route_type") >= 0},
		{known{"trips", geo.TypeInteger, "Nombre de courses", "Number of trips"}, trips},
		{known{"weekdays", geo.TypeText, "Jours de circulation", "Weekdays"}, services},
		{known{"valid_from", geo.TypeDate, "Circule à partir du", "Runs from"}, services},
		{known{"valid_to", geo.TypeDate, "Circule jusqu’au", "Runs until"}, services},
		{known{"line_from", geo.TypeText, "Tracé d’après", "Lines from"}, there("stop_times.txt")},
	} {
		if r.made[i] = -1; m.told {
			r.made[i] = r.fields.made(m.known)
		}
	}
	return nil
}

// readTrips counts trips, and finds the shapes and days of routes.
func (r *routeReader) readTrips() error {
	f := r.feed
	services, err := f.readServices()
	if err != nil {
		return err
	}
	r.runs = make([]run, r.routes.index.len())
	r.shapes.of = make([]set, r.routes.index.len())
	return f.eachTrip(r.routes, true, func(t trip) error {
		of := &r.runs[t.route]
		of.trips++
		if services != nil {
			if n := services.index.find(t.service); n >= 0 {
				of.span.extend(services.spans[n])
			} else {
				f.notes.add(geo.Problem{Column: "trips.txt", Value: clip(t.service), Rule: geo.RuleIgnored}, 0, "trips of services that are not there")
			}
		}
		if r.points == nil || len(t.shape) == 0 {
			return nil
		}
		n := r.points.shapes.find(t.shape)
		switch {
		case n < 0:
			f.notes.add(geo.Problem{Column: "trips.txt", Value: clip(t.shape), Rule: geo.RuleIgnored}, 0, "trips along shapes that are not there")
		case r.points.counts[n] < 2:
			f.notes.add(geo.Problem{Column: "trips.txt", Value: clip(t.shape), Rule: geo.RuleIgnored}, 0, "trips along shapes of one point, which are no lines")
		default:
			return r.shapes.add(t.route, n)
		}
		return nil
	})
}

// lineless tells of each route whether no shape draws it, though it has trips.
func (r *routeReader) lineless() []bool {
	list := make([]bool, len(r.runs))
	for i := range r.runs {
		list[i] = r.runs[i].trips > 0 && len(r.shapes.of[i].list) == 0
	}
	return list
}

// Close removes what is temporary.
func (r *routeReader) Close() error { return errors.Join(r.base.Close(), r.points.close()) }

// Read gives the next route.
func (r *routeReader) Read(out *geo.Feature) error {
	problems, err := r.row(out, r.id)
	if err != nil {
		return err
	}
	if problems != nil {
		return rejected(problems)
	}
	t := r.rows
	n := r.routes.index.find(t.cell(r.id))
	r.tell(out, n)
	if !r.layer.Schema.Spatial() {
		return nil
	}
	flat, ends, err := r.lines(n)
	switch {
	case err != nil:
		return err
	case len(flat) > 2*maxRoutePoints:
		return bad(t.row, "its lines have too many points")
	case len(ends) == 0:
		return nil
	}
	if at := r.made[madeLine]; at >= 0 {
		from := "stops"
		if len(r.shapes.of[n].list) > 0 {
			from = "shapes"
		}
		out.Values[at] = geo.Text(from)
	}
	out.Geometry, err = geo.NewGeometry(geom.NewMultiLineStringFlat(geom.XY, flat, ends))
	return err
}

// tell sets the fields that are made.
func (r *routeReader) tell(out *geo.Feature, n int32) {
	set := func(field int, v geo.Value) {
		if at := r.made[field]; at >= 0 {
			out.Values[at] = v
		}
	}
	one, runs, t := &r.routes.list[n], r.runs[n], r.rows
	for i, standard := range [...]string{defaultColour, defaultTextColour} {
		at := r.colours[i]
		if at < 0 {
			continue
		}
		c, ok := colour([]byte(out.Values[at].Text()))
		if !ok {
			c = standard
		}
		out.Values[at] = geo.Text(c)
	}
	agency := r.agencies[string(t.cell(r.agency))]
	if len(t.cell(r.agency)) == 0 {
		agency = r.single
	}
	set(madeAgency, text(agency))
	set(madeMode, text(one.mode))
	set(madeTrips, geo.Integer(runs.trips))
	if runs.span.days != 0 {
		set(madeDays, text(weekdays(runs.span.days)))
		set(madeFrom, geo.Date(int64(runs.span.first)))
		set(madeTo, geo.Date(int64(runs.span.last)))
	}
}

// lines gives the different lines of a route: of its shapes, else from stop to stop.
func (r *routeReader) lines(n int32) (flat []float64, ends []int, err error) {
	drawn := map[uint64]bool{}
	var buf []byte
	add := func(line []float64) {
		buf = buf[:0]
		for _, v := range line {
			buf = appendBits(buf, math.Float64bits(v))
		}
		if h := maphash.Bytes(r.seed, buf); !drawn[h] {
			drawn[h] = true
			flat = append(flat, line...)
			ends = append(ends, len(flat))
		}
	}
	for i, shape := range r.shapes.sort(n) {
		if i%256 == 0 && r.feed.ctx.Err() != nil {
			return nil, nil, r.feed.ctx.Err()
		}
		line, err := r.points.line(shape)
		if err != nil {
			return nil, nil, err
		}
		if line != nil {
			add(line)
		}
		if len(flat) > 2*maxRoutePoints {
			return flat, ends, nil
		}
	}
	if r.sketches != nil {
		for _, line := range r.sketches.of(n) {
			add(line)
		}
	}
	return flat, ends, nil
}
