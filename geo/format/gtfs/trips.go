package gtfs

import "puy/geo"

// route is what other layers tell of a route.
type route struct {
	id, short, long, colour string
	kind                    geo.Value
	mode                    string
}

// label is what people call it.
func (r *route) label() string { return label(r.short, r.long, r.id) }

// routes are those of routes.txt, by the places of their ids.
type routes struct {
	index *index
	list  []route
}

// readRoutes reads routes.txt; nil where it is not there. Told makes it tell what is odd
// in its rows.
func (f *feed) readRoutes(told bool) (*routes, error) {
	t, err := f.table("routes.txt", "route_id")
	if t == nil || err != nil {
		return nil, err
	}
	r := &routes{index: newIndex("routes.txt", maxRoutes)}
	kept := names{file: "routes.txt"}
	id, short, long := t.column("route_id"), t.column("route_short_name"), t.column("route_long_name")
	kind, fill, ink := t.column("route_type"), t.column("route_color"), t.column("route_text_color")
	return r, f.each(t, !told, func() error {
		if len(t.cell(id)) == 0 {
			return nil
		}
		_, fresh, err := r.index.add(t.cell(id))
		if !fresh || err != nil {
			return err
		}
		var one route
		for _, part := range [...]struct {
			to   *string
			cell int
		}{{&one.id, id}, {&one.short, short}, {&one.long, long}} {
			if *part.to, err = kept.keep(t.cell(part.cell)); err != nil {
				return err
			}
		}
		one.colour = f.colour(t, fill, defaultColour, told)
		f.colour(t, ink, defaultTextColour, told)
		if n, ok := integer(t.cell(kind)); ok {
			one.kind, one.mode = geo.Integer(int64(n)), mode(int64(n))
			if one.mode == "" && told {
				f.notes.add(geo.Problem{Column: "route_type", Value: clip(t.cell(kind)), Rule: geo.RuleIgnored}, t.row, "routes of a type that is not known")
			}
		}
		r.list = append(r.list, one)
		return nil
	})
}

// colour reads one, and gives the default where there is none.
func (f *feed) colour(t *table, cell int, standard string, told bool) string {
	text := t.cell(cell)
	c, ok := colour(text)
	if ok {
		return c
	}
	if told && cell >= 0 {
		p := geo.Problem{Column: t.names[cell], Value: clip(text), Rule: geo.RuleIgnored}
		if len(text) == 0 {
			f.notes.add(p, t.row, "routes without a colour, which get the default one")
		} else {
			f.notes.add(p, t.row, "routes whose colour is not six hexadecimal digits, which get the default one")
		}
	}
	return standard
}

// trip is one row of trips.txt.
type trip struct {
	id, service, shape, headsign []byte
	route                        int32
	direction                    int8 // 0, 1, or -1 where it is not said
}

// eachTrip calls fn for each trip of a route that there is; told as for routes.
func (f *feed) eachTrip(r *routes, told bool, fn func(trip) error) error {
	t, err := f.table("trips.txt", "route_id", "trip_id")
	if err != nil {
		return err
	}
	if t == nil {
		return nil
	}
	of, id, service := t.column("route_id"), t.column("trip_id"), t.column("service_id")
	shape, headsign, direction := t.column("shape_id"), t.column("trip_headsign"), t.column("direction_id")
	return f.each(t, told, func() error {
		one := trip{id: t.cell(id), service: t.cell(service), shape: t.cell(shape), headsign: t.cell(headsign), direction: -1, route: r.index.find(t.cell(of))}
		if one.route < 0 {
			if told {
				f.notes.add(geo.Problem{Column: t.name, Value: clip(t.cell(of)), Rule: geo.RuleIgnored}, t.row, "trips of routes that are not there")
			}
			return nil
		}
		switch string(t.cell(direction)) {
		case "0":
			one.direction = 0
		case "1":
			one.direction = 1
		}
		return fn(one)
	})
}
