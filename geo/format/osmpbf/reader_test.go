package osmpbf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/twpayne/go-geom/encoding/wkt"

	"puy/geo"
	"puy/geo/format"
	"puy/geo/format/osmpbf"
	"puy/internal/formattest"
	"puy/internal/osmtest"
)

// town is a small place: a grid of nodes 1 to 25, with node 5r+c+1 at c, r degrees.
func town(more ...[]byte) []byte {
	var nodes []osmtest.Node
	for r := range 5 {
		for c := range 5 {
			nodes = append(nodes, osmtest.Node{ID: int64(5*r + c + 1), Lon: float64(c), Lat: float64(r)})
		}
	}
	nodes[0].Tags = []string{"amenity", "bench"}
	nodes[1].Tags = []string{"amenity", "fountain", "name", "Source"}
	return osmtest.File(append([][]byte{osmtest.Dense(osmtest.Zlib, nodes...)}, more...)...)
}

func source(t testing.TB, content []byte) *format.Source {
	t.Helper()
	return formattest.Source(t, "town.osm.pbf", content)
}

// rows reads a file as the layer and its warnings, and each row as "id WKT". Twice
// read is the same.
func rows(t testing.TB, src *format.Source, opt format.Options) ([]string, error) {
	t.Helper()
	r, err := osmpbf.Format().Open(t.Context(), src, opt)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	l := r.Layer()
	out := []string{fmt.Sprintf("%s %s n=%d %s", l.Name, l.Schema.Geometry, l.Count, l.CRS)}
	for _, w := range l.Warnings {
		out = append(out, string(w.Rule)+" "+w.Detail)
	}
	n := int64(0)
	for {
		var f geo.Feature
		err := r.Read(&f)
		if errors.Is(err, io.EOF) {
			break
		}
		n++
		if bad, ok := errors.AsType[*format.BadRow](err); ok {
			out = append(out, "! "+bad.Error())
			continue
		}
		if err != nil {
			return out, err
		}
		text := "-"
		if !f.Geometry.IsNull() {
			if text, err = wkt.Marshal(f.Geometry.T()); err != nil {
				t.Fatal(err)
			}
			if !l.Schema.Geometry.Accepts(f.Geometry.Type()) || !f.Geometry.Bounds().IsEmpty() && l.Bounds.Union(f.Geometry.Bounds()) != l.Bounds {
				t.Errorf("%s is not of the layer", f.ID)
			}
		}
		if f.FID != n || f.Values[0].Text() != f.ID {
			t.Errorf("row %d is %d %s", n, f.FID, f.ID)
		}
		out = append(out, f.ID+" "+text)
	}
	if n != l.Count {
		t.Errorf("%d rows of %d", n, l.Count)
	}
	return out, nil
}

func way(id int64, tag string, refs ...int64) osmtest.Way {
	key, value, _ := strings.Cut(tag, "=")
	w := osmtest.Way{ID: id, Refs: refs}
	if key != "" {
		w.Tags = []string{key, value}
	}
	return w
}

func relation(id int64, kind string, members ...any) osmtest.Relation {
	r := osmtest.Relation{ID: id, Tags: []string{"type", kind, "r", "1"}}
	for i := 0; i < len(members); i += 2 {
		r.Members = append(r.Members, osmtest.Member{Type: 1, ID: int64(members[i].(int)), Role: members[i+1].(string)})
	}
	return r
}

