package e2e

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestInBrowser loads the demonstration catalogue with the built program,
// serves it, and runs the browser tests of this folder against it.
func TestInBrowser(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is not installed")
	}
	if chromium() == "" {
		missing(t, "Chromium is not installed (Debian: chromium); PUY_TEST_CHROMIUM may name another one")
	}
	for _, file := range []string{"../web/node_modules/playwright-core/package.json", "../web/dist/manifest.json"} {
		if _, err := os.Stat(file); err != nil {
			missing(t, "the web front end is not built: run `make web`")
		}
	}
	tests, err := filepath.Glob("*.test.mjs")
	if err != nil || len(tests) == 0 {
		t.Fatalf("there are no browser tests: %v", err)
	}

	address := serveDemonstration(t)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	// One file at a time: two browsers would starve each other on small machines.
	run := exec.CommandContext(ctx, node, append([]string{"--test", "--test-concurrency=1", "--test-reporter=spec"}, tests...)...)
	run.Env = append(os.Environ(), "PUY_URL=http://"+address, "PUY_TEST_CHROMIUM="+chromium())
	output, err := run.CombinedOutput()
	t.Logf("%s", output)
	if err != nil {
		t.Fatalf("browser tests: %v", err)
	}
}

// missing ends a test whose tools are not there: in silence nowhere, and as a
// failure on a machine that is meant to have them.
func missing(t *testing.T, sentence string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

func chromium() string {
	if path := os.Getenv("PUY_TEST_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// serveDemonstration builds puy, loads demo/catalog into an embedded store and
// serves it until the test ends. It gives the address served.
func serveDemonstration(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	puy, database := filepath.Join(dir, "puy"), "gpkg:"+filepath.Join(dir, "puy.gpkg")
	command(t, "go", "build", "-o", puy, "../cmd/puy")
	command(t, puy, "ingest", "--catalog", "../demo/catalog", "--store", database)
	addArchive(t, puy, dir, database)

	address := freeAddress(t)
	var log bytes.Buffer
	serve := exec.Command(puy, "serve", "--store", database, "--listen", address, "--cache", filepath.Join(dir, "cache"))
	serve.Stdout, serve.Stderr = &log, &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := serve.Wait(); err != nil {
			t.Errorf("puy serve ended with %v", err)
		}
		if t.Failed() {
			t.Logf("puy serve said:\n%s", log.Bytes())
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		response, err := http.Get("http://" + address + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return address
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("puy serve is not ready after 30 s: %v", err)
		}
	}
}

// addArchive makes an archive of tiles of the demonstration and serves it as one
// more dataset, which browser.mjs knows as archive.
func addArchive(t *testing.T, puy, dir, database string) {
	t.Helper()
	folder := filepath.Join(dir, "catalog")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	command(t, puy, "tiles", "build", "communes", "points-hauts", "-o", filepath.Join(folder, "relief.pmtiles"), "--max-zoom", "11", "--store", database)
	portal, err := os.ReadFile("../demo/catalog/portal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const entry = `id: archive
title: {fr: Archive de tuiles, en: Archive of tiles}
theme: territoire
publisher: metropole
licence: lov2
demo: true
source: {pmtiles: relief.pmtiles}
`
	for name, content := range map[string][]byte{"portal.yaml": portal, "archive.yaml": []byte(entry)} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	command(t, puy, "ingest", "--catalog", folder, "--store", database)
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, output)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
