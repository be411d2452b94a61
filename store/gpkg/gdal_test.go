package gpkg_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/internal/programtest"
	"puy/store"
)

// gdal runs one of GDAL's programs.
func gdal(t *testing.T, program string, args ...string) {
	t.Helper()
	path := programtest.Path(t, program, "gdal-bin")
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR") {
		t.Fatalf("%s %v: %v: %.2000s", program, args, err, out)
	}
}

// TestEditsByGDAL edits with ogrinfo and ogr2ogr.
func TestEditsByGDAL(t *testing.T) {
	path, s := six(t)
	gdal(t, "ogrinfo", path, "-sql", `UPDATE d SET "by" = 'gdal' WHERE fid < 3`)
	gdal(t, "ogrinfo", path, "-sql", `DELETE FROM d WHERE fid = 4`)
	gdal(t, "ogrinfo", path, "-dialect", "sqlite", "-sql", `UPDATE d SET geom = ST_Translate(geom, 1, 1, 0) WHERE fid = 5`)
	want := []store.Change{{Edit: 1, FID: 1, Before: box(-179, -84), After: box(-179, -84)}, {Edit: 2, FID: 2, Before: box(-178, -83), After: box(-178, -83)},
		{Edit: 3, FID: 4, Before: box(-176, -81)}}
	if diff := cmp.Diff(want, logged(t, s, "d", 0)[:3]); diff != "" {
		t.Error(diff)
	}
	source := filepath.Join(t.TempDir(), "more.geojson")
	more := `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"by":"new","feature_id":"n1"},"geometry":{"type":"Point","coordinates":[9,10]}},
{"type":"Feature","properties":{"by":"new"},"geometry":{"type":"Point","coordinates":[11,12]}}]}`
	if err := os.WriteFile(source, []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	was := current(t, s, "d")
	gdal(t, "ogr2ogr", "-update", "-append", path, source, "-nln", "d")
	want = []store.Change{{Edit: was.Edits + 1, FID: 7, After: box(9, 10)}, {Edit: was.Edits + 2, FID: 8, After: box(11, 12)}}
	if diff := cmp.Diff(want, logged(t, s, "d", was.Edits)); diff != "" {
		t.Error(diff)
	}
	if v := current(t, s, "d"); v.Rows != 7 || v.Extent.MaxX != 11 || v.Extent.MaxY != 12 {
		t.Errorf("%+v", v)
	}
	if f, err := s.Feature(context.Background(), "d", "n1"); err != nil || f.FID != 7 {
		t.Errorf("%v, %v", f, err)
	}
	gdal(t, "ogrinfo", path, "-sql", `ALTER TABLE d ADD COLUMN extra TEXT`)
	was = current(t, s, "d")
	gdal(t, "ogrinfo", path, "-sql", `UPDATE d SET extra = 'x' WHERE fid = 1`)
	if got := logged(t, s, "d", was.Edits); len(got) != 1 {
		t.Errorf("with a field of one's own: %v", got)
	}
	if v := load(t, s, 6, "first"); v.Added != 1 || v.Removed != 1 || v.Modified != 3 {
		t.Errorf("the next load: +%d −%d ~%d; want +1 −1 ~3", v.Added, v.Removed, v.Modified)
	}
}
