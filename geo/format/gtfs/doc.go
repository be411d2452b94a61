// Package gtfs reads feeds of public transport in GTFS Schedule (gtfs.org, reference
// of the schedule), which are tables of text in a zip archive, in its root or in a
// folder of it.
//
// A feed has three layers, each with the fields that the feed itself has, under the
// names of the specification, and some more:
//
//   - routes: a row of routes.txt, with the different shapes of its trips as lines.
//     Colours are #RRGGBB, the default ones where none stands; mode is the route type as
//     a word; trips counts the rows of trips.txt; weekdays, valid_from and valid_to are
//     those of the services of these trips. A route without a shape is drawn from stop
//     to stop, along its longest trip in each direction, and line_from says so.
//   - stops: a row of stops.txt, with the routes that serve it, or serve what belongs to
//     it. Nodes and boarding areas without coordinates are where their parent is.
//   - shapes: a line of shapes.txt, with the route, direction and headsign of the first
//     trip that runs along it.
//
// Ids are permanent: a feature's id is that of the route, stop or shape.
//
// Tables are read as streams. What is in memory is a 64-bit hash and a few numbers an
// id: at most 200,000 routes, 2,000,000 stops, 4,000,000 trips, 1,000,000 shapes, as many
// services, and 8,000,000 pairs of a route and a stop or shape. Points of shapes wait in
// a temporary file, 100,000,000 of them and 1,000,000 a shape. What is beyond is an
// error of KindLimit.
package gtfs