func TestWays(t *testing.T) {
	src := source(t, town(osmtest.Ways(osmtest.Zlib,
		way(1, "highway=cycleway", 1, 2, 7), way(2, "highway=path", 3, 4), way(3, "building=yes", 1, 2, 7, 6, 1),
		way(4, "highway=cycleway", 1, 2, 7, 6, 1), osmtest.Way{ID: 5, Refs: []int64{1, 2, 7, 6, 1}, Tags: []string{"highway", "cycleway", "area", "yes"}},
		way(6, "building=yes", 1, 2, 7, 6), osmtest.Way{ID: 7, Refs: []int64{1, 2, 7, 6, 1}, Tags: []string{"building", "yes", "area", "no"}},
		way(8, "natural=cliff", 1, 2, 7, 6, 1), way(9, "leisure=park", 1, 7, 2, 1), way(10, "building=no", 1, 2, 7, 1))))
	for _, c := range []struct {
		tags  []string
		layer string
		want  []string
	}{
		{[]string{"highway=cycleway", "highway=path"}, "", []string{"town Geometry n=4 OGC:CRS84", "way/1 LINESTRING (0 0, 1 0, 1 1)", "way/2 LINESTRING (2 0, 3 0)",
			"way/4 LINESTRING (0 0, 1 0, 1 1, 0 1, 0 0)", "way/5 POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"}},
		{[]string{"highway=cycleway"}, "areas", []string{"town areas Polygon n=1 OGC:CRS84", "way/5 POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"}},
		{[]string{"building"}, "Lines", []string{"town lines LineString n=3 OGC:CRS84", "way/6 LINESTRING (0 0, 1 0, 1 1, 0 1)", "way/7 LINESTRING (0 0, 1 0, 1 1, 0 1, 0 0)",
			"way/10 LINESTRING (0 0, 1 0, 1 1, 0 0)"}},
		{[]string{"natural", "leisure"}, "", []string{"town Geometry n=2 OGC:CRS84", "way/8 LINESTRING (0 0, 1 0, 1 1, 0 1, 0 0)", "way/9 POLYGON ((0 0, 1 1, 1 0, 0 0))"}},
		{[]string{"amenity=*"}, "", []string{"town Point n=2 OGC:CRS84", "node/1 POINT (0 0)", "node/2 POINT (1 0)"}},
		{[]string{"amenity=*"}, "lines", []string{"town lines LineString n=0 OGC:CRS84"}},
		{[]string{"nothing=1"}, "", []string{"town Geometry n=0 OGC:CRS84"}},
	} {
		got, err := rows(t, src, format.Options{Tags: c.tags, Layer: c.layer})
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%q %s: %s %v", c.tags, c.layer, diff, err)
		}
	}
}

