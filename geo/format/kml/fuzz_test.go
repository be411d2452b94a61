package kml_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/kml"
)

// FuzzRead reads bytes as a document. What the first pass accepts the second reads
// with the same count; good rows can be written and read again.
func FuzzRead(f *testing.F) {
	layer, features := everyType(f)
	for _, seed := range []string{
		string(written(f, kml.Format(), layer, features...)), string(written(f, kml.FormatKMZ(), layer, features[:3]...)), "<kml/>", document(""),
		document(`<Schema name="s"><SimpleField type="int" name="i"/><gx:SimpleArrayField type="int" name="a"/></Schema><Folder><name>F</name><Placemark><name>x&eacute;</name><TimeSpan><begin>2024</begin></TimeSpan>` +
			`<ExtendedData><Data name="k"><value>1</value></Data><SchemaData><SimpleData name="i">1</SimpleData><gx:SimpleArrayData name="a"><gx:value>1</gx:value></gx:SimpleArrayData></SchemaData></ExtendedData></Placemark></Folder>`),
		document(`<Placemark><gx:MultiTrack><gx:Track><when>2024-01-01</when><gx:coord>1 2 3</gx:coord></gx:Track></gx:MultiTrack></Placemark>`),
		"<?xml version='1.0' encoding='windows-1252'?><kml><Placemark><name>\xe9</name></Placemark></kml>",
		`<!DOCTYPE kml [<!ENTITY a "b">]><kml><Placemark><name>&a;</name></Placemark></kml>`,
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	in, out := filepath.Join(dir, "in.kml"), filepath.Join(dir, "out.kml")
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		layer, features, bad, err := readAll(t, in, b)
		if err != nil {
			if geo.KindOf(err) == geo.KindInternal {
				t.Fatal(err)
			}
			return
		}
		if layer.Count != int64(len(features)+bad) {
			t.Fatalf("%d rows of %d", len(features)+bad, layer.Count)
		}
		layer.CRS = crs.CRS84
		again, read, bad, err := readAll(t, out, written(t, kml.Format(), layer, features...))
		if err != nil || len(read) != len(features) || bad != 0 {
			t.Fatalf("%d of %d rows, %d bad, %v", len(read), len(features), bad, err)
		}
		if again.Schema.Spatial() && bad == 0 && len(read) > 0 && again.Schema.HasZ && !layer.Schema.HasZ {
			t.Fatal("heights out of nowhere")
		}
	})
}

func readAll(t *testing.T, path string, b []byte) (format.Layer, []geo.Feature, int, error) {
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := format.OpenSource(path, "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := kml.Format().Open(t.Context(), src, format.Options{})
	if err != nil {
		return format.Layer{}, nil, 0, err
	}
	defer r.Close()
	var features []geo.Feature
	for bad := 0; ; {
		var f geo.Feature
		err := r.Read(&f)
		if _, ok := errors.AsType[*format.BadRow](err); ok {
			bad++
			continue
		}
		if errors.Is(err, io.EOF) {
			return r.Layer(), features, bad, nil
		}
		if err != nil {
			return r.Layer(), nil, bad, err
		}
		if features = append(features, f); bytes.Contains([]byte(f.ID), []byte{0}) {
			t.Fatal("a NUL in an id")
		}
	}
}
