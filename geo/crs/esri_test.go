package crs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"puy/geo/crs"
	"puy/internal/programtest"
)

func TestESRIReadsBack(t *testing.T) {
	for _, s := range crs.All() {
		want := s.Code
		switch want {
		case crs.CRS84, 4979:
			want = crs.WGS84
		case 4937:
			want = 4258
		}
		text := s.Code.ESRI()
		if got, ok := crs.ParseWKT(text); !ok || got != want {
			t.Errorf("%s reads as %v, %v: %s", s.Code, got, ok, text)
		}
		if strings.Contains(text, "AUTHORITY") {
			t.Errorf("%s: %s", s.Code, text)
		}
	}
	if text := crs.Code(27572).ESRI(); text != "" {
		t.Error(text)
	}
}

// TestESRIIsWhatPROJWrites compares with PROJ's own text of each system.
func TestESRIIsWhatPROJWrites(t *testing.T) {
	tool := programtest.Path(t, "gdalsrsinfo", "gdal-bin")
	for _, s := range crs.All() {
		if s.Code == crs.CRS84 || s.Code == 4979 || s.Code == 4937 { // they have the text of others
			continue
		}
		out, err := exec.Command(tool, "-o", "wkt_esri", "--single-line", s.Code.String()).Output()
		if err != nil {
			t.Fatal(err)
		}
		if want, got := strings.TrimSpace(string(out)), s.Code.ESRI(); got != want {
			t.Errorf("%s\n got %s\nwant %s", s.Code, got, want)
		}
	}
	path := filepath.Join(t.TempDir(), "a.prj")
	if err := os.WriteFile(path, []byte(crs.Lamb93.ESRI()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, "-e", path).Output(); err != nil || !strings.Contains(string(out), "EPSG:2154") {
		t.Errorf("%s %v", out, err)
	}
}