func TestRelations(t *testing.T) {
	ways := osmtest.Ways(osmtest.Zlib,
		way(1, "", 1, 2, 3), way(2, "", 5, 4, 3), way(3, "", 5, 25, 21), way(4, "", 1, 21), // the outer ring, two of them backwards
		way(5, "", 7, 8, 13, 12, 7), way(6, "", 8, 9, 14, 13, 8), // holes that share a side
		way(7, "", 17, 18, 23, 22, 17), way(8, "", 18, 19, 24, 23), way(9, "", 18, 23), way(10, "", 100, 101),
		way(11, "", 7, 8, 13, 14, 19, 18, 13, 12, 7)) // passes node 13 twice
	for name, c := range map[string]struct {
		relation osmtest.Relation
		want     []string
	}{
		"rings in any order": {relation(1, "multipolygon", 3, "outer", 1, "outer", 5, "inner", 4, "outer", 2, "outer"),
			[]string{"Polygon n=1", "relation/1 POLYGON ((4 0, 3 0, 2 0, 1 0, 0 0, 0 4, 4 4, 4 0), (1 1, 2 1, 2 2, 1 2, 1 1))"}},
		"roles are wrong": {relation(1, "boundary", 3, "inner", 1, "inner", 5, "outer", 4, "", 2, "outer"),
			[]string{"Polygon n=1", "relation/1 POLYGON ((4 0, 4 4, 0 4, 0 0, 1 0, 2 0, 3 0, 4 0), (1 1, 1 2, 2 2, 2 1, 1 1))"}},
		"holes that touch are one": {relation(1, "multipolygon", 5, "inner", 6, "inner", 1, "outer", 2, "outer", 3, "outer", 4, "outer"),
			[]string{"Polygon n=1", "relation/1 POLYGON ((0 0, 0 4, 4 4, 4 0, 3 0, 2 0, 1 0, 0 0), (1 1, 2 1, 3 1, 3 2, 2 2, 1 2, 1 1))"}},
		"two": {relation(1, "multipolygon", 5, "outer", 7, "outer"), []string{"MultiPolygon n=1", "relation/1 MULTIPOLYGON (((1 1, 1 2, 2 2, 2 1, 1 1)), ((1 3, 1 4, 2 4, 2 3, 1 3)))"}},
		"a ring that touches itself": {relation(1, "multipolygon", 11, "outer"),
			[]string{"MultiPolygon n=1", "relation/1 MULTIPOLYGON (((2 2, 2 3, 3 3, 3 2, 2 2)), ((1 1, 1 2, 2 2, 2 1, 1 1)))"}},
		"other roles and twice": {relation(1, "multipolygon", 5, "outer", 5, "outer", 1, "label"), []string{"Polygon n=1", "relation/1 POLYGON ((1 1, 2 1, 2 2, 1 2, 1 1))"}},
		"an open ring":          {relation(1, "multipolygon", 1, "outer", 2, "outer"), []string{"Geometry n=0", "ignored relation/1 is left out: a ring does not close at node 5"}},
		"a way is missing":      {relation(1, "multipolygon", 5, "outer", 77, "outer"), []string{"Geometry n=0", "ignored relation/1 is left out: 1 of its ways are not in the file"}},
		"a node is missing":     {relation(1, "multipolygon", 5, "outer", 10, "outer"), []string{"Geometry n=0", "ignored relation/1 is left out: a ring does not close at node 101"}},
		"no ways":               {relation(1, "multipolygon"), []string{"Geometry n=0", "ignored relation/1 is left out: it has no ways"}},
		"a route of routes":     {osmtest.Relation{ID: 1, Tags: []string{"type", "route", "r", "1"}, Members: []osmtest.Member{{Type: 2, ID: 5}}}, []string{"Geometry n=0", "ignored relation/1 is left out: it consists of other relations"}},
		"a route": {relation(1, "route", 9, "forward", 1, "", 5, "platform", 10, "", 78, ""),
			[]string{"MultiLineString n=1", "ignored relation/1 is not complete: 1 of its ways are not in the file", "relation/1 MULTILINESTRING ((2 3, 2 4), (0 0, 1 0, 2 0))"}},
		"a route without ways": {relation(1, "route", 78, ""), []string{"Geometry n=0", "ignored relation/1 is left out: 1 of its ways are not in the file"}},
		"others":               {relation(1, "restriction", 1, "from"), []string{"Geometry n=0", "ignored 1 relations that are neither areas nor routes (restriction)"}},
	} {
		for _, order := range [][][]byte{{ways, osmtest.Relations(osmtest.Zlib, c.relation)}, {osmtest.Relations(osmtest.Zlib, c.relation), ways}} {
			got, err := rows(t, source(t, town(order...)), format.Options{Tags: []string{"r=1"}})
			if len(got) > 0 {
				got[0] = strings.TrimSuffix(strings.TrimPrefix(got[0], "town "), " OGC:CRS84")
			}
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%s: %s %v", name, diff, err)
			}
		}
	}
}

