package block_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format/osmpbf/block"
	"puy/internal/osmtest"
)

// elements reads all elements of a file, a line each.
func elements(t testing.TB, content []byte, bare bool, want block.Kind) ([]string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.osm.pbf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := block.Open(path, "a.osm.pbf")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []string
	b := block.Block{Bare: bare}
	var e block.Element
	at := f.First()
	for number := 2; ; number++ {
		next, err := f.Read(&b, at, number)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		at = next
		for {
			ok, err := b.Next(&e, want)
			if err != nil {
				return out, err
			}
			if !ok {
				break
			}
			out = append(out, line(&e))
		}
	}
}

func line(e *block.Element) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s/%d", e.Kind, e.ID)
	if e.Kind == block.Node {
		lon, lat := e.Position.Degrees()
		fmt.Fprintf(&s, " %v %v", lon, lat)
	}
	for _, ref := range e.Refs {
		fmt.Fprintf(&s, " %d", ref)
	}
	for _, m := range e.Members {
		fmt.Fprintf(&s, " %s/%d:%s", m.Kind, m.ID, e.Role(m))
	}
	for i := range e.Tags() {
		key, value := e.Tag(i)
		fmt.Fprintf(&s, " %s=%s", key, value)
	}
	if e.Version != 0 || e.Timestamp != 0 {
		fmt.Fprintf(&s, " v%d t%d", e.Version, e.Timestamp)
	}
	return s.String()
}

func TestRead(t *testing.T) {
	nodes := []osmtest.Node{{ID: 5, Lon: 1.5, Lat: 42.5, Tags: []string{"amenity", "bench", "name", "É"}}, {ID: -3, Lon: -179.9999999, Lat: -90}, {ID: 1 << 40, Lon: 180, Lat: 90, Tags: []string{"a", "b"}}}
	want := []string{"node/5 1.5 42.5 amenity=bench name=É v7 t1700000000000", "node/-3 -179.9999999 -90 v7 t1700000000000", "node/1099511627776 180 90 a=b v7 t1700000000000"}
	for _, how := range []int{osmtest.Raw, osmtest.Zlib, osmtest.LZ4, osmtest.Zstd} {
		for name, b := range map[string][]byte{"dense": osmtest.Dense(how, nodes...), "plain": osmtest.Plain(how, nodes...)} {
			got, err := elements(t, osmtest.File(b), false, block.All)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s %d: %s %v", name, how, diff, err)
			}
		}
	}
	file := osmtest.File(osmtest.Dense(osmtest.Zlib, nodes[1]), osmtest.Blob("Unknown", osmtest.Zlib, []byte("x")), osmtest.Ways(osmtest.Zlib, osmtest.Way{ID: 9, Refs: []int64{5, -3, 5}, Tags: []string{"highway", "path"}}),
		osmtest.Relations(osmtest.Zlib, osmtest.Relation{ID: 4, Members: []osmtest.Member{{Type: 1, ID: 9, Role: "outer"}, {Type: 0, ID: 5}, {Type: 2, ID: 1 << 33, Role: "x"}}, Tags: []string{"type", "route"}}))
	for _, c := range []struct {
		bare bool
		kind block.Kind
		want []string
	}{
		{false, block.Way | block.Relation, []string{"way/9 5 -3 5 highway=path v7 t1700000000000", "relation/4 way/9:outer node/5: relation/8589934592:x type=route v7 t1700000000000"}},
		{true, block.All, []string{"node/-3 -179.9999999 -90", "way/9 5 -3 5", "relation/4 way/9:outer node/5: relation/8589934592:x"}},
		{true, block.Node, []string{"node/-3 -179.9999999 -90"}},
	} {
		got, err := elements(t, file, c.bare, c.kind)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
}

// TestLZ4 decompresses a block that repeats: "abc", then twelve bytes from three
// before, then "z".
func TestLZ4(t *testing.T) {
	table := osmtest.Message{}.Bytes(1, osmtest.Message{}.Bytes(1, []byte("abcabcabcabcabcz")))
	packed := append(append([]byte{7 << 4}, table[:7]...), 3, 0)
	packed[0] |= 8 // 12 bytes
	packed = append(packed, 1<<4, 'z')
	if got, err := elements(t, osmtest.File(osmtest.Sized("OSMData", osmtest.LZ4, packed, len(table))), false, block.All); err != nil || got != nil {
		t.Error(got, err)
	}
	packed[8] = 9 // before the beginning
	if _, err := elements(t, osmtest.File(osmtest.Sized("OSMData", osmtest.LZ4, packed, len(table))), false, block.All); err == nil || !strings.Contains(err.Error(), "block 2: the LZ4 data are damaged") {
		t.Error(err)
	}
}

func TestHeader(t *testing.T) {
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"history":  {osmtest.Header("HistoricalInformation"), "is a history file"},
		"feature":  {osmtest.Header("Flying"), `needs the feature "Flying"`},
		"no data":  {osmtest.Blob("OSMData", osmtest.Raw, nil), "block 1: it is of type \"OSMData\""},
		"twice":    {append(osmtest.Header(), osmtest.Header()...), "block 2: it is a second header"},
		"cut":      {osmtest.Header()[:20], "breaks off in block 1"},
		"optional": {osmtest.Blob("OSMHeader", osmtest.Raw, osmtest.Message{}.Bytes(5, []byte("LocationsOnWays"))), ""},
	} {
		_, err := elements(t, c.content, false, block.All)
		if c.says == "" && err != nil || c.says != "" && (geo.KindOf(err) != geo.KindInvalid || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !block.IsPBF(osmtest.Header()) || block.IsPBF([]byte("OSMHeader")) {
		t.Error("a header is not recognised")
	}
}
