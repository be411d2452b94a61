package ingest_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"puy/catalog"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/ingest"
	"puy/store"
)

// manifestFolders are those of PUY_DATA whose files the manifest lists.
var manifestFolders = []string{"formats", "montpellier", "grenoble", "decp", "cadastre", "schemas"}

const manifestFile = "testdata/manifest.tsv"

const manifestHead = `# What becomes of real files, which are not part of the project: PUY_DATA names their folder.
# Path, layer, outcome (rows and rejected rows, or what the refusal says), rows that GDAL 3.6.2 counts, and why
# the two differ or why the refusal is right. go test ./ingest -run Manifest -update writes all but the last.
`

// manifestRow is what becomes of one layer of a file.
type manifestRow struct{ path, layer, outcome, gdal, why string }

func (r manifestRow) key() string { return r.path + "\t" + r.layer }

// TestManifest loads every file of a folder of real data that PUY_DATA names and
// compares what becomes of each with the manifest. The files are not in the project:
// without the folder the test says that it did not run.
func TestManifest(t *testing.T) {
	listed := readManifest(t)
	dir := os.Getenv("PUY_DATA")
	if dir == "" {
		t.Skipf("PUY_DATA names no folder: %d layers of real files are not read", len(listed))
	}
	st := openStore(t)
	if err := st.PutDataset(t.Context(), catalog.Dataset{ID: "any"}); err != nil {
		t.Fatal(err)
	}
	var got []manifestRow
	for _, folder := range manifestFolders {
		err := filepath.WalkDir(filepath.Join(dir, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			got = append(got, outcomes(t.Context(), st, path, filepath.ToSlash(name))...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		writeManifest(t, dir, listed, got)
		return
	}
	for _, row := range got {
		want, known := listed[row.key()]
		delete(listed, row.key())
		switch {
		case !known:
			t.Errorf("%s %s is not in the manifest: %s", row.path, row.layer, row.outcome)
		case row.outcome != want.outcome:
			t.Errorf("%s %s\ngot  %s\nwant %s", row.path, row.layer, row.outcome, want.outcome)
		case want.why == "" && !want.plain():
			t.Errorf("%s %s: the manifest does not say why: %s, GDAL %s", row.path, row.layer, row.outcome, want.gdal)
		}
	}
	for key := range listed {
		t.Errorf("%s is in the manifest alone", key)
	}
}

// plain tells that an outcome needs no reason: all rows are loaded, as many as GDAL counts.
func (r manifestRow) plain() bool {
	return r.gdal == "-" && strings.HasSuffix(r.outcome, ", 0 rejected") || r.outcome == r.gdal+" rows, 0 rejected"
}

// outcomes checks all layers of one file.
func outcomes(ctx context.Context, st store.Store, path, name string) []manifestRow {
	layers := []string{""}
	src, err := format.OpenSource(path, "")
	if err != nil {
		return []manifestRow{{path: name, outcome: refusal(err, path)}}
	}
	f, err := known.Detect(src)
	if err == nil && f.Layers != nil {
		if all, err := f.Layers(ctx, src); err == nil && len(all) > 1 {
			layers = all
		}
	}
	var rows []manifestRow
	for _, layer := range layers {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		d := catalog.Dataset{ID: "any", Source: catalog.Source{Layer: layer}}
		r, err := ingest.Load(ctx, st, d, src, ingest.Options{DryRun: true, AcceptErrors: 1})
		cancel()
		row := manifestRow{path: name, layer: layer, outcome: fmt.Sprintf("%d rows, %d rejected", r.Rows, r.Rejected)}
		if err != nil {
			row.outcome = refusal(err, path)
		} else if r.Rejected > 0 {
			rules := map[string]bool{}
			for _, p := range r.Problems {
				if p.Severity == ingest.Error {
					rules[strings.TrimSpace(string(p.Rule)+" "+p.Detail)] = true
				}
			}
			first := slices.Sorted(maps.Keys(rules))
			row.outcome += " (" + strings.Join(first[:min(len(first), 2)], "; ") + ")"
		}
		rows = append(rows, row)
	}
	return rows
}

var temporary = regexp.MustCompile(`[^ ]*puy-[^ ]*`)

// refusal gives the sentence of err without places that differ from run to run.
func refusal(err error, path string) string {
	text := strings.ReplaceAll(err.Error(), path, filepath.Base(path))
	text = temporary.ReplaceAllString(text, "…")
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
	if before, _, long := strings.Cut(text, "; puy reads"); long {
		text = before
	}
	if runes := []rune(text); len(runes) > 160 {
		text = string(runes[:160]) + "…"
	}
	return "refused: " + text
}

func readManifest(t *testing.T) map[string]manifestRow {
	t.Helper()
	b, err := os.ReadFile(manifestFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	rows := map[string]manifestRow{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(c) != 5 {
			t.Fatalf("bad line %q", line)
		}
		r := manifestRow{c[0], c[1], c[2], c[3], c[4]}
		rows[r.key()] = r
	}
	return rows
}

func writeManifest(t *testing.T, dir string, before map[string]manifestRow, rows []manifestRow) {
	t.Helper()
	var b strings.Builder
	b.WriteString(manifestHead)
	counts := map[string]map[string]int64{}
	for _, r := range rows {
		if counts[r.path] == nil {
			counts[r.path] = gdalCounts(filepath.Join(dir, r.path))
		}
		r.gdal = gdalCount(counts[r.path], r.layer)
		if r.why = before[r.key()].why; r.plain() {
			r.why = ""
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", r.path, r.layer, r.outcome, r.gdal, r.why)
	}
	if err := os.WriteFile(manifestFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// gdalCounts asks ogrinfo for the features of each layer.
func gdalCounts(path string) map[string]int64 {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if strings.HasSuffix(path, ".zip") {
		path = "/vsizip/" + path
	}
	cmd := exec.CommandContext(ctx, "ogrinfo", "-ro", "-so", "-al", path)
	out, _ := cmd.Output() // what it could read stands in its output
	counts := map[string]int64{}
	layer := ""
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(line, "Layer name: "); ok {
			layer = strings.TrimSpace(name)
		}
		if count, ok := strings.CutPrefix(line, "Feature Count: "); ok {
			counts[layer], _ = strconv.ParseInt(strings.TrimSpace(count), 10, 64)
		}
	}
	return counts
}

func gdalCount(counts map[string]int64, layer string) string {
	n, ok := counts[layer]
	if !ok && layer == "" && len(counts) == 1 {
		for _, n = range counts {
			ok = true
		}
	}
	if base := filepath.Base(layer); !ok && layer != "" {
		n, ok = counts[strings.TrimSuffix(base, filepath.Ext(base))]
	}
	if !ok {
		return "-"
	}
	return strconv.FormatInt(n, 10)
}

// TestManifestFolders keeps the list of folders and the manifest together.
func TestManifestFolders(t *testing.T) {
	for _, r := range readManifest(t) {
		folder, _, _ := strings.Cut(r.path, "/")
		if !slices.Contains(manifestFolders, folder) {
			t.Errorf("%s is in no folder of the test", r.path)
		}
		if r.why == "" && !r.plain() {
			t.Errorf("%s %s: the manifest does not say why: %s, GDAL %s", r.path, r.layer, r.outcome, r.gdal)
		}
	}
}