func TestIncompleteWays(t *testing.T) {
	src := source(t, town(osmtest.Ways(osmtest.Zlib, way(1, "a=1", 1, 2, 99, 3, 4, 98, 5), way(2, "a=1", 1, 99, 2), way(3, "building=1", 1, 2, 99, 1), way(4, "a=1", 1, 1), way(5, "a=1", 1))))
	got, err := rows(t, src, format.Options{Tags: []string{"a=1", "building=1"}})
	want := []string{"town MultiLineString n=1 OGC:CRS84", "ignored way/1 is not complete: 2 of its nodes are not in the file", "ignored way/2 is left out: 1 of its nodes are not in the file",
		"ignored way/3 is left out: 1 of its nodes are not in the file", "ignored way/4 is left out: it has no two different positions", "ignored way/5 is left out: it has no two different positions",
		"way/1 MULTILINESTRING ((0 0, 1 0), (2 0, 3 0))"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestFields(t *testing.T) {
	var ways []osmtest.Way
	for i := range 200 {
		ways = append(ways, osmtest.Way{ID: int64(i + 1), Refs: []int64{1, 2}, Tags: []string{"highway", "cycleway", "surface", "asphalt", "rare", fmt.Sprint(i)}})
	}
	ways[0].Tags = []string{"highway", "cycleway", "surface", "bad \xff\x00", "only", "\x02\"here\"", "name", "Voie verte", "lanes", "2", "Surface", "x", "osm_id", "y"}
	ways[1].Tags = []string{"highway", "cycleway", "lanes", "two"}
	r, err := osmpbf.Format().Open(t.Context(), source(t, town(osmtest.Ways(osmtest.Zlib, ways...))), format.Options{Tags: []string{"highway=cycleway", "cycleway=*"}, Types: map[string]geo.FieldType{"lanes": geo.TypeInteger, "osm_version": geo.TypeInteger}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var fields []string
	for _, f := range r.Layer().Schema.Fields {
		fields = append(fields, f.Name+":"+f.Type.String())
	}
	if diff := cmp.Diff([]string{"osm_id:text", "osm_type:text", "highway:text", "name:text", "lanes:integer", "surface:text", "rare:text", "tags:json", "osm_version:integer", "osm_timestamp:date-time"}, fields); diff != "" {
		t.Error(diff)
	}
	var f geo.Feature
	if err := r.Read(&f); err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, v := range f.Values {
		values = append(values, v.String())
	}
	want := []string{"way/1", "way", "cycleway", "Voie verte", "2", "bad \ufffd\ufffd", "", `{"only":"\u0002\"here\"","Surface":"x","osm_id":"y"}`, "7", "2023-11-14T22:13:20Z"}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Error(diff)
	}
	bad, ok := errors.AsType[*format.BadRow](r.Read(&f))
	if diff := cmp.Diff([]geo.Problem{{Row: 2, Column: "lanes", Rule: geo.RuleType, Value: "two", Detail: "expected integer"}}, bad.Problems); !ok || diff != "" {
		t.Error(diff)
	}
}

func TestUnselected(t *testing.T) {
	src := source(t, town(osmtest.Ways(osmtest.Zlib, way(1, "highway=path", 1, 2), way(2, "highway=path", 1, 2), way(3, "name=x", 1, 2))))
	_, err := rows(t, src, format.Options{})
	u, ok := errors.AsType[*format.Unselected](err)
	if !ok || geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), "town.osm.pbf holds 5 things of all sorts; say which ones make the dataset, as in tags: [highway=cycleway]; the most frequent are highway=path (2), amenity=bench (1)") {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]format.TagCount{{Tag: "highway=path", Count: 2}, {Tag: "amenity=bench", Count: 1}, {Tag: "amenity=fountain", Count: 1}}, u.Tags); diff != "" {
		t.Error(diff)
	}
	for says, opt := range map[string]format.Options{
		`tags: "a="`:     {Tags: []string{"a="}},
		`no layer "x"`:   {Tags: []string{"a"}, Layer: "x"},
		"not in columns": {Tags: []string{"a"}, X: "lon", Y: "lat"},
	} {
		if _, err := rows(t, src, opt); geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), says) {
			t.Error(says, err)
		}
	}
}

func TestGzipAndTable(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(town()); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	got, err := rows(t, source(t, b.Bytes()), format.Options{Tags: []string{"amenity"}, Geometry: format.NoGeometryColumn})
	if diff := cmp.Diff([]string{"town None n=2 OGC:CRS84", "node/1 -", "node/2 -"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "puy-*"))
	if len(left) != 0 || err != nil {
		t.Error(left, err)
	}
}

// TestBomb refuses a small file whose ways have more nodes than it can hold.
func TestBomb(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	refs := osmtest.Message{}.Bytes(8, bytes.Repeat([]byte{2}, 1<<20))
	var group osmtest.Message
	for i := range 18 {
		group = group.Bytes(3, append(osmtest.Message{}.Number(1, uint64(i+1)).Packed(2, 1).Packed(3, 2), refs...))
	}
	bomb := osmtest.Blob("OSMData", osmtest.Zstd, osmtest.Message{}.Bytes(1, osmtest.Message{}.Bytes(1, nil).Bytes(1, []byte("a")).Bytes(1, []byte("b"))).Bytes(2, group))
	_, err := rows(t, source(t, town(bomb)), format.Options{Tags: []string{"a=b"}})
	if geo.KindOf(err) != geo.KindLimit || !strings.Contains(err.Error(), "refer to more nodes and ways than") {
		t.Error(err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) != 0 {
		t.Error(left, err)
	}
}
