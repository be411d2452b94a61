package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var r runner
	flag.StringVar(&r.api, "api", "http://127.0.0.1:8080/api", "the landing page")
	flag.StringVar(&r.jar, "jar", "", "the suite with all that it needs (…-aio.jar)")
	flag.StringVar(&r.dir, "out", "", "the folder for the suite's reports")
	flag.Parse()
	if err := r.run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// errFailed says that the suite ran and something failed, which is told already.
var errFailed = errors.New("the suite has failures")

// runner runs a suite.
type runner struct{ api, jar, dir string }

func (r *runner) run(ctx context.Context, out io.Writer) error {
	arguments, err := gather(ctx, &http.Client{Timeout: 30 * time.Second}, r.api)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	properties := filepath.Join(r.dir, "arguments.xml")
	if err := os.WriteFile(properties, arguments.xml(), 0o644); err != nil {
		return err
	}
	suite := exec.CommandContext(ctx, "java", "-jar", r.jar, "-o", r.dir, properties)
	log, err := suite.CombinedOutput()
	if err != nil { // it is 0 whatever fails
		return fmt.Errorf("the suite did not run: %w\n%s", err, log)
	}
	found, err := filepath.Glob(filepath.Join(r.dir, "testng", "*", "testng-results.xml"))
	if err != nil || len(found) != 1 {
		return fmt.Errorf("the suite has left %d reports in %s\n%s", len(found), r.dir, log)
	}
	f, err := os.Open(found[0])
	if err != nil {
		return err
	}
	defer f.Close()
	results, err := readResults(f)
	if err != nil {
		return fmt.Errorf("%s: %w", found[0], err)
	}
	results.print(out)
	if results.passed == 0 || len(results.failures) > 0 {
		return errFailed
	}
	return nil
}
