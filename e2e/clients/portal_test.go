package clients

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"

	"puy/internal/pgtest"
)

func TestMain(m *testing.M) {
	for _, mediaType := range []string{"text/html", "text/csv"} {
		openapi3filter.RegisterBodyDecoder(mediaType, openapi3filter.PlainBodyDecoder)
	}
	pgtest.Main(m)
}

// gridCount is how many points the dataset grille has: three pages of QGIS.
const gridCount = 2500

// TestClients tries what needs little room on the machine.
func TestClients(t *testing.T) {
	onEachStore(t, func(t *testing.T, p *portal) {
		var collections []string // all of them, on one store
		if !strings.HasPrefix(p.store, "gpkg:") {
			collections = []string{"grille", "marches-publics"}
		}
		t.Run("definition", func(t *testing.T) { testDefinition(t, p, collections...) })
		t.Run("documents", func(t *testing.T) { testDocuments(t, p) })
		t.Run("suites", func(t *testing.T) { testSuites(t, p) })
		t.Run("edits", func(t *testing.T) { testEditsKeepToDefinition(t, p) })
		t.Run("owslib", func(t *testing.T) { python(t, p, "with_owslib.py", "owslib", "python3-owslib") })
	})
}

// onEachStore serves the demonstration and the dataset grille from each store.
func onEachStore(t *testing.T, run func(t *testing.T, p *portal)) {
	puy := filepath.Join(t.TempDir(), "puy")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", puy, "../../cmd/puy")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, kind := range []string{"gpkg", "postgis"} {
		t.Run(kind, func(t *testing.T) { run(t, serve(t, puy, kind)) })
	}
}

// portal is a running puy.
type portal struct {
	url   string // without a slash at its end
	store string // as --store has it
	key   string // an API key that may edit grille
}

func serve(t *testing.T, puy, kind string) *portal {
	t.Helper()
	dir := t.TempDir()
	p := &portal{store: "gpkg:" + filepath.Join(dir, "puy.gpkg")}
	if kind == "postgis" {
		p.store = pgtest.Database(t)
	}
	command := func(args ...string) string {
		t.Helper()
		var out, said bytes.Buffer
		c := exec.CommandContext(t.Context(), puy, append(args, "--store", p.store)...)
		c.Stdout, c.Stderr = &out, &said
		if err := c.Run(); err != nil {
			t.Fatalf("puy %v: %v\n%s%s", args, err, &out, &said)
		}
		return strings.TrimSpace(out.String())
	}
	command("ingest", "--catalog", catalogue(t))
	p.key = command("key", "add", "--name", "tests", "--datasets", "grille")

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	p.url = "http://" + address
	var log bytes.Buffer
	server := exec.Command(puy, "serve", "--store", p.store, "--listen", address, "--cache", filepath.Join(dir, "cache"))
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := server.Wait(); err != nil {
			t.Errorf("puy serve ended with %v", err)
		}
		if t.Failed() {
			t.Logf("the end of what puy serve said:\n%s", log.Bytes()[max(0, log.Len()-4000):])
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if response, err := http.Get(p.url + "/readyz"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return p
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("puy serve is not ready after 30 s")
		}
	}
}

// catalogue gives a folder with the demonstration and grille, which has a field of
// each type that clients guess wrongly and more features than a page.
func catalogue(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../demo/catalog")); err != nil {
		t.Fatal(err)
	}
	const entry = `id: grille
title: {fr: Grille, en: Grid}
theme: territoire
publisher: metropole
licence: lov2
key: code
time: jour
editable: true
fields:
  - {name: code, type: text}
  - {name: rang, type: integer}
  - {name: mesure, type: number}
  - {name: ouvert, type: boolean}
  - {name: jour, type: date}
  - {name: nom, type: text}
source: {file: data/grille.csv, x: lon, y: lat}
`
	var rows strings.Builder
	rows.WriteString("code,rang,mesure,ouvert,jour,nom,lon,lat\n")
	for i := range gridCount {
		day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i)
		fmt.Fprintf(&rows, "%05d,%d,%g,%t,%s,L'été n° %d,%.4f,%.4f\n", i, i, float64(i)+0.5, i%2 == 0, day.Format(time.DateOnly), i%7,
			3+0.002*float64(i%50), 45.7+0.002*float64(i/50))
	}
	for name, content := range map[string]string{"grille.yaml": entry, "data/grille.csv": rows.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// python runs a script of testdata with what it is to know of p, and fails where
// the script does; module is what Debian's package installs for it.
func python(t *testing.T, p *portal, script, module, debian string) {
	t.Helper()
	// Debian's modules belong to its own interpreter, whatever else is on the path.
	interpreter := "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), interpreter, "-c", "import "+module).Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s has no module %s (Debian: %s): %v", interpreter, module, debian, err)
		}
		t.Skipf("%s has no module %s (Debian: %s)", interpreter, module, debian)
	}
	run := exec.CommandContext(t.Context(), interpreter, filepath.Join("testdata", script), p.url, p.store)
	home := t.TempDir()
	if err := os.Chmod(home, 0o700); err != nil { // what Qt demands
		t.Fatal(err)
	}
	run.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen", "HOME="+home, "XDG_RUNTIME_DIR="+home, "PYTHONDONTWRITEBYTECODE=1", "no_proxy=127.0.0.1")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", script, err, out)
	} else {
		t.Logf("%s", out)
	}
}
