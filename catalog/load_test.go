package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"puy/catalog"
	"puy/geo"
)

func TestParseGood(t *testing.T) {
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata/good", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	portal, err := catalog.ParsePortal("portal.yaml", read("portal.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if portal.PublicURL != "https://data.example.org" || portal.View.Center != [2]float64{3.087, 45.777} {
		t.Errorf("portal %+v", portal)
	}
	got, err := catalog.ParseDataset("pistes.yaml", read("pistes.yaml"), &portal)
	if err != nil {
		t.Fatal(err)
	}
	want := catalog.Dataset{
		ID: "pistes-cyclables", Aliases: []string{"pistes"}, Title: geo.Localized{FR: "Pistes cyclables", EN: "Cycle lanes"},
		Theme: "mobilite", Publisher: "metropole", Licence: "lov2", Frequency: "monthly",
		Schema: "etalab/schema-amenagements-cyclables@0.3.5", Key: "id_local", Time: "date_maj", Keywords: []string{"vélo", "piste"}, Editable: true,
		Fields: []catalog.Field{
			{Name: "id_local", Type: geo.TypeText, Title: geo.Localized{FR: "Identifiant"}},
			{Name: "longueur", Type: geo.TypeNumber, Unit: "m"},
		},
		Source: catalog.Source{URL: "https://example.org/pistes.geojson", Every: catalog.Every(24 * time.Hour), CRS: "EPSG:2154"},
		Tiles:  catalog.Tiles{KeepAll: true, MaxBytes: 200_000, Fields: map[string]int{"longueur": 12}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestParseBad reads each file of testdata/bad, whose first line says "# want: "
// and a part of the error that it gives.
func TestParseBad(t *testing.T) {
	portal := catalog.Portal{Themes: map[string]catalog.Theme{"mobilite": {}}}
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(data), "\n")
			want, ok := strings.CutPrefix(first, "# want: ")
			if !ok {
				t.Fatal("the first line does not say what is wanted")
			}
			_, err = catalog.ParseDataset("in.yaml", data, &portal)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatalf("got  %v\nwant %s", err, want)
			}
			if kind := geo.KindOf(err); kind != geo.KindInvalid && kind != geo.KindLimit || !strings.HasPrefix(err.Error(), "in.yaml:") {
				t.Errorf("kind %v, %v", kind, err)
			}
		})
	}
}

func TestParsePortalBad(t *testing.T) {
	for text, want := range map[string]string{
		"contact: {url: \"javascript:alert(1)\"}":                   "in.yaml:2:16: contact.url:",
		"publishers: {a: {name: A, url: /a}}":                       "publishers.a.url:",
		"publishers: {a: {url: \"https://a.example\"}}":             "publishers.a: name is missing",
		"licences: {l: {title: {fr: L}, url: \"ftp://a.example\"}}": "licences.l.url:",
		"languages: [fr, de]":                                       `"de" is not one of`,
		"view: {center: [91, 91]}":                                  "view.center:",
		"public_url: data.example.org":                              "public_url:",
	} {
		_, err := catalog.ParsePortal("in.yaml", []byte("title: {fr: P}\n"+text+"\n"))
		if kind := geo.KindOf(err); kind != geo.KindInvalid && kind != geo.KindLimit || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestClusters(t *testing.T) {
	ten := 10
	for text, want := range map[string]*catalog.Cluster{
		"true":  {},
		"false": nil,
		"{}":    {},
		"{radius: 40, until: 10, sum: [a, b], mean: [a], by: c}": {Radius: 40, Until: &ten, Sum: []string{"a", "b"}, Mean: []string{"a"}, By: "c"},
	} {
		d, err := catalog.ParseDataset("in.yaml", []byte("id: a\ntitle: {fr: A}\nlicence: lov2\nsource: {file: a.csv}\ntiles: {cluster: "+text+"}\n"), &catalog.Portal{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, d.Tiles.Cluster); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	d := catalog.Cluster{}
	if d.Pixels() != 50 || d.LastZoom() != 14 || (&catalog.Cluster{Until: &ten}).LastZoom() != 10 {
		t.Errorf("%d pixels until %d", d.Pixels(), d.LastZoom())
	}
}

func TestClustersNeedTheirFields(t *testing.T) {
	schema := geo.Schema{Fields: []geo.Field{{Name: "n", Type: geo.TypeInteger}, {Name: "nom", Type: geo.TypeText},
		{Name: "jour", Type: geo.TypeDate}, {Name: "sum_n", Type: geo.TypeNumber}}}
	for want, c := range map[string]*catalog.Cluster{
		"": nil,
		"tiles.cluster.sum: the data have no field \"x\"":        {Sum: []string{"x"}},
		"tiles.cluster.mean: the field \"nom\" is of type text":  {Mean: []string{"nom"}},
		"tiles.cluster.by: the field \"jour\" is of type date":   {By: "jour"},
		"tiles.cluster: the field \"sum_n\" bears the name":      {Sum: []string{"n"}},
		"tiles.cluster.by: the data have no field \"categorie\"": {By: "categorie", Mean: []string{"n"}},
	} {
		_, err := c.CheckSchema(&schema)
		if want == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if field, err := (&catalog.Cluster{Mean: []string{"n"}, By: "nom"}).CheckSchema(&schema); field != "" || err != nil {
		t.Error(field, err)
	}
}

func TestLoadTellsAllThatIsWrong(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"portal.yaml": "title: {fr: Portail}\n",
		"a.yaml":      "id: a\ntitle: {fr: A}\nlicence: lov2\nsource: {file: absent.csv}\n",
		"b.yaml":      "id: b\naliases: [a]\ntitle: {fr: B}\nlicence: lov2\nsource: {url: \"https://example.org/b.csv\"}\n",
		"c.yaml":      "id: c\nnom: C\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := catalog.Load(dir)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"absent.csv", "is also that of", `unknown key "nom"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	if _, err := catalog.Load(t.TempDir()); geo.KindOf(err) != geo.KindNotFound {
		t.Errorf("a folder without portal.yaml: %v", err)
	}
}

func FuzzParseDataset(f *testing.F) {
	files, _ := filepath.Glob("testdata/*/*.yaml")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := catalog.ParseDataset("in.yaml", data, &catalog.Portal{})
		if err == nil && catalog.CheckID(d.ID) != nil {
			t.Fatalf("accepted the id %q", d.ID)
		}
		if err != nil && geo.KindOf(err) == geo.KindInternal {
			t.Fatalf("no kind: %v", err)
		}
	})
}

func TestTagOfAVersion(t *testing.T) {
	for want, v := range map[string]catalog.Version{
		"3":          {Number: 3},
		"3-0a1b2c3d": {Number: 3, Checksum: "0a1b2c3d4e5f"},
		"4-abc":      {Number: 4, Checksum: "abc"},
	} {
		if got := v.Tag(); got != want {
			t.Errorf("%+v: %s, want %s", v, got, want)
		}
	}
}
