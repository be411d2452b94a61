package known_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/known"
)

// pack makes an archive of names and contents in turn.
func pack(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// names reads the first column of a layer of an archive.
func names(t *testing.T, content, layer string) (string, error) {
	t.Helper()
	src := source(t, "a.zip", content)
	f, err := known.Detect(src)
	if err != nil {
		return "", err
	}
	r, err := f.Open(context.Background(), src, format.Options{Layer: layer})
	if err != nil {
		return "", err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var all []string
	for {
		var f geo.Feature
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			return strings.Join(all, " "), nil
		}
		if err != nil {
			return "", err
		}
		all = append(all, f.Values[0].String())
	}
}

func TestArchiveAroundFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	csv := "nom;lon;lat\nun;3;45\ndeux;3;46\n"
	gpx := `<gpx><wpt lat="1" lon="2"><name>wpt</name></wpt><rte><name>rte</name></rte></gpx>`
	kml := `<kml><Placemark><name>kml</name></Placemark></kml>`
	one := pack(t, "LISEZMOI.txt", "notes", "données/a.csv", csv)
	two := pack(t, "x/a.kml", kml, "y/a.kml", kml, "z/b=c.csv", csv, "d.zip", one, "e.gpx", gpx)
	feed := pack(t, "réseau/stops.txt", "stop_id,stop_lat,stop_lon\n1,45,3\n", "réseau/routes.txt", "route_id\nA\n")
	for _, c := range []struct{ content, layer, want string }{
		{feed, "routes", "A"}, {pack(t, "x/f.zip", feed, "notes.txt", csv), "stops", "1"}, {pack(t, "x/f.zip", feed, "a.csv", csv), "x/f.zip/routes", "A"},
		{one, "", "un deux"}, {one, "a", "un deux"}, {one, "a.csv", "un deux"}, {pack(t, "a.gpx", gpx), "routes", "rte"}, {pack(t, "notes.txt", csv), "", "un deux"},
		{pack(t, "a.csv", csv, "a.xml", "<metadata/>"), "", "un deux"}, {pack(t, "a.xml", gpx), "routes", "rte"},
		{two, "x/a.kml", "kml"}, {two, "b=c", "un deux"}, {two, "d.zip", "un deux"}, {two, "e.gpx/routes", "rte"}, {pack(t, "a.zip", one), "", "un deux"},
	} {
		got, err := names(t, c.content, c.layer)
		if got != c.want || err != nil {
			t.Errorf("%s: %q %v", c.layer, got, err)
		}
	}
	for _, c := range []struct{ content, layer, says string }{
		{two, "", "holds several files: x/a.kml, y/a.kml, z/b=c.csv, d.zip, e.gpx"}, {two, "a", "several files called a"}, {two, "q", `no file or layer "q"`}, {two, "e", "several layers: waypoints, routes"},
		{pack(t, "a.csv", ""), "", "a.csv is empty"}, {pack(t, "a.csv", "%PDF-1.7\n"), "", "a.csv is a PDF document"}, {pack(t, "a.zip", pack(t, "b.zip", pack(t, "c.zip", one))), "", "zip archive"},
	} {
		_, err := names(t, c.content, c.layer)
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.says, err)
		}
	}
	src := source(t, "a.zip", two)
	f, err := known.Detect(src)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := f.Layers(context.Background(), src)
	if diff := cmp.Diff([]string{"x/a.kml", "y/a.kml", "z/b=c.csv", "d.zip", "e.gpx"}, layers); diff != "" || err != nil {
		t.Error(diff, err)
	}
	left, err := os.ReadDir(os.TempDir())
	for _, file := range left {
		if strings.HasPrefix(file.Name(), "puy-") {
			t.Errorf("%s was left", file.Name())
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// A format that is declared is looked for inside of archives too.
func TestDeclaredFormatInsideAnArchive(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	text, kml := "nom;lon;lat\nun;3;45\n", `<kml><Placemark><name>kml</name></Placemark></kml>`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	io.WriteString(z, text)
	z.Close()
	for name, c := range map[string]struct{ format, layer, content, want, says string }{
		"plain":                       {"csv", "", text, "un", ""},
		"gzip":                        {"csv", "", packed.String(), "un", ""},
		"zip":                         {"CSV", "", pack(t, "LISEZMOI.txt", "notes", "a.csv", text), "un", ""},
		"by its extension":            {".csv", "", pack(t, "a.kml", kml, "a.csv", text), "un", ""},
		"another of the same":         {"kml", "", pack(t, "a.kml", kml, "a.csv", text), "kml", ""},
		"no extension of it":          {"csv", "", pack(t, "dossier/", "", "export.dat", text), "un", ""},
		"notes alone":                 {"csv", "", pack(t, "export.txt", text, "image.png", "\x89PNG"), "un", ""},
		"gzip in zip":                 {"csv", "", pack(t, "a.csv.gz", packed.String()), "un", ""},
		"zip in zip":                  {"csv", "", pack(t, "a.zip", pack(t, "b.csv", text)), "un", ""},
		"a layer":                     {"csv", "b", pack(t, "a.csv", "nom\nx\n", "b.csv", text), "un", ""},
		"several":                     {"csv", "", pack(t, "a.csv", text, "b.csv", text), "", "holds several files: a.csv, b.csv"},
		"an archive of that format":   {"kmz", "", pack(t, "doc.kml", kml), "kml", ""},
		"the format of what is in it": {"kml", "", pack(t, "doc.kml", kml), "kml", ""},
		"nothing":                     {"csv", "", pack(t, "dossier/", ""), "", "puy does not read"},
		"no format":                   {"dwg", "", text, "", `does not know the format "dwg"`},
	} {
		t.Run(name, func(t *testing.T) {
			src := source(t, "a.bin", c.content)
			got := ""
			f, err := known.Choose(src, c.format)
			if err == nil {
				var r format.Reader
				if r, err = f.Open(context.Background(), src, format.Options{Layer: c.layer}); err == nil {
					var row geo.Feature
					if err = r.Read(&row); err == nil {
						got = row.Values[0].String()
					}
					if err := r.Close(); err != nil {
						t.Error(err)
					}
				}
			}
			if got != c.want || (err != nil) != (c.says != "") || err != nil && (geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("%v was left, %v", left, err)
	}
}
