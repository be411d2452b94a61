package gtfs_test

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/gtfs"
)

// FuzzRead reads texts as the tables of a feed. Whatever they are, the fault is the
// file's, texts are clean, and each row is given or rejected.
func FuzzRead(f *testing.F) {
	seed := func(feed map[string]string) {
		f.Add([]byte(feed["routes.txt"]), []byte(feed["trips.txt"]), []byte(feed["stops.txt"]), []byte(feed["shapes.txt"]), []byte(feed["stop_times.txt"]), []byte(feed["calendar.txt"]+"\x00"+feed["calendar_dates.txt"]))
	}
	seed(small())
	seed(with("shapes.txt", "", "stops.txt", "stop_id,stop_lat,stop_lon,parent_station,location_type\na,,,b,3\nb,,,a,4\na,1,1,,\n"))
	seed(with("routes.txt", "\xff\xfer\x00o\x00u\x00t\x00e\x00_\x00i\x00d\x00\n\x00A\x00\n\x00"))
	seed(with("stops.txt", "stop_id;stop_name;stop_lat;stop_lon\n1;\"a;45;3\n", "shapes.txt", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns1,1,1,4294967295\ns1,NaN,Inf,0\ns1,1e400,1,0\ns1,2,2,0\n"))
	dir := f.TempDir()
	path := filepath.Join(dir, "feed.zip")
	f.Fuzz(func(t *testing.T, routes, trips, stops, shapes, times, days []byte) {
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(out)
		put := func(name string, b []byte) {
			w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err == nil {
				_, err = w.Write(b)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		put("agency.txt", []byte("agency_name\nA\n"))
		put("routes.txt", routes)
		put("trips.txt", trips)
		put("stops.txt", stops)
		put("shapes.txt", shapes)
		put("stop_times.txt", times)
		for i, b := range days {
			if b == 0 {
				put("calendar.txt", days[:i])
				put("calendar_dates.txt", days[i+1:])
				break
			}
		}
		if err := errors.Join(z.Close(), out.Close()); err != nil {
			t.Fatal(err)
		}
		src, err := format.OpenSource(path, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range []string{"routes", "stops", "shapes"} {
			readLayer(t, src, layer)
		}
	})
}

func readLayer(t *testing.T, src *format.Source, name string) {
	fault := func(err error) bool {
		return geo.KindOf(err) == geo.KindInvalid || geo.KindOf(err) == geo.KindLimit
	}
	r, err := gtfs.Format().Open(t.Context(), src, format.Options{Layer: name})
	if err != nil {
		if !fault(err) {
			t.Fatal(err)
		}
		return
	}
	defer r.Close()
	layer := r.Layer()
	var f geo.Feature
	for rows := int64(0); ; rows++ {
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			if layer.Count >= 0 && layer.Count != rows {
				t.Fatalf("%s: %d rows of %d", name, rows, layer.Count)
			}
			return
		}
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			if len(bad.Problems) == 0 || bad.Problems[0].Row != rows+1 {
				t.Fatalf("%s: row %d: %+v", name, rows+1, bad.Problems)
			}
			continue
		}
		if err != nil {
			if !fault(err) {
				t.Fatal(err)
			}
			return
		}
		if f.ID == "" || f.FID != rows+1 || len(f.Values) != len(layer.Schema.Fields) || !f.Geometry.Finite() {
			t.Fatalf("%s: %+v", name, f)
		}
		for i, v := range f.Values {
			if v.Type() == geo.TypeText && !utf8.ValidString(v.Text()) || !v.IsNull() && v.Type() != layer.Schema.Fields[i].Type {
				t.Fatalf("%s: %s is %v", name, layer.Schema.Fields[i].Name, v)
			}
		}
	}
}
