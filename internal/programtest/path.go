// Package programtest finds the programs of others that tests compare with.
package programtest

import (
	"os"
	"os/exec"
	"testing"
)

// Path gives the path of a program that a Debian package holds. Without it the
// test is skipped, and fails where CI=true: the machine is meant to have it.
func Path(t testing.TB, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s (%s) is not installed", program, debian)
	}
	t.Skipf("%s (%s) is not installed", program, debian)
	return ""
}
