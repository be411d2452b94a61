package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const reported = `<?xml version="1.0" encoding="UTF-8"?>
<testng-results skipped="1" failed="2" total="4" passed="1"><reporter-output></reporter-output>
<suite name="s"><groups></groups><test name="Core">
 <class name="org.example.Landing">
  <test-method status="PASS" name="setUp" is-config="true"></test-method>
  <test-method status="PASS" name="links"></test-method>
  <test-method status="SKIP" name="gml"></test-method>
  <test-method status="FAIL" name="bbox"><params></params><exception class="java.lang.AssertionError"><message>
   <![CDATA[two & a half]]>
  </message></exception></test-method>
  <test-method status="FAIL" name="tearDown" is-config="true"></test-method>
 </class></test></suite></testng-results>`

func TestReadResults(t *testing.T) {
	r, err := readResults(strings.NewReader(reported))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	r.print(&b)
	const want = "FAIL Core: Landing.bbox: two & a half\nFAIL Core: Landing.tearDown: \n1 passed, 2 failed, 1 skipped\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
	for _, text := range []string{"", "<testng-results/>", `<testng-results><suite><test><class><test-method status="?"/></class></test></suite></testng-results>`} {
		if r, err := readResults(strings.NewReader(text)); err == nil {
			t.Errorf("%q gives %+v", text, r)
		}
	}
}

// What runs the suite tells what it found, and a suite that does not run is no success.
func TestRun(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/tiles/WebMercatorQuad" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(`{"tileMatrixSetId":"WebMercatorQuad","tileMatrixSetURI":"http://x/WebMercatorQuad",
			"tileMatrixSetLimits":[{"tileMatrix":"0","minTileRow":0,"maxTileRow":0,"minTileCol":0,"maxTileCol":0},{"tileMatrix":"1","minTileRow":0,"maxTileRow":1,"minTileCol":1,"maxTileCol":1}],
			"links":[{"rel":"item","type":"application/vnd.mapbox-vector-tile","href":"http://y/{tileMatrix}?f=mvt&v=1"}]}`))
	}))
	defer api.Close()
	bin, out := t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	java := func(script string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(bin, "java"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r := runner{api: api.URL, jar: "suite.jar", dir: out}
	java("echo no such jar; exit 1")
	if err := r.run(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "no such jar") {
		t.Error(err)
	}
	java("exit 0")
	if err := r.run(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "0 reports") {
		t.Error(err)
	}
	java("mkdir -p $4/testng/1; cat >$4/testng/1/testng-results.xml <<'X'\n" + reported + "\nX\n")
	var said bytes.Buffer
	if err := r.run(t.Context(), &said); err != errFailed || !strings.HasPrefix(said.String(), "FAIL Core") {
		t.Error(err, said.String())
	}
	written, err := os.ReadFile(filepath.Join(out, "arguments.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`<entry key="iut">` + api.URL + "</entry>", `<entry key="maxtilerow">1</entry>`, `<entry key="tilematrix">1</entry>`,
		`<entry key="urltemplatefortiles">http://y/{tileMatrix}?f=mvt&amp;v=1</entry>`} {
		if !strings.Contains(string(written), line) {
			t.Errorf("%s is not in %s", line, written)
		}
	}
}

// The script says what it needs before it does anything.
func TestScriptWantsJars(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "with blank.jar")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ features, tiles, says string }{
		{"", "", "make conformance ETS_FEATURES_JAR="},
		{"", "/nowhere/suite.jar", "There is no file /nowhere/suite.jar."},
		{t.TempDir(), "", "There is no file"},
		{empty, "", "Please install java"},
	} {
		script := exec.Command("bash", "./run")
		script.Env = []string{"PATH=/nonexistent", "ETS_FEATURES_JAR=" + c.features, "ETS_TILES_JAR=" + c.tiles}
		if c.features == "" && c.tiles == "" {
			script.Env[0] = "PATH=" + os.Getenv("PATH")
		}
		out, err := script.CombinedOutput()
		if err == nil || !strings.Contains(string(out), c.says) {
			t.Errorf("%+v: %v, %s", c, err, out)
		}
	}
}
