package jsonfg

import (
	"io"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/geojson"
)

// Profile is what a Link header of rel profile names (OGC 21-045 section 7.12).
const Profile = "http://www.opengis.net/def/profile/OGC/0/jsonfg"

// Format is JSON-FG, which is only written. Its media type is that of GeoJSON,
// with a profile.
func Format() format.Format {
	return format.Format{
		Name:       "jsonfg",
		Title:      "JSON-FG",
		MediaType:  "application/geo+json",
		Extensions: []string{".fg.json"},
		Detect:     func(string, []byte) bool { return false },
		NewWriter:  newWriter,
	}
}

// The conformance classes that a file keeps (OGC 21-045 annex A).
const conformsTo = `"conformsTo":["http://www.opengis.net/spec/json-fg-1/1.0/conf/core","http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas"],`

// crs84h is longitude, latitude and height above the ellipsoid.
const crs84h = "http://www.opengis.net/def/crs/OGC/0/CRS84h"

// flushAt is how much is collected before it is written.
const flushAt = 64 << 10

type writer struct {
	w        io.Writer
	schema   geo.Schema
	time     int    // the place of the time field, or -1
	timeName string // the member of time that it becomes
	place    bool   // geometry goes to place
	swap     bool   // the CRS has its latitude or northing first
	decimals int
	buf      []byte
	rows     int64
}

func newWriter(out io.Writer, layer format.Layer) (format.Writer, error) {
	w := &writer{w: out, schema: layer.Schema, decimals: geojson.Decimals(layer.CRS), time: layer.Schema.Index(layer.Time)}
	if w.time >= 0 {
		switch layer.Schema.Fields[w.time].Type {
		case geo.TypeDate:
			w.timeName = "date"
		case geo.TypeDateTime:
			w.timeName = "timestamp"
		default:
			w.time = -1
		}
	}
	w.buf = append(w.buf, `{"type":"FeatureCollection",`+conformsTo...)
	if layer.Name != "" {
		w.buf = append(geo.AppendJSONString(append(w.buf, `"featureType":`...), layer.Name), ',')
	}
	if layer.Schema.Spatial() {
		uri := crs.CRS84.URI()
		switch layer.CRS {
		case crs.Unknown, crs.CRS84:
			if layer.Schema.HasZ {
				uri = crs84h
			}
		default:
			system, known := crs.Lookup(layer.CRS)
			if !known {
				return nil, geo.Errorf(geo.KindInvalid, "JSON-FG cannot name the coordinate reference system %s", layer.CRS)
			}
			uri, w.place, w.swap = layer.CRS.URI(), true, system.YX
		}
		w.buf = append(geo.AppendJSONString(append(w.buf, `"coordRefSys":`...), uri), ',')
	}
	w.buf = append(w.buf, "\"features\":[\n"...)
	return w, nil
}

// Write reverses the coordinates of f's geometry where the CRS has its latitude
// or northing first, and sets them back.
func (w *writer) Write(f *geo.Feature) error {
	if w.rows > 0 {
		w.buf = append(w.buf, ",\n"...)
	}
	w.rows++
	w.buf = append(w.buf, `{"type":"Feature",`...)
	if f.ID != "" {
		w.buf = append(geo.AppendJSONString(append(w.buf, `"id":`...), f.ID), ',')
	}
	w.appendTime(f)
	if w.place {
		w.buf = append(w.buf, `"place":`...)
		w.appendPlace(f.Geometry)
		w.buf = append(w.buf, `,"geometry":null`...)
	} else {
		w.buf = geojson.AppendGeometry(append(w.buf, `"place":null,"geometry":`...), f.Geometry, w.decimals)
	}
	w.buf = geojson.AppendProperties(append(w.buf, `,"properties":`...), &w.schema, f)
	w.buf = append(w.buf, '}')
	if len(w.buf) < flushAt {
		return nil
	}
	return w.flush()
}

// appendTime writes an instant: a day, or a moment in UTC (OGC 21-045 section 7.4).
func (w *writer) appendTime(f *geo.Feature) {
	w.buf = append(w.buf, `"time":`...)
	if w.time < 0 || w.time >= len(f.Values) || f.Values[w.time].IsNull() {
		w.buf = append(w.buf, "null,"...)
		return
	}
	w.buf = append(w.buf, `{"`+w.timeName+`":`...)
	w.buf = f.Values[w.time].AppendJSON(w.buf)
	w.buf = append(w.buf, "},"...)
}

func (w *writer) appendPlace(g geo.Geometry) {
	if !w.swap {
		w.buf = geojson.AppendGeometry(w.buf, g, w.decimals)
		return
	}
	g.EachFlat(crs.SwapXY)
	w.buf = geojson.AppendGeometry(w.buf, g, w.decimals)
	g.EachFlat(crs.SwapXY)
}

func (w *writer) flush() error {
	_, err := w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// Close ends the collection.
func (w *writer) Close() error {
	w.buf = append(w.buf, "\n]}\n"...)
	return w.flush()
}
